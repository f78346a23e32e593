"""The change from some handlers to others, from the look at what differs to the end of those that are gone."""

from collections.abc import Sequence

from gsmd.core.delivery_worker import DeliveryWorker
from gsmd.core.handler_directory import HandlerDirectory


class Succession:
    """Handlers that take the place of others: what `HandlerRegistry.prepare` found, and `switch` did."""

    def __init__(
        self,
        directory: HandlerDirectory,
        names: Sequence[str],
        fresh: dict[str, DeliveryWorker],
        replaced: Sequence[str] = (),
    ) -> None:
        self.directory = directory
        """All handlers from then on."""
        self.names = names
        """Those that are new, changed or gone."""
        self.fresh = fresh
        self.replaced = replaced
        """Web hooks that were added, and whose names the configuration has taken."""
        self.going: dict[str, DeliveryWorker] = {}
