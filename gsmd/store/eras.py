"""Eras: stretches of messages during which the wall clock did not go back.

Within one, the order of ``created_at`` is the order of acceptance, so an index by time lists the newest first. A
new era begins with the first message that is stamped before the one in front of it.
"""

import json
import sqlite3
from typing import NamedTuple

from gsmd.store import meta

_KEY = "eras"

_MOST = 100
"""Beginnings that are kept: clocks that go back that often tell nothing of order anyway."""


class Era(NamedTuple):
    """Messages from ``first`` on to before ``end``, both ``seq``; their times lie in ``since`` … ``until``, in milliseconds."""

    first: int
    end: int
    since: int
    until: int


def note(connection: sqlite3.Connection, seq: int, created_at: int) -> None:
    """A message was stored: see whether an era begins with it."""
    row = connection.execute(
        "SELECT created_at FROM message WHERE seq < ? ORDER BY seq DESC LIMIT 1", (seq,)
    ).fetchone()
    if row is not None and row[0] > created_at:
        begins = [*_begins(connection), seq][-_MOST:]
        meta.put(connection, _KEY, json.dumps(begins))


def before(connection: sqlite3.Connection, end: int) -> Era | None:
    """The last era that begins before ``seq`` ``end``, up to there; None if there is only one."""
    begins = _begins(connection)
    if not begins:
        return None
    first = max((begin for begin in begins if begin < end), default=0)
    end = min((begin for begin in begins if begin > first), default=end)
    return Era(
        first,
        end,
        _created_at(connection, "seq >= ? ORDER BY seq", first),
        _created_at(connection, "seq < ? ORDER BY seq DESC", end),
    )


def _begins(connection: sqlite3.Connection) -> list[int]:
    kept = meta.get(connection, _KEY)
    return [] if kept is None else json.loads(kept)


def _created_at(connection: sqlite3.Connection, where: str, seq: int) -> int:
    row = connection.execute(
        f"SELECT created_at FROM message WHERE {where} LIMIT 1",  # noqa: S608 -- constant conditions
        (seq,),
    ).fetchone()
    return 0 if row is None else int(row[0])
