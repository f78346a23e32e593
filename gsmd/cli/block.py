"""``gsmd block``: senders whose messages are kept and given to nobody."""

import click

from gsmd.cli import table
from gsmd.cli.cells import Column
from gsmd.cli.combinations import Noun
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import when
from gsmd.cli.options import daemon_options
from gsmd.cli.table import noted
from gsmd.cli.terminal import emit_json, say

COLUMNS = (Column("SENDER", "bold"), Column("SINCE"), Column("NOTE", wide=True))
LOG_COLUMNS = (Column("TIME"), Column("SENDER", "bold"), Column("WHAT"), Column("NOTE", wide=True))


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def block(ctx: click.Context, as_json: bool) -> None:
    """Senders that no handler hears of and nothing answers; their messages are kept."""
    if ctx.invoked_subcommand is None:
        _list(as_json=as_json)


@block.command("list")
@daemon_options
def list_(as_json: bool) -> None:
    """The people who are blocked, by hand and by the configuration."""
    _list(as_json=as_json)


@block.command()
@click.argument("senders", metavar="SENDER...", nargs=-1, required=True)
@click.option("--note", help="Why, for the record.")
@daemon_options
def add(senders: tuple[str, ...], note: str | None, as_json: bool) -> None:
    """Block SENDER: a number, a name, or a pattern in quotes, like '+33899*'."""
    with daemon() as client:
        results = [client.blocks.add(sender, note) for sender in senders]
    if as_json:
        emit_json(results)
        return
    for result in results:
        say(f"{result.pattern} {'is' if result.added else 'was'} blocked.")


@block.command()
@click.argument("senders", metavar="SENDER...", nargs=-1, required=True)
@click.option("--note", help="Why, for the record.")
@daemon_options
def remove(senders: tuple[str, ...], note: str | None, as_json: bool) -> None:
    """Hear of SENDER again, written as `gsmd block` lists it."""
    with daemon() as client:
        results = [client.blocks.remove(sender, note) for sender in senders]
    if as_json:
        emit_json(results)
        return
    for result in results:
        say(f"{result.pattern} is {'no longer' if result.removed else 'not'} blocked.")


@block.command()
@daemon_options
def log(as_json: bool) -> None:
    """The history of blocking and unblocking: when and by whom, the newest first."""
    with daemon() as client:
        changes = (each for page in client.pages(client.blocks.log) for each in page.changes)
        if as_json:
            emit_json(changes)
        else:
            rows = ((when(c.at), c.pattern, c.wish, noted(c)) for c in changes)
            table.show(LOG_COLUMNS, rows, nothing="Nothing on record.")


def _list(*, as_json: bool) -> None:
    with daemon() as client:
        pages = list(client.pages(client.blocks.list))
    by_hand = [each for page in pages for each in page.blocks]
    configured = pages[0].configured
    note = "in the configuration"
    if as_json:
        emit_json(by_hand)
        emit_json({"pattern": each, "at": None, "note": note} for each in configured)
        return
    rows = [
        *((each.pattern, when(each.at), noted(each)) for each in by_hand),
        *((each, "", note) for each in configured),
    ]
    table.show(COLUMNS, rows, nothing="Nobody is blocked.")
