"""The built-in handlers: what `gsmd.twoway` decides, carried out on the store, once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from gsmd.config import Config, HandlerConfig
from gsmd.core.effects import PREFIX, Effect
from gsmd.core.outbound import Outbound
from gsmd.core.twoway.blocks import Blocks
from gsmd.core.twoway.campaigns import Campaigns
from gsmd.core.twoway.figures import Figures
from gsmd.core.twoway.forwarding import Forwarding
from gsmd.core.twoway.guard import Guard
from gsmd.core.twoway.keywords import Keywords, programs
from gsmd.core.twoway.optouts import OptOuts
from gsmd.core.twoway.polls import Polls
from gsmd.core.twoway.privacy import Privacy
from gsmd.core.twoway.redaction import Redaction
from gsmd.core.twoway.rosters import Rosters
from gsmd.core.twoway.verification import Verification
from gsmd.protocol.message import Failure, Kind, Message
from gsmd.protocol.method import Bound
from gsmd.store.ledger import Ledger, Transaction


def handlers_of(config: Config) -> Sequence[HandlerConfig]:
    """Everybody the configuration names, those that only a keyword leads to included."""
    return (*config.handlers, *programs(config.keywords))


class TwoWay:
    """All of it. It is the core's `Claims` and its `Policy`."""

    def __init__(
        self,
        config: Config,
        ledger: Ledger,
        outbound: Outbound,
        own_numbers: Callable[[], set[str]],
    ) -> None:
        self._ledger = ledger
        self.blocks = Blocks(config, ledger)
        self.guard = Guard(config, self.blocks, own_numbers)
        self.optouts = OptOuts(config, ledger, outbound)
        self.forwarding = Forwarding(config, outbound, self.guard.own_numbers)
        self.polls = Polls(ledger, outbound)
        self.keywords = Keywords(config, outbound, self.optouts, self.polls)
        self.verification = Verification(config, ledger, outbound, self.guard.own_numbers)
        self.rosters = Rosters(config, ledger)
        self.campaigns = Campaigns(ledger, outbound)
        self.statistics = Figures(ledger)
        self.privacy = Privacy(config, ledger)
        self.redaction = Redaction(config, ledger)
        self._parts = (
            self.optouts,
            self.forwarding,
            self.keywords,
            self.polls,
        )
        self._going_by_configuration = (
            *(self.blocks, self.guard, self.rosters, self.privacy, self.redaction, self.forwarding),
            *(self.verification, self.optouts, self.keywords),
        )
        self.effects: Mapping[str, Effect] = {
            PREFIX + "optout": self.optouts.take,
            PREFIX + "keywords": self.keywords.take,
            PREFIX + "polls": self.polls.take,
        }

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        parts = (
            *(self.optouts, self.blocks, self.rosters, self.campaigns, self.polls),
            *(self.verification, self.privacy, self.statistics),
        )
        return tuple(bound for part in parts for bound in part.methods())

    async def open(self, config: Config) -> None:
        """Make what the configuration names."""
        await self.verification.open()
        await self.blocks.open()
        await self._ledger.write(lambda transaction: self.make(transaction, config))
        await self.campaigns.open()

    async def run(self) -> None:
        """Do what goes on by itself, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.campaigns.run(), name="campaigns")
            group.create_task(self.redaction.run(), name="redaction")

    def make(self, transaction: Transaction, config: Config) -> None:
        """Put on disk what a configuration names; `change` follows the commit."""
        self.polls.make(transaction, config.polls)

    def change(self, config: Config) -> None:
        """Go by another configuration."""
        for part in self._going_by_configuration:
            part.change(config)

    def effect_of(self, config: HandlerConfig) -> Effect | None:
        """The effect of a handler that sends messages on; None for all others."""
        return self.forwarding.effect_of(config)

    def blocked(self, message: Message) -> bool:
        """Whether nobody is to get it."""
        return self.guard.blocked(message.peer)

    def consume(self, transaction: Transaction, message: Message) -> Message | None:
        """A code is nobody else's business, not for a moment."""
        text = message.kind is Kind.TEXT and message.text and message.complete
        if not text or self.blocked(message):
            return None
        return self.verification.take(transaction, message)

    def claim(self, transaction: Transaction, message: Message) -> str | None:
        """The first of these handlers that it is for."""
        if message.kind is not Kind.TEXT or not message.text:
            return None
        for part in self._parts:
            if name := part.claims(transaction.connection, message):
                return name
        return None

    def published(self, transaction: Transaction, seq: int, message: Message) -> None:
        """Tell if its sender is blocked; remember which keyword it was for."""
        if self.blocked(message):
            transaction.record_event("message.blocked", seq, message.id, modem=message.modem)
            if self.optouts.claims(transaction.connection, message):  # whoever says so
                self.optouts.take(transaction, seq, message)
        self.keywords.mark(transaction, seq, message)

    def fallback(self, message: Message) -> str | None:
        """Who takes what nobody took."""
        return self.keywords.fallback(message)

    def forbids(self, transaction: Transaction, destination: str) -> Failure | None:
        """Why nothing may be sent there, if nothing may."""
        return self.optouts.forbids(transaction, destination)

    def hides(self, tag: str | None) -> bool:
        """Whether texts with this tag are not kept."""
        return self.redaction.hides(tag)

    def forbids_answer(
        self, transaction: Transaction, message: Message, text: str
    ) -> Failure | None:
        """Why no machine may answer this, if none may."""
        return self.guard.forbids_answer(transaction, message, text)
