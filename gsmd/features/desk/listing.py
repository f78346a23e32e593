"""Listings of conversations: page by page, step by step, between which others read."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from gsmd.features import Host
from gsmd.features.desk import pages, table, telling
from gsmd.features.desk.gathering import Gathering, Gist
from gsmd.features.desk.pages import FIRST_WINDOW, WINDOW, Choice
from gsmd.features.desk.texts import TextIndex
from gsmd.protocol import conversations as rows
from gsmd.protocol.paging import number
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored

_PATIENCE = 1_000
"""Milliseconds after which a page is told as it is, with the place from where to go on."""


class Listing:
    """Conversations of people whom somebody wants to hear of."""

    def __init__(self, ledger: Ledger, gathering: Gathering, texts: TextIndex) -> None:
        self._ledger = ledger
        self._gathering = gathering
        self._texts = texts

    async def page(self, host: Host, p: rows.ConversationListParams) -> rows.Conversations:
        """The page that was asked for. Errors: `Refused` for a cursor that cannot be."""
        place = None if p.after is None else number(p.after, 0)
        await self._gathering.catch_up()
        choice = Choice(
            state=p.state,
            assignee=p.assignee,
            label=p.label,
            unread_by=p.unread_by,
            search=p.search or None,
            reader=p.unread_by or p.reader,
        )
        choice, rest = await self._ledger.read(partial(self._begin, choice))
        give_up = self._ledger.clock.monotonic() + _PATIENCE
        found: list[rows.Conversation] = []
        window = FIRST_WINDOW
        while True:
            job = partial(self._step, host, choice, rest, p.limit - len(found), place, window)
            more, place, stale = await self._ledger.read(job)
            found += more
            if stale:
                await stored(self._ledger.write(partial(self._mend, stale)))
            window = min(window * 4, WINDOW)
            over = self._ledger.clock.monotonic() >= give_up
            if place is None or len(found) >= p.limit or over:
                return rows.Conversations(found, None if place is None else str(place))

    def _begin(
        self, choice: Choice, connection: sqlite3.Connection
    ) -> tuple[Choice, dict[str, Gist]]:
        """The choice with the conversations in which a text stands, if they are known; and what the table lacks."""
        rest = self._gathering.rest(connection)
        if choice.search is None:
            return choice, rest
        peers = self._texts.candidates(connection, choice.search)
        if peers is None:
            return choice, rest
        among = {self._gathering.key(connection, peer) for peer in peers}
        among |= {peer for peer in rest if choice.search.lower() in peer.lower()}
        return msgspec.structs.replace(choice, among=frozenset(among)), rest

    def _step(
        self,
        host: Host,
        choice: Choice,
        rest: Mapping[str, Gist],
        limit: int,
        place: int | None,
        window: int,
        connection: sqlite3.Connection,
    ) -> tuple[list[rows.Conversation], int | None, list[str]]:
        """What one step found, the place behind it, and the conversations whose newest message is gone."""
        page, behind = pages.step(connection, choice, rest, limit + 1, place, window)
        if len(page) > limit:
            page = page[:limit]
            behind = page[-1].last
        told, stale = telling.conversations(connection, page, counted=choice.reader is not None)
        return [each for each in told if not _is_ignored(host, each)], behind, stale

    def _mend(self, peers: Sequence[str], transaction: Transaction) -> None:
        for peer in peers:
            table.mend(transaction.connection, peer, self._gathering.spellings(peer))


def _is_ignored(host: Host, conversation: rows.Conversation) -> bool:
    return conversation.last_message is not None and host.ignores(conversation.last_message)
