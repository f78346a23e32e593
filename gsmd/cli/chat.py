"""``gsmd chat``: a conversation with one number, as phones show it."""

import sys
import threading
from typing import Any

import click

from gsmd.cli import datetimes
from gsmd.cli.connection import daemon, socket_path
from gsmd.cli.message_rows import content
from gsmd.cli.options import daemon_options
from gsmd.cli.table import paint
from gsmd.cli.terminal import emit, emit_json, is_terminal, one_line, say
from gsmd.client import Client, GsmdError
from gsmd.protocol.message import Direction, Message


@click.command()
@click.argument("number")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="So many earlier messages.",
)
@click.option(
    "--modem", metavar="NAME", help="Send with this modem; else with the one they wrote to."
)
@daemon_options
def chat(number: str, limit: int, modem: str | None, as_json: bool) -> None:
    """Talk with NUMBER: each line is a message, Ctrl-D ends. What they write appears as it comes."""  # fmt: skip
    show = _Shown(as_json=as_json)
    # listen first, so that nothing falls between what was and what comes
    with daemon() as client, Client(socket_path()) as ear, ear.listen() as incoming:
        peer = client.people.get(number).peer
        thread = threading.Thread(target=_hear, args=(incoming, peer, show), daemon=True)
        thread.start()
        earlier = client.list(peer=peer, limit=limit).messages if limit else []
        for message in reversed(earlier):
            show(message)
        for line in sys.stdin:
            if line.strip():
                _say(client, peer, line.rstrip("\n"), modem or _theirs(earlier), show)


class _Shown:
    """Prints each message once, whoever brings it first."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, message: Message) -> None:
        with self._lock:
            if message.id in self._seen:
                return
            self._seen.add(message.id)
            if self._as_json:
                emit_json([message])
                return
            ours = message.direction is Direction.OUTBOUND
            at = paint(datetimes.local(message.created_at), "dim")
            who = paint("you" if ours else message.peer, "cyan" if ours else "bold green")
            emit(f"{at} {who}: {one_line(content(message))}")


def _hear(incoming: Any, peer: str, show: _Shown) -> None:
    try:
        for message in incoming:
            if message.peer == peer:
                show(message)
    except GsmdError as error:
        say(f"gsmd: {error.message}")


def _say(client: Client, peer: str, text: str, modem: str | None, show: _Shown) -> None:
    try:
        message = client.send(peer, text, modem=modem)
    except GsmdError as error:
        say(f"gsmd: {error.message}")
        return
    if not is_terminal(sys.stdin):  # a person sees what they type
        show(message)


def _theirs(earlier: list[Message]) -> str | None:
    """The modem that they last wrote to."""
    return next((each.modem for each in earlier if each.direction is Direction.INBOUND), None)
