"""Transactions on an open port: one command at a time, with time-outs, always in step.

After a time-out, a cancellation or a reply out of turn the line is out of step: the next
transaction first finds its place again, so that a late reply never answers a later command.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from gsmd.at import (
    ESCAPE,
    AtError,
    Channel,
    Command,
    Event,
    InformationText,
    Prompt,
    Reply,
    Stray,
    StrayKind,
    Unsolicited,
)
from gsmd.at.unsolicited import SUBMITTED
from gsmd.modem.errors import ModemError, PortLost, SettingsLost
from gsmd.modem.link.line_errors import CommandTimeout, OutOfStep
from gsmd.modem.link.place import Place
from gsmd.modem.link.secrets import Secretive, without_secrets
from gsmd.modem.port.port import Port
from gsmd.modem.timeouts import Timeouts

T = TypeVar("T")
log = logging.getLogger(__name__)


class Line:
    """A port and its channel. Callers take turns by themselves (`Session.turn`).

    ``on_unsolicited`` gets every notice at once, ``on_lost`` the end of the port. ``words``: how
    notices begin that do not say a name of their own. ``heard_at``
    is the loop's time when the modem last said anything. ``expects_silence``: echo was switched
    off; should it come back, the modem has restarted, perhaps into text mode, and whatever runs
    ends with `SettingsLost`.
    """

    def __init__(
        self,
        port: Port,
        timeouts: Timeouts,
        on_unsolicited: Callable[[Unsolicited], None],
        on_lost: Callable[[str], None],
        *,
        words: tuple[str, ...] = (),
    ) -> None:
        self.port = port
        self.channel = Channel(words)
        self.timeouts = timeouts
        self.place = Place(self)
        self.lost: str | None = None
        self.expects_silence = False
        self._loop = asyncio.get_running_loop()
        self.heard_at = self._loop.time()
        self._on_unsolicited = on_unsolicited
        self._on_lost = on_lost
        self._reply: asyncio.Future[Reply] | None = None
        self._prompt: asyncio.Future[bool] | None = None
        self._escaped = False  # ESC was written since, and nothing after it
        self._lines: list[str] = []
        self._patience = timeouts.command
        self._timer: asyncio.TimerHandle | None = None
        self._silence_due: asyncio.TimerHandle | None = None
        port.attach(self._received, self._gone)

    @property
    def awaits_reply(self) -> bool:
        """A command runs, and nothing that came so far was the end of its reply."""
        return self._reply is not None and not self._reply.done()

    # -- transactions ----------------------------------------------------------------------

    async def run(
        self,
        command: Command,
        within: float | None = None,
        *,
        after_text: float | None = None,
        repeats: bool = True,
    ) -> Reply:
        """The reply to ``command``. ``within`` counts from the last line that came of it.

        ``after_text``: the limit once text has come, where it is another. ``repeats``: heard twice, it does no harm.

        Errors: `AtError` (the modem said so), `CommandTimeout`, `PortLost`, `Restarted`,
        `Unresponsive` (it was out of step, and stayed so).
        """
        try:
            reply = await self._transact(command, within, after_text)
        except OutOfStep:
            if not repeats:
                raise
            # in step again, it is asked anew
            reply = await self._transact(command, within, after_text)
        if not reply.ok:
            raise AtError(without_secrets(command.line), reply.lines, reply.result)
        return reply

    async def _transact(
        self, command: Command, within: float | None, after_text: float | None
    ) -> Reply:
        if not self.place.in_step:
            await self.resync()
        self.start(command)
        return await self.reply(within or self.timeouts.command, after_text=after_text)

    def start(self, command: Command) -> None:
        """Write ``command``; `reply` and `prompted` wait for what comes."""
        self.check()
        data = self.channel.command(command)
        self._lines = []
        self._escaped = False
        self._reply = self._loop.create_future()
        self._prompt = self._loop.create_future() if command.prompts else None
        self._write(data)

    async def prompted(self, within: float) -> bool:
        """Wait for the prompt; False if the reply ended without one. Errors as for `reply`."""
        assert self._prompt is not None
        return await self._wait(self._prompt, within)

    async def prompted_within(self, seconds: float) -> bool | None:
        """Like `prompted`, but the command goes on without a prompt; None: there was none in that time."""
        assert self._prompt is not None
        done, _ = await asyncio.wait({self._prompt}, timeout=seconds)
        return self._prompt.result() if done else None

    def payload(self, text: str) -> None:
        """Answer the prompt."""
        self._write(self.channel.payload(text))

    def escape(self) -> None:
        """Leave any prompt: what was given to it is thrown away."""
        self._write(ESCAPE)

    def discard_text(self) -> None:
        """The command failed before the modem took the text, which stands in its line buffer now."""
        self._write(b"\r")
        self.place.in_step = False

    async def reply(self, within: float, *, after_text: float | None = None) -> Reply:
        """The reply of the command that was started; ``after_text``: the limit once text has come.

        Errors: `CommandTimeout`, `PortLost`, `Restarted`.
        """
        reply = self._reply
        assert reply is not None
        return await self._wait(reply, within, after_text)

    def give_up(self) -> None:
        """Wait no longer for the running command: the line is out of step from here on.

        A prompt that nobody will answer is escaped from at once: while it stands, the modem tells nothing.
        """
        if self.channel.running is not None:
            if self.channel.at_prompt and self.lost is None:
                self.escape()
                self._escaped = True
            self.channel.abandon()
            self.place.in_step = False
        self._reply = self._prompt = None

    def give_up_with(self, error: ModemError) -> None:
        """Give ``error`` to whoever waits for the running command: it will never be answered."""
        if self._reply is not None and not self._reply.done():
            self.channel.abandon()
            self.place.in_step = False
            self._fail(error)

    async def resync(self) -> None:
        """Find the place again. Errors: `Unresponsive`, `PortLost`."""
        await self.place.find(escaped=self._escaped)

    # -- waiting ---------------------------------------------------------------------------

    async def _wait(
        self, awaited: "asyncio.Future[T]", within: float, after_text: float | None = None
    ) -> T:
        self._patience = after_text or within
        self._timer = self._loop.call_later(within, self._expire)
        try:
            return await awaited
        except asyncio.CancelledError:
            self.give_up()
            raise
        finally:
            self._timer.cancel()

    def _expire(self) -> None:
        running = self.channel.running
        if running is not None:
            self.give_up_with(CommandTimeout(running.line, tuple(self._lines)))

    def _text_came(self, text: str) -> None:
        self._lines.append(text)
        if self._timer is not None and not self._timer.cancelled():
            self._timer.cancel()
            self._timer = self._loop.call_later(self._patience, self._expire)

    def check(self) -> None:
        """Errors: `PortLost` if it is."""
        if self.lost is not None:
            raise PortLost(self.lost)

    # -- octets ----------------------------------------------------------------------------

    def _write(self, data: bytes) -> None:
        log.debug("%s < %r", self.port.path, Secretive(data))
        self.port.write(data)

    def _received(self, data: bytes) -> None:
        self.heard_at = self._loop.time()
        log.debug("%s > %r", self.port.path, data)
        events = self.channel.receive_data(data)
        if self.expects_silence and self.channel.echoing:
            self.give_up_with(SettingsLost("echo is back: the modem has restarted"))
        for event in events:
            self._dispatch(event)
        self._await_silence()

    def _await_silence(self) -> None:
        """A text that is still open ends with what comes, or with nothing for a while."""
        if self._silence_due is not None:
            self._silence_due.cancel()
            self._silence_due = None
        if self.channel.unfinished:
            self._silence_due = self._loop.call_later(self.timeouts.text, self._fallen_silent)

    def _fallen_silent(self) -> None:
        for event in self.channel.silence():
            self._dispatch(event)

    def _dispatch(self, event: Event) -> None:
        if isinstance(event, Reply):
            if self._prompt is not None and not self._prompt.done():
                self._prompt.set_result(False)
            if self._reply is not None and not self._reply.done():
                self._reply.set_result(event)
        elif isinstance(event, InformationText):
            self._text_came(event.line)
        elif isinstance(event, Prompt):
            if self._prompt is not None and not self._prompt.done():
                self._prompt.set_result(True)
        elif isinstance(event, Unsolicited):
            self._on_unsolicited(event)
        else:
            self._stray(event)

    def _stray(self, event: Stray) -> None:
        log.debug("%s: stray %r", self.port.path, event.line)
        if not (self.place.fresh and event.kind is StrayKind.NOISE):  # a banner is no answer
            self.place.strays += 1
        running = self.channel.running
        if event.kind is StrayKind.NOISE:
            self._on_unsolicited(Unsolicited(event.line))  # no form that is known: perhaps a banner
        elif event.kind is StrayKind.PROMPT:
            self.escape()  # a prompt that came too late must not swallow the next command
        elif event.kind is StrayKind.LATE:
            self._fall_out_of_step(running)
            if SUBMITTED.match(event.line):
                # not the answer to anything any more, but news: the network has a message
                self._on_unsolicited(Unsolicited(event.line))
        elif event.kind is StrayKind.FINAL and running is not None and not running.marker:
            # the network may be slow with a reference; a modem's own words follow at once
            pause = self.timeouts.result if running.prompts else self.timeouts.stray
            self._loop.call_later(pause, self._end_without_text, running, self.place.strays)

    def _fall_out_of_step(self, running: Command | None) -> None:
        if running is None or running.prompts:
            self.place.in_step = False  # what was submitted keeps its chance of a clear answer
        elif not running.marker:
            self.give_up_with(OutOfStep(f"late text answered {running.line}"))

    def _end_without_text(self, command: Command, strays: int) -> None:
        if not self._lines and strays == self.place.strays:
            self.conclude(command)

    def conclude(self, command: Command) -> None:
        """Take the reply of ``command`` for whole, if it still runs: its OK is not going to come."""
        if self.channel.running is command:
            reply = self.channel.end_here()
            if reply is not None:
                self._dispatch(reply)

    def _gone(self, why: str) -> None:
        self.lost = why
        self._fail(PortLost(why))
        self._on_lost(why)

    def _fail(self, error: ModemError) -> None:
        for future in (self._reply, self._prompt):
            if future is not None and not future.done():
                future.set_exception(error)
                future.exception()  # one of the two is waited for; the other must not complain
