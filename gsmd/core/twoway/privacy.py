"""What is known of a person: shown to them, or erased."""

import sqlite3
from typing import Any

import msgspec

from gsmd.config import Config
from gsmd.core.numbers import normalise
from gsmd.core.requests import stored
from gsmd.message import Message
from gsmd.store.ledger import Ledger
from gsmd.store.tables import lists, messages, people, suppressions
from gsmd.store.tables.suppressions import Change

_BATCH = 200
"""Messages erased in one transaction, so that nothing else waits long."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """All but the messages, which come in pages."""

    peer: str
    lists: list[str]
    votes: list[dict[str, Any]]
    optout: list[dict[str, Any]]


class Erased(msgspec.Struct, frozen=True):
    """What is gone. ``kept``: messages that a modem or a handler had in its hands."""

    peer: str
    messages: int
    traces: int
    kept: int


class Privacy:
    """By number, as people write it or as the network gave it."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by another country."""
        self._country = config.outbound.country

    async def person(self, typed: str) -> Person:
        """Who they are to us. Errors: `Refused`."""
        peer = normalise(typed, self._country)
        return await self._ledger.read(lambda c: _person(c, peer))

    async def messages(self, typed: str, after: int, limit: int) -> list[tuple[int, Message]]:
        """Their messages, oldest first, from behind ``after``. Errors: `Refused`."""
        peer = normalise(typed, self._country)
        return await self._ledger.read(lambda c: people.messages_of(c, peer, after, limit))

    async def forget(self, typed: str) -> Erased:
        """Erase them. That they opted out stays: else they would be written to again. Errors: `Refused`."""
        peer = normalise(typed, self._country)
        count = 0
        while gone := await stored(
            self._ledger.write(lambda t: people.erase_messages(t.connection, peer, _BATCH))
        ):
            count += gone
        traces = await stored(self._ledger.write(lambda t: people.erase_traces(t.connection, peer)))
        await stored(self._ledger.database.empty_log())
        kept = len(await self._ledger.read(lambda c: people.messages_of(c, peer, 0, 1000)))
        return Erased(peer, count, traces, kept)


def _person(connection: sqlite3.Connection, peer: str) -> Person:
    changes = suppressions.history(connection, peer, 2**62, 1000)
    return Person(
        peer=peer,
        lists=lists.of_peer(connection, peer),
        votes=[
            {"poll": poll, "choice": choice, "at": messages.moment(at)}
            for poll, choice, at in people.votes_of(connection, peer)
        ],
        optout=[_change(change) for _, change in changes],
    )


def _change(change: Change) -> dict[str, Any]:
    return {**change._asdict(), "at": messages.moment(change.at)}
