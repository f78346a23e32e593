"""Lists of people, by hand."""

import sqlite3
from collections.abc import Sequence

from gsmd.config import Config
from gsmd.protocol import lists as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import cut
from gsmd.protocol.types import Nothing
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import lists
from gsmd.store.tables.lists import Member
from gsmd.store.tables.messages import moment

_AT_ONCE = 500
"""People that are added in one transaction: nobody else's message waits for thousands of them."""


class Rosters:
    """Makes lists, and changes who is on them."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by another country."""
        self._country = config.outbound.country

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (
            bind(rows.LIST, self._list),
            bind(rows.CREATE, self._create),
            bind(rows.DELETE, self._delete),
            bind(rows.GET, self._get),
            bind(rows.ADD, self._add),
            bind(rows.REMOVE, self._remove),
        )

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

    async def add(self, name: str, people: Sequence[tuple[str, dict[str, str]]]) -> rows.Added:
        """Put people on a list, which is made if there is none; fields they have are kept."""

        def job(transaction: Transaction) -> rows.Added:
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
            return rows.Added(new, len(people) - new - len(refused), refused)

        return await stored(self._ledger.write(job))

    async def remove(self, name: str, peers: Sequence[str]) -> int:
        """Take people off a list; returns how many were on it. Errors: `Refused`."""
        numbers = [normalise(peer, self._country) for peer in peers]

        def job(transaction: Transaction) -> int:
            _require(transaction.connection, name)
            return sum(lists.remove(transaction.connection, name, peer) for peer in numbers)

        return await stored(self._ledger.write(job))

    async def _list(self, _: Context, __: Nothing) -> rows.Lists:
        found = await self._ledger.read(lists.names)
        return rows.Lists(
            [
                rows.MailingList(list=name, created_at=moment(at), members=count)
                for name, at, count in found
            ]
        )

    async def _create(self, _: Context, p: rows.NewListParams) -> rows.Created:
        return rows.Created(p.list, await self.create(p.list))

    async def _delete(self, _: Context, p: rows.ListParams) -> rows.Deleted:
        await self.delete(p.list)
        return rows.Deleted(p.list)

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

    async def _remove(self, _: Context, p: rows.RemoveMembersParams) -> rows.TakenOff:
        return rows.TakenOff(await self.remove(p.list, p.peers))


def _require(connection: sqlite3.Connection, name: str) -> None:
    if not lists.exists(connection, name):
        raise Refused(
            Code.NOT_FOUND, f"no list is called {name!r}", reason="no_such_list", field="list"
        )
