"""Lists of people: those who join and leave by themselves, and those put on them by hand."""

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from gsmd.config import Config
from gsmd.features import Feature, Host
from gsmd.features.lists import table
from gsmd.features.lists.table import Member
from gsmd.numbers import spellings
from gsmd.protocol import lists as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import cut
from gsmd.protocol.people import Person
from gsmd.protocol.types import Nothing
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables.messages import moment

_AT_ONCE = 500
"""People that are added in one transaction: nobody else's message waits for thousands of them."""


class Lists(Feature):
    """Makes lists, and changes who is on them."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._country = config.outbound.country

    def prepare(self, transaction: Transaction, config: Config) -> None:
        """Make the lists of the configuration; one that it no longer has stays, with the people on it."""
        for each in config.lists:
            if table.create(transaction.connection, each.name, transaction.wall):
                transaction.record_event("list.created", list=each.name)

    # for the other features

    def join(
        self,
        transaction: Transaction,
        name: str,
        peer: str,
        message: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Put somebody on a list, which is made if there is none; ``message`` is the id of the one that asked for it."""
        connection, at = transaction.connection, transaction.wall
        _, *others = spellings(peer, self._country)
        table.create(connection, name, at)
        member = Member(peer, dict(fields or {}), at, message, transaction.actor)
        new = table.add(connection, name, member)
        known = [table.remove(connection, name, other) for other in others]
        if new and not any(known):
            transaction.record_event("list.joined", None, message, list=name)

    def leave(
        self, transaction: Transaction, name: str, peer: str, message: str | None = None
    ) -> bool:
        """Take somebody off a list. False if they were not on it."""
        peers = spellings(peer, self._country)
        gone = sum(table.remove(transaction.connection, name, each) for each in peers)
        if gone:
            transaction.record_event("list.left", None, message, list=name)
        return gone > 0

    def is_on(self, connection: sqlite3.Connection, name: str, peers: Sequence[str]) -> bool:
        """True if somebody who goes by these numbers is on a list."""
        return any(name in table.of_peer(connection, peer) for peer in peers)

    def has(self, connection: sqlite3.Connection, name: str) -> bool:
        """True if there is such a list."""
        return table.exists(connection, name)

    def page(
        self, connection: sqlite3.Connection, name: str, after: str, limit: int
    ) -> Sequence[Member]:
        """Members of a list, by number, from behind ``after``; none if there is no such list."""
        return table.members(connection, name, after, limit)

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        names = {name for peer in peers for name in table.of_peer(connection, peer)}
        return msgspec.structs.replace(person, lists=sorted(names))

    def forget(self, transaction: Transaction, peer: str) -> int:
        return table.erase(transaction.connection, peer)

    # by hand

    def methods(self, host: Host) -> Sequence[Bound]:
        return (
            bind(rows.LIST, self._list),
            bind(rows.CREATE, self._create),
            bind(rows.DELETE, lambda _, p: self._delete(host, p.list)),
            bind(rows.GET, self._get),
            bind(rows.ADD, self._add),
            bind(rows.REMOVE, lambda _, p: self._remove(host, p)),
        )

    async def create(self, name: str) -> bool:
        """An empty list. False if there is one of that name."""

        def job(transaction: Transaction) -> bool:
            new = table.create(transaction.connection, name, transaction.wall)
            if new:
                transaction.record_event("list.created", list=name)
            return new

        return await stored(self._ledger.write(job))

    async def members(self, name: str, after: str, limit: int) -> Sequence[Member]:
        """The members of a list, by number, from behind ``after``. Errors: `Refused`."""

        def query(connection: sqlite3.Connection) -> Sequence[Member]:
            _require(connection, name)
            return table.members(connection, name, after, limit)

        return await self._ledger.read(query)

    async def add(self, name: str, people: Sequence[tuple[str, dict[str, str]]]) -> rows.Added:
        """Put people on a list, which is made if there is none; fields they have are kept."""

        def job(transaction: Transaction) -> rows.Added:
            connection, at = transaction.connection, transaction.wall
            table.create(connection, name, at)
            new, refused = 0, []
            for typed, fields in people:
                try:
                    peer = normalise(typed, self._country)
                except Refused:
                    refused.append(typed)
                    continue
                new += table.add(
                    connection, name, Member(peer, fields, at, None, transaction.actor)
                )
            if new:
                transaction.record_event("list.added", list=name, added=new)
            return rows.Added(new, len(people) - new - len(refused), refused)

        return await stored(self._ledger.write(job))

    async def _list(self, _: Context, __: Nothing) -> rows.MailingLists:
        found = await self._ledger.read(table.names)
        return rows.MailingLists(
            [
                rows.MailingList(list=name, created_at=moment(at), members=count)
                for name, at, count in found
            ]
        )

    async def _create(self, _: Context, p: rows.NewListParams) -> rows.Created:
        return rows.Created(p.list, await self.create(p.list))

    async def _delete(self, host: Host, name: str) -> rows.DeletedList:
        """Errors: `Refused` if there is none."""

        def job(transaction: Transaction) -> None:
            _require(transaction.connection, name)
            host.withdrew(transaction, None, None, name)
            table.delete(transaction.connection, name)
            transaction.record_event("list.deleted", list=name)

        await stored(self._ledger.write(job))
        return rows.DeletedList(name)

    async def _get(self, _: Context, p: rows.MembersParams) -> rows.Members:
        found = await self.members(p.list, p.after or "", p.limit + 1)
        page, next_ = cut(found, p.limit, lambda each: each.peer)
        members = [rows.Member(**{**each._asdict(), "at": moment(each.at)}) for each in page]
        return rows.Members(list=p.list, members=members, next=next_)

    async def _add(self, _: Context, p: rows.AddMembersParams) -> rows.Added:
        people = [(m, {}) if isinstance(m, str) else (m.peer, m.fields) for m in p.members]
        sums = await self.add(p.list, people[:_AT_ONCE])
        for place in range(_AT_ONCE, len(people), _AT_ONCE):
            more = await self.add(p.list, people[place : place + _AT_ONCE])
            sums = rows.Added(
                sums.added + more.added, sums.known + more.known, [*sums.refused, *more.refused]
            )
        return sums

    async def _remove(self, host: Host, p: rows.RemoveMembersParams) -> rows.TakenOff:
        """Errors: `Refused`."""
        numbers = [normalise(peer, self._country) for peer in p.peers]

        def job(transaction: Transaction) -> int:
            _require(transaction.connection, p.list)
            gone = [n for n in numbers if table.remove(transaction.connection, p.list, n)]
            for number in gone:
                host.withdrew(transaction, number, None, p.list)
            if gone:
                transaction.record_event("list.removed", list=p.list, removed=len(gone))
            return len(gone)

        return rows.TakenOff(await stored(self._ledger.write(job)))


def _require(connection: sqlite3.Connection, name: str) -> None:
    if not table.exists(connection, name):
        raise Refused(
            Code.NOT_FOUND, f"no list is called {name!r}", reason="no_such_list", field="list"
        )
