"""Finding messages: by id, by the beginning of one, page by page."""

import sqlite3
from collections.abc import Sequence

from gsmd.core.ledger import Ledger
from gsmd.core.requests import Code, DeadLetter, MessageQuery, Page, Refused
from gsmd.message import Message
from gsmd.store import deliveries, messages

_MAX_LIMIT = 1000
"""The longest page of a listing."""


def existing(connection: sqlite3.Connection, id_: str) -> tuple[int, Message]:
    """A message and its place in the order of acceptance. Errors: `Refused` if there is none."""
    found = messages.find(connection, id_)
    if found is None:
        raise Refused(
            Code.NOT_FOUND, f"there is no message {id_!r}", reason="no_such_message", field="id"
        )
    return found


async def find(ledger: Ledger, id_: str) -> tuple[int, Message]:
    """`existing`, read from the store. Errors: `Refused` if there is none."""
    return await ledger.read(lambda connection: existing(connection, id_))


async def whole_id(ledger: Ledger, begin: str) -> str:
    """The one id that begins so; what was given where none does. Errors: `Refused` for several."""
    found = await ledger.read(lambda connection: messages.starting_with(connection, begin))
    if begin in found or not (begin and found):
        return begin
    if len(found) > 1:
        text = f"several messages have an id that begins with {begin!r}"
        raise Refused(Code.INVALID, text, reason="ambiguous", field="id")
    return found[0]


async def page(ledger: Ledger, query: MessageQuery) -> Page:
    """A page of messages, newest first. Errors: `Refused` for a cursor or limit that cannot be."""
    if not 1 <= query.limit <= _MAX_LIMIT:
        raise Refused(
            Code.INVALID, f"limit is 1 to {_MAX_LIMIT}", reason="bad_limit", field="limit"
        )
    before = _cursor(query.after)
    filters = {
        "direction": query.direction,
        "state": query.state,
        "peer": query.peer,
        "modem": query.modem,
        "tag": query.tag,
        "since": query.since and messages.milliseconds(query.since),
        "until": query.until and messages.milliseconds(query.until),
        "search": query.search,
    }
    rows = await ledger.read(
        lambda connection: messages.listing(
            connection, filters, limit=query.limit + 1, before=before
        )
    )
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return Page([message for _, message in shown], str(shown[-1][0]) if more else None)


async def dead_letters(
    ledger: Ledger, handler: str | None, limit: int, after: str | None
) -> Sequence[DeadLetter]:
    """What handlers gave up on, newest first. Errors: `Refused` for a cursor that cannot be."""
    before = _cursor(after)
    rows = await ledger.read(
        lambda connection: deliveries.dead_letters(connection, handler, limit, before)
    )
    return [
        DeadLetter(
            handler=name,
            attempts=attempts,
            reason=reason,
            at=messages.moment(at),
            message=message,
        )
        for name, attempts, reason, at, message in rows
    ]


def _cursor(after: str | None) -> int | None:
    if after is None:
        return None
    if (
        not after.isascii() or not after.isdigit() or len(after) > 18
    ):  # it must fit SQLite's integers
        raise Refused(Code.INVALID, "that is no cursor of ours", reason="bad_cursor", field="after")
    return int(after)
