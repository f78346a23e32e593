"""One job's writing: statements at once, events once they are on disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from gsmd.clock import Milliseconds
from gsmd.protocol.events import Event
from gsmd.store.tables import events
from gsmd.store.tables.messages import moment

_encode = msgspec.json.encode


class Transaction:
    """The writes of one job of the core: statements at once, events to tell after the commit."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        wall: Milliseconds,
        now: Milliseconds,
        actor: str | None = None,
    ) -> None:
        self.connection = connection
        self.wall = wall
        """UTC, for stamps."""
        self.now = now
        """The timeline, for waiting."""
        self.actor = actor
        """The person for whom it is done, if a caller said so: every event has it."""
        self._told: list[tuple[events.New, dict[str, Any]]] = []

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what was done inside, and nothing else, if it raises; the error goes on."""
        told = len(self._told)
        self.connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            del self._told[told:]
            if self.connection.in_transaction:  # a full disk may have ended it all
                self.connection.execute("ROLLBACK TO attempt")
                self.connection.execute("RELEASE attempt")
            raise
        self.connection.execute("RELEASE attempt")

    @contextmanager
    def for_nobody(self) -> Iterator[None]:
        """What is done inside merely follows: its events have no actor."""
        actor, self.actor = self.actor, None
        try:
            yield
        finally:
            self.actor = actor

    def record_event(
        self, type_: str, message: int | None = None, id_: str | None = None, **detail: Any
    ) -> None:
        """Record an event, for the message's history and for whoever listens; what is None is left out."""
        detail = {name: value for name, value in detail.items() if value is not None}
        self.tell(type_, detail, message, id_)

    def tell(
        self,
        type_: str,
        detail: dict[str, Any],
        message: int | None = None,
        id_: str | None = None,
    ) -> None:
        """The same with the details as they are. ``id_`` is that of the message, or of what else it is about."""
        if self.actor is not None:
            detail = {**detail, "actor": self.actor}
        fields = detail if id_ is None else {"id": id_, **detail}
        kept = fields if message is None else detail  # a message's id is found by its number
        self._told.append((events.New(message, type_, _encode(kept).decode()), fields))

    def numbered(self) -> list[Event]:
        """Write and number the events of the whole transaction, once it has them all; returns them in order."""
        if not self._told:
            return []
        first = events.write(self.connection, self.wall, [new for new, _ in self._told])
        at = moment(self.wall)
        return [
            Event(new.type, at, fields, seq=seq)
            for seq, (new, fields) in enumerate(self._told, first)
        ]
