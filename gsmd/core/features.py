"""All features as one: each hook asked of each of them, in their order."""

import asyncio
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from gsmd.config import Config, HandlerConfig, Keyword
from gsmd.features import Claim, Done, Effect, Feature, Host
from gsmd.protocol.message import Failure, Kind, Message
from gsmd.protocol.method import Bound
from gsmd.protocol.people import Person
from gsmd.store.ledger import Ledger, Transaction


class Features:
    """The features of gsmd. Where a hook has one answer, the first feature that has one gives it."""

    def __init__(self, features: Iterable[Feature] = ()) -> None:
        self._features = tuple(features)
        self.effects: Mapping[str, Effect] = {
            name: effect
            for feature in self._features
            for name, effect in feature.recipients().items()
        }
        """The effects of the built-in handlers by their names."""

    # their life

    async def open(self, ledger: Ledger, config: Config) -> None:
        """Take up what the last run left, and put on disk what the configuration names."""
        for feature in self._features:
            await feature.open()
        await ledger.write(lambda transaction: self.prepare(transaction, config))

    def prepare(self, transaction: Transaction, config: Config) -> None:
        """Put on disk what a configuration names; `configure` follows the commit."""
        for feature in self._features:
            feature.prepare(transaction, config)

    def configure(self, config: Config) -> None:
        """Go by another configuration."""
        for feature in self._features:
            feature.configure(config)

    async def run(self, host: Host) -> None:
        """Do what goes on by itself, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for feature in self._features:
                group.create_task(feature.run(host), name=type(feature).__name__)

    # what they bring

    def methods(self, host: Host) -> Sequence[Bound]:
        """Their methods of the socket."""
        return tuple(bound for feature in self._features for bound in feature.methods(host))

    def handlers(self, config: Config) -> Sequence[HandlerConfig]:
        """The handlers of a configuration, and those that features bring for it."""
        brought = (each for feature in self._features for each in feature.handlers(config))
        return (*config.handlers, *brought)

    def effect_for(self, config: HandlerConfig) -> Effect | None:
        """The effect of a handler; None for one that stands outside gsmd."""
        if config.name in self.effects:
            return self.effects[config.name]
        found = (feature.effect_for(config) for feature in self._features)
        return next((effect for effect in found if effect is not None), None)

    # inbound

    def ignores(self, message: Message) -> bool:
        """True if the sender is one that nobody wants to hear of."""
        return any(feature.ignores(message) for feature in self._features)

    def intercept(self, transaction: Transaction, host: Host, message: Message) -> Message | None:
        """The message as it is kept although nobody is to get it; None for all others."""
        for feature in self._features:
            if (kept := feature.intercept(transaction, host, message)) is not None:
                return kept
        return None

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """The built-in handler that a message is for."""
        if message.kind is not Kind.TEXT or not message.text:
            return None
        for feature in self._features:
            if (claim := feature.claim(transaction, message)) is not None:
                return claim
        return None

    def seal(self, transaction: Transaction, message: Message, claim: Claim | None) -> Message:
        """The message as it is kept and handed on."""
        for feature in self._features:
            message = feature.seal(transaction, message, claim)
        return message

    def fallback(self, message: Message) -> str | None:
        """The built-in handler that takes what nobody took."""
        found = (feature.fallback(message) for feature in self._features)
        return next((name for name in found if name is not None), None)

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
        """A message is in the store, and queued for its handlers."""
        for feature in self._features:
            feature.published(transaction, host, seq, message, claim, ignored=ignored)

    # outbound

    def may_send(self, transaction: Transaction, destination: str) -> Failure | None:
        """The reason why nothing may be sent there without an override, if there is one."""
        found = (feature.may_send(transaction, destination) for feature in self._features)
        return next((failure for failure in found if failure is not None), None)

    def may_answer(self, transaction: Transaction, message: Message, text: str) -> Failure | None:
        """The reason why no machine may answer a message with ``text``, if there is one."""
        found = (feature.may_answer(transaction, message, text) for feature in self._features)
        return next((failure for failure in found if failure is not None), None)

    def hides(self, tag: str | None) -> bool:
        """True if the text of an outbound message with this tag is kept nowhere once it is out."""
        return any(feature.hides(tag) for feature in self._features)

    # looking for messages

    def saying(self, connection: sqlite3.Connection, search: str) -> Sequence[int] | None:
        """The numbers of all messages in whose text that stands, if any feature knows them."""
        found = (feature.saying(connection, search) for feature in self._features)
        return next((numbers for numbers in found if numbers is not None), None)

    # what they ask each other

    def keyword(
        self, transaction: Transaction, host: Host, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        """Have a row of the keyword table carried out. None if it belongs to no feature."""
        for feature in self._features:
            if (done := feature.keyword(transaction, host, row, message, rest)) is not None:
                return done
        return None

    def invited(self, transaction: Transaction, message: Message) -> None:
        """The sender of a message asked to hear from us."""
        for feature in self._features:
            feature.invited(transaction, message)

    def withdrew(
        self,
        transaction: Transaction,
        host: Host,
        peer: str | None,
        message: Message | None,
        list_: str | None = None,
    ) -> None:
        """Somebody, or everybody, is to get nothing more, or nothing of a list."""
        for feature in self._features:
            feature.withdrew(transaction, host, peer, message, list_)

    def resumed(self, transaction: Transaction, message: Message) -> None:
        """The sender of a message takes it back that they wanted nothing from us."""
        for feature in self._features:
            feature.resumed(transaction, message)

    def redacted(self, transaction: Transaction, seq: int) -> None:
        """A message says nothing any more."""
        for feature in self._features:
            feature.redacted(transaction, seq)

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        """``person`` with all that is known of somebody who goes by these numbers."""
        for feature in self._features:
            person = feature.about(connection, peers, person)
        return person

    def forget(self, transaction: Transaction, peer: str) -> int:
        """Erase what is known of a number; returns how many rows that were."""
        return sum(feature.forget(transaction, peer) for feature in self._features)
