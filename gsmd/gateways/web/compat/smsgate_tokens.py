"""SMSGate's access tokens: made by means of a token of gsmd, of which they have the narrowing and at most the roles.

Its tokens are JWTs; these are plain ones, which no client looks into. They end with the token that they were made with, at the latest
after a year. A refresh token can do nothing but make another pair, once. Scopes are roles here: ``messages:send`` is ``send``,
what lists and reads is ``read``, what concerns web hooks is ``handle``; ``all:any`` is all that the token may.
"""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.accounts import tokens
from gsmd.gateways.web.accounts.tokens import NARROWINGS, Token
from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.surface import Shared, Surface, Table, reply
from gsmd.gateways.web.problems import Problem, unauthenticated
from gsmd.gateways.web.rest import bodies
from gsmd.protocol.method import Role

SURFACE = "smsgate"
USUAL, LONGEST = 86_400.0, 31_536_000.0
REFRESH = 30 * 86_400.0
"""Seconds that a refresh token is good."""

_SCOPES: dict[str, Role] = {
    "messages:send": Role.SEND,
    "messages:cancel": Role.SEND,
    "messages:read": Role.READ,
    "messages:list": Role.READ,
    "messages:export": Role.HANDLE,
    "inbox:list": Role.READ,
    "inbox:refresh": Role.HANDLE,
    "devices:list": Role.READ,
    "webhooks:list": Role.READ,
    "webhooks:write": Role.HANDLE,
    "webhooks:delete": Role.HANDLE,
    "settings:read": Role.HANDLE,
    "settings:write": Role.HANDLE,
    "logs:read": Role.READ,
}
_WITHOUT_ROLE = ("tokens:manage", "devices:delete")


class Tokens:
    """``/auth/token``."""

    def __init__(self, surface: Surface, shared: Shared) -> None:
        self._surface = surface
        self._directory = shared.house.directory
        self._door = shared.house.door

    def table(self) -> Table:
        """What answers where."""
        return (
            ("POST", "/auth/token", self.make),
            ("POST", "/auth/token/refresh", self.refresh),
            ("DELETE", "/auth/token/{jti}", self.revoke),
        )

    async def make(self, request: Request, _: tuple[str, ...]) -> Response:
        """``POST /auth/token {scopes, ttl?}``."""
        visit = await self._surface.visit_by_header(request)
        said = await bodies.json_object(request)
        parent = await self._token(request)
        if parent.parent is not None:
            raise Problem(
                403, "made_by_token", "an access token makes no others: the account's does"
            )
        roles = _roles(said.get("scopes"), visit.caller.roles)
        ttl = said.get("ttl") or USUAL
        if not isinstance(ttl, int | float) or not 0 < ttl <= LONGEST:
            raise Problem(400, "impossible_value", "ttl: seconds, at most a year")
        return reply(await self._pair(parent, roles, float(ttl)), 201)

    async def refresh(self, request: Request, _: tuple[str, ...]) -> Response:
        """``POST /auth/token/refresh`` with a refresh token: another pair, and that token is used up."""
        token = await self._token(request)
        kept = await self._directory.read(
            lambda db: ledger.setting(db, SURFACE, token.name, f"refresh {token.id}")
        )
        if kept is None or token.parent is None:
            raise unauthenticated("this is no refresh token")
        value, actor = json.loads(kept), f"{token.name}@web"
        used = await self._directory.write(lambda db: _use_up(db, token, actor))
        if not used:
            raise unauthenticated("this refresh token was used already")
        found = await self._directory.read(lambda db: tokens.of_name(db, token.name))
        parent = next((each for each in found if each.id == token.parent), None)
        if parent is None:
            raise unauthenticated("the token that this one was made with is gone")
        roles = frozenset(Role(each) for each in value["roles"]) & _all(parent.roles)
        return reply(await self._pair(parent, roles, value["ttl"]), 201)

    async def revoke(self, request: Request, values: tuple[str, ...]) -> Response:
        """``DELETE /auth/token/{jti}``: one that was made of the same account."""
        visit = await self._surface.visit_by_header(request)
        asker = await self._token(request)
        found = await self._directory.read(lambda db: tokens.of_name(db, visit.caller.name))
        its = {each.id for each in found if each.parent in {asker.id, asker.parent} and each.parent}
        if values[0] not in its:
            raise Problem(404, "not_found", "there is no such token")
        await self._directory.write(lambda db: tokens.revoke(db, values[0], visit.caller.actor))
        return Response(status_code=204)

    async def _token(self, request: Request) -> Token:
        """The token itself. Errors: `Problem` with 401."""
        visit = await self._surface.visit_by_header(request)
        found = await self._directory.read(lambda db: tokens.of_name(db, visit.caller.name))
        token = next((each for each in found if each.id == visit.caller.id), None)
        if token is None:
            raise unauthenticated()
        return token

    async def _pair(self, parent: Token, roles: frozenset[Role], ttl: float) -> dict[str, Any]:
        actor = f"{parent.name}@web"
        narrowed: dict[str, Iterable[str] | None] = {
            key: getattr(parent, key) for key in NARROWINGS
        }
        left = (parent.expires_at or time.time() + LONGEST) - time.time()

        def make(db: Any) -> tuple[str, Token, str]:
            access, token = tokens.make(
                db, parent.name, roles, actor, lifetime=min(ttl, left), narrowed=narrowed, parent=parent.id
            )  # fmt: skip
            refresh, other = tokens.make(
                db, parent.name, (), actor, lifetime=min(max(REFRESH, ttl), left), narrowed=narrowed, parent=parent.id
            )  # fmt: skip
            value = json.dumps({"roles": sorted(roles), "ttl": ttl})
            ledger.set_setting(db, SURFACE, parent.name, f"refresh {other.id}", value)
            return access, token, refresh

        access, token, refresh = await self._directory.write(make)
        ends = datetime.fromtimestamp(token.expires_at or 0.0, UTC).isoformat(timespec="seconds")
        return {
            "id": token.id,
            "tokenType": "Bearer",
            "accessToken": access,
            "refreshToken": refresh,
            "expiresAt": ends.replace("+00:00", "Z"),
        }


def _use_up(db: Any, token: Token, actor: str) -> bool:
    ledger.set_setting(db, SURFACE, token.name, f"refresh {token.id}", None)
    return tokens.revoke(db, token.id, actor)


def _all(roles: frozenset[Role]) -> frozenset[Role]:
    return frozenset(Role) if Role.ADMIN in roles else roles


def _roles(scopes: Any, own: frozenset[Role]) -> frozenset[Role]:
    """The roles that scopes come to. Errors: `Problem` for what is none, or more than there is."""
    if not isinstance(scopes, list) or not scopes:
        raise Problem(400, "wrong_type", "scopes is a list of scopes")
    wanted: set[Role] = set()
    for each in scopes:
        if each == "all:any":
            wanted |= own
        elif each in _SCOPES:
            wanted.add(_SCOPES[each])
        elif each not in _WITHOUT_ROLE:
            raise Problem(400, "unknown_scope", f"there is no scope {str(each)[:40]!r}")
    if not wanted <= _all(own):
        raise Problem(403, "missing_role", "these scopes are more than this token may")
    return frozenset(wanted)
