"""Handlers inside gsmd: on the same queues and the same contract as all others.

Such a handler has nothing to hand over: it acknowledges at once, and its effect runs in the very
transaction that settles the delivery. So it happens once, whatever is killed when: either both are on
disk or neither is. To everybody else it is a handler like any other.
"""

from gsmd.handlers.base import Delivery, Handler
from gsmd.protocol.message import Reply

_AT_ONCE = 64


class EffectHandler(Handler):
    """The handler of an effect: it takes every message at once."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def capacity(self) -> int:
        return _AT_ONCE

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Nothing yet: the effect follows in the settling transaction."""
        del delivery
        return None
