"""``gsmd inbox`` and ``gsmd outbox``: messages as rows, once or as they come."""

from collections.abc import Callable
from itertools import starmap
from typing import Unpack

import click

from gsmd.cli import table
from gsmd.cli.combinations import refuse
from gsmd.cli.connection import daemon
from gsmd.cli.following import follow_messages
from gsmd.cli.message_rows import COLUMNS, ListingFilters, newest, row, wire
from gsmd.cli.options import Moment, Number, daemon_options, modem_option
from gsmd.cli.terminal import emit_json
from gsmd.protocol.message import Direction, State

INBOUND_STATES = ("received", "handled", "dead", "undecodable")
OUTBOUND_STATES = tuple(str(state) for state in State if state not in INBOUND_STATES)


Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _listing_options(states: tuple[str, ...], peer: str, whom: str) -> Decorator:
    """The options of a listing; ``--from`` and ``--to`` are the same thing, seen from two sides."""
    options: list[Decorator] = [
        click.option(f"--{peer}", "peer", type=Number(), metavar="NUMBER", help=f"Only what {whom} this number."),
        click.option("--state", type=click.Choice(states), help="Only in this state."),
        modem_option,
        click.option("--tag", help="Only with this tag."),
        click.option("--since", type=Moment("past"), metavar="TIME",
                     help="Not older: 2h, 18:30, yesterday, 2026-01-31."),
        click.option("--until", type=Moment("past"), metavar="TIME", help="Not newer."),
        click.option("--search", metavar="TEXT", help="Only with this in the text."),
        click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True,
                     help="So many, the newest; 0 for all."),
        click.option("--follow", "-f", is_flag=True, help="Then go on with what comes."),
        daemon_options,
    ]  # fmt: skip

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


@click.command()
@_listing_options(INBOUND_STATES, "from", "came from")
def inbox(limit: int, follow: bool, as_json: bool, **filters: Unpack[ListingFilters]) -> None:
    """The messages that came in, the newest first; with --follow the newest last."""
    _list(Direction.INBOUND, filters, limit=limit, follow=follow, as_json=as_json)


@click.command()
@_listing_options(OUTBOUND_STATES, "to", "goes to")
def outbox(limit: int, follow: bool, as_json: bool, **filters: Unpack[ListingFilters]) -> None:
    """The messages that go out, the newest first, and why some wait; with --follow the newest last."""
    _list(Direction.OUTBOUND, filters, limit=limit, follow=follow, as_json=as_json)


def _list(
    direction: Direction, filters: ListingFilters, *, limit: int, follow: bool, as_json: bool
) -> None:
    if follow:
        refuse("With --follow", "until")
    with daemon() as client:
        if follow:
            follow_messages(client, direction, filters, limit=limit, as_json=as_json)
            return
        found = newest(client, direction, filters, limit=limit)
        if as_json:
            emit_json(starmap(wire, found))
        else:
            rows = starmap(row, found)
            table.show(COLUMNS[direction], rows, nothing="No such message.")
