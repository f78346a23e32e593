"""Messages as rows of a listing, and the pages they come in."""

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypedDict

from gsmd.cli import datetimes, table
from gsmd.cli.cells import Column, Row
from gsmd.cli.terminal import is_terminal
from gsmd.client import Client
from gsmd.protocol.message import Direction, Message, to_wire

PAGE = 100  # messages asked for at once


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


def row(message: Message, reason: str | None) -> Row:
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
