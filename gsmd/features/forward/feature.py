"""Forwarding: what comes in goes on to another number, and what that number answers finds back.

Each in the transaction that settles the delivery: once, whatever is killed when.
"""

import sqlite3
from collections.abc import Callable, Sequence

from gsmd.config import Config, HandlerConfig
from gsmd.features import Claim, Effect, Feature, Host
from gsmd.features.forward import table
from gsmd.features.forward.rules import named
from gsmd.features.forward.settings import ForwardSettings
from gsmd.features.forward.table import Forwarded
from gsmd.numbers import same_subscriber
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import Kind, Message, Reply
from gsmd.protocol.messages import SendParams
from gsmd.store.ledger import Transaction
from gsmd.store.tables import messages

_CONVERSATIONS = 500
"""The number of forwarded messages that are looked through for the number that an answer names."""


class Forward(Feature):
    """Sends messages on, and brings back what those who got them answer."""

    def __init__(self, config: Config, own_numbers: Callable[[], Sequence[str]]) -> None:
        self._own_numbers = own_numbers
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._window = round(config.inbound.answers_within * 1000)
        self._answered = {
            each.name: each.settings.forward
            for each in config.handlers
            if isinstance(each.settings, ForwardSettings) and each.settings.answers
        }

    def effect_for(self, config: HandlerConfig) -> Effect | None:
        """Sending every message on to the number of the handler; None if it is of another kind."""
        settings = config.settings
        if not isinstance(settings, ForwardSettings):
            return None

        def effect(transaction: Transaction, host: Host, seq: int, message: Message) -> None:
            if settings.answers and same_subscriber(settings.forward, message.peer):
                self._bring_back(transaction, host, seq, message, config.name)
            else:
                self._send_on(transaction, host, seq, message, config.name, settings.forward)

        return effect

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """The claim on a message that answers something that was sent on."""
        connection = transaction.connection
        for name, number in self._answered.items():
            if same_subscriber(number, message.peer) and self._meant(connection, message, name):
                return Claim(name, why=f"an answer to what {name} sent on")
        return None

    def forget(self, transaction: Transaction, peer: str) -> int:
        """Erase the notes on messages of theirs that were sent on to somebody else. They count as no trace."""
        table.erase(transaction.connection, peer)
        return 0

    def _send_on(
        self,
        transaction: Transaction,
        host: Host,
        seq: int,
        message: Message,
        handler: str,
        number: str,
    ) -> None:
        others = (message.peer, *self._own_numbers())
        if any(same_subscriber(number, other) for other in others):
            _refused(transaction, seq, message, handler, "loop")
            return
        request = SendParams(
            to=number,
            text=f"{message.peer}: {message.text or f'({message.kind})'}",
            modem=message.modem,
            tag=message.tag,
            key=f"forward {message.id} {handler}",
        )
        try:
            sent = host.submit(transaction, request)
        except Refused as refusal:
            _refused(transaction, seq, message, handler, str(refusal.data["reason"]))
            return
        if found := messages.find(transaction.connection, sent.id):
            table.add(transaction.connection, found[0], seq, handler)

    def _bring_back(
        self, transaction: Transaction, host: Host, seq: int, message: Message, handler: str
    ) -> None:
        meant = self._meant(transaction.connection, message, handler)
        if meant is None:
            _refused(transaction, seq, message, handler, "loop")
            return
        origin, text = meant
        key = f"answer {message.id} {handler}"
        if not host.answer(transaction, origin.origin, handler, Reply(text), key=key):
            _refused(transaction, seq, message, handler, "not_answered")

    def _meant(
        self, connection: sqlite3.Connection, message: Message, handler: str
    ) -> tuple[Forwarded, str] | None:
        """Whom an answer is for, and the answer: the number in front says it, else what it answers."""
        if message.kind is not Kind.TEXT or not message.text:
            return None
        if named := self._named(connection, message, handler):
            return named
        if message.in_reply_to is None:
            return None
        last = table.carried_by(connection, message.in_reply_to, handler)
        return None if last is None else (last, message.text)

    def _named(
        self, connection: sqlite3.Connection, message: Message, handler: str
    ) -> tuple[Forwarded, str] | None:
        since = messages.milliseconds(message.created_at) - self._window
        if (found := named(message.text or "")) is None:
            return None
        recent = table.recent(connection, handler, message.modem, since, _CONVERSATIONS)
        meant = {each.peer: each for each in reversed(recent) if found.fits(each.peer)}
        if len(meant) != 1:
            return None
        (only,) = meant.values()
        return only, found.answer


def _refused(transaction: Transaction, seq: int, message: Message, handler: str, why: str) -> None:
    transaction.record_event("forward.refused", seq, message.id, handler=handler, reason=why)
