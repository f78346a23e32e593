"""Campaigns: a text to everybody on a list, at a pace, at decent hours, resumable at any moment."""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence

import msgspec

from gsmd.config import Config
from gsmd.features import Claim, Feature, Host
from gsmd.features.campaigns import conversion_table, sending, table
from gsmd.features.campaigns.audience import Audience, Consents, Lists
from gsmd.features.campaigns.converting import convert
from gsmd.features.campaigns.hearing import Hearing
from gsmd.features.campaigns.planning import Planner
from gsmd.features.campaigns.progress import status_of
from gsmd.features.campaigns.quiet import Quiet
from gsmd.features.campaigns.table import Campaign
from gsmd.features.campaigns.trials import Outlook
from gsmd.features.campaigns.unfinished import Unfinished
from gsmd.numbers import spellings
from gsmd.protocol import campaigns as rows
from gsmd.protocol import conversions
from gsmd.protocol.campaigns import CampaignParams
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import Message
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.paging import BEYOND, cut, number
from gsmd.protocol.people import Person, PersonConversion
from gsmd.protocol.types import PageParams
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages

log = logging.getLogger(__name__)

_MOVED = frozenset({"message.sent", "message.failed", "message.expired", "message.cancelled"})
"""Events after which the queue may have room for more."""


_CHANGED = frozenset(
    {
        "campaign.running",
        "campaign.paused",
        "campaign.cancelled",
        "campaign.done",
        "campaign.opted_out",
    }
)
"""Events after which something is to be done at once."""


