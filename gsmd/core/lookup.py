"""Finding messages: by id, by the beginning of one, page by page."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

from gsmd import numbers
from gsmd.clock import Milliseconds
from gsmd.core.requests import Code, DeadLetter, MessageQuery, Page, Refused
from gsmd.message import Message, State
from gsmd.store.ledger import Ledger
from gsmd.store.tables import deliveries, listing, messages, outbox
from gsmd.store.tables.listing import FIRST_WINDOW, WINDOW, Filters, Place
from gsmd.store.tables.outbox import Waiting

WhyWaiting = Callable[[Waiting], str | None]
"""Explains where a message stands in the queue, for people."""

_MAX_LIMIT = 1000
"""The longest page of a listing."""

_PATIENCE = 1_000
"""Milliseconds after which a page is told as it is, with the place from where to go on."""


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


async def page(
    ledger: Ledger, query: MessageQuery, why_waiting: WhyWaiting, country: str | None = None
) -> Page:
    """A page of messages, newest first; short of ``limit``, it may still have a next one.

    ``country`` (ISO 3166) completes a national number that is asked for. Errors: `Refused` for a
    cursor or limit that cannot be.
    """
    if not 1 <= query.limit <= _MAX_LIMIT:
        raise Refused(
            Code.INVALID, f"limit is 1 to {_MAX_LIMIT}", reason="bad_limit", field="limit"
        )
    peers = await _spelt(ledger, query.peer, country) if query.peer is not None else []
    filters = Filters(
        direction=query.direction,
        state=query.state,
        peer=peers[0] if peers else None,
        spellings=tuple(peers[1:] and peers),
        modem=query.modem,
        tag=query.tag,
        since=None if query.since is None else messages.milliseconds(query.since),
        until=None if query.until is None else messages.milliseconds(query.until),
        search=query.search,
    )
    found, place = await _walk(ledger, filters, query.limit, _place(query.after))
    return Page(
        [message for _, message in found],
        place and f"{place.created_at}.{place.seq}",
        await _reasons(ledger, found, why_waiting) if query.reasons else None,
    )


async def _spelt(ledger: Ledger, peer: str, country: str | None) -> list[str]:
    """Under which spellings the store has a peer as it was typed; as it was typed if it has none."""
    typed = numbers.plain(peer)
    try:
        found = numbers.spellings(numbers.normalise(typed, country), country)
    except numbers.NotANumber:
        return [peer]  # a sender's name
    wanted = list(dict.fromkeys((*found, typed, peer)))
    return await ledger.read(partial(messages.known_among, peers=wanted)) or [peer]


async def _walk(
    ledger: Ledger, filters: Filters, limit: int, place: Place | None
) -> tuple[list[tuple[Place, Message]], Place | None]:
    """Step by step, between which others read, until the page is full or the patience is over."""
    give_up = ledger.clock.monotonic() + _PATIENCE
    found: list[tuple[Place, Message]] = []
    window = FIRST_WINDOW
    while True:
        step = await ledger.read(
            partial(
                listing.step,
                filters=filters,
                limit=limit + 1 - len(found),
                after=place,
                window=window,
            )
        )
        found += step.found
        place, window = step.place, min(window * 6, WINDOW)
        if place is None or len(found) > limit or ledger.clock.monotonic() >= give_up:
            break
    if len(found) > limit:
        found = found[:limit]
        place = found[-1][0]
    return found, place


async def _reasons(
    ledger: Ledger, found: Sequence[tuple[Place, Message]], why_waiting: WhyWaiting
) -> dict[str, str]:
    queued = {place.seq: each.id for place, each in found if each.state is State.QUEUED}
    waiting = await ledger.read(lambda connection: outbox.waiting_among(connection, [*queued]))
    reasons = {queued[seq]: why_waiting(how) for seq, how in waiting.items()}
    return {id_: reason for id_, reason in reasons.items() if reason is not None}


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


def _place(after: str | None) -> Place | None:
    if after is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}\.[0-9]{1,18}", after):  # they must fit SQLite's integers
        raise Refused(Code.INVALID, "that is no cursor of ours", reason="bad_cursor", field="after")
    created_at, seq = map(int, after.split("."))
    return Place(Milliseconds(created_at), seq)


def _cursor(after: str | None) -> int | None:
    if after is None:
        return None
    if (
        not after.isascii() or not after.isdigit() or len(after) > 18
    ):  # it must fit SQLite's integers
        raise Refused(Code.INVALID, "that is no cursor of ours", reason="bad_cursor", field="after")
    return int(after)
