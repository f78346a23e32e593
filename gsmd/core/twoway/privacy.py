"""What is known of a person: shown to them, or erased."""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from gsmd.config import Config
from gsmd.core.numbers import normalise
from gsmd.core.requests import stored
from gsmd.message import Message
from gsmd.numbers import spellings
from gsmd.store.ledger import Ledger, Transaction
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
        peers = self._spellings(typed)
        return await self._ledger.read(lambda c: _person(c, peers))

    async def messages(self, typed: str, after: int, limit: int) -> list[tuple[int, Message]]:
        """Their messages, oldest first, from behind ``after``. Errors: `Refused`."""
        peers = self._spellings(typed)
        return await self._ledger.read(lambda c: people.messages_of(c, peers, after, limit))

    async def forget(self, typed: str) -> Erased:
        """Erase them. That they opted out stays: else they would be written to again. Errors: `Refused`."""
        peers = self._spellings(typed)
        count = traces = 0
        for peer in peers:
            while gone := await stored(self._ledger.write(partial(_erase_messages, peer=peer))):
                count += gone
            traces += await stored(self._ledger.write(partial(_erase_traces, peer=peer)))
        await stored(self._ledger.database.empty_log())
        kept = len(await self._ledger.read(lambda c: people.messages_of(c, peers, 0, 1000)))
        return Erased(peers[0], count, traces, kept)

    def _spellings(self, typed: str) -> tuple[str, ...]:
        """The number, and what the store may have for it from before the country was known. Errors: `Refused`."""
        peer = normalise(typed, self._country)
        return spellings(peer, self._country) if self._country else (peer,)


def _erase_messages(transaction: Transaction, peer: str) -> int:
    return people.erase_messages(transaction.connection, peer, _BATCH)


def _erase_traces(transaction: Transaction, peer: str) -> int:
    return people.erase_traces(transaction.connection, peer)


def _person(connection: sqlite3.Connection, peers: Sequence[str]) -> Person:
    changes = [
        change for peer in peers for change in suppressions.history(connection, peer, 2**62, 1000)
    ]
    return Person(
        peer=peers[0],
        lists=sorted({name for peer in peers for name in lists.of_peer(connection, peer)}),
        votes=[
            {"poll": poll, "choice": choice, "at": messages.moment(at)}
            for peer in peers
            for poll, choice, at in people.votes_of(connection, peer)
        ],
        optout=[_change(change) for _, change in changes],
    )


def _change(change: Change) -> dict[str, Any]:
    return {**change._asdict(), "at": messages.moment(change.at)}