class Campaigns(Feature):
    """Prepares them, and sends them piece by piece; whatever is killed, each recipient gets one."""

    def __init__(self, config: Config, ledger: Ledger, lists: Lists, consents: Consents) -> None:
        self._hearing = Hearing()
        self._ledger = ledger
        self._audience = Audience(lists, consents)
        self.configure(config)
        self._wake = asyncio.Event()
        self._unfinished = Unfinished(ledger, self._wake.set)
        self._at_work = True  # until the first look has shown that there is nothing to do
        ledger.bus.subscribe(self._hear)

    async def open(self) -> None:
        """Drop what the last run did not get to prepare."""
        await self._unfinished.drop_all()

    def configure(self, config: Config) -> None:
        self._quiet = Quiet(config.campaigns)
        self._hearing.configure(config)

    async def run(self, host: Host) -> None:
        """Send what is due, until cancelled."""
        while True:
            self._wake.clear()
            self._at_work = True  # what happens meanwhile is heard
            await self._ledger.insist_on(self._unfinished.drop_left, _refused)
            found = await self._ledger.insist(lambda t: self._advance(t, host), _refused)
            self._at_work = found is not None and found.moving
            try:
                async with asyncio.timeout(None if found is None else found.wait):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _advance(self, transaction: Transaction, host: Host) -> Outlook | None:
        way = sending.Way(host, self._audience, self._quiet, self._hearing.country)
        found = sending.advance(transaction, way)
        if self._hearing.trials(transaction.connection):
            self._hearing.look_again()  # one of them may have ended
        return found

    # what recipients do

    def published(
        self,
        transaction: Transaction,
        host: Host,
        seq: int,
        message: Message,
        claim: Claim | None,
        *,
        ignored: bool,
    ) -> None:
        del host, seq
        if not ignored:
            self._hearing.heard(transaction, message, claim)

    def withdrew(
        self,
        transaction: Transaction,
        host: Host,
        peer: str | None,
        message: Message | None,
        list_: str | None = None,
    ) -> None:
        if peer is not None:
            answered = None if message is None else message.in_reply_to
            self._hearing.withdrew(transaction, peer, list_, answered)
        if list_ is not None:  # what waits of all of them `Host.forbids` stops, once its turn comes
            peers = None if peer is None else spellings(peer, self._hearing.country)
            sending.take_back(transaction, host, self._audience, peers)

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        done = [
            PersonConversion(campaign=id_, goal=goal, at=messages.moment(at), value=worth)
            for peer in peers
            for id_, goal, at, worth in conversion_table.of_peer(connection, peer)
        ]
        return msgspec.structs.replace(person, conversions=done)

    def forget(self, transaction: Transaction, peer: str) -> int:
        connection = transaction.connection
        return table.erase(connection, peer) + conversion_table.erase(connection, peer)

    # by hand

    def methods(self, host: Host) -> tuple[Bound, ...]:
        planner = Planner(self._ledger, self._audience, host, self._hearing, self._unfinished)

        async def create(_: Context, p: CampaignParams) -> rows.Campaign | rows.Forecast:
            return await (planner.forecast(p) if p.dry_run else self._create(planner, p))

        async def cancel(_: Context, p: rows.OneCampaignParams) -> rows.Campaign:
            return await self._cancel(host, p.id)

        return (
            bind(rows.CREATE, create),
            bind(rows.LIST, self._list),
            bind(rows.GET, lambda _, p: self._get(p.id)),
            bind(rows.RESULTS, self._results),
            bind(conversions.ADD, self._convert),
            bind(rows.PAUSE, lambda _, p: self._move(p.id, "paused", {"running"})),
            bind(rows.RESUME, lambda _, p: self._move(p.id, "running", {"paused"})),
            bind(rows.CANCEL, cancel),
        )

    async def _create(self, planner: Planner, plan: CampaignParams) -> rows.Campaign:
        """Begin a campaign; whoever is on the lists now is in it. Errors: `Refused`."""
        return await self._get(await planner.begin(plan))

    async def _list(self, _: Context, p: PageParams) -> rows.CampaignList:
        before = number(p.after, BEYOND)

        def job(connection: sqlite3.Connection) -> rows.CampaignList:
            found = table.newest(connection, before, p.limit + 1)
            page, next_ = cut(found, p.limit, lambda each: each.seq)
            return rows.CampaignList([status_of(connection, each) for each in page], next_)

        return await self._ledger.read(job)

    async def _get(self, id_: str) -> rows.Campaign:
        """The progress of the campaign. Errors: `Refused`."""
        return await self._ledger.read(lambda c: status_of(c, _found(c, id_)))

    async def _results(self, _: Context, p: rows.OneCampaignParams) -> rows.Results:
        from gsmd.features.campaigns.results import results_of  # only for who has trials

        return await self._ledger.read(lambda c: results_of(c, _found(c, p.id)))

    async def _convert(self, _: Context, p: conversions.ConversionParams) -> conversions.Conversion:
        return await stored(self._ledger.write(lambda t: convert(t, self._hearing, p)))

    async def _move(self, id_: str, state: str, before: set[str]) -> rows.Campaign:
        """Pause it, or go on with it. Errors: `Refused`."""
        await stored(self._ledger.write(lambda t: _change(t, id_, state, before)))
        return await self._get(id_)

    async def _cancel(self, host: Host, id_: str) -> rows.Campaign:
        """Queue nothing more, and take back what is not out yet. Errors: `Refused`."""

        def job(transaction: Transaction) -> None:
            campaign = _change(transaction, id_, "cancelled", {"running", "paused"})
            for seq in table.unsent(transaction.connection, campaign):
                host.cancel(transaction, seq, messages.get(transaction.connection, seq))

        await stored(self._ledger.write(job))
        return await self._get(id_)

    def _hear(self, event: Event) -> None:
        if event.type in _CHANGED or (self._at_work and event.type in _MOVED):
            self._wake.set()


def _refused(error: StoreError) -> None:
    log.warning("campaigns wait for the store: %s", error)


def _found(connection: sqlite3.Connection, id_: str) -> Campaign:
    campaign = table.get(connection, id_)
    if campaign is None:
        raise Refused(
            Code.NOT_FOUND, f"there is no campaign {id_!r}", reason="no_such_campaign", field="id"
        )
    return campaign


def _change(transaction: Transaction, id_: str, state: str, before: set[str]) -> Campaign:
    """Bring a campaign from one of the states ``before`` to ``state``. Errors: `Refused`."""
    campaign = _found(transaction.connection, id_)
    if campaign.state not in before:
        raise Refused(Code.CONFLICT, f"it is {campaign.state}", reason=campaign.state)
    sending.move(transaction, campaign, state)
    return campaign
