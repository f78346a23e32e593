"""Forwarding: what comes in goes on to another number, and what that number answers finds back.

Each in the transaction that settles the delivery: once, whatever is killed when.
"""

import re
import sqlite3
from collections.abc import Callable

from gsmd.config import Config, HandlerConfig
from gsmd.core.effects import Effect
from gsmd.core.outbound import Outbound
from gsmd.numbers import same_subscriber
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import Kind, Message, Reply
from gsmd.protocol.messages import SendParams
from gsmd.store.ledger import Transaction
from gsmd.store.tables import forwards, messages
from gsmd.store.tables.forwards import Forward
from gsmd.twoway.forwarding import ForwardSettings

_CONVERSATIONS = 500
"""How many messages sent on are looked through for the number that an answer names."""

_ADDRESS = re.compile(r"[>\"'«“\s]*@?(\+?\d[\d\-./]{2,}\d)[:,;\"'»”]*\s+")
"""A number in front of an answer, also quoted: ``5678 I come``, ``> +33612345678: …``."""

_FEWEST = 4
"""Digits at the end of a number by which an answer may name it."""


class Forwarding:
    """Sends messages on, and brings back what those who got them answer."""

    def __init__(
        self, config: Config, outbound: Outbound, own_numbers: Callable[[], list[str]]
    ) -> None:
        self._outbound = outbound
        self._own_numbers = own_numbers
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by other handlers."""
        self._window = round(config.inbound.answers_within * 1000)
        self._answered = {
            each.name: each.settings.forward
            for each in config.handlers
            if isinstance(each.settings, ForwardSettings) and each.settings.answers
        }

    def effect_of(self, config: HandlerConfig) -> Effect | None:
        """Sending every message on to the number of the handler; None if it is of another kind."""
        settings = config.settings
        if not isinstance(settings, ForwardSettings):
            return None

        def effect(transaction: Transaction, seq: int, message: Message) -> None:
            if settings.answers and same_subscriber(settings.forward, message.peer):
                self._bring_back(transaction, seq, message, config.name)
            else:
                self._send_on(transaction, seq, message, config.name, settings.forward)

        return effect

    def claims(self, connection: sqlite3.Connection, message: Message) -> str | None:
        """What is an answer to something that was sent on."""
        for name, number in self._answered.items():
            if same_subscriber(number, message.peer) and self._meant(connection, message, name):
                return name
        return None

    def _send_on(
        self, transaction: Transaction, seq: int, message: Message, handler: str, number: str
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
            sent = self._outbound.submit(transaction, request)
        except Refused as refusal:
            _refused(transaction, seq, message, handler, str(refusal.data["reason"]))
            return
        if found := messages.find(transaction.connection, sent.id):
            forwards.add(transaction.connection, found[0], seq, handler)

    def _bring_back(
        self, transaction: Transaction, seq: int, message: Message, handler: str
    ) -> None:
        meant = self._meant(transaction.connection, message, handler)
        if meant is None:
            _refused(transaction, seq, message, handler, "loop")
            return
        origin, text = meant
        key = f"answer {message.id} {handler}"
        if not self._outbound.answer(transaction, origin.origin, handler, Reply(text), key=key):
            _refused(transaction, seq, message, handler, "not_answered")

    def _meant(
        self, connection: sqlite3.Connection, message: Message, handler: str
    ) -> tuple[Forward, str] | None:
        """Whom an answer is for, and the answer: the number in front says it, else what it answers."""
        if message.kind is not Kind.TEXT or not message.text:
            return None
        if named := self._named(connection, message, handler):
            return named
        if message.in_reply_to is None:
            return None
        last = forwards.carried_by(connection, message.in_reply_to, handler)
        return None if last is None else (last, message.text)

    def _named(
        self, connection: sqlite3.Connection, message: Message, handler: str
    ) -> tuple[Forward, str] | None:
        text = message.text or ""
        address = _ADDRESS.match(text)
        if address is None or not text[address.end() :].strip():
            return None
        digits = re.sub(r"\D", "", address[1])
        since = messages.milliseconds(message.created_at) - self._window
        named: dict[str, Forward] = {}
        for each in forwards.recent(connection, handler, message.modem, since, _CONVERSATIONS):
            if len(digits) >= _FEWEST and _ends(each.peer, digits):
                named.setdefault(each.peer, each)
        if len(named) != 1:
            return None
        (only,) = named.values()
        return only, text[address.end() :].strip()


def _ends(peer: str, digits: str) -> bool:
    return peer.lstrip("+").endswith(digits) or same_subscriber(peer, digits)


def _refused(transaction: Transaction, seq: int, message: Message, handler: str, why: str) -> None:
    transaction.record_event("forward.refused", seq, message.id, handler=handler, reason=why)
