"""``gsmd listen``: messages as they come, to look at, to take, or for a program."""

import logging
import shutil
import sys
from typing import Any, NamedTuple

import click

from gsmd.cli import listing, table
from gsmd.cli.combinations import refuse
from gsmd.cli.completion import handler_names
from gsmd.cli.connection import daemon
from gsmd.cli.exits import Stop
from gsmd.cli.match_option import match_option
from gsmd.cli.options import Duration, daemon_options
from gsmd.cli.program import Program
from gsmd.cli.stopping import Stopping
from gsmd.cli.table import Cell
from gsmd.cli.terminal import emit, emit_json, is_terminal, say
from gsmd.client import InboundMessage, Listener
from gsmd.handlers.base import HandlerError
from gsmd.protocol.message import receipt_to_wire, to_wire


class Ways(NamedTuple):
    """The actions that are done with each message."""

    program: Program | None
    as_json: bool


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--as",
    "handler",
    metavar="HANDLER",
    shell_complete=handler_names,
    help="Take the messages of this handler. Without it: only look on.",
)
@click.option(
    "--from",
    "from_",
    metavar="ID|beginning",
    help="For a new HANDLER: also what has come since then.",
)
@match_option
@click.option("--exec", "program", metavar="PROG", help="Run PROG, with what follows, for each.")
@click.option("--reply", is_flag=True, help="What PROG prints is the reply.")
@click.option("--timeout", type=Duration(), default=30.0, help="For PROG. [default: 30s]")
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="Stop after N messages.")
@click.argument("arguments", metavar="[ARGUMENT]...", nargs=-1, type=click.UNPROCESSED)
@daemon_options
def listen(
    handler: str | None,
    from_: str | None,
    match: dict[str, Any] | None,
    program: str | None,
    arguments: tuple[str, ...],
    reply: bool,
    timeout: float,
    count: int | None,
    as_json: bool,
) -> None:
    """Receive messages until Ctrl-C: print one a line, or run PROG for each.

    With --as a message counts as done once it is printed, or once PROG has ended with 0; if PROG
    fails, it comes again later. Other listeners on the same HANDLER share the work. What became of
    a message that was sent with --handler HANDLER --receipt end comes too: its line says to which state it came.

    PROG gets {"handler": …, "attempt": …, "message": {…}} on standard input and GSMD_PEER, GSMD_TEXT
    and so on in its environment. No shell is involved. Options of PROG that gsmd listen knows too
    go after "--":  gsmd listen --as crm --exec prog -- --json
    """  # fmt: skip
    if program is None:
        refuse("Without --exec", "arguments", "reply", "timeout")
    if handler is None:
        refuse("Without --as", "reply", "from_", "match")
    runs = _program(program, arguments, reply=reply, timeout=timeout, quiet=as_json)
    logging.basicConfig(format="gsmd: %(message)s", level=logging.INFO)
    with (
        Stopping() as stopping,
        daemon().listen(handler, from_=from_, match=match) as messages,
    ):
        _greet(messages)
        _take_all(messages, stopping, Ways(runs, as_json), count)


def _program(
    name: str | None, arguments: tuple[str, ...], *, reply: bool, timeout: float, quiet: bool
) -> Program | None:
    if name is None:
        return None
    path = shutil.which(name)
    if path is None:
        raise Stop(f"there is no program {name} that could be run")
    return Program((path, *arguments), reply=reply, timeout=timeout, quiet=quiet)


def _greet(messages: Listener) -> None:
    if not is_terminal(sys.stderr):
        return
    if messages.handler is None:
        say("Looking on, taking nothing. Ctrl-C ends it.")
    else:
        say(f"Taking messages as {messages.handler}; {messages.pending} waiting. Ctrl-C ends it.")


def _take_all(messages: Listener, stopping: Stopping, ways: Ways, count: int | None) -> None:
    taken = 0
    while count is None or taken < count:
        message = stopping.unless(messages.receive)
        if message is None:
            return
        _take(message, ways)
        taken += 1


def _take(message: InboundMessage, ways: Ways) -> None:
    """Show it or run the program on it, then say to the daemon how it went."""
    if ways.as_json:
        receipt = message.receipt and {"receipt": receipt_to_wire(message.receipt)}
        emit_json([{**to_wire(message), **(receipt or {})}])
    elif ways.program is None:
        emit(_line(message))
    reply = None
    if ways.program is not None:
        try:
            reply = ways.program.run(message)
        except HandlerError as error:
            say(f"{message.id}: {error.reason}")
            if message.handler is not None:
                message.reject(error.reason)
            return
    if message.handler is None:
        return
    if reply is None:
        message.acknowledge()
    else:
        message.reply(reply)


def _line(message: InboundMessage) -> str:
    cells: table.Row = (
        Cell(message.id, "dim"),
        listing.when(message),
        Cell(message.peer, "bold"),
        Cell(message.modem or "", "dim"),
        *(() if message.receipt is None else (table.state(message.receipt.state),)),
        listing.content(message),
    )
    if is_terminal(sys.stdout):
        return "  ".join(map(table.painted, cells))
    return table.plain(cells)
