"""The common part of all handlers that do the work themselves: so many messages at once, each within its time."""

from abc import abstractmethod
from typing import Annotated, Generic, TypeVar

from msgspec import Meta

from gsmd.config import HandlerSettings
from gsmd.config.types import Waiting
from gsmd.handlers.base import Delivery, DeliveryMarks, Handler, VolatileDeliveryMarks
from gsmd.protocol.message import Reply


class BoundedSettings(HandlerSettings, frozen=True, kw_only=True):
    """``timeout``: seconds for one message. ``concurrency``: messages at once."""

    timeout: Waiting = 30.0
    concurrency: Annotated[int, Meta(ge=1, le=256, description="a whole number, 1 to 256")] = 4


S = TypeVar("S", bound=BoundedSettings)


class BoundedHandler(Handler, Generic[S]):
    """Keeps count of its places; a kind has its work in `hand_over`."""

    def __init__(self, name: str, settings: S, marks: DeliveryMarks | None = None) -> None:
        self.name = name
        self.settings = settings
        self.marks = marks or VolatileDeliveryMarks()
        self._running = 0

    @property
    def capacity(self) -> int:
        return self.settings.concurrency - self._running

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Errors: `HandlerError`."""
        self._running += 1
        try:
            return await self.hand_over(delivery)
        finally:
            self._running -= 1

    @abstractmethod
    async def hand_over(self, delivery: Delivery) -> Reply | None:
        """Do the work, for no longer than the time-out; see `Handler.deliver`. Errors: `HandlerError`."""
