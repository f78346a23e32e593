"""``gsmd handlers``: who takes messages, what they gave up on, and a try without an SMS."""

import click

from gsmd.cli import datetimes, table
from gsmd.cli.combinations import Noun
from gsmd.cli.completion import handler_names
from gsmd.cli.connection import daemon
from gsmd.cli.options import daemon_options, handler_argument
from gsmd.cli.table import Cell, Column
from gsmd.cli.terminal import emit, emit_json, printable, say
from gsmd.client import DeadLetter, HandlerStatus
from gsmd.protocol import bounds
from gsmd.protocol.handlers import DryRun, Removed

COLUMNS = (
    Column("NAME", "bold"),
    Column("BY"),
    Column("THERE"),
    Column("PENDING", right=True),
    Column("IN HAND", right=True),
    Column("DEAD", right=True),
    Column("OLDEST"),
    Column("LAST ERROR", wide=True),
)
DEAD_COLUMNS = (
    Column("ID", "bold"),
    Column("HANDLER"),
    Column("GIVEN UP"),
    Column("TRIES", right=True),
    Column("FROM"),
    Column("REASON", wide=True),
    Column("TEXT", wide=True),
)


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def handlers(ctx: click.Context, as_json: bool) -> None:
    """The handlers that take messages, and how much waits for each."""
    if ctx.invoked_subcommand is not None:
        return
    nothing = "No handler yet: name one in the configuration, or: gsmd listen --as NAME"
    with daemon() as client:
        if as_json:
            emit_json(client.handlers())
        else:
            table.show(COLUMNS, map(_row, client.handlers()), nothing=nothing)


@handlers.command()
@click.argument("handler", metavar="[NAME]", required=False, shell_complete=handler_names)
@click.option(
    "--limit", type=click.IntRange(1, bounds.PAGE), default=bounds.USUAL_PAGE, show_default=True
)
@daemon_options
def dead(handler: str | None, limit: int, as_json: bool) -> None:
    """The messages that handlers gave up on, the newest first, with the reason."""
    with daemon() as client:
        letters = client.dead(handler, limit)
    if as_json:
        emit_json(letters)
    else:
        table.show(DEAD_COLUMNS, map(_letter, letters), nothing="No dead letters.")


@handlers.command()
@handler_argument
@click.argument("message_id", metavar="[ID]", required=False)
@click.option("--all", "every", is_flag=True, help="All that this handler gave up on.")
@daemon_options
def redrive(handler: str, message_id: str | None, every: bool, as_json: bool) -> None:
    """Hand the dead letter ID, or all of them, to the handler NAME again."""
    if (message_id is None) != every:
        raise click.UsageError("Either the ID of a message or --all.")
    with daemon() as client:
        count = client.redrive(handler, message_id)
    if as_json:
        emit_json([{"handler": handler, "redriven": count}])
    else:
        say(f"{count} message{'' if count == 1 else 's'} on the way to {handler} again.")


@handlers.command()
@handler_argument
@daemon_options
def remove(handler: str, as_json: bool) -> None:
    """Let NAME collect no more and write off what waits for it: a program that will not come back."""
    with daemon() as client:
        count = client.remove(handler)
    if as_json:
        emit_json([Removed(handler, count)])
    else:
        say(f"{handler} is gone, {count} message{'' if count == 1 else 's'} written off.")


@handlers.command("test")
@handler_argument
@click.option(
    "--from", "sender", required=True, metavar="NUMBER", help="The sender of the made-up message."
)
@click.option("--text", required=True, help="Its text.")
@daemon_options
def try_out(handler: str, sender: str, text: str, as_json: bool) -> None:
    """Hand a made-up message to the handler NAME and show what it would reply; nothing is sent."""
    with daemon() as client:
        reply = client.try_out(handler, sender, text)
    if as_json:
        emit_json([DryRun(reply)])
    elif reply:
        emit(printable(reply))
    else:
        say(f"{handler} took it and replied nothing.")


def _row(handler: HandlerStatus) -> table.Row:
    return (
        handler.name,
        handler.transport,
        Cell("yes", "green") if handler.connected else Cell("no", "yellow"),
        _count(handler.pending, "yellow"),
        _count(handler.in_flight, ""),
        _count(handler.dead, "bold red"),
        datetimes.ago(handler.oldest_at) if handler.oldest_at else "",
        handler.last_error or "",
    )


def _letter(letter: DeadLetter) -> table.Row:
    return (
        letter.message.id,
        letter.handler,
        datetimes.ago(letter.at),
        str(letter.attempts),
        letter.message.peer,
        letter.reason,
        letter.message.text or "",
    )


def _count(number: int, style: str) -> Cell:
    return Cell(str(number), style if number else "dim")
