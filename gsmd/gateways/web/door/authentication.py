"""Who sends a request: a program with a token, a browser with a session, or a person whom a proxy vouches for.

Whoever shows something that is no good is told so (401), and counts against what their address may ask without a
valid token; whoever shows a good token counts against what that may ask. Tokens are never taken from a URL here.
"""

import base64
import binascii

from starlette.requests import Request

from gsmd.config.web import WebConfig
from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.accounts.sessions import Session
from gsmd.gateways.web.accounts.tokens import Token
from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.door.guard import COOKIES
from gsmd.gateways.web.door.proxies import Origin
from gsmd.gateways.web.door.rates import Limiter
from gsmd.gateways.web.problems import Problem, too_many, unauthenticated
from gsmd.protocol.method import Role


def origin_of(request: Request) -> Origin:
    """Where the request comes from, as the guard found out."""
    origin: Origin = request.scope["state"]["origin"]
    return origin


class Door:
    """Lets callers in. ``change`` puts another configuration into force."""

    def __init__(self, directory: Directory, settings: WebConfig) -> None:
        self._directory = directory
        self.change(settings)

    def change(self, settings: WebConfig) -> None:
        """Go by other settings from now on."""
        self._user_header = settings.user_header
        self._factors_for = frozenset(settings.require_second_factor)
        self._per_token = Limiter(settings.rate.per_token)
        self._per_address = Limiter(settings.rate.per_address)

    async def authenticate(self, request: Request) -> Caller:
        """The caller. Errors: `Problem`, with 401 or 429."""
        caller = await self.recognise(request)
        if caller is None:
            self.count_stranger(request)
            raise unauthenticated()
        return caller

    async def recognise(self, request: Request) -> Caller | None:
        """The caller; None for a request that shows nothing. Errors: `Problem`, with 401 or 429."""
        if (shown := request.headers.get("authorization")) is not None:
            return await self.by_token(request, _token_in(shown))
        caller = await self._by_proxy(request) or await self._by_session(request)
        if caller is not None:
            self._count(caller)
        return caller

    async def by_token(self, request: Request, text: str) -> Caller:
        """The caller that a token stands for, wherever it was found. Errors: `Problem`, with 401 or 429."""
        token = await self._directory.token(text)
        if token is None:
            self.count_stranger(request)
            raise unauthenticated("this token is not good: mistyped, expired or revoked")
        caller = _caller(token)
        self._count(caller)
        return caller

    def count_stranger(self, request: Request) -> None:
        """Count a request without a valid token. Errors: `Problem` with 429."""
        if wait := self._per_address.take(origin_of(request).group):
            raise too_many("too many requests without a valid token from this address", wait)

    def _count(self, caller: Caller) -> None:
        if wait := self._per_token.take((caller.kind, caller.id)):
            raise too_many("more requests than this token may make (web.rate.per_token)", wait)

    async def _by_proxy(self, request: Request) -> Caller | None:
        if self._user_header is None or not origin_of(request).by_proxy:
            return None
        name = request.headers.get(self._user_header, "").strip()
        if not name:
            return None
        user = await self._directory.user(name)
        if user is None:
            text = f"there is no user {name[:64]!r} here: gsmd web invite"
            raise Problem(403, "no_such_user", text)
        return Caller(kind="proxy", id=user.name, name=user.name, roles=user.roles)

    async def _by_session(self, request: Request) -> Caller | None:
        secret = next((request.cookies[each] for each in COOKIES if each in request.cookies), None)
        if secret is None:
            return None
        session = await self._directory.session(secret)
        if session is None:
            return None
        withheld = self._withheld(session)
        return Caller(
            kind="session",
            id=session.id,
            name=session.name,
            roles=session.roles - withheld,
            withheld=withheld,
        )

    def _withheld(self, session: Session) -> frozenset[Role]:
        """The roles that take a second factor, where there was none; an administrator's is one of them, as it is all others too."""
        if session.factors > 1 or not self._factors_for:
            return frozenset()
        return session.roles & (self._factors_for | {Role.ADMIN})


def _caller(token: Token) -> Caller:
    return Caller(
        kind="token",
        id=token.id,
        name=token.name,
        roles=token.roles,
        handlers=token.handlers,
        modems=token.modems,
        tags=token.tags,
        lists=token.lists,
    )


def _token_in(shown: str) -> str:
    """The token in a header: as Bearer, or as Basic's password (or its user, as some programs have it)."""
    scheme, _, value = shown.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    user, password = basic(shown)
    return password or user


def basic(shown: str) -> tuple[str, str]:
    """User and password in a header ``Authorization: Basic``; empty where it is none."""
    scheme, _, value = shown.strip().partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, password
