"""What the gateway keeps for programs that speak another gateway's language; all of it in the gateway's own file.

``compat_sent``: a message that was sent by such a program, by the id that this program knows it by (several messages may
share one). ``compat_hook``: an address that is called when something happens. ``compat_setting``: what else a surface
keeps of somebody. The owner is the name of a token: whoever has one of that name.
"""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

import msgspec

KEPT = 90 * 86_400.0
"""Seconds that what was sent is known by the other id."""

CALLED_BACK = 8 * 86_400.0
"""Seconds after sending in which something may become of a message that is to be told."""

_SENT = "seq, surface, owner, id, message, peer, error, url, secret, detail, created_at"
_HOOK = "id, surface, owner, event, url, secret, detail"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A message as its program knows it. ``message`` is empty where it was refused, ``error`` says why.

    ``url`` is called with what becomes of it; ``secret`` is what the calls are signed with; ``detail`` is the surface's own.
    """

    seq: int = 0
    surface: str
    owner: str
    id: str
    message: str
    peer: str
    error: str = ""
    url: str = ""
    secret: bytes = b""
    detail: str = ""
    created_at: float = 0.0


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is called with each ``event``."""

    id: str
    surface: str
    owner: str
    event: str
    url: str
    secret: bytes = b""
    detail: str = ""


def add_sent(db: sqlite3.Connection, rows: Sequence[Sent]) -> list[int]:
    """Keep what was sent; the numbers of the rows."""
    now = time.time()
    numbers = []
    for each in rows:
        values = (each.surface, each.owner, each.id, each.message, each.peer)
        more = (each.error, each.url, each.secret, each.detail, now)
        cursor = db.execute(
            "INSERT INTO compat_sent (surface, owner, id, message, peer, error, url, secret, detail, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, *more),
        )
        numbers.append(int(cursor.lastrowid or 0))
    return numbers


def sent_by_id(db: sqlite3.Connection, surface: str, owner: str, id_: str) -> list[Sent]:
    """All that goes by an id of somebody's, in the order of sending."""
    return _sent(db, "surface = ? AND owner = ? AND id = ? ORDER BY seq", (surface, owner, id_))


def sent_by_seq(db: sqlite3.Connection, surface: str, owner: str, seq: int) -> list[Sent]:
    """The row of a number, if it is somebody's."""
    return _sent(db, "surface = ? AND owner = ? AND seq = ?", (surface, owner, seq))


def sent_message(db: sqlite3.Connection, surface: str, message: str) -> Sent | None:
    """The row of a message of ours."""
    found = _sent(db, "surface = ? AND message = ? ORDER BY seq DESC LIMIT 1", (surface, message))
    return found[0] if found else None


def newest(db: sqlite3.Connection, surface: str, owner: str, limit: int) -> list[Sent]:
    """What somebody sent last, the newest first."""
    where = "surface = ? AND owner = ? ORDER BY seq DESC LIMIT ?"
    return _sent(db, where, (surface, owner, limit))


def put_hook(db: sqlite3.Connection, hook: Hook) -> None:
    """Keep a hook; one of that id and owner is replaced."""
    row = msgspec.structs.astuple(hook)
    db.execute(
        "INSERT OR REPLACE INTO compat_hook (id, surface, owner, event, url, secret, detail) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )


def hooks(db: sqlite3.Connection, surface: str, owner: str) -> list[Hook]:
    """The hooks of somebody."""
    rows = db.execute(
        f"SELECT {_HOOK} FROM compat_hook WHERE surface = ? AND owner = ? ORDER BY id",  # noqa: S608 -- a constant
        (surface, owner),
    )
    return [Hook(**dict(zip(_HOOK.split(", "), row, strict=True))) for row in rows]


def drop_hook(db: sqlite3.Connection, surface: str, owner: str, id_: str) -> bool:
    """Forget a hook; false if there is none."""
    done = db.execute(
        "DELETE FROM compat_hook WHERE surface = ? AND owner = ? AND id = ?", (surface, owner, id_)
    )
    return done.rowcount > 0


def callers_back(db: sqlite3.Connection) -> set[tuple[str, str]]:
    """Surface and owner of all who are to be called when something happens."""
    rows = db.execute(
        "SELECT surface, owner FROM compat_hook UNION "
        "SELECT surface, owner FROM compat_sent WHERE url != '' AND created_at > ?",
        (time.time() - CALLED_BACK,),
    )
    return {(surface, owner) for surface, owner in rows}


def setting(db: sqlite3.Connection, surface: str, owner: str, name: str) -> str | None:
    """What is kept by that name."""
    row = db.execute(
        "SELECT value FROM compat_setting WHERE surface = ? AND owner = ? AND name = ?",
        (surface, owner, name),
    ).fetchone()
    return None if row is None else str(row[0])


def set_setting(
    db: sqlite3.Connection, surface: str, owner: str, name: str, value: str | None
) -> None:
    """Keep something by that name; None: nothing any more."""
    if value is None:
        db.execute(
            "DELETE FROM compat_setting WHERE surface = ? AND owner = ? AND name = ?",
            (surface, owner, name),
        )
        return
    db.execute(
        "INSERT OR REPLACE INTO compat_setting (surface, owner, name, value) VALUES (?, ?, ?, ?)",
        (surface, owner, name, value),
    )


def forget_old(db: sqlite3.Connection) -> None:
    """Let go of what was sent long ago."""
    db.execute("DELETE FROM compat_sent WHERE created_at < ?", (time.time() - KEPT,))


def _sent(db: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> list[Sent]:
    rows = db.execute(f"SELECT {_SENT} FROM compat_sent WHERE {where}", values)  # noqa: S608 -- constants of this file
    return [Sent(**dict(zip(_SENT.split(", "), row, strict=True))) for row in rows]
