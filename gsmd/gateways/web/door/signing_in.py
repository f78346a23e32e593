"""Signing in and out in a browser.

Who tries passwords is slowed down, not the account: the delay is for an account from an address, and an address has
so many wrong tries in all. One password is compared at a time, and only so many may wait for it. Whether there is
such a user, and what was wrong, an answer does not tell, nor the time it takes.
"""

import sqlite3
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gsmd.config.network import Rate
from gsmd.gateways.web.accounts import audit, passkeys, passwords, sessions, totp, users
from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.accounts.passwords import Passwords
from gsmd.gateways.web.accounts.users import User
from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.door.authentication import origin_of
from gsmd.gateways.web.door.guard import COOKIES
from gsmd.gateways.web.door.passkeys import Passkeys
from gsmd.gateways.web.door.proxies import Origin
from gsmd.gateways.web.door.rates import Delays, Limiter
from gsmd.gateways.web.problems import Problem, too_many

TRIES = Rate(20, 600.0)
"""Wrong tries of one address, whatever the account."""

WAITING = 16
"""Passwords that may wait to be compared."""


class SigningIn:
    """The way from a password or an invitation to a session."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.passwords = Passwords()
        self.passkeys = Passkeys(directory)
        self._delays = Delays()
        self._tries = Limiter(TRIES)
        self._waiting = 0

    async def sign_in(self, request: Request, name: str, password: str, code: str = "") -> str:
        """The secret of a new session. Errors: `Problem`: 401, with reason ``code_needed`` where the password was right; 429."""
        origin = origin_of(request)
        key = (name.casefold()[:64], origin.group)
        self._hold_back(key, origin)
        user = await self._directory.user(name)
        self._waiting += 1
        try:
            right = await self.passwords.right(user.password if user else None, password)
        finally:
            self._waiting -= 1
        if user is None or not right or not await self._second(user, code):
            await self._was_wrong(key, name, origin)
            raise Problem(401, "wrong_password", "name, password or code are not right")
        self._delays.right(key)
        return await self._begin(request, user, origin, factors=1 if user.totp is None else 2)

    async def sign_in_by_passkey(
        self, request: Request, challenge: str, credential: dict[str, Any]
    ) -> tuple[str, str]:
        """Name and secret of a new session; no code is asked for, since the device has made sure of its user. Errors: `Problem`: 401, 429."""
        passkey = await self._shown(request, challenge, credential)
        user = await self._directory.read(lambda db: users.by_id(db, passkey.user))
        if user is None or user.disabled:
            raise Problem(401, "wrong_passkey", "this passkey is not good")
        return user.name, await self._begin(request, user, origin_of(request), factors=2)

    async def confirmed_by_passkey(
        self, request: Request, user: User, challenge: str, credential: dict[str, Any]
    ) -> bool:
        """True if it is a passkey of this user's, as `confirmed`. Errors: `Problem`: 401, 429."""
        return (await self._shown(request, challenge, credential)).user == user.id

    async def _shown(
        self, request: Request, challenge: str, credential: dict[str, Any]
    ) -> passkeys.Passkey:
        """The passkey that somebody shows to have; who tries is slowed down. Errors: `Problem`: 401, 429."""
        origin = origin_of(request)
        self._hold_back(("", origin.group), origin)
        try:
            return await self.passkeys.signed(request, challenge, credential)
        except Problem as problem:
            if problem.status == 401:
                await self._was_wrong(("", origin.group), "passkey", origin)
            raise

    async def to_accept_by_passkey(
        self, request: Request, invitation: str
    ) -> tuple[str, dict[str, Any]]:
        """Challenge and options for the passkey of somebody who was invited. Errors: `Problem`: 404, 422, 429."""
        user = await self._invited(request, invitation)
        return await self.passkeys.to_register(request, user)

    async def accept_by_passkey(
        self,
        request: Request,
        invitation: str,
        challenge: str,
        credential: dict[str, Any],
        name: str,
    ) -> tuple[str, str]:
        """Name and secret of the first session of somebody who was invited. Errors: `Problem`: 404, 422, 429."""
        user = await self._invited(request, invitation)
        made = await self.passkeys.registered(request, user, challenge, credential, name)

        def use(db: sqlite3.Connection) -> User | None:
            found = users.use_invitation(db, invitation, None)
            if found is not None:
                passkeys.add(db, made, f"{found.name}@web")
            return found

        return await self._came_in(request, await self._directory.write(use), factors=2)

    async def accept(self, request: Request, invitation: str, password: str) -> tuple[str, str]:
        """The same with a password."""
        user = await self._invited(request, invitation)
        try:
            passwords.check(password, user.name)
        except passwords.Unsuitable as error:
            raise Problem(422, "unsuitable_password", str(error), field="password") from error
        kept = await self.passwords.hash(password)
        used = await self._directory.write(lambda db: users.use_invitation(db, invitation, kept))
        return await self._came_in(request, used)

    async def _invited(self, request: Request, invitation: str) -> User:
        """Whom an invitation is for. Errors: `Problem`: 404, 429."""
        if wait := self._tries.take(origin_of(request).group):
            raise too_many("too many tries from this address", wait)
        user = await self._directory.read(lambda db: users.invited(db, invitation))
        if user is None:
            text = "this invitation is not good any more: ask for another (gsmd web invite)"
            raise Problem(404, "no_such_invitation", text)
        return user

    async def _came_in(
        self, request: Request, user: User | None, factors: int = 1
    ) -> tuple[str, str]:
        if user is None:  # somebody else was faster
            raise Problem(404, "no_such_invitation", "this invitation was used just now")
        return user.name, await self._begin(request, user, origin_of(request), factors)

    async def confirmed(self, request: Request, name: str, password: str) -> bool:
        """True if it is this user's password: asked for again before what is grave. Errors: `Problem` with 429."""
        origin = origin_of(request)
        key = (name.casefold()[:64], origin.group)
        self._hold_back(key, origin)
        user = await self._directory.user(name)
        right = await self.passwords.right(user.password if user else None, password)
        if not right:
            await self._was_wrong(key, name, origin)
        return right

    def _hold_back(self, key: tuple[str, str], origin: Origin) -> None:
        wait = self._delays.wait(key)
        if self._tries.left(origin.group) < 1:
            wait = max(wait, TRIES.seconds / TRIES.count)
        if self._waiting >= WAITING:
            wait = max(wait, 1.0)
        if wait:
            raise too_many("too many tries that were wrong; later", wait)

    async def _second(self, user: User, code: str) -> bool:
        """True if the code is right, or none is asked for. Errors: `Problem` where there is none."""
        if user.totp is None:
            return True
        if not code:
            raise Problem(401, "code_needed", "the code of your telephone, too", field="code")
        step = totp.matching_step(user.totp, code, time.time(), user.totp_step)
        if step is None:
            return False
        return await self._directory.write(lambda db: users.use_totp(db, user.id, step))

    async def _was_wrong(self, key: tuple[str, str], name: str, origin: Origin) -> None:
        self._delays.wrong(key)
        self._tries.take(origin.group)
        await self._directory.note("", "sign_in.failed", name, origin.address)

    async def may_change_factors(self, caller: Caller, user: User) -> bool:
        """False for who has a second factor and has not shown it, where that is asked of them: with a password alone it is neither replaced nor taken away."""
        if not caller.withheld:
            return True
        own = await self._directory.read(lambda db: passkeys.of_user(db, user.id))
        return user.totp is None and not own

    async def strengthened(self, caller: Caller) -> None:
        """A second factor was shown in this caller's session, or was made in it just now."""
        if caller.kind == "session":
            await self._directory.write(lambda db: sessions.strengthen(db, caller.id))

    async def _begin(self, request: Request, user: User, origin: Origin, factors: int) -> str:
        agent = request.headers.get("user-agent", "")

        def begin(db: sqlite3.Connection) -> str:
            secret = sessions.begin(db, user.id, origin.address, agent, factors)
            audit.note(db, f"{user.name}@web", "sign_in", user.name, address=origin.address)
            return secret

        return await self._directory.write(begin)


def give(response: Response, request: Request, secret: str) -> None:
    """Put a session's cookie into an answer. Over plain http (loopback alone) it cannot have the name that binds it to the host."""
    secure = origin_of(request).scheme == "https"
    response.set_cookie(
        COOKIES[0] if secure else COOKIES[1],
        secret,
        max_age=int(sessions.LONGEST),
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def take_away(response: Response, request: Request) -> None:
    """Take it out of the browser."""
    secure = origin_of(request).scheme == "https"
    name = COOKIES[0] if secure else COOKIES[1]
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
