"""People: who there is, what they may, and the invitation by which they come in first.

There is no default login, and nobody becomes an administrator by being the first. An invitation is a link that is
good once, for an hour, and only on the machine's own command line is one made without being somebody already.
"""

import json
import re
import sqlite3
import time
from collections.abc import Iterable

import msgspec

from gsmd.gateways.web.accounts import audit, credentials
from gsmd.protocol.method import Role

INVITATION = 3600.0
"""Seconds for which an invitation is good."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class BadName(ValueError):
    """No name for a user or a token."""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody. ``password`` is what is kept of it, None as long as there is none."""

    id: int
    name: str
    roles: frozenset[Role]
    password: str | None
    totp: bytes | None
    totp_step: int
    disabled: bool
    created_at: float


_COLUMNS = "user.id, user.name, user.roles, user.password, user.totp, user.totp_step, user.disabled, user.created_at"


def _user(row: tuple[int, str, str, str | None, bytes | None, int, int, float]) -> User:
    id_, name, roles, password, totp, step, disabled, created = row
    return User(
        id=id_,
        name=name,
        roles=roles_from(roles),
        password=password,
        totp=totp,
        totp_step=step,
        disabled=bool(disabled),
        created_at=created,
    )


def roles_to(roles: Iterable[Role]) -> str:
    """Roles as they stand in a column."""
    return json.dumps(sorted(set(roles)))


def roles_from(text: str) -> frozenset[Role]:
    """Roles of a column; those that this version does not know are none."""
    known = {str(role) for role in Role}
    return frozenset(Role(each) for each in json.loads(text) if each in known)


def check_name(name: str) -> str:
    """The name. Errors: `BadName`."""
    if _NAME.fullmatch(name) is None:
        text = "a name has letters, digits and . _ @ -, at most 64, a letter or digit first"
        raise BadName(text)
    return name


def invite(db: sqlite3.Connection, name: str, roles: Iterable[Role], actor: str) -> str:
    """The secret of an invitation for the user, who is made if there is none; what they may is now ``roles``.

    Who is there already and lost their password comes in again so: what they had stays until the link is opened.
    """
    db.execute(
        "INSERT INTO user (name, roles, created_at) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET roles = excluded.roles, disabled = 0",
        (check_name(name), roles_to(roles), time.time()),
    )
    user = named(db, name)
    assert user is not None
    secret = credentials.new_secret()
    db.execute("DELETE FROM invitation WHERE user = ? OR expires_at < ?", (user.id, time.time()))
    expires = time.time() + INVITATION
    row = (credentials.digest(secret), user.id, expires)
    db.execute("INSERT INTO invitation VALUES (?, ?, ?)", row)
    audit.note(db, actor, "user.invited", name)
    return secret


def invited(db: sqlite3.Connection, secret: str) -> User | None:
    """The user whose invitation it is; None if there is none that is still good."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM invitation JOIN user ON user.id = invitation.user "  # noqa: S608 -- a constant
        "WHERE digest = ? AND expires_at > ? AND NOT disabled",
        (credentials.digest(secret), time.time()),
    ).fetchone()
    return _user(row) if row is not None else None


def use_invitation(db: sqlite3.Connection, secret: str, password: str | None) -> User | None:
    """Let the invited in, with what is kept of their password, None for those who choose a passkey.

    The link is good no more, and neither is what opened the door before: password, code, passkeys, sessions.
    """
    user = invited(db, secret)
    if user is None:
        return None
    db.execute("DELETE FROM invitation WHERE user = ?", (user.id,))
    for table in ("session", "passkey"):
        db.execute(f"DELETE FROM {table} WHERE user = ?", (user.id,))  # noqa: S608 -- a constant
    statement = "UPDATE user SET password = ?, totp = NULL, totp_step = 0 WHERE id = ?"
    db.execute(statement, (password, user.id))
    audit.note(db, f"{user.name}@web", "user.came_in", user.name)
    return named(db, user.name)


def named(db: sqlite3.Connection, name: str) -> User | None:
    """The user of that name, however it is written."""
    row = db.execute(f"SELECT {_COLUMNS} FROM user WHERE name = ?", (name,)).fetchone()  # noqa: S608 -- a constant
    return _user(row) if row is not None else None


def by_id(db: sqlite3.Connection, id_: int) -> User | None:
    """The user of that number."""
    row = db.execute(f"SELECT {_COLUMNS} FROM user WHERE id = ?", (id_,)).fetchone()  # noqa: S608 -- a constant
    return _user(row) if row is not None else None


def everybody(db: sqlite3.Connection) -> list[User]:
    """All users, by name."""
    return [_user(row) for row in db.execute(f"SELECT {_COLUMNS} FROM user ORDER BY name")]  # noqa: S608 -- a constant


def disable(db: sqlite3.Connection, name: str, actor: str) -> bool:
    """Shut out the user, and revoke the tokens, of that name; false if there is neither."""
    user = named(db, name)
    revoked = db.execute(
        "UPDATE token SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL", (time.time(), name)
    ).rowcount
    if user is not None:
        db.execute("UPDATE user SET disabled = 1 WHERE id = ?", (user.id,))
        for table in ("session", "invitation"):
            db.execute(f"DELETE FROM {table} WHERE user = ?", (user.id,))  # noqa: S608 -- a constant
    if user is None and not revoked:
        return False
    audit.note(db, actor, "user.disabled", name)
    return True


def set_password(db: sqlite3.Connection, user: int, kept: str, actor: str) -> None:
    """Keep another password; all other sessions of the user end."""
    db.execute("UPDATE user SET password = ? WHERE id = ?", (kept, user))
    audit.note(db, actor, "user.password", actor)


def set_totp(db: sqlite3.Connection, user: int, key: bytes | None, actor: str) -> None:
    """Ask for a code of this key at each sign-in from now on; None: for none."""
    db.execute("UPDATE user SET totp = ?, totp_step = 0 WHERE id = ?", (key, user))
    audit.note(db, actor, "user.totp_on" if key else "user.totp_off", actor)


def use_totp(db: sqlite3.Connection, user: int, step: int) -> bool:
    """Mark a code as used; false if it, or a later one, was used before."""
    statement = "UPDATE user SET totp_step = ? WHERE id = ? AND totp_step < ?"
    return db.execute(statement, (step, user, step)).rowcount == 1
