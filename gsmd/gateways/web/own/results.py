"""What is answered at the gateway's own paths."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gsmd.protocol.types import UTC_PATTERN

Utc = Annotated[str, Meta(pattern=UTC_PATTERN)]


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever asks. A narrowing that is null leaves everything open; ``withheld`` are roles that take a second factor first."""

    name: str
    kind: str
    id: str
    actor: str
    may: list[str]
    withheld: list[str] = []
    handlers: list[str] | None = None
    modems: list[str] | None = None
    tags: list[str] | None = None
    lists: list[str] | None = None


class NewCode(msgspec.Struct, frozen=True):
    """A key for a telephone, in hex, and as an ``otpauth:`` address."""

    key: str
    uri: str


class SignedIn(msgspec.Struct, frozen=True):
    """Whose session it is; the session itself is a cookie."""

    name: str


class SessionShown(msgspec.Struct, frozen=True, kw_only=True):
    """A browser; ``here``: the one that asks."""

    id: str
    here: bool
    created_at: Utc | None
    seen_at: Utc | None
    address: str
    agent: str


class SessionsShown(msgspec.Struct, frozen=True):
    """One's own sessions, the newest first."""

    sessions: list[SessionShown]


class Challenge(msgspec.Struct, frozen=True):
    """``options`` are for ``navigator.credentials`` (WebAuthn's JSON form); ``challenge`` goes back with what it answers."""

    challenge: str
    options: dict[str, Any]


class PasskeyShown(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey, by the id of its credential."""

    id: str
    name: str
    created_at: Utc | None
    used_at: Utc | None


class PasskeysShown(msgspec.Struct, frozen=True):
    """One's own passkeys, the newest first."""

    passkeys: list[PasskeyShown]


class UserShown(msgspec.Struct, frozen=True, kw_only=True):
    """``came_in``: they have opened an invitation. ``code``: a code is asked for besides the password."""

    name: str
    may: list[str]
    came_in: bool
    code: bool
    passkeys: int
    disabled: bool
    created_at: Utc | None


class UsersShown(msgspec.Struct, frozen=True):
    """Everybody, by name."""

    users: list[UserShown]


class InvitationShown(msgspec.Struct, frozen=True):
    """``path`` is shown once; ``expires_in`` are seconds."""

    name: str
    path: str
    expires_in: float


class TokenShown(msgspec.Struct, frozen=True, kw_only=True):
    """A token; ``token`` itself is told when it is made and never again."""

    id: str
    name: str
    may: list[str]
    handlers: list[str] | None
    modems: list[str] | None
    tags: list[str] | None
    lists: list[str] | None
    created_at: Utc | None
    expires_at: Utc | None
    used_at: Utc | None
    token: str | msgspec.UnsetType = msgspec.UNSET


class TokensShown(msgspec.Struct, frozen=True):
    """All that were not revoked, the newest first."""

    tokens: list[TokenShown]


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody did; never a text."""

    seq: int
    at: Utc | None
    actor: str
    address: str
    action: str
    subject: str


class AuditEntries(msgspec.Struct, frozen=True):
    """A page of the record, the newest first."""

    entries: list[AuditEntry]
    next: str | None
