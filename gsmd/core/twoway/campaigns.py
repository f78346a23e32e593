"""Campaigns: a text to everybody on a list, at a pace, at decent hours, resumable at any moment."""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from gsmd import hours, pdu
from gsmd.core.outbound import Outbound
from gsmd.core.twoway.plans import check, status_of
from gsmd.core.twoway.zones import zones_of
from gsmd.protocol import campaigns as rows
from gsmd.protocol.campaigns import CampaignParams
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.messages import SendParams
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.types import PageParams
from gsmd.store.engine.errors import StoreError
from gsmd.store.identity import id_of_key, new_id
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import campaigns, lists, messages
from gsmd.store.tables.campaigns import Campaign, Recipient
from gsmd.store.tables.lists import Member
from gsmd.twoway.quiet import until
from gsmd.twoway.templates import fill, places

log = logging.getLogger(__name__)

_BATCH = 500
"""Recipients prepared in one transaction, so that nothing else waits long."""

_AHEAD = 24
"""Messages that wait in the queue at most before a campaign adds more: others get their turn."""

_PRIORITY = -10
"""Everything else goes first."""

_LOOK_EVERY = 60.0
"""Seconds after which a jump of the wall clock is noticed."""

_MOVED = frozenset({"message.sent", "message.failed", "message.expired", "message.cancelled"})
"""Events after which the queue may have room for more."""


