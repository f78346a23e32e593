"""Waiting until a message has come far enough, and saying so if it will not."""

import time

from gsmd.cli import datetimes
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.progress import working
from gsmd.client import Client, GsmdError, TimedOut
from gsmd.protocol.message import Message, State

# What may be true of a message for `--wait` to be content.
LEVELS = {
    "accepted": frozenset(State),
    "sent": frozenset({State.SENT, State.DELIVERED}),
    "delivered": frozenset({State.DELIVERED}),
}


def wait_until(client: Client, message: Message, level: str, timeout: float | None) -> Message:
    """The message once it has come to ``level``, or has failed on the way.

    Errors: the client's; `Stop` when the time is over.
    """
    if message.state in LEVELS[level]:
        return message
    ends = None if timeout is None else time.monotonic() + timeout
    with working(f"{message.id} is {message.state}") as tell:
        try:
            for step in ("sent", "delivered") if level == "delivered" else (level,):
                left = None if ends is None else max(0.0, ends - time.monotonic())
                message = client.wait(message.id, step, timeout=left)
                if message.state in LEVELS[level] or message.state not in LEVELS[step]:
                    break
                tell(f"{message.id} is {message.state}: the network has it, its report is to come")
        except TimedOut as error:
            raise _too_long(client, message) from error
    return message


def _too_long(client: Client, message: Message) -> Stop:
    """The end of a wait that took too long, with what it waits for, if we may know that."""
    try:
        history = client.show(message.id)
    except GsmdError:
        state, why = message.state, ""
    else:
        state, why = history.message.state, datetimes.localise(history.waiting_for or "")
    return Stop(
        f"{message.id} is still {state}{why and ': '}{why}",
        Exit.TIMED_OUT,
        advice=f"It goes on without you: gsmd show {message.id}",
    )


def judge(message: Message, level: str) -> None:
    """Return if the message has come to ``level``; else end the command with the reason."""
    if message.state in LEVELS[level]:
        return
    reason = message.error.message or message.error.reason if message.error else ""
    raise Stop(f"{message.id} to {message.peer} is {message.state}{reason and ': '}{reason}",
               advice=f"Its whole history: gsmd show {message.id}")  # fmt: skip
