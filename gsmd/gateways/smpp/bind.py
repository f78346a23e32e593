"""One connection of an ESME: its octets to and from a session, its timers, its requests carried out.

Theory of operation. The session (`gsmd.smpp.session`) says what is allowed and answers what it can; `Requests`
carries out the rest, each request as a task of its own, so answers go out in the order in which things are done. While as
many requests are under way as may be, or while the ESME does not read, nothing is read from the connection:
TCP slows the ESME down. After a positive bind the connection is a worker of its account's handler
(`DaemonLine`), with as many messages in flight as the account's window.

An end, whoever wants it, goes: no more is read, what is under way is answered, unbind if that is polite, close.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

import msgspec

from gsmd.gateways.smpp.accounts import Account
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.requests import Requests
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
    Role,
    Session,
    SessionState,
    SmppError,
    Watch,
    WrongState,
    pdus,
    response_to,
)
from gsmd.smpp.status import for_version

log = logging.getLogger(__name__)

THEIR_WINDOW = 100
"""Requests of one bind that may be under way; what comes beyond that is not read."""

UNANSWERED = 60.0
"""Seconds after which a deliver_sm without an answer is taken for not delivered."""

UNREAD = 60.0
"""Seconds after which an ESME that does not read is closed: its messages and its place are for others."""

_TLVS_SINCE = 0x34
_UNSENT = 256 * 1024  # octets that wait for an ESME to read them before it is read no more


class NoAnswer(Exception):
    """A deliver_sm has had no answer in time, or the connection has ended."""


class Bind(asyncio.Protocol):
    """A connection, from its making to its end."""

    def __init__(self, requests: Requests, limits: Limits, *, secure: bool) -> None:
        self.session = Session(Role.SMSC, their_window=THEIR_WINDOW)
        self.account: Account | None = None
        self._inbox: DaemonLine | None = None
        self.secure = secure
        self.host = ""
        self._requests = requests
        self._loop = asyncio.get_running_loop()
        self._watch = Watch(limits, self._loop.time())
        self._transport: asyncio.Transport
        self._outgoing = bytearray()
        self._work: Coroutine[Any, Any, None] | None = None
        self._requested: set[asyncio.Task[Any]] = set()  # these go on when the connection is gone
        self._beside: set[asyncio.Task[Any]] = set()
        self._places = asyncio.Semaphore(1)
        self._writable = asyncio.Event()
        self._writable.set()
        self._timer: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._reading = True
        self._ended = asyncio.Event()
        self.since = self._loop.time()
        self.heard = self.since

    # -- asyncio.Protocol -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_UNSENT)
        peer = transport.get_extra_info("peername")
        self.host = str(peer[0]) if peer else ""
        if not self._requests.connected(self):
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
        for token in self.session.abandon():
            if isinstance(token, asyncio.Future) and not token.done():
                token.set_exception(NoAnswer("the connection ended"))
        self._ended.set()
        if self.account is not None:
            why = self._watch.reason or (str(error) if error else "the connection ended")
            log.info("%s: the bind from %s is gone: %s", self.account.name, self.host, why)
        self._requests.lost(self)
        for task in [*self._beside]:
            task.cancel()
        if self._work is not None:
            self._work.close()
        if self._inbox is not None:
            self._start(self._inbox.close(), self._requested)

    # -- what the gateway does with it --------------------------------------------------------------

    @property
    def receives(self) -> bool:
        """Messages can be handed to it."""
        return self.session.receives and not self._ended.is_set()

    def attach(self, account: Account) -> None:
        """It is bound to this account, as soon as its positive answer is written."""
        self.account = account
        self.session.window = account.settings.window + 1
        self._places = asyncio.Semaphore(account.settings.window)

    def work(self, work: Coroutine[Any, Any, None], inbox: DaemonLine) -> None:
        """It receives: ``work`` begins when it is bound, and ``inbox`` is closed when it ends."""
        self._inbox, self._work = inbox, work

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that ends with the connection."""
        self._start(work, self._beside)

    async def deliver(self, pdu: Pdu) -> Pdu:
        """Send a deliver_sm as soon as there is a place; returns its answer. Errors: `NoAnswer`."""
        if self.session.version < _TLVS_SINCE:
            pdu = msgspec.structs.replace(pdu, tlvs=())
        async with self._places:
            await self._writable.wait()
            answer: asyncio.Future[Pdu] = self._loop.create_future()
            try:
                octets = self.session.send(pdu, answer)
            except WrongState as error:
                raise NoAnswer(str(error)) from error
            self._write(octets)
            try:
                async with asyncio.timeout(UNANSWERED):
                    return await answer
            except TimeoutError:
                self.session.forget(lambda token: token is answer)
                raise NoAnswer(f"no answer within {UNANSWERED:.0f} s") from None

    def ask(self, within: float) -> None:
        """See whether somebody is there: it is closed unless something comes in that time."""
        self._enquire(within)

    @property
    def gone(self) -> bool:
        """Its connection has ended."""
        return self._ended.is_set()

    async def ended(self) -> None:
        """Wait until the connection is gone."""
        await self._ended.wait()

    async def end(self, patience: float) -> None:
        """Unbind in good order: what is under way is answered, for as long as ``patience``."""
        try:
            async with asyncio.timeout(patience):
                if self.session.bound:
                    unbound: asyncio.Future[Pdu] = self._loop.create_future()
                    self._write(self.session.send(pdus.Unbind(), unbound))
                    with contextlib.suppress(NoAnswer):
                        await unbound
                    await self._answer_the_others()
        except (TimeoutError, WrongState):
            pass
        self._close()
        await self._ended.wait()

    # -- inside -------------------------------------------------------------------------------------

    def _hear(self, data: bytes) -> None:
        now = self._loop.time()
        events = self.session.receive(data)
        if events:
            self._watch.heard(now)
            self.heard = now
            if self.session.half:
                self._watch.restart_half(now)  # another one than before
        self._watch.half(now, waiting=self.session.half)
        for event in events:
            self._event(event)
        self._pace()
        if self.session.half or self._timer is None:
            self._look_at_the_clock()

    def _event(self, event: Event) -> None:
        match event:
            case Requested(pdu):
                self._start(self._request(pdu), self._requested)
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

    async def _request(self, request: Pdu) -> None:
        if isinstance(request, pdus.Bind):
            answer = await self._requests.authenticate(self, request)
        elif isinstance(request, pdus.Unbind):
            await self._answer_the_others()
            answer = pdus.UnbindResp()
        else:
            answer = await self._requests.carry_out(self, request)
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
            self._watch.bound()
            self._look_at_the_clock()
            if self._work is not None:
                work, self._work = self._work, None
                self.run(work)
        if self.session.half or not self._reading:
            self._hear(b"")

    async def _answer_the_others(self) -> None:
        """Before an unbind is answered: everything else that is under way."""
        this = asyncio.current_task()
        others = [task for task in self._requested if task is not this]
        if others:
            await asyncio.wait(others)

    def refuse(self, request: Pdu, status: CommandStatus) -> Pdu:
        """The answer with a status that this bind knows."""
        return response_to(request.command)(0, for_version(status, self.session.version))

    def _start(self, work: Coroutine[Any, Any, None], among: "set[asyncio.Task[Any]]") -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._requested.discard(task)
        self._beside.discard(task)
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

    def _give_up(self) -> None:
        self._watch.reason = "it reads nothing"
        self._transport.abort()

    def _pace(self) -> None:
        """Read only while there is a place for another request, and while the ESME reads."""
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
        if due is Due.ENQUIRE:
            self._enquire(None)
        at = max(self._watch.next_at(), now + 0.05)
        self._timer = self._loop.call_at(at, self._look_at_the_clock)

    def _enquire(self, within: float | None) -> None:
        if not self.session.bound:
            return
        self._write(self.session.send(pdus.EnquireLink()))
        self._watch.asked(self._loop.time(), within)
        if within is not None:
            self._look_at_the_clock()

    @property
    def _name(self) -> str:
        return self.host if self.account is None else self.account.name
