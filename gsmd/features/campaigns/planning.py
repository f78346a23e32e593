"""From a plan to a campaign: who is on its lists, and who of them is to get it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from gsmd import pdu
from gsmd.features import Host
from gsmd.features.campaigns import table
from gsmd.features.campaigns.audience import Audience, Member, lacks
from gsmd.features.campaigns.rules import check, filled, needed
from gsmd.features.campaigns.table import Campaign, Recipient
from gsmd.protocol import campaigns as rows
from gsmd.protocol.campaigns import CampaignParams
from gsmd.protocol.errors import Code, Refused
from gsmd.store.identity import id_of_key, new_id
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages

_BATCH = 500
"""Recipients prepared in one transaction, so that nothing else waits long."""


class Planner:
    """Begins campaigns, or tells what they would do."""

    def __init__(self, ledger: Ledger, audience: Audience, host: Host) -> None:
        self._ledger = ledger
        self._audience = audience
        self._host = host

    async def begin(self, plan: CampaignParams) -> str:
        """Begin a campaign to whoever is on its lists now; returns its id. Errors: `Refused`.

        One that was begun with the same key is that campaign.
        """
        check(plan)
        id_ = new_id() if plan.key is None else id_of_key("campaign", plan.key)
        seq = await stored(self._ledger.write(lambda t: self._add(t, id_, plan)))
        if seq is None:
            return id_
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
        await stored(self._ledger.write(lambda t: _start(t, seq, id_)))
        return id_

    async def forecast(self, plan: CampaignParams) -> rows.Forecast:
        """The cost of a campaign, without beginning it. Errors: `Refused`."""
        check(plan)
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
                        parts += pdu.preview(filled(plan.text, member.peer, member.fields)).parts
                    else:
                        skipped[reason] += 1
                after = members[-1].peer
        duration = None if plan.per_minute is None else len(chosen) / plan.per_minute * 60
        return rows.Forecast(
            recipients=len(chosen), skipped=dict(skipped), parts=parts, duration=duration
        )

    def _add(self, transaction: Transaction, id_: str, plan: CampaignParams) -> int | None:
        """Its ``seq``; None if there is one of that id."""
        if table.get(transaction.connection, id_) is not None:
            return None
        for name in plan.lists:
            if not self._audience.lists.has(transaction.connection, name):
                raise Refused(
                    Code.NOT_FOUND,
                    f"no list is called {name!r}",
                    reason="no_such_list",
                    field="list",
                )
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
        fields = needed(plan.text)
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


def _start(transaction: Transaction, seq: int, id_: str) -> None:
    table.set_state(transaction.connection, seq, "running")
    transaction.record_event("campaign.running", None, id_)
