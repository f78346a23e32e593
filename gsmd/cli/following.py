"""``gsmd inbox --follow`` and ``gsmd outbox --follow``: a listing that goes on."""

import sys
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from gsmd.cli import datetimes, message_rows, table
from gsmd.cli.terminal import emit, emit_json, is_terminal
from gsmd.cli.unbroken_events import UnbrokenEvents
from gsmd.client import Client, Event, NotFound
from gsmd.protocol.message import Direction, Message, State

REMEMBERED = 10_000  # messages that are not told of twice
CAUGHT_UP = 1000  # messages looked at when some events are missing

# A person waits for a message that comes in, and for the fate of one that goes out.
EVENTS = {Direction.INBOUND: "message.received", Direction.OUTBOUND: "message."}


def follow_messages(
    client: Client,
    direction: Direction,
    filters: message_rows.ListingFilters,
    *,
    limit: int,
    as_json: bool,
) -> None:
    """The newest, the oldest of them first, then every one that comes or changes, until Ctrl-C."""
    try:
        for message, reason in _each(client, direction, filters, limit):
            if as_json:
                emit_json([message_rows.wire(message, reason)])
            else:
                emit(_line(message, reason))
    except KeyboardInterrupt:
        return


def _each(
    client: Client, direction: Direction, filters: message_rows.ListingFilters, limit: int
) -> Iterator[message_rows.Entry]:
    told: OrderedDict[tuple[str, str], None] = OrderedDict()
    began = datetimes.current()
    with UnbrokenEvents(client, EVENTS[direction]) as events:  # first: nothing falls in between
        for message, reason in reversed(
            [*message_rows.newest(client, direction, filters, limit=limit)]
        ):
            _remember(told, message)
            yield message, reason
        while True:
            event = events.next()
            concerned = partial(_concerned, client, direction, filters, event, began)
            for found, reason in events.ask(concerned):
                if _remember(told, found):
                    yield found, reason


def _reason(client: Client, message: Message) -> str | None:
    try:
        return client.show(message.id).waiting_for if message.state is State.QUEUED else None
    except NotFound:
        return None  # purged meanwhile


def _concerned(
    client: Client,
    direction: Direction,
    filters: message_rows.ListingFilters,
    event: Event | None,
    began: datetime,
) -> list[message_rows.Entry]:
    """The messages that an event is about; where some are missing, all that may be."""
    if event is None:
        recent = message_rows.newest(client, direction, filters, limit=CAUGHT_UP)
        return [entry for entry in recent if _changed_at(entry[0]) >= began][::-1]
    found = find(client, event.fields.get("id"))
    if found is None or found.direction is not direction or not fits(found, filters):
        return []
    return [(found, _reason(client, found))]


def _changed_at(message: Message) -> datetime:
    times = (message.created_at, message.sent_at, message.delivered_at)
    return max(each for each in times if each is not None)


def find(client: Client, id_: str | None) -> Message | None:
    """A message, if it is still there."""
    try:
        return client.get(id_) if id_ else None
    except NotFound:
        return None  # purged meanwhile


def _remember(told: OrderedDict[tuple[str, str], None], message: Message) -> bool:
    """False, if this has been told already."""
    changes = message.direction is Direction.OUTBOUND
    key = (message.id, message.state if changes else "")
    if key in told:
        return False
    told[key] = None
    if len(told) > REMEMBERED:
        told.popitem(last=False)
    return True


def fits(message: Message, filters: message_rows.ListingFilters) -> bool:
    """True if the listing would show it; times are no matter for what comes now."""
    search = filters.get("search")
    if search and search.casefold() not in (message.text or "").casefold():
        return False
    equal = ("peer", "state", "modem", "tag")
    return all(filters.get(name) in {None, getattr(message, name)} for name in equal)


def _line(message: Message, reason: str | None) -> str:
    """A row that cannot know how wide the next one will be."""
    cells = message_rows.row(message, reason)
    if not is_terminal(sys.stdout):
        return table.plain(cells)
    return "  ".join(table.painted(cell) for cell in cells)
