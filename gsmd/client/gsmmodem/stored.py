"""Messages that wait for a script: to python-gsmmodem they are the ones stored on the SIM."""

import logging
import threading
from collections.abc import Callable

from gsmd.client import Client, InboundMessage, Listener, errors

log = logging.getLogger(__name__)

_MOST = 1000
"""The most messages that the daemon hands over without an answer."""

_HAND_OVER = 10.0
"""Seconds in which the daemon hands over what it said was waiting."""


class Stored:
    """The messages that the daemon keeps for a handler, to be listed, read and deleted by index.

    Listed messages stay unanswered until they are deleted; while the script
    runs they are not handed over to anybody else.
    """

    def __init__(self, client: Client, handler: str) -> None:
        self._client = client
        self._handler = handler
        self._listener: Listener | None = None
        self._held: dict[int, InboundMessage] = {}
        self._seen: set[int] = set()
        self._next = 1

    def close(self) -> None:
        """Give back what was not deleted."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def refresh(self) -> None:
        """Take what has come in since."""
        if self._listener is None:
            self._listener = self._client.listen(self._handler, max_in_flight=_MOST)
            for _ in range(min(self._listener.pending, _MOST)):
                if not self._take(_HAND_OVER):
                    return
        while self._take(0.0):
            pass

    def _take(self, timeout: float) -> bool:
        assert self._listener is not None
        try:
            message = self._listener.receive(timeout)
        except errors.TimedOut:
            return False
        if message.receipt is not None:  # that API knows no such thing
            message.acknowledge()
            return True
        message.defer()
        self._held[self._next] = message
        self._next += 1
        return True

    def items(self) -> list[tuple[int, InboundMessage, bool]]:
        """Index, message, and whether it has been listed before; the oldest first."""
        found = [(index, message, index in self._seen) for index, message in self._held.items()]
        self._seen.update(self._held)
        return found

    def delete(self, index: int) -> bool:
        """Done with it; false, if there is none with this index."""
        message = self._held.pop(index, None)
        if message is not None and not message.answered:
            message.acknowledge()
        return message is not None


class Receiver:
    """A thread that gives each message of a handler to a function, and acknowledges it afterwards."""

    def __init__(
        self, client: Client, handler: str, receive: Callable[[InboundMessage], None]
    ) -> None:
        self._receive = receive
        self._listener = client.listen(handler)
        self._backlog = self._listener.pending
        self._progress = threading.Condition()
        self._ended = False
        self.thread = threading.Thread(target=self._run, name=f"gsmd {handler}", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Take no more; a message that is being dealt with is given back unless it is done in time."""
        self._listener.close()
        if threading.current_thread() is not self.thread:
            self.thread.join()

    def catch_up(self) -> None:
        """Wait until what waited at the beginning has been dealt with."""
        if threading.current_thread() is self.thread:
            return
        with self._progress:
            self._progress.wait_for(lambda: self._backlog <= 0 or self._ended)

    def _run(self) -> None:
        try:
            for message in self._listener:
                if message.receipt is None:  # that API knows no such thing
                    self._deal_with(message)
                with self._progress:
                    self._backlog -= 1
                    self._progress.notify_all()
        except errors.GsmdError:
            log.exception("no more messages are received")
        finally:
            with self._progress:
                self._ended = True
                self._progress.notify_all()

    def _deal_with(self, message: InboundMessage) -> None:
        try:
            self._receive(message)
        except Exception as error:
            log.exception("error in smsReceivedCallback")
            message.reject(f"{type(error).__name__}: {error}")
        else:
            message.acknowledge()
