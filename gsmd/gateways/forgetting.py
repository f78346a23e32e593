"""Whoever the daemon forgets, a gateway forgets too.

Theory of operation. An event says that somebody was forgotten (``people.forgotten``), and not who: it would be a trace of
them. So the gateway compares what it keeps with what the daemon still has, and lets go of the rest:

    the first start, an event, events that are missing  →  compare  →  where in the events we are is on the disk

An event that came while the gateway was off is heard at its next start.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Literal

from gsmd.client import AsyncClient, GsmdError, NotFound
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database

log = logging.getLogger(__name__)

STEP = """
    -- How far the daemon's events were followed. One row.
    CREATE TABLE followed (seq INTEGER NOT NULL);
"""
"""The table that it needs, a step of the gateway's database."""

EVENT = "people.forgotten"

_AT_ONCE = 20
_AGAIN = 5.0

Compare = Callable[[], Awaitable[None]]


class Forgetting:
    """``compare`` lets go of what the daemon does not have any more. Errors of it: `GsmdError`, if it is to be done again."""

    def __init__(
        self, client: AsyncClient, watch: DaemonWatch, database: Database, compare: Compare
    ) -> None:
        self._client = client
        self._watch = watch
        self._database = database
        self._compare = compare

    async def run(self) -> None:
        """Follow the events until cancelled."""
        seq = await self._database.read(_followed)
        while True:
            await self._watch.wait_present()
            try:
                await self._follow("now" if seq is None else seq)
            except NotFound:  # further back than is kept
                seq = None
                continue
            except GsmdError as error:
                log.info("nothing is known of who is forgotten: %s", error)
            await asyncio.sleep(_AGAIN)
            seq = await self._database.read(_followed)

    async def _follow(self, after: int | Literal["now"]) -> None:
        async with self._client.events(EVENT, after=after) as events:
            if after == "now":
                await self._done(events.seq)
            while True:
                await events.receive()
                await self._done(events.seq)

    async def _done(self, seq: int | None) -> None:
        await self._compare()
        if seq is not None:
            await self._database.write(partial(_follow_from, seq=seq))


async def gone(client: AsyncClient, messages: Collection[str]) -> set[str]:
    """Those of the messages that the daemon does not have. Errors: `GsmdError`."""

    async def is_gone(message: str) -> bool:
        try:
            await client.get(message)
        except NotFound:
            return True
        return False

    found: set[str] = set()
    waiting = [*messages]
    while waiting:
        some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
        answers = await asyncio.gather(*map(is_gone, some))
        found |= {message for message, is_one in zip(some, answers, strict=True) if is_one}
    return found


async def is_stranger(client: AsyncClient, peer: str) -> bool:
    """The daemon has no message from or to that number. Errors: `GsmdError`."""
    return not (await client.list(peer=peer, limit=1)).messages


def _followed(connection: sqlite3.Connection) -> int | None:
    row = connection.execute("SELECT seq FROM followed").fetchone()
    return None if row is None else int(row[0])


def _follow_from(connection: sqlite3.Connection, seq: int) -> None:
    connection.execute("DELETE FROM followed")
    connection.execute("INSERT INTO followed VALUES (?)", (seq,))
