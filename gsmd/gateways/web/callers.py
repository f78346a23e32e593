"""Whoever sends a request, and what they may."""

from typing import Literal

import msgspec

from gsmd.protocol.method import Role

CallerKind = Literal["token", "session", "proxy"]
"""The way in which somebody has shown who they are."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was let in. ``id`` is that of the token or the session.

    ``withheld``: roles that they have, and may not use before they have shown a second factor (``web.require_second_factor``).
    A narrowing that is None leaves everything open; else it names all that there is for this caller.
    ``roles`` are as granted: ``admin`` implies the rest (`may`).
    """

    kind: CallerKind
    id: str
    name: str
    roles: frozenset[Role]
    withheld: frozenset[Role] = frozenset()
    handlers: frozenset[str] | None = None
    modems: frozenset[str] | None = None
    tags: frozenset[str] | None = None
    lists: frozenset[str] | None = None

    @property
    def actor(self) -> str:
        """The caller's name as the daemon keeps it, ``anna@web``."""
        return f"{self.name}@web"

    def may(self, role: Role) -> bool:
        """True if the caller has the role."""
        return role in self.roles or Role.ADMIN in self.roles

    def lacks_factor(self, *roles: Role) -> bool:
        """True if a second factor is all that is missing for one of these roles."""
        return any(each in self.withheld or Role.ADMIN in self.withheld for each in roles)
