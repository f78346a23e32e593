"""A program that is started for each message.

It gets the message as JSON on its standard input. Exit status 0 acknowledges. There is no shell and
nothing from a message among the arguments, so that no text can become an option or a command.
"""

import asyncio
import logging
import os
import signal
from asyncio.subprocess import Process
from contextlib import suppress
from typing import ClassVar

from gsmd.config.types import Arguments
from gsmd.handlers import payload
from gsmd.handlers.base import Delivery, HandlerError
from gsmd.handlers.bounded import BoundedHandler, BoundedSettings
from gsmd.handlers.output import Output, as_file
from gsmd.protocol.message import Reply, to_wire

logger = logging.getLogger(__name__)

REPLY_LIMIT = 64 << 10
"""Octets of a reply; 255 parts, the most a message can have, are fewer."""
REASON_LIMIT = 200
"""Characters of the program's last words that become the reason."""
GRACE = 1.0
"""Seconds a program gets to end by itself when it is asked to."""

_STDERR_KEPT = 4 << 10
_OURS = frozenset(
    {
        *("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID"),
        *("LISTEN_FDNAMES", "INVOCATION_ID", "JOURNAL_STREAM", "CREDENTIALS_DIRECTORY"),
    }
)
"""Variables that the service manager means for the daemon alone."""


class ProgramSettings(BoundedSettings, frozen=True, kw_only=True):
    """``run``: the program and its arguments. ``reply``: whether its standard output is the reply.

    ``receipts``: whether it is told what becomes of all that goes in its name.
    """

    kind: ClassVar[str] = "run"

    run: Arguments
    reply: bool = False
    receipts: bool = False

    @property
    def wants_receipts(self) -> bool | None:
        return self.receipts

    @property
    def programs(self) -> tuple[str, ...]:
        return (self.run[0],)


class ProgramHandler(BoundedHandler[ProgramSettings]):
    """Runs the program for each message."""

    async def hand_over(self, delivery: Delivery) -> Reply | None:
        """The reply is what the program prints, if it is to reply. Errors: `HandlerError`."""
        try:
            # the beginning of the reply, and the last words of the complaint
            with Output(REPLY_LIMIT) as stdout, Output(_STDERR_KEPT, keep_end=True) as stderr:
                status = await self._run(delivery, stdout, stderr)
                if status != 0:
                    raise HandlerError(last_line(stderr.rest()) or _describe(status))
                return self._replied(stdout) if self.settings.reply else None
        except OSError as error:
            raise HandlerError(f"{self.settings.run[0]}: {error.strerror}") from error

    def _replied(self, stdout: Output) -> Reply | None:
        printed = stdout.rest()
        if stdout.exceeded:
            # it has done its work, so that trying again would double it
            logger.warning("handler %s printed too much to be a reply: none is sent", self.name)
            return None
        return as_reply(printed)

    async def _run(self, delivery: Delivery, stdout: Output, stderr: Output) -> int:
        process = await self._start(delivery, stdout, stderr)
        stdout.begin()
        stderr.begin()
        try:
            async with asyncio.timeout(self.settings.timeout):
                return await process.wait()
        except TimeoutError:  # an OSError too, so it must not get out as it is
            raise HandlerError(
                f"took longer than {self.settings.timeout:g} s and was ended"
            ) from None
        finally:
            if process.returncode is None:
                await _end(process)

    async def _start(self, delivery: Delivery, stdout: Output, stderr: Output) -> Process:
        stdin = as_file(payload.to_json(delivery) + b"\n")
        try:
            return await asyncio.create_subprocess_exec(
                *self.settings.run,
                stdin=stdin,
                stdout=stdout.write_end,
                stderr=stderr.write_end,
                env=_environment(delivery),
                cwd="/",
                start_new_session=True,
            )
        finally:
            os.close(stdin)


def as_reply(printed: bytes) -> Reply | None:
    """The reply that was printed, without the line feeds at its end; None if there is nothing in it."""
    text = printed.decode(errors="replace").rstrip("\r\n")
    return Reply(text) if text.strip() else None


def last_line(complaint: bytes) -> str:
    """The last line with something in it, fit for a log: printable, and not too long."""
    lines = complaint.decode(errors="replace").split("\n")
    lines = ["".join(c if c.isprintable() else " " for c in line) for line in lines]
    said = [line.strip() for line in lines if line.strip()]
    return said[-1][:REASON_LIMIT] if said else ""


def _environment(delivery: Delivery) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key not in _OURS}
    message = to_wire(delivery.message)
    receipt = None if delivery.receipt is None else str(delivery.receipt.state)
    return inherited | payload.to_environment(delivery.handler, delivery.attempt, message, receipt)


def _describe(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    with suppress(ValueError):
        return f"ended by {signal.Signals(-status).name}"
    return f"ended by signal {-status}"


async def _end(process: Process) -> None:
    """Ends the program and what it started: asks first, then does it."""
    _signal(process, signal.SIGTERM)
    ended = asyncio.ensure_future(process.wait())
    try:
        # this task may be cancelled already, and then asyncio.timeout of Python 3.11.2, Debian 12's, cancels
        # it once more instead of raising TimeoutError
        await asyncio.wait({ended}, timeout=GRACE)
    finally:
        _signal(process, signal.SIGKILL)
    await ended


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
