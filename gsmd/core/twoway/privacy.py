"""What is known of a person: shown to them, or erased."""

import sqlite3
from collections.abc import Sequence
from functools import partial

from gsmd.config import Config
from gsmd.core.twoway.optouts import change_of
from gsmd.numbers import spellings
from gsmd.protocol import people as rows
from gsmd.protocol.message import Message
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import cut, number
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import lists, messages, people, suppressions

_BATCH = 200
"""Messages erased in one transaction, so that nothing else waits long."""


class Privacy:
    """By number, as people write it or as the network gave it."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by another country."""
        self._country = config.outbound.country

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (
            bind(rows.GET, lambda _, p: self.person(p.peer)),
            bind(rows.MESSAGES, self._messages),
            bind(rows.FORGET, lambda _, p: self.forget(p.peer)),
        )

    async def _messages(self, _: Context, p: rows.PersonMessagesParams) -> rows.Correspondence:
        found = await self.messages(p.peer, number(p.after, 0), p.limit + 1)
        page, next_ = cut(found, p.limit, lambda row: row[0])
        return rows.Correspondence([message for _, message in page], next_)

    async def person(self, typed: str) -> rows.Person:
        """Who they are to us. Errors: `Refused`."""
        peers = self._spellings(typed)
        return await self._ledger.read(lambda c: _person(c, peers))

    async def messages(self, typed: str, after: int, limit: int) -> list[tuple[int, Message]]:
        """Their messages, oldest first, from behind ``after``. Errors: `Refused`."""
        peers = self._spellings(typed)
        return await self._ledger.read(lambda c: people.messages_of(c, peers, after, limit))

    async def forget(self, typed: str) -> rows.Forgotten:
        """Erase them. That they opted out stays: else they would be written to again. Errors: `Refused`."""
        peers = self._spellings(typed)
        count = traces = 0
        for peer in peers:
            while gone := await stored(self._ledger.write(partial(_erase_messages, peer=peer))):
                count += gone
            traces += await stored(self._ledger.write(partial(_erase_traces, peer=peer)))
        await stored(self._ledger.database.empty_log())
        kept = len(await self._ledger.read(lambda c: people.messages_of(c, peers, 0, 1000)))
        return rows.Forgotten(peer=peers[0], messages=count, traces=traces, kept=kept)

    def _spellings(self, typed: str) -> tuple[str, ...]:
        """The number, and what the store may have for it from before the country was known. Errors: `Refused`."""
        peer = normalise(typed, self._country)
        return spellings(peer, self._country) if self._country else (peer,)


def _erase_messages(transaction: Transaction, peer: str) -> int:
    return people.erase_messages(transaction.connection, peer, _BATCH)


def _erase_traces(transaction: Transaction, peer: str) -> int:
    return people.erase_traces(transaction.connection, peer)


def _person(connection: sqlite3.Connection, peers: Sequence[str]) -> rows.Person:
    changes = [
        change for peer in peers for change in suppressions.history(connection, peer, 2**62, 1000)
    ]
    return rows.Person(
        peer=peers[0],
        lists=sorted({name for peer in peers for name in lists.of_peer(connection, peer)}),
        votes=[
            rows.PersonVote(poll=poll, choice=choice, at=messages.moment(at))
            for peer in peers
            for poll, choice, at in people.votes_of(connection, peer)
        ],
        optout=[change_of(change) for _, change in changes],
    )
