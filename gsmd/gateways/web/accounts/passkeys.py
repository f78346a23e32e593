"""Passkeys: public keys whose private halves never leave somebody's devices (WebAuthn)."""

import base64
import sqlite3
import time

import msgspec

from gsmd.gateways.web.accounts import audit
from gsmd.gateways.web.accounts.users import User

MOST = 20
"""Passkeys of one user."""


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """One. ``handle`` is by what the device knows the user; ``sign_count`` how often it was used, where the device counts."""

    credential: bytes
    user: int
    public_key: bytes
    sign_count: int
    handle: bytes
    name: str
    created_at: float
    used_at: float | None = None

    @property
    def id(self) -> str:
        """The credential as text."""
        return base64.urlsafe_b64encode(self.credential).decode().rstrip("=")


_NAMES = (
    "credential",
    "user",
    "public_key",
    "sign_count",
    "handle",
    "name",
    "created_at",
    "used_at",
)
_COLUMNS = ", ".join(f"passkey.{each}" for each in _NAMES)


def _passkey(row: tuple[bytes, int, bytes, int, bytes, str, float, float | None]) -> Passkey:
    return Passkey(**dict(zip(_NAMES, row, strict=True)))  # type: ignore[arg-type] # as the columns are


def add(db: sqlite3.Connection, passkey: Passkey, actor: str) -> bool:
    """Keep a passkey; false if there is this one already, or if the user has too many."""
    if len(of_user(db, passkey.user)) >= MOST:
        return False
    done = db.execute(
        "INSERT OR IGNORE INTO passkey VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        msgspec.structs.astuple(passkey),
    )
    if done.rowcount:
        audit.note(db, actor, "passkey.made", passkey.name)
    return done.rowcount > 0


def of_user(db: sqlite3.Connection, user: int) -> list[Passkey]:
    """Those of somebody, the newest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM passkey WHERE user = ? ORDER BY created_at DESC",  # noqa: S608 -- a constant
        (user,),
    )
    return [_passkey(row) for row in rows]


def by_credential(db: sqlite3.Connection, credential: bytes) -> tuple[Passkey, str] | None:
    """The passkey and its user's name, if they are not disabled."""
    row = db.execute(
        f"SELECT {_COLUMNS}, user.name FROM passkey JOIN user ON user.id = passkey.user "  # noqa: S608 -- a constant
        "WHERE credential = ? AND NOT disabled",
        (credential,),
    ).fetchone()
    return (_passkey(row[:-1]), row[-1]) if row is not None else None


def counts(db: sqlite3.Connection) -> dict[int, int]:
    """How many each user has who has any."""
    return dict(db.execute("SELECT user, count(*) FROM passkey GROUP BY user").fetchall())


def used(db: sqlite3.Connection, passkey: Passkey, sign_count: int) -> bool:
    """Note that it was used; false if it is gone, or was used in between by another device that has the same key."""
    done = db.execute(
        "UPDATE passkey SET sign_count = ?, used_at = ? WHERE credential = ? AND sign_count = ?",
        (sign_count, time.time(), passkey.credential, passkey.sign_count),
    )
    return done.rowcount > 0


def remove(db: sqlite3.Connection, user: User, id_: str, actor: str) -> bool | None:
    """Forget a passkey of somebody's; false if there is none, None if it is their last way in."""
    own = of_user(db, user.id)
    passkey = next((each for each in own if each.id == id_), None)
    if passkey is None:
        return False
    if len(own) == 1 and user.password is None:
        return None
    db.execute("DELETE FROM passkey WHERE credential = ?", (passkey.credential,))
    audit.note(db, actor, "passkey.removed", passkey.name)
    return True
