"""Handlers inside gsmd: on the same queues and the same contract as all others, without a door of their own.

What one does with a message happens in the very transaction that settles the delivery. So it happens
once, whatever is killed when: either both are on disk or neither is.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from gsmd.config import HandlerConfig
from gsmd.handlers.base import Delivery
from gsmd.message import Message, Reply
from gsmd.store.ledger import Transaction

PREFIX = "gsmd."
"""What the names of the built-in handlers begin with; no other handler's does."""

_AT_ONCE = 64

Work = Callable[[Transaction, int, Message], None]
"""What is done with a message (``seq``). Runs on the writer thread, touches the transaction and nothing else.

Errors: `HandlerError` for what should be tried again later.
"""


class BuiltIn:
    """A handler whose work is a function of the settling transaction."""

    def __init__(self, name: str, work: Work) -> None:
        self.name = name
        self.work = work

    @property
    def capacity(self) -> int:
        return _AT_ONCE

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Nothing yet: the courier does the work when it settles the delivery."""
        del delivery
        return None

    async def close(self) -> None:
        """There is nothing to let go of."""


class Claims(Protocol):
    """What the built-in handlers have to say about who gets a message."""

    @property
    def builtins(self) -> Sequence[BuiltIn]:
        """All of them, the same for ever."""
        ...

    def forwarder(self, config: HandlerConfig, number: str) -> BuiltIn:
        """The handler that sends messages on to a number."""
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
    """Without built-in handlers."""

    builtins: Sequence[BuiltIn] = ()

    def forwarder(self, config: HandlerConfig, number: str) -> BuiltIn:
        raise NotImplementedError(f"{config.name} cannot forward to {number} here")

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
