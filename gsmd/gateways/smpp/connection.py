"""One connection that speaks SMPP: its octets to and from a session, its timers, its pace. What is asked on it is for others.

Theory of operation. The session (`gsmd.smpp.session`) says what is allowed and answers what it can. Each other request is a
task of its own (`SmppConnection._carry_out`), so answers go out in the order in which things are done. While as many requests are
under way as may be, or while the other side does not read, nothing is read from the connection: TCP slows it down.
What is written in one round of the loop goes out together. `gsmd.smpp.watch` says who is asked whether it is
there, and who is closed.
"""

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any

from gsmd.smpp import (
    Answered,
    Automatic,
    CommandStatus,
    Due,
    Ended,
    Event,
    Limits,
    Pdu,
    Requested,
    Session,
    SessionState,
    SmppError,
    Stray,
    Watch,
    WrongState,
    pdus,
)

log = logging.getLogger(__name__)

UNREAD = 60.0
"""Seconds after which a peer that does not read is closed: its messages and its place are for others."""

_UNSENT = 256 * 1024  # octets that wait for the other side to read them before it is read no more


class NoAnswer(Exception):
    """A request has had no answer in time, or the connection has ended."""


class Unsent(NoAnswer):
    """A request that was never written: the other side does not know of it."""


class SmppConnection(asyncio.Protocol, ABC):
    """A connection, from its making to its end."""

    def __init__(self, session: Session, limits: Limits) -> None:
        self.session = session
        self.host = ""
        self._loop = asyncio.get_running_loop()
        self._watch = Watch(limits, self._loop.time())
        self._transport: asyncio.Transport
        self._outgoing = bytearray()
        self._requested: set[asyncio.Task[Any]] = set()  # these go on when the connection is gone
        self._beside: set[asyncio.Task[Any]] = set()
        self._writable = asyncio.Event()
        self._writable.set()
        self._timer: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._reading = True
        self._ended = asyncio.Event()
        self.since = self.heard = self._loop.time()

    # -- what those who derive from it say ----------------------------------------------------------

    @property
    @abstractmethod
    def _name(self) -> str:
        """What the log calls it."""

    @abstractmethod
    async def _carry_out(self, request: Pdu) -> Pdu:
        """The answer to a request that the session lets through."""

    def _welcome(self) -> bool:
        """There is another connection; false if there is no place for it."""
        return True

    def _bound(self) -> None:
        """The session is bound."""

    def _gone(self, why: str) -> None:
        """The connection has ended."""

    def _stray(self, pdu: Pdu) -> None:
        """An answer to nothing that waits for one."""

    # -- asyncio.Protocol -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_UNSENT)
        peer = transport.get_extra_info("peername")
        self.host = str(peer[0]) if peer else ""
        if not self._welcome():
            transport.abort()
            return
        self._look_at_the_clock()

    def data_received(self, data: bytes) -> None:
        self._hear(data)

    def eof_received(self) -> None:
        """Half a connection is no use to anybody: it ends."""

    def pause_writing(self) -> None:
        self._writable.clear()
        self._stuck = self._loop.call_later(UNREAD, self._give_up)
        self._pace()

    def resume_writing(self) -> None:
        self._writable.set()
        if self._stuck is not None:
            self._stuck.cancel()
        self._pace()

    def connection_lost(self, error: Exception | None) -> None:
        for timer in (self._timer, self._stuck):
            if timer is not None:
                timer.cancel()
        why = self._watch.reason or (str(error) if error else "the connection ended")
        for token in self.session.abandon():
            if isinstance(token, asyncio.Future) and not token.done():
                token.set_exception(NoAnswer(why))
                token.exception()  # nobody has to ask for it
        self._ended.set()
        self._writable.set()
        self._gone(why)
        for task in [*self._beside]:
            task.cancel()

    # -- what the gateway does with it --------------------------------------------------------------

    @property
    def gone(self) -> bool:
        """Its connection has ended."""
        return self._ended.is_set()

    async def ended(self) -> None:
        """Wait until the connection is gone."""
        await self._ended.wait()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that ends with the connection."""
        self._start(work, self._beside)

    async def request(self, pdu: Pdu, within: float) -> Pdu:
        """Send a request; returns its answer. Errors: `NoAnswer`; `Unsent` where it cannot be sent."""
        await self._writable.wait()
        answer: asyncio.Future[Pdu] = self._loop.create_future()
        try:
            octets = self.session.send(pdu, answer)
        except WrongState as error:
            raise Unsent(self._watch.reason or str(error)) from error
        self._write(octets)
        try:
            async with asyncio.timeout(within):
                return await answer
        except TimeoutError:
            self.session.forget(lambda token: token is answer)
            raise NoAnswer(f"no answer within {within:.0f} s") from None

    def ask(self, within: float) -> "asyncio.Future[Pdu]":
        """See whether somebody is there: it is closed unless something comes in that time. Its answer, when it comes."""
        answer: asyncio.Future[Pdu] = self._loop.create_future()
        if self.session.bound:
            self._write(self.session.send(pdus.EnquireLink(), answer))
            self._watch.asked(self._loop.time(), within)
            self._look_at_the_clock()
        return answer

    async def end(self, patience: float) -> None:
        """Unbind in good order: what is under way is answered, for as long as ``patience``."""
        with contextlib.suppress(TimeoutError, NoAnswer):
            async with asyncio.timeout(patience):
                if self.session.bound:
                    await self.request(pdus.Unbind(), patience)
                    await self._answer_the_others()
        self._close()
        await self._ended.wait()

    # -- inside -------------------------------------------------------------------------------------

    def _hear(self, data: bytes) -> None:
        now = self._loop.time()
        events = self.session.receive(data)
        looks = self._timer is None
        if events:
            looks |= self._watch.heard(now)
            self.heard = now
            if self.session.half:
                self._watch.restart_half(now)  # another one than before
        self._watch.half(now, waiting=self.session.half)
        for event in events:
            self._event(event)
        self._pace()
        if looks or self.session.half:
            self._look_at_the_clock()

    def _event(self, event: Event) -> None:
        match event:
            case Requested(pdu):
                self._start(self._answered(pdu), self._requested)
            case Answered(pdu, token):
                if isinstance(token, asyncio.Future) and not token.done():
                    token.set_result(pdu)
            case Automatic(octets, error):
                self._write(octets)
                if error is not None:
                    log.info("%s: %s: %s", self._name, error.status, error)
            case Ended(octets, error):
                log.warning("%s: %s: the connection is closed", self._name, error)
                self._write(octets)
                self._watch.reason = str(error)
                self._close()
            case Stray(pdu):
                self._stray(pdu)

    async def _answered(self, request: Pdu) -> None:
        if isinstance(request, pdus.Unbind):
            await self._answer_the_others()
            answer: Pdu = pdus.UnbindResp()
        else:
            answer = await self._carry_out(request)
        if self._ended.is_set():
            return
        self._answer(request, answer)
        if self.session.state is SessionState.UNBOUND:
            self._watch.reason = "unbound"
            self._close()

    def _answer(self, request: Pdu, answer: Pdu) -> None:
        try:
            octets = self.session.answer(request, answer)
        except SmppError:
            log.exception("%s: an answer cannot be written", self._name)
            octets = self.session.refuse(request, CommandStatus.RUNKNOWNERR)
        self._write(octets)
        if isinstance(request, pdus.Bind) and self.session.bound:
            self._is_bound()
        if self.session.half or not self._reading:
            self._hear(b"")

    def _is_bound(self) -> None:
        self._watch.bound()
        self._look_at_the_clock()
        self._bound()

    async def _answer_the_others(self) -> None:
        """Before an unbind is answered: everything else that is under way."""
        this = asyncio.current_task()
        others = [task for task in self._requested if task is not this]
        if others:
            await asyncio.wait(others)

    def _start(self, work: Coroutine[Any, Any, None], among: "set[asyncio.Task[Any]]") -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s: a defect", self._name, exc_info=error)

    def _write(self, octets: bytes) -> None:
        """Soon: what is written in the same round of the loop goes out together."""
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing += octets

    def _flush(self) -> None:
        octets, self._outgoing = bytes(self._outgoing), bytearray()
        if octets and not self._transport.is_closing():
            self._transport.write(octets)

    def _close(self) -> None:
        self._flush()
        self._transport.close()
        # who does not read keeps a connection open for ever
        self._loop.call_later(5, self._transport.abort)

    def abort(self, why: str) -> None:
        """End it at once."""
        self._watch.reason = self._watch.reason or why
        self._transport.abort()

    def _give_up(self) -> None:
        self.abort("it reads nothing")

    def _pace(self) -> None:
        """Read only while there is a place for another request, and while the other side reads."""
        wanted = not self.session.full and self._writable.is_set()
        if wanted == self._reading or self._transport.is_closing():
            return
        self._reading = wanted
        if wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _look_at_the_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport.is_closing():
            return
        now = self._loop.time()
        due = self._watch.due(now) if self._reading else Due.NOTHING
        if due is Due.CLOSE:
            self._transport.abort()
            return
        if due is Due.ENQUIRE and self.session.bound:
            self._write(self.session.send(pdus.EnquireLink()))
            self._watch.asked(now)
        at = max(self._watch.next_at(), now + 0.05)
        self._timer = self._loop.call_at(at, self._look_at_the_clock)
