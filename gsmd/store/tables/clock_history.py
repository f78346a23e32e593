"""Errors of the wall clock, and the messages between which it changed: their stamps tell less than they seem to.

An *era* is a stretch of messages during which the clock did not go back. Within one, the order of
``created_at`` is the order of acceptance, so an index by time lists the newest first. A new era begins with
the first message that is stamped before the one in front of it.

A *jump* is how far the clock was set. What was stamped before it was set forward is younger than its stamp
says; a `Span` is the messages between two jumps, with the stamp that stands for one age by today's clock.
"""

import json
import sqlite3

import msgspec

from gsmd.clock import Milliseconds
from gsmd.store.tables import meta

_ERAS = "eras"
_JUMPS = "jumps"

_MOST_JUMPS = 50
"""Jumps that are kept."""

_MOST_ERAS = 100
"""Beginnings that are kept: clocks that go back that often tell nothing of order anyway."""


class Era(msgspec.Struct, frozen=True):
    """Messages from ``first`` on to before ``end``, both ``seq``; their times lie in ``since`` … ``until``, in milliseconds."""

    first: int
    end: int
    since: int
    until: int


class Span(msgspec.Struct, frozen=True):
    """Messages from ``seq`` ``first`` on to before ``end``: old are those stamped before ``created_before``."""

    first: int
    end: int
    created_before: Milliseconds


def record_era(connection: sqlite3.Connection, seq: int, created_at: int) -> None:
    """A message was stored: see whether an era begins with it."""
    row = connection.execute(
        "SELECT created_at FROM message WHERE seq < ? ORDER BY seq DESC LIMIT 1", (seq,)
    ).fetchone()
    if row is not None and row[0] > created_at:
        begins = [*_begins(connection), seq][-_MOST_ERAS:]
        meta.put(connection, _ERAS, json.dumps(begins))


def era_before(connection: sqlite3.Connection, end: int) -> Era | None:
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


def record_jump(connection: sqlite3.Connection, seq: int, jump: int) -> None:
    """The clock was set by ``jump`` milliseconds before the message that will be ``seq``."""
    meta.put(connection, _JUMPS, json.dumps([*_jumps(connection), [seq, jump]][-_MOST_JUMPS:]))


def spans(connection: sqlite3.Connection, before: Milliseconds) -> list[Span]:
    """The messages accepted before ``before`` by the clock as it is now, as stamps of each span tell it.

    Who was stamped before the clock was set forward is younger than it seems by that much.
    """
    found = []
    end, set_forward = 2**62, 0
    for seq, jump in reversed(_jumps(connection)):
        found.append(Span(seq, end, Milliseconds(before - max(0, set_forward))))
        end, set_forward = seq, set_forward + jump
    found.append(Span(0, end, Milliseconds(before - max(0, set_forward))))
    return found


def _begins(connection: sqlite3.Connection) -> list[int]:
    kept = meta.get(connection, _ERAS)
    return [] if kept is None else json.loads(kept)


def _created_at(connection: sqlite3.Connection, where: str, seq: int) -> int:
    row = connection.execute(
        f"SELECT created_at FROM message WHERE {where} LIMIT 1",
        (seq,),
    ).fetchone()
    return 0 if row is None else int(row[0])


def _jumps(connection: sqlite3.Connection) -> list[list[int]]:
    kept = meta.get(connection, _JUMPS)
    return [] if kept is None else json.loads(kept)
