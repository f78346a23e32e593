"""``gsmd cancel``, ``gsmd retry`` and ``gsmd replace``."""

import click

from gsmd.cli.connection import daemon
from gsmd.cli.options import daemon_options, message_argument
from gsmd.cli.send import read_text
from gsmd.cli.terminal import emit, json_line, say
from gsmd.protocol.message import Message, to_wire


@click.command()
@message_argument
@daemon_options
def cancel(message_id: str, as_json: bool) -> None:
    """Take back the message ID, unless it is out already."""
    with daemon() as client:
        _tell(client.cancel(message_id), as_json=as_json)


@click.command()
@message_argument
@daemon_options
def retry(message_id: str, as_json: bool) -> None:
    """Queue the message ID again that failed, expired, was cancelled or is uncertain."""
    with daemon() as client:
        _tell(client.retry(message_id), as_json=as_json)


@click.command()
@message_argument
@click.argument("text", required=False)
@daemon_options
def replace(message_id: str, text: str | None, as_json: bool) -> None:
    """Send TEXT (default: standard input) in place of what the message ID says, while it still waits."""
    with daemon() as client:
        _tell(client.replace(message_id, read_text(text)), as_json=as_json)


def _tell(message: Message, *, as_json: bool) -> None:
    if as_json:
        emit(json_line(to_wire(message)))
    else:
        say(f"{message.id} to {message.peer} is {message.state}.")
