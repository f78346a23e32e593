"""``gsmd listen``: messages as they come, to look at, to take, or for a program."""

import logging
import shutil
import sys
from functools import partial
from typing import Any, NamedTuple

import click

from gsmd.cli import message_rows, table
from gsmd.cli.cells import Cell, Row
from gsmd.cli.combinations import refuse
from gsmd.cli.completion import handler_names
from gsmd.cli.connection import daemon
from gsmd.cli.exits import Stop
from gsmd.cli.following import EVENTS, find
from gsmd.cli.match_option import match_option
from gsmd.cli.options import Duration, daemon_options
from gsmd.cli.program import Program
from gsmd.cli.stopping import Stopping
from gsmd.cli.terminal import emit, emit_json, is_terminal, say
from gsmd.cli.unbroken_events import UnbrokenEvents
from gsmd.client import Client, InboundMessage, Listener
from gsmd.handlers.base import Delivery, HandlerError
from gsmd.protocol.message import Direction, Message, receipt_to_wire, to_wire


class Ways(NamedTuple):
    """The actions that are done with each message."""

    program: Program | None
    as_json: bool

    def on(self, delivery: Delivery) -> str | None:
        """Do them; returns the reply. Errors: `HandlerError` if the program failed."""
        if self.as_json:
            receipt = delivery.receipt and {"receipt": receipt_to_wire(delivery.receipt)}
            emit_json([{**to_wire(delivery.message), **(receipt or {})}])
        elif self.program is None:
            emit(_line(delivery))
        return None if self.program is None else self.program.run(delivery)


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
    ways = Ways(_program(program, arguments, reply=reply, timeout=timeout, quiet=as_json), as_json)
    logging.basicConfig(format="gsmd: %(message)s", level=logging.INFO)
    with Stopping() as stopping, daemon() as client:
        if handler is None:
            with UnbrokenEvents(client, EVENTS[Direction.INBOUND]) as events:
                _greet("Looking on, taking nothing.")
                _look_on(client, events, stopping, ways, count)
            return
        with client.listen(handler, from_=from_, match=match) as messages:
            _greet(f"Taking messages as {handler}; {messages.pending} waiting.")
            _take_all(messages, stopping, ways, count)


def _program(
    name: str | None, arguments: tuple[str, ...], *, reply: bool, timeout: float, quiet: bool
) -> Program | None:
    if name is None:
        return None
    path = shutil.which(name)
    if path is None:
        raise Stop(f"there is no program {name} that could be run")
    return Program((path, *arguments), reply=reply, timeout=timeout, quiet=quiet)


def _greet(words: str) -> None:
    if is_terminal(sys.stderr):
        say(f"{words} Ctrl-C ends it.")


def _look_on(
    client: Client, events: UnbrokenEvents, stopping: Stopping, ways: Ways, count: int | None
) -> None:
    def receive() -> Message:
        while True:
            event = events.next()
            if event is None:
                say("Some messages are missing here: events are not kept for so long.")
            elif message := events.ask(partial(find, client, event.fields.get("id"))):
                return message

    seen = 0
    while (count is None or seen < count) and (message := stopping.unless(receive)):
        try:
            ways.on(Delivery("", 1, message))
        except HandlerError as error:
            say(f"{message.id}: {error.reason}")
        seen += 1


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
    delivery = Delivery(message.handler or "", message.attempt, message, message.receipt)
    try:
        reply = ways.on(delivery)
    except HandlerError as error:
        say(f"{message.id}: {error.reason}")
        message.reject(error.reason)
        return
    if reply is None:
        message.acknowledge()
    else:
        message.reply(reply)


def _line(delivery: Delivery) -> str:
    message, receipt = delivery.message, delivery.receipt
    cells: Row = (
        Cell(message.id, "dim"),
        message_rows.when(message),
        Cell(message.peer, "bold"),
        Cell(message.modem or "", "dim"),
        *(() if receipt is None else (table.state(receipt.state),)),
        message_rows.content(message),
    )
    if is_terminal(sys.stdout):
        return "  ".join(map(table.painted, cells))
    return table.plain(cells)
