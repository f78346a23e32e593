"""Waiting until a message has come far enough, and saying so if it will not."""

from gsmd.cli.exits import Stop
from gsmd.cli.progress import working
from gsmd.client import Client
from gsmd.message import Message, State

# What may be true of a message for `--wait` to be content.
LEVELS = {
    "accepted": frozenset(State),
    "sent": frozenset({State.SENT, State.DELIVERED}),
    "delivered": frozenset({State.DELIVERED}),
}


def wait_until(client: Client, message: Message, level: str, timeout: float | None) -> Message:
    """The message once it has come to ``level``, or has failed on the way.

    Errors: the client's, its time-out among them.
    """
    if message.state in LEVELS[level]:
        return message
    with working(f"Waiting until {message.id} is {level}"):
        return client.wait(message.id, level, timeout=timeout)


def judge(message: Message, level: str) -> None:
    """Return if the message has come to ``level``; else end the command with the reason."""
    if message.state in LEVELS[level]:
        return
    reason = message.error.message or message.error.reason if message.error else ""
    raise Stop(f"{message.id} to {message.peer} is {message.state}{reason and ': '}{reason}",
               advice=f"Its whole story: gsmd show {message.id}")  # fmt: skip
