"""Tokens: how programs show who they are. Only a digest is kept; the token itself is shown once."""

import json
import sqlite3
import time
from collections.abc import Iterable
from typing import Any

import msgspec

from gsmd.gateways.web.accounts import audit, credentials
from gsmd.gateways.web.accounts.users import check_name, roles_from, roles_to
from gsmd.protocol.method import Role

NARROWINGS = ("handlers", "modems", "tags", "lists")


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token without its secret. A narrowing that is None leaves everything open. Times are Unix seconds."""

    id: str
    name: str
    roles: frozenset[Role]
    handlers: frozenset[str] | None = None
    modems: frozenset[str] | None = None
    tags: frozenset[str] | None = None
    lists: frozenset[str] | None = None
    created_at: float
    expires_at: float | None = None
    used_at: float | None = None
    revoked_at: float | None = None
    parent: str | None = None

    def good_at(self, now: float) -> bool:
        """True if it opens the door."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


_COLUMNS = "id, name, roles, handlers, modems, tags, lists, created_at, expires_at, used_at, revoked_at, parent"

_PARENT_IS_GOOD = (
    "(parent IS NULL OR EXISTS (SELECT 1 FROM token AS whole WHERE whole.id = token.parent "
    "AND whole.revoked_at IS NULL AND (whole.expires_at IS NULL OR whole.expires_at > ?)))"
)


def _token(row: tuple[Any, ...]) -> Token:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    for key in NARROWINGS:
        values[key] = _names(values[key])
    return Token(**{**values, "roles": roles_from(values["roles"])})


def _names(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(json.loads(text))


def make(
    db: sqlite3.Connection,
    name: str,
    roles: Iterable[Role],
    actor: str,
    *,
    lifetime: float | None = None,
    narrowed: dict[str, Iterable[str] | None] | None = None,
    parent: str | None = None,
) -> tuple[str, Token]:
    """A new token and what is kept of it. ``lifetime`` in seconds, None: for ever. Errors: `BadName`.

    ``parent`` is the id of the token by means of which it is made, and with which it ends.
    """
    secret = credentials.new_token()
    now = time.time()
    narrow = {key: (narrowed or {}).get(key) for key in NARROWINGS}
    names: dict[str, Any] = {
        key: None if each is None else frozenset(each) for key, each in narrow.items()
    }
    token = Token(
        id=credentials.new_id(),
        name=check_name(name),
        roles=frozenset(roles),
        created_at=now,
        expires_at=None if lifetime is None else now + lifetime,
        parent=parent,
        **names,
    )
    kept = [None if names is None else json.dumps(sorted(names)) for names in narrow.values()]
    db.execute(
        "INSERT INTO token (id, digest, name, roles, handlers, modems, tags, lists, created_at, expires_at, parent) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(token.id, credentials.digest(secret), token.name, roles_to(token.roles)),
            *kept,
            *(token.created_at, token.expires_at, parent),
        ),
    )
    audit.note(db, actor, "token.made", f"{token.id} {token.name}")
    return secret, token


def by_digest(db: sqlite3.Connection, digest: bytes) -> Token | None:
    """The token with that digest, good or not; None if there is none, or if its user is disabled."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM token WHERE digest = ? "  # noqa: S608 -- a constant
        "AND NOT EXISTS (SELECT 1 FROM user WHERE user.name = token.name AND user.disabled) "
        f"AND {_PARENT_IS_GOOD}",
        (digest, time.time()),
    ).fetchone()
    return _token(row) if row is not None else None


def of_name(db: sqlite3.Connection, name: str) -> list[Token]:
    """Those of that name which were not revoked, nor their user disabled."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM token WHERE name = ? AND revoked_at IS NULL "  # noqa: S608 -- a constant
        "AND NOT EXISTS (SELECT 1 FROM user WHERE user.name = token.name AND user.disabled) "
        f"AND {_PARENT_IS_GOOD}",
        (name, time.time()),
    )
    return [_token(row) for row in rows]


def all_tokens(db: sqlite3.Connection) -> list[Token]:
    """Those that were not revoked, the newest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM token WHERE revoked_at IS NULL ORDER BY created_at DESC"  # noqa: S608 -- a constant
    )
    return [_token(row) for row in rows]


def revoke(db: sqlite3.Connection, id_: str, actor: str) -> bool:
    """Revoke the token with that id; false if there is none that is not."""
    done = db.execute(
        "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (time.time(), id_)
    )
    if done.rowcount:
        audit.note(db, actor, "token.revoked", id_)
    return done.rowcount > 0


def note_use(db: sqlite3.Connection, used: dict[str, float]) -> None:
    """Keep when tokens were used last, by their ids."""
    db.executemany(
        "UPDATE token SET used_at = ? WHERE id = ?", [(at, id_) for id_, at in used.items()]
    )
