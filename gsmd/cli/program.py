"""A program that ``gsmd listen`` runs for each message, in the foreground.

Unlike one that the daemon starts, it has the caller's directory, environment and terminal.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress

from gsmd.handlers import payload
from gsmd.handlers.base import Delivery, HandlerError
from gsmd.handlers.program import GRACE, REPLY_LIMIT, as_reply
from gsmd.protocol.message import to_wire


class Program:
    """``arguments``: its path and what it gets besides; never a shell, never anything of a message.

    ``reply``: what it prints is the reply. ``quiet``: what it prints goes to stderr.
    """

    def __init__(
        self, arguments: tuple[str, ...], *, reply: bool, timeout: float, quiet: bool
    ) -> None:
        self._arguments = arguments
        self._timeout = timeout
        self._stdout = subprocess.PIPE if reply else sys.stderr if quiet else None

    def run(self, delivery: Delivery) -> str | None:
        """Run it on a message; returns the reply. Errors: `HandlerError`, for any end but exit status 0."""
        printed = self._run(payload.to_json(delivery) + b"\n", _environment(delivery))
        if len(printed) > REPLY_LIMIT:
            raise HandlerError("printed too much to be a reply")
        reply = as_reply(printed)
        return reply.text if reply else None

    def _run(self, body: bytes, environment: dict[str, str]) -> bytes:
        try:
            process = subprocess.Popen(  # noqa: S603 -- the user's own program; nothing of a message is in it
                self._arguments,
                stdin=subprocess.PIPE,
                stdout=self._stdout,
                env=environment,
                start_new_session=True,  # Ctrl-C is for us: what is under way is finished
            )
        except OSError as error:
            raise HandlerError(f"{self._arguments[0]}: {error.strerror}") from error
        with process:
            try:
                printed, _ = process.communicate(body, self._timeout)
            except subprocess.TimeoutExpired:
                raise HandlerError(f"took longer than {self._timeout:g} s and was ended") from None
            finally:
                _end(process)
        if process.returncode != 0:
            raise HandlerError(_describe(process.returncode))
        return printed or b""


def _environment(delivery: Delivery) -> dict[str, str]:
    message = to_wire(delivery.message)
    receipt = None if delivery.receipt is None else str(delivery.receipt.state)
    return os.environ | payload.to_environment(delivery.handler, delivery.attempt, message, receipt)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the program, if it still runs, and all it has started to end; then end them."""
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _describe(status: int) -> str:
    if status > 0:
        return f"exit status {status}"
    with suppress(ValueError):  # the real-time ones have no names
        return f"ended by {signal.Signals(-status).name}"
    return f"ended by signal {-status}"
