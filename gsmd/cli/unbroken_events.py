"""Events for a command that goes on: none is missed and none comes twice, whatever becomes of the daemon meanwhile."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from gsmd.client import Client, Event, NoDaemon, NotFound
from gsmd.client.protocol_state import BACK_OFF

T = TypeVar("T")


class UnbrokenEvents:
    """Events from now on whose type begins with one of ``types``."""

    def __init__(self, client: Client, *types: str) -> None:
        self._client = client
        self._types = types
        self._stream = client.events(*types, after="now")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stream.close()

    def next(self) -> Event | None:
        """The next event; None where some are missing: away for longer than events are kept, or another database."""
        try:
            return self._stream.receive()
        except NotFound:
            self._stream.close()
            self._stream = self.ask(lambda: self._client.events(*self._types, after="now"))
            return None

    def ask(self, call: Callable[[], T]) -> T:
        """What a call answers; where the daemon is away in between, it is waited for as the events are."""
        tries = 0
        while True:
            try:
                return call()
            except NoDaemon:
                time.sleep(BACK_OFF[min(tries, len(BACK_OFF) - 1)])
                tries += 1
