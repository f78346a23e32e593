"""How far the wall clock was set, and between which messages: a stamp from before says less about age than it seems."""

import json
import sqlite3
from typing import NamedTuple

from gsmd.clock import Milliseconds
from gsmd.store import meta

_KEY = "jumps"

_MOST = 50
"""Jumps that are kept."""


class Span(NamedTuple):
    """Messages from ``seq`` ``first`` on to before ``end``: old are those stamped before ``created_before``."""

    first: int
    end: int
    created_before: Milliseconds


def note(connection: sqlite3.Connection, seq: int, jump: int) -> None:
    """The clock was set by ``jump`` milliseconds before the message that will be ``seq``."""
    meta.put(connection, _KEY, json.dumps([*_jumps(connection), [seq, jump]][-_MOST:]))


def spans(connection: sqlite3.Connection, before: Milliseconds) -> list[Span]:
    """What was accepted before ``before`` by the clock as it is now, as stamps of each span tell it.

    Who was stamped before the clock was set forward is younger than it seems by that much.
    """
    found = []
    end, set_forward = 2**62, 0
    for seq, jump in reversed(_jumps(connection)):
        found.append(Span(seq, end, Milliseconds(before - max(0, set_forward))))
        end, set_forward = seq, set_forward + jump
    found.append(Span(0, end, Milliseconds(before - max(0, set_forward))))
    return found


def _jumps(connection: sqlite3.Connection) -> list[list[int]]:
    kept = meta.get(connection, _KEY)
    return [] if kept is None else json.loads(kept)