class Campaigns:
    """Prepares them, and sends them piece by piece; whatever is killed, each recipient gets one."""

    def __init__(self, ledger: Ledger, outbound: Outbound) -> None:
        self._ledger = ledger
        self._outbound = outbound
        self._wake = asyncio.Event()
        self._at_work = True  # until the first look has shown that there is nothing to do
        ledger.bus.subscribe(self._hear)

    async def open(self) -> None:
        """Sort out what the last run left."""
        await self._ledger.write(lambda t: campaigns.drop_unprepared(t.connection))

    # by hand

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (
            bind(rows.CREATE, self._create),
            bind(rows.LIST, self._list),
            bind(rows.GET, lambda _, p: self.get(p.id)),
            bind(rows.PAUSE, lambda _, p: self.pause(p.id)),
            bind(rows.RESUME, lambda _, p: self.resume(p.id)),
            bind(rows.CANCEL, lambda _, p: self.cancel(p.id)),
        )

    async def _create(self, _: Context, p: CampaignParams) -> rows.Campaign | rows.Forecast:
        return await (self.forecast(p) if p.dry_run else self.create(p))

    async def _list(self, _: Context, p: PageParams) -> rows.Campaigns:
        return rows.Campaigns(list(await self.all_of_them(p.limit)))

    async def create(self, plan: CampaignParams) -> rows.Campaign:
        """Begin a campaign; whoever is on the lists now is in it. Errors: `Refused`.

        One that was begun with the same key is told instead.
        """
        check(plan)
        id_ = new_id() if plan.key is None else id_of_key("campaign", plan.key)
        seq = await stored(self._ledger.write(lambda t: self._begin(t, id_, plan)))
        if seq is None:
            return await self.get(id_)
        position = 0
        for name in plan.lists:
            after = ""
            while members := await self._members(name, after):
                first = position
                position += len(members)
                await stored(
                    self._ledger.write(
                        lambda t, m=members, p=first: self._prepare(t, seq, plan, m, p)  # type: ignore[misc] # mypy does not see defaults of lambdas
                    )
                )
                after = members[-1].peer
        await stored(self._ledger.write(lambda t: _change(t, seq, id_, "running")))
        return await self.get(id_)

    async def forecast(self, plan: CampaignParams) -> rows.Forecast:
        """What a campaign would do, without doing it. Errors: `Refused`."""
        check(plan)
        seen: set[str] = set()
        skipped: Counter[str] = Counter()
        parts = 0
        for name in plan.lists:
            after = ""
            while members := await self._members(name, after):
                for member, reason in await self._ledger.write(
                    lambda t, m=members: list(self._judged(t, plan, m, seen))  # type: ignore[misc] # likewise
                ):
                    if reason is None:
                        parts += pdu.preview(_filled(plan.text, member.peer, member.fields)).parts
                    else:
                        skipped[reason] += 1
                after = members[-1].peer
        count = len(seen) - sum(n for reason, n in skipped.items() if reason != "duplicate")
        duration = None if plan.per_minute is None else count / plan.per_minute * 60
        return rows.Forecast(
            recipients=count, skipped=dict(skipped), parts=parts, duration=duration
        )

    async def all_of_them(self, limit: int) -> Sequence[rows.Campaign]:
        """The last ones, newest first."""
        return await self._ledger.read(
            lambda c: [status_of(c, each) for each in campaigns.newest(c, limit)]
        )

    async def get(self, id_: str) -> rows.Campaign:
        """How far it is. Errors: `Refused`."""
        return await self._ledger.read(lambda c: status_of(c, _found(c, id_)))

    async def pause(self, id_: str) -> rows.Campaign:
        """Queue nothing more for now. Errors: `Refused`."""
        return await self._move(id_, "paused", {"running"})

    async def resume(self, id_: str) -> rows.Campaign:
        """Go on. Errors: `Refused`."""
        return await self._move(id_, "running", {"paused"})

    async def cancel(self, id_: str) -> rows.Campaign:
        """Queue nothing more, and take back what is not out yet. Errors: `Refused`."""
        return await self._move(id_, "cancelled", {"running", "paused"})

    # by itself

    async def run(self) -> None:
        """Send what is due, until cancelled."""
        while True:
            self._wake.clear()
            wait = await self._ledger.insist(self._round, _refused)
            self._at_work = wait is not None
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _hear(self, event: Event) -> None:
        if event.type.startswith("campaign.") or (self._at_work and event.type in _MOVED):
            self._wake.set()

    def _round(self, transaction: Transaction) -> float | None:
        """Queue what is due now; returns seconds until the next look, None if nothing runs."""
        waits = [
            self._advance(transaction, campaign)
            for campaign in campaigns.running(transaction.connection)
        ]
        return min((*waits, _LOOK_EVERY)) if waits else None

    def _advance(self, transaction: Transaction, campaign: Campaign) -> float:
        """Seconds until this one has something to do; until the queue moves, `_LOOK_EVERY`."""
        connection, wall = transaction.connection, transaction.wall
        if campaign.not_before is not None and campaign.not_before > wall:
            return (campaign.not_before - wall) / 1000
        room = campaigns.queue_room(connection, _AHEAD)
        allowed, interval = _allowed(campaign, transaction.now)
        chosen = campaigns.due(connection, campaign.seq, wall, min(room, allowed))
        sent = sum(self._send(transaction, campaign, recipient) for recipient in chosen)
        if interval is not None and sent:
            start = max(campaign.next_at, transaction.now)
            campaigns.set_next(connection, campaign.seq, round(start + sent * interval))
        next_due = campaigns.next_due(connection, campaign.seq)
        if next_due is None:
            _change(transaction, campaign.seq, campaign.id, "done", finished_at=wall)
            return _LOOK_EVERY
        if len(chosen) > sent:
            return 0.0  # some are asleep: whoever is next may not be
        if next_due > wall:
            return (next_due - wall) / 1000
        return (
            _LOOK_EVERY
            if interval is None or room <= sent
            else _until_next(campaign, sent, interval, transaction.now)
        )

    def _send(self, transaction: Transaction, campaign: Campaign, recipient: Recipient) -> bool:
        """Queue one message. False if it is night where they are, or they are not to get one."""
        connection, seq = transaction.connection, campaign.seq
        if (later := _asleep(campaign, recipient, transaction.wall)) is not None:
            campaigns.postpone(connection, seq, recipient.position, later)
            return False
        request = SendParams(
            to=recipient.peer,
            text=_filled(campaign.text, recipient.peer, recipient.fields),
            tag=campaign.tag,
            modem=campaign.modem,
            handler=campaign.handler,
            priority=_PRIORITY,
            key=f"campaign {campaign.id} {recipient.peer}",
        )
        try:
            message = self._outbound.submit(transaction, request)
        except Refused as refusal:
            reason = str(refusal.data["reason"])
            campaigns.settle(connection, seq, recipient.position, "skipped", reason=reason)
            return False
        campaigns.settle(connection, seq, recipient.position, "queued", message=message.id)
        return True

    # inside

    def _begin(self, transaction: Transaction, id_: str, plan: CampaignParams) -> int | None:
        """Its ``seq``; None if there is one of that id."""
        if campaigns.get(transaction.connection, id_) is not None:
            return None
        for name in plan.lists:
            if not lists.exists(transaction.connection, name):
                raise Refused(
                    Code.NOT_FOUND,
                    f"no list is called {name!r}",
                    reason="no_such_list",
                    field="list",
                )
        not_before = None if plan.not_before is None else messages.milliseconds(plan.not_before)
        return campaigns.add(
            transaction.connection,
            Campaign(
                0, id_, ",".join(plan.lists), plan.text, plan.tag or f"campaign-{id_}", "preparing",
                plan.modem, plan.handler, plan.per_minute, plan.quiet, transaction.wall, not_before,
                0, None,
            ),
        )  # fmt: skip

    def _prepare(
        self,
        transaction: Transaction,
        seq: int,
        plan: CampaignParams,
        members: Sequence[Member],
        first: int,
    ) -> None:
        seen: set[str] = set()
        judged = self._judged(transaction, plan, members, seen)
        for position, (member, judgement) in enumerate(judged, first):
            reason = judgement
            recipient = Recipient(position, member.peer, member.fields)
            if campaigns.has(transaction.connection, seq, member.peer):
                reason = "duplicate"
            campaigns.add_recipient(transaction.connection, seq, recipient, reason)

    def _judged(
        self,
        transaction: Transaction,
        plan: CampaignParams,
        members: Sequence[Member],
        seen: set[str],
    ) -> Iterator[tuple[Member, str | None]]:
        """Each member, with the reason why they are skipped if they are; ``seen`` has those before."""
        needed = places(plan.text) - {"peer"}
        for member in members:
            if member.peer in seen:
                yield member, "duplicate"
                continue
            seen.add(member.peer)
            if self._outbound.policy.forbids(transaction, member.peer):
                yield member, "opted_out"
            elif not needed <= member.fields.keys():
                yield member, "field_missing"
            else:
                yield member, None

    async def _members(self, name: str, after: str) -> Sequence[Member]:
        return await self._ledger.read(lambda c: lists.members(c, name, after, _BATCH))

    async def _move(self, id_: str, state: str, before: set[str]) -> rows.Campaign:
        def job(transaction: Transaction) -> None:
            campaign = _found(transaction.connection, id_)
            if campaign.state not in before:
                raise Refused(Code.CONFLICT, f"it is {campaign.state}", reason=campaign.state)
            ended = transaction.wall if state == "cancelled" else None
            _change(transaction, campaign.seq, id_, state, finished_at=ended)
            for seq in campaigns.unsent(transaction.connection, campaign.seq) if ended else ():
                message = messages.get(transaction.connection, seq)
                self._outbound.cancel(transaction, seq, message)

        await stored(self._ledger.write(job))
        return await self.get(id_)


