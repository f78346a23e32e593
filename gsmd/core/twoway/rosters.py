"""Lists of people, by hand."""

import sqlite3
from collections.abc import Sequence

import msgspec

from gsmd.config import Config
from gsmd.core.numbers import normalise
from gsmd.core.requests import Code, Refused, stored
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import lists
from gsmd.store.tables.lists import Member


class Added(msgspec.Struct, frozen=True):
    """What came of adding people: new ones, those who were there, and numbers that cannot be."""

    added: int
    known: int
    refused: list[str]


class Rosters:
    """Makes lists, and changes who is on them."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by another country."""
        self._country = config.outbound.country

    async def all_of_them(self) -> Sequence[tuple[str, int, int]]:
        """``(name, created_at, members)`` of each."""
        return await self._ledger.read(lists.names)

    async def create(self, name: str) -> bool:
        """An empty list. False if there is one of that name."""
        return await stored(self._ledger.write(lambda t: lists.create(t.connection, name, t.wall)))

    async def delete(self, name: str) -> None:
        """Errors: `Refused` if there is none."""

        def job(transaction: Transaction) -> None:
            _require(transaction.connection, name)
            lists.delete(transaction.connection, name)
            transaction.record_event("list.deleted", list=name)

        await stored(self._ledger.write(job))

    async def members(self, name: str, after: str, limit: int) -> Sequence[Member]:
        """Who is on it, by number, from behind ``after``. Errors: `Refused`."""

        def query(connection: sqlite3.Connection) -> Sequence[Member]:
            _require(connection, name)
            return lists.members(connection, name, after, limit)

        return await self._ledger.read(query)

    async def add(self, name: str, people: Sequence[tuple[str, dict[str, str]]]) -> Added:
        """Put people on a list, which is made if there is none; fields they have are kept."""

        def job(transaction: Transaction) -> Added:
            connection, at = transaction.connection, transaction.wall
            lists.create(connection, name, at)
            new, refused = 0, []
            for typed, fields in people:
                try:
                    peer = normalise(typed, self._country)
                except Refused:
                    refused.append(typed)
                    continue
                new += lists.add(connection, name, Member(peer, fields, at, None))
            return Added(new, len(people) - new - len(refused), refused)

        return await stored(self._ledger.write(job))

    async def remove(self, name: str, peers: Sequence[str]) -> int:
        """Take people off a list; returns how many were on it. Errors: `Refused`."""
        numbers = [normalise(peer, self._country) for peer in peers]

        def job(transaction: Transaction) -> int:
            _require(transaction.connection, name)
            return sum(lists.remove(transaction.connection, name, peer) for peer in numbers)

        return await stored(self._ledger.write(job))


def _require(connection: sqlite3.Connection, name: str) -> None:
    if not lists.exists(connection, name):
        raise Refused(
            Code.NOT_FOUND, f"no list is called {name!r}", reason="no_such_list", field="list"
        )
