"""``gsmd at`` and ``gsmd ussd``: talking to one modem, and to the network through it."""

import sys

import click

from gsmd.cli.connection import daemon
from gsmd.cli.exits import Stop
from gsmd.cli.options import Duration, daemon_options, modem_argument
from gsmd.cli.terminal import emit, emit_json, is_terminal, printable


@click.command()
@modem_argument
@click.argument("command")
@click.option("--timeout", type=Duration(), help="Wait that long for the modem's answer.")
@daemon_options
def at(modem: str, command: str, timeout: float | None, as_json: bool) -> None:
    """Give MODEM the AT COMMAND and print what it answers.

    For example: gsmd at north AT+CSQ

    The daemon's own commands wait meanwhile, and go on afterwards.
    """
    with daemon() as client:
        reply = client.at(modem, command, timeout)
    if as_json:
        emit_json([reply])
    else:
        for line in (*reply.lines, reply.result):
            emit(printable(line))
    if reply.result != "OK":
        raise Stop(f"{modem} answered {reply.result} to {command}.")


@click.command()
@modem_argument
@click.argument("code")
@click.option("--timeout", type=Duration(), help="Wait that long for the network's answer.")
@daemon_options
def ussd(modem: str, code: str, timeout: float | None, as_json: bool) -> None:
    """Dial the USSD CODE, such as '*100#', with MODEM and print the answer.

    Where the network offers a menu, a terminal asks for the choice and a pipe has it on its next line; an
    empty line leaves the menu.
    """
    with daemon() as client:
        while code:
            reply = client.ussd(modem, code, timeout)
            if as_json:
                emit_json([reply])
            else:
                emit(printable(reply.text or ""))
            code = _choice() if reply.session else ""
            if reply.session and not code:
                client.cancel_ussd(modem)


def _choice() -> str:
    """The answer to a menu: from the prompt, or the next line of a pipe; empty to leave it."""
    if is_terminal(sys.stdin):
        answer: str = click.prompt("Answer", default="", show_default=False, err=True)
        return answer.strip()
    return sys.stdin.readline().strip()
