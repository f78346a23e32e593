"""The bus of events: listeners hear of each while it happens."""

import logging
from collections.abc import Callable

from gsmd.protocol.events import Event

log = logging.getLogger(__name__)


Listener = Callable[[Event], None]


class EventBus:
    """Hands every event to every listener, at once and in order; a listener's error stays its own."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every event from now on; returns the function that ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def emit(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", event.type)
