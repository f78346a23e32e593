"""From a plan to a campaign: who is on its lists, and who of them is to get it."""

import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from gsmd import pdu
from gsmd.features import Host
from gsmd.features.campaigns import assigning, table, trial_table
from gsmd.features.campaigns.audience import Audience, Member, lacks
from gsmd.features.campaigns.hearing import Hearing
from gsmd.features.campaigns.rules import check, filled, needed
from gsmd.features.campaigns.table import Campaign, Recipient
from gsmd.features.campaigns.trial_table import REST, Trial
from gsmd.features.campaigns.unfinished import Unfinished
from gsmd.protocol import campaigns as rows
from gsmd.protocol.campaigns import CampaignParams
from gsmd.protocol.errors import Code, Refused
from gsmd.store.identity import id_of_key, new_id
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages

_WINDOW = 24 * 3600.0
"""Seconds behind a message in which what its recipient does counts, unless it is said otherwise."""

_SHARE = 0.2
"""The part of the recipients that variants are tried on, likewise."""

_BATCH = 500
"""Recipients prepared in one transaction, so that nothing else waits long."""


class Planner:
    """Begins campaigns, or tells what they would do."""

    def __init__(
        self,
        ledger: Ledger,
        audience: Audience,
        host: Host,
        hearing: Hearing,
        unfinished: Unfinished,
    ) -> None:
        self._ledger = ledger
        self._hearing = hearing
        self._audience = audience
        self._host = host
        self._unfinished = unfinished

    async def begin(self, plan: CampaignParams) -> str:
        """Begin a campaign to whoever is on its lists now; returns its id. Errors: `Refused`.

        One that was begun with the same key is that campaign.
        """
        check(plan)
        id_ = new_id() if plan.key is None else id_of_key("campaign", plan.key)
        async with self._unfinished.work_on(id_):
            if plan.key is not None:
                await stored(self._unfinished.drop(id_))
            seq = await stored(self._ledger.write(lambda t: self._add(t, id_, plan)))
            if seq is not None:
                await self._fill(seq, plan)
                await self._start(seq, id_, plan)
        return id_

    async def _fill(self, seq: int, plan: CampaignParams) -> None:
        """Take in who is on the lists."""
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

    async def _start(self, seq: int, id_: str, plan: CampaignParams) -> None:
        """Let it go, once all know what they get."""
        texts = [(each.name, each.text) for each in plan.variants]
        if not texts:
            await stored(self._ledger.write(lambda t: _begin(t, seq, id_)))
            return
        trial = _trial(seq, plan)
        chosen = await self._ledger.read(
            lambda c: assigning.chosen(c, seq, trial.seed, trial.share, len(texts))
        )
        for place in range(0, len(chosen), _BATCH):
            some = chosen[place : place + _BATCH]
            await stored(
                self._ledger.write(lambda t, s=some: trial_table.assign(t.connection, seq, s))  # type: ignore[misc] # likewise
            )
        recipients = Counter(number for _, number in chosen)
        trial = trial._replace(horizon=len(chosen) - recipients[REST])

        def start(transaction: Transaction) -> None:
            trial_table.add(transaction.connection, trial, texts, recipients)
            self._hearing.look_again()
            _begin(transaction, seq, id_)

        await stored(self._ledger.write(start))

    async def forecast(self, plan: CampaignParams) -> rows.Forecast:
        """The cost of a campaign, without beginning it. Errors: `Refused`."""
        check(plan)
        await self._ledger.read(lambda connection: self._check_lists(connection, plan))
        chosen: set[str] = set()
        skipped: Counter[str] = Counter()
        parts = 0
        for name in plan.lists:
            after = ""
            while members := await self._members(name, after):
                for member, reason in await self._ledger.write(
                    lambda t, m=members: list(self._judged(t, plan, m, chosen.__contains__))  # type: ignore[misc] # likewise
                ):
                    if reason is None:
                        chosen.add(member.peer)
                        parts += max(
                            pdu.preview(filled(text, member.peer, member.fields)).parts
                            for text in plan.texts
                        )
                    else:
                        skipped[reason] += 1
                after = members[-1].peer
        duration = None if plan.per_minute is None else len(chosen) / plan.per_minute * 60
        forecast = rows.Forecast(
            recipients=len(chosen), skipped=dict(skipped), parts=parts, duration=duration
        )
        return _with_trial(forecast, plan) if plan.variants else forecast

    def _check_lists(self, connection: sqlite3.Connection, plan: CampaignParams) -> None:
        for name in plan.lists:
            if not self._audience.lists.has(connection, name):
                raise Refused(
                    Code.NOT_FOUND,
                    f"no list is called {name!r}",
                    reason="no_such_list",
                    field="list",
                )

    def _add(self, transaction: Transaction, id_: str, plan: CampaignParams) -> int | None:
        """Its ``seq``; None if there is one of that id."""
        if table.get(transaction.connection, id_) is not None:
            return None
        self._check_lists(transaction.connection, plan)
        not_before = None if plan.not_before is None else messages.milliseconds(plan.not_before)
        return table.add(
            transaction.connection,
            Campaign(
                0, id_, ",".join(plan.lists), plan.text, plan.tag or f"campaign-{id_}", "preparing",
                plan.modem, plan.handler, plan.per_minute, plan.quiet, transaction.wall, not_before,
                0, None, plan.category,
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
        connection = transaction.connection
        judged = self._judged(
            transaction, plan, members, lambda peer: table.has(connection, seq, peer)
        )
        for position, (member, reason) in enumerate(judged, first):
            recipient = Recipient(position, member.peer, dict(member.fields))
            table.add_recipient(connection, seq, recipient, reason)

    def _judged(
        self,
        transaction: Transaction,
        plan: CampaignParams,
        members: Sequence[Member],
        is_in: Callable[[str], bool],
    ) -> Iterator[tuple[Member, str | None]]:
        """Each member, with the reason why they are skipped if they are; ``is_in`` tells who gets it already."""
        fields = needed(*plan.texts)
        for member in members:
            if is_in(member.peer):
                yield member, "duplicate"
                continue
            excluded = self._audience.excluded(
                transaction, self._host, plan.lists, plan.category, member.peer
            )
            yield member, excluded or lacks(member, fields)

    async def _members(self, name: str, after: str) -> Sequence[Member]:
        return await self._ledger.read(lambda c: self._audience.lists.page(c, name, after, _BATCH))


def _with_trial(forecast: rows.Forecast, plan: CampaignParams) -> rows.Forecast:
    from gsmd.features.campaigns.decision import least_difference  # only for who has trials

    count = len(plan.variants)
    tried = assigning.horizon(forecast.recipients, plan.share or _SHARE, count)
    return msgspec.structs.replace(
        forecast, tried=tried, least_difference=least_difference(tried, count)
    )


def _trial(seq: int, plan: CampaignParams) -> Trial:
    """The trial of a campaign that has variants, before it is known who is tried."""
    return Trial(
        campaign=seq,
        goal=plan.goal or "reply",
        window=max(1, round((plan.window or _WINDOW) * 1000)),
        share=plan.share or _SHARE,
        seed=secrets.token_hex(32),
        otherwise=plan.text or None,
        horizon=0,
        state="running",
        winner=None,
        rest=None,
        reason=None,
        decided_at=None,
        counted_until=0,
        ended=False,
    )


def _begin(transaction: Transaction, seq: int, id_: str) -> None:
    table.set_state(transaction.connection, seq, "running")
    transaction.record_event("campaign.running", None, id_)
