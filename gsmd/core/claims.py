"""The say that features have in who gets a message."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from gsmd.config import HandlerConfig
from gsmd.core.effects import Effect
from gsmd.protocol.message import Message
from gsmd.store.ledger import Transaction


class Claims(Protocol):
    """Asked for every inbound message, in the transaction that stores it."""

    @property
    def effects(self) -> Mapping[str, Effect]:
        """The effects of gsmd's own handlers by their names, the same for ever."""
        ...

    def effect_of(self, config: HandlerConfig) -> Effect | None:
        """The effect of a configured handler; None for one that stands outside gsmd."""
        ...

    def blocked(self, message: Message) -> bool:
        """Whether its sender is one that nobody wants to hear of."""
        ...

    def consume(self, transaction: Transaction, message: Message) -> Message | None:
        """Deal with what nobody is to read, before it is stored; what is kept of it. None: it is none of that."""
        ...

    def claim(self, transaction: Transaction, message: Message) -> str | None:
        """The one handler here that it is for."""
        ...

    def published(self, transaction: Transaction, seq: int, message: Message) -> None:
        """A message is in the store, and queued for its handlers."""
        ...

    def fallback(self, message: Message) -> str | None:
        """The handler here that takes what nobody took."""
        ...


class NoClaims:
    """Without features."""

    effects: Mapping[str, Effect] = MappingProxyType({})

    def effect_of(self, config: HandlerConfig) -> Effect | None:
        del config
        return None

    def blocked(self, message: Message) -> bool:
        del message
        return False

    def consume(self, transaction: Transaction, message: Message) -> Message | None:
        del transaction, message
        return None

    def claim(self, transaction: Transaction, message: Message) -> str | None:
        del transaction, message
        return None

    def published(self, transaction: Transaction, seq: int, message: Message) -> None:
        del transaction, seq, message

    def fallback(self, message: Message) -> str | None:
        del message
        return None
