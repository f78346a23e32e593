"""Status reports for what was sent, and calls that come in: whatever python-gsmmodem calls back for."""

import logging
import threading
from collections.abc import Callable

from gsmd.client import Client, Event, EventStream, errors

log = logging.getLogger(__name__)


class Watcher:
    """A thread that lives as long as the connection and hears of everything that happens.

    Who may not read events still has the thread: scripts wait for its end.
    """

    def __init__(self, client: Client, hear: Callable[[Event], None]) -> None:
        self._hear = hear
        self._closed = threading.Event()
        self._events: EventStream | None = None
        try:
            self._events = client.events("message.", "modem.")
        except errors.NotPermitted as error:
            log.warning("no status reports and no calls: %s", error)
        self.thread = threading.Thread(target=self._run, name="gsmd events", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        if self._events is not None:
            self._events.close()
        if threading.current_thread() is not self.thread:
            self.thread.join()

    def _run(self) -> None:
        if self._events is None:
            self._closed.wait()
            return
        for event in self._events:
            try:
                self._hear(event)
            except Exception:
                log.exception("error in a callback")
