"""``messages.*``: sending, finding and following messages, by id or page by page."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import msgspec

from gsmd import numbers
from gsmd.clock import Milliseconds
from gsmd.core.acceptance import Acceptance
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.history import WhyWaiting, history_of
from gsmd.core.outbound import Outbound
from gsmd.core.redriving import redrive
from gsmd.core.replacing import Replacing
from gsmd.core.shared_take import SharedTakes
from gsmd.core.subscribers import Subscribers
from gsmd.core.waiting import reached, wait_for
from gsmd.protocol import messages as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Direction, Message, State
from gsmd.protocol.messages import (
    History,
    MessageListParams,
    Page,
    SendParams,
    Waiting,
    WaitParams,
)
from gsmd.protocol.method import Bound, Context, Role, bind, require
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import gauges, listing, messages, orders, outbox
from gsmd.store.tables.listing import FIRST_WINDOW, WINDOW, Filters, Place

_PATIENCE = 1_000
"""Milliseconds after which a page is told as it is, with the place from where to go on."""


class Saying(Protocol):
    """Tells the numbers of all messages in whose text something stands; None if that is not known."""

    def __call__(self, connection: sqlite3.Connection, search: str) -> Sequence[int] | None: ...


class Messages:
    """Calls about messages."""

    def __init__(
        self,
        ledger: Ledger,
        acceptance: Acceptance,
        outbound: Outbound,
        replacing: Replacing,
        registry: HandlerRegistry,
        subscribers: Subscribers,
        why_waiting: WhyWaiting,
        saying: Saying,
        share: Callable[[], SharedTakes],
    ) -> None:
        self._ledger = ledger
        self._share = share
        self._saying = saying
        self._subscribers = subscribers
        self._registry = registry
        self._acceptance = acceptance
        self._outbound = outbound
        self._replacing = replacing
        self._why_waiting = why_waiting

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (
            bind(rows.SENDING, self._send),
            bind(rows.GET, lambda _, p: self.get(p.id)),
            bind(rows.SHOW, lambda _, p: self.show(p.id)),
            bind(rows.LIST, lambda _, p: self.list(p)),
            bind(rows.CANCEL, lambda _, p: self.cancel(p.id)),
            bind(rows.REPLACE, lambda _, p: self.replace(p.id, p.text)),
            bind(rows.RETRY, lambda _, p: self.retry(p.id)),
            bind(rows.WAIT, self._wait),
            bind(rows.WAITING, lambda _, __: self.waiting()),
        )

    async def send(self, request: SendParams) -> Message:
        """Accept a message: on disk once this returns. Errors: `Refused`."""
        return await stored(self._acceptance.accept(request, self._share()))

    async def get(self, id_: str) -> Message:
        """Errors: `Refused` if there is none."""
        return (await find(self._ledger, id_))[1]

    async def show(self, id_: str) -> History:
        """The whole history of a message. A unique beginning of its id will do. Errors: `Refused`."""
        seq, _ = await find(self._ledger, await whole_id(self._ledger, id_))
        return await self._ledger.read(
            lambda connection: history_of(connection, seq, self._why_waiting)
        )

    async def list(self, query: MessageListParams) -> Page:
        """A page of messages, newest first. Errors: `Refused` for a cursor that cannot be."""
        return await page(
            self._ledger, query, self._why_waiting, self._saying, self._subscribers.country
        )

    async def cancel(self, id_: str) -> Message:
        """Withdraw an outbound message that is not out yet. Errors: `Refused`."""
        return await self._change(id_, self._outbound.cancel)

    async def replace(self, id_: str, text: str) -> Message:
        """Let an outbound message that still waits have another text. Errors: `Refused`."""
        return await self._change(id_, lambda t, seq, m: self._replacing.replace(t, seq, m, text))

    async def retry(self, id_: str) -> Message:
        """Send once more what failed; hand over once more what handlers gave up on. Errors: `Refused`."""
        seq, message = await find(self._ledger, id_)
        if message.direction is Direction.OUTBOUND:
            return await self._change(id_, self._outbound.retry)
        if not await stored(redrive(self._ledger, self._registry, None, seq)):
            raise Refused(Code.CONFLICT, "no handler gave up on it", reason="not_dead")
        return await self.get(message.id)

    async def wait(self, id_: str, state: State, timeout: float | None) -> Message:  # noqa: ASYNC109 -- expiry is a refusal with its own code
        """The message once it is in ``state`` or beyond, or can never get there. Errors: `Refused`."""
        seq, message = await find(self._ledger, id_)
        if (
            state is State.DELIVERED
            and message.direction is Direction.OUTBOUND
            and not await self._ledger.read(lambda c: orders.wants_report(c, seq))
        ):
            state = State.SENT  # nobody will ever tell more
        if reached(message, state):
            return message

        async def look() -> Message:
            return await self._ledger.read(lambda connection: messages.get(connection, seq))

        return await wait_for(self._ledger.bus, message.id, look, state, timeout)

    async def waiting(self) -> Waiting:
        """The number of messages to be sent, and for how long the oldest of them has been waiting."""
        now = self._ledger.clock.wall()
        found = await self._ledger.read(lambda connection: gauges.waiting(connection, now))
        return Waiting(
            queued=found.queued,
            scheduled=found.scheduled,
            held=found.held,
            oldest_at=messages.moment(found.oldest_at),
        )

    async def _send(self, context: Context, request: SendParams) -> Message:
        if request.override:
            require(context, Role.OVERRIDE, "write to those who opted out")
        return await self.send(request)

    async def _wait(self, context: Context, p: WaitParams) -> Message:
        return await context.while_connected(self.wait(p.id, p.state, p.timeout))

    async def _change(
        self, id_: str, change: Callable[[Transaction, int, Message], None]
    ) -> Message:
        def job(transaction: Transaction) -> Message:
            seq, message = existing(transaction.connection, id_)
            if message.direction is Direction.INBOUND:
                raise Refused(
                    Code.CONFLICT, "it is an inbound message", reason="inbound", field="id"
                )
            change(transaction, seq, message)
            return messages.get(transaction.connection, seq)

        return await stored(self._ledger.write(job))


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
    ledger: Ledger,
    query: MessageListParams,
    why_waiting: WhyWaiting,
    saying: Saying,
    country: str | None = None,
) -> Page:
    """A page of messages, newest first; short of ``limit``, it may still have a next one.

    ``saying`` may know where a text that is searched for stands. ``country`` (ISO 3166) completes a national number that is asked for.
    Errors: `Refused` for a cursor that cannot be.
    """
    peers = await _spelt(ledger, query.peer, country) if query.peer is not None else []
    among = None
    if query.search is not None:
        among = await ledger.read(partial(saying, search=query.search))
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
        among=None if among is None else tuple(among),
    )
    found, place = await _walk(ledger, filters, query.limit, _place(query.after))
    return Page(
        [message for _, message in found],
        place and f"{place.created_at}.{place.seq}",
        await _reasons(ledger, found, why_waiting) if query.reasons else msgspec.UNSET,
    )


async def _spelt(ledger: Ledger, peer: str, country: str | None) -> Sequence[str]:
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


def _place(after: str | None) -> Place | None:
    if after is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}\.[0-9]{1,18}", after):  # they must fit SQLite's integers
        raise Refused(Code.INVALID, "that is no cursor of ours", reason="bad_cursor", field="after")
    created_at, seq = map(int, after.split("."))
    return Place(Milliseconds(created_at), seq)
