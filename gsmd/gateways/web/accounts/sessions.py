"""Sessions: browsers of people who have signed in. All is here; the browser has a random secret and nothing else."""

import sqlite3
import time

import msgspec

from gsmd.gateways.web.accounts import credentials
from gsmd.gateways.web.accounts.users import roles_from
from gsmd.protocol.method import Role

IDLE = 8 * 3600.0
"""Seconds without a request after which a session ends."""

LONGEST = 7 * 86_400.0
"""Seconds after which it ends in any case."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser. ``agent`` is what it calls itself; ``factors`` how many somebody has shown in it, of which a passkey is two."""

    id: str
    user: int
    name: str
    roles: frozenset[Role]
    created_at: float
    seen_at: float
    address: str
    agent: str
    factors: int = 1

    def good_at(self, now: float) -> bool:
        """True if it opens the door."""
        return now < self.seen_at + IDLE and now < self.created_at + LONGEST


_SELECT = (
    "SELECT session.id, user.id, user.name, user.roles, session.created_at, seen_at, address, agent, factors "
    "FROM session JOIN user ON user.id = session.user WHERE NOT disabled"
)


def _session(row: tuple[str, int, str, str, float, float, str, str, int]) -> Session:
    id_, user, name, roles, created, seen, address, agent, factors = row
    return Session(
        id=id_,
        user=user,
        name=name,
        roles=roles_from(roles),
        created_at=created,
        seen_at=seen,
        address=address,
        agent=agent,
        factors=factors,
    )


def begin(db: sqlite3.Connection, user: int, address: str, agent: str, factors: int = 1) -> str:
    """The secret of a new session."""
    secret = credentials.new_secret()
    now = time.time()
    db.execute(
        "DELETE FROM session WHERE seen_at < ? OR created_at < ?", (now - IDLE, now - LONGEST)
    )
    row = (credentials.new_id(), credentials.digest(secret), user, now, now, address, agent[:200])
    db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, factors))
    return secret


def strengthen(db: sqlite3.Connection, id_: str) -> None:
    """A second factor was shown in that session."""
    db.execute("UPDATE session SET factors = 2 WHERE id = ?", (id_,))


def by_digest(db: sqlite3.Connection, digest: bytes) -> Session | None:
    """The session with that digest, good or not."""
    row = db.execute(f"{_SELECT} AND digest = ?", (digest,)).fetchone()
    return _session(row) if row is not None else None


def of_user(db: sqlite3.Connection, user: int) -> list[Session]:
    """All sessions of somebody, the newest first."""
    rows = db.execute(f"{_SELECT} AND session.user = ? ORDER BY session.created_at DESC", (user,))
    return [_session(row) for row in rows]


def end(db: sqlite3.Connection, id_: str, user: int | None = None) -> bool:
    """End a session, if it is this user's (None: anybody's); false if there is none."""
    statement = "DELETE FROM session WHERE id = ? AND user = coalesce(?, user)"
    return db.execute(statement, (id_, user)).rowcount > 0


def end_others(db: sqlite3.Connection, user: int, but: str) -> int:
    """End all sessions of somebody but one; how many."""
    statement = "DELETE FROM session WHERE user = ? AND id <> ?"
    return db.execute(statement, (user, but)).rowcount


def note_seen(db: sqlite3.Connection, seen: dict[str, float]) -> None:
    """Keep when sessions were used last, by their ids."""
    db.executemany(
        "UPDATE session SET seen_at = ? WHERE id = ?", [(at, id_) for id_, at in seen.items()]
    )
