"""``gsmd inbox`` and ``gsmd outbox``: messages as rows, once or as they come."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice, starmap
from typing import Any, TypedDict, Unpack

import click

from gsmd.cli import datetimes, table
from gsmd.cli.combinations import refuse
from gsmd.cli.connection import daemon
from gsmd.cli.options import Moment, Number, daemon_options, modem_option
from gsmd.cli.table import Column
from gsmd.cli.terminal import emit_json, is_terminal
from gsmd.client import Client
from gsmd.protocol.message import Direction, Message, State, to_wire

PAGE = 100  # messages asked for at once

INBOUND_STATES = ("received", "handled", "dead", "undecodable")
OUTBOUND_STATES = tuple(str(state) for state in State if state not in INBOUND_STATES)


class ListingFilters(TypedDict):
    """The conditions by which a listing is narrowed."""

    peer: str | None
    state: str | None
    modem: str | None
    tag: str | None
    since: datetime | None
    until: datetime | None
    search: str | None


Entry = tuple[Message, str | None]
"""A message, and why it is not out yet."""

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
            from gsmd.cli.following import follow_messages

            follow_messages(client, direction, filters, limit=limit, as_json=as_json)
            return
        found = newest(client, direction, filters, limit=limit)
        if as_json:
            emit_json(starmap(wire, found))
        else:
            rows = starmap(row, found)
            table.show(COLUMNS[direction], rows, nothing="No such message.")


def newest(
    client: Client, direction: Direction, filters: ListingFilters, *, limit: int
) -> Iterator[Entry]:
    """Messages, the newest first, page after page; ``limit`` 0 means all."""
    return islice(_pages(client, direction, filters, limit), limit or None)


def _pages(
    client: Client, direction: Direction, filters: ListingFilters, limit: int
) -> Iterator[Entry]:
    reasons = True if direction is Direction.OUTBOUND else None
    size = min(limit or PAGE, PAGE)
    for page in client.pages(client.list, direction, reasons=reasons, limit=size, **filters):
        told = page.reasons or {}
        for message in page.messages:
            yield message, told.get(message.id)


_BEGIN = (Column("ID", "dim"), Column("TIME"))
_END = (Column("STATE"), Column("MODEM", "dim"), Column("TEXT", wide=True))
COLUMNS = {
    Direction.INBOUND: (*_BEGIN, Column("FROM", "bold"), *_END),
    Direction.OUTBOUND: (*_BEGIN, Column("TO", "bold"), *_END, Column("WHY", "yellow", wide=True)),
}


def wire(message: Message, reason: str | None) -> dict[str, Any]:
    """A message as JSON; an outbound one with why it is not out yet."""
    told = to_wire(message)
    return told if message.direction is Direction.INBOUND else {**told, "waiting_for": reason}


def row(message: Message, reason: str | None) -> table.Row:
    """A message as a row of its listing; one that goes out with why it waits or failed."""
    begin = (
        message.id,
        when(message),
        message.peer,
        table.state(message.state),
        message.modem or "",
        content(message),
    )
    return begin if message.direction is Direction.INBOUND else (*begin, _why(message, reason))


def when(message: Message) -> str:
    """Its time: short for a person, whole for a pipe."""
    tell = datetimes.short if is_terminal(sys.stdout) else datetimes.local
    return tell(message.created_at)


def content(message: Message) -> str:
    """The text, or what there is instead of one."""
    if message.text is not None:
        return message.text if message.complete else f"{message.text} … (parts are missing)"
    octets = len(message.data or "") // 2
    return f"({message.kind}, {octets} octets)"


def _why(message: Message, reason: str | None) -> str:
    if message.error is not None:
        return message.error.message or message.error.reason
    return datetimes.localise(reason or "")