def _allowed(campaign: Campaign, now: int) -> tuple[int, float | None]:
    """How many the pace allows now, and the milliseconds from one to the next."""
    if campaign.per_minute is None:
        return _AHEAD, None
    interval = 60_000 / campaign.per_minute
    return (1 if campaign.next_at <= now else 0), interval


def _until_next(campaign: Campaign, sent: int, interval: float, now: int) -> float:
    start = max(campaign.next_at, now) + sent * interval
    return max(0.0, (start - now) / 1000)


def _asleep(campaign: Campaign, recipient: Recipient, wall: int) -> int | None:
    """Until when (wall) they are to be left alone, if they are."""
    if campaign.quiet is None:
        return None
    zones = zones_of(recipient.peer, recipient.fields.get("timezone"))
    at = datetime.fromtimestamp(wall / 1000, UTC)
    end = until(hours.parse(campaign.quiet), at, zones)
    return None if end is None else messages.milliseconds(end)


def _refused(error: StoreError) -> None:
    log.warning("campaigns wait for the store: %s", error)


def _filled(text: str, peer: str, fields: dict[str, str]) -> str:
    return fill(text, {**fields, "peer": peer})


def _found(connection: sqlite3.Connection, id_: str) -> Campaign:
    campaign = campaigns.get(connection, id_)
    if campaign is None:
        raise Refused(
            Code.NOT_FOUND, f"there is no campaign {id_!r}", reason="no_such_campaign", field="id"
        )
    return campaign


def _change(
    transaction: Transaction, seq: int, id_: str, state: str, finished_at: int | None = None
) -> None:
    campaigns.set_state(transaction.connection, seq, state, finished_at)
    transaction.record_event(f"campaign.{state}", None, id_)
