"""One request for what is the gateway's own: who asks, and what they say.

Who manages others needs ``admin``. A token that is narrowed manages nobody, and nobody grants what they have not.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.accounts.tokens import NARROWINGS
from gsmd.gateways.web.accounts.users import User
from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.door.authentication import Door
from gsmd.gateways.web.door.sends import Sends
from gsmd.gateways.web.door.signing_in import SigningIn
from gsmd.gateways.web.problems import Problem, second_factor
from gsmd.protocol.method import Role


class Office(NamedTuple):
    """What all of these paths use. ``issuer`` is what telephones show beside a code."""

    directory: Directory
    door: Door
    signing_in: SigningIn
    sends: Sends
    issuer: str


class OwnRequest:
    """A request. ``word`` is what stands in its path for something, empty where nothing does."""

    def __init__(
        self, request: Request, office: Office, word: str, body: type[msgspec.Struct] | None
    ) -> None:
        self.request = request
        self.office = office
        self.word = word
        self._body = body

    async def caller(self) -> Caller:
        """Whoever asks. Errors: `Problem` with 401, 429."""
        return await self.office.door.authenticate(self.request)

    async def person(self) -> Caller:
        """Whoever asks, if it is no program. Errors: `Problem`, with 403 for a token."""
        caller = await self.caller()
        if caller.kind == "token":
            raise Problem(403, "not_a_person", "a token has no sessions and no password")
        return caller

    async def manager(self) -> Caller:
        """Whoever asks, if they may manage others. Errors: `Problem`, with 403."""
        caller = await self.caller()
        narrowed = any(getattr(caller, key) is not None for key in NARROWINGS)
        if caller.lacks_factor(Role.ADMIN):
            raise second_factor()
        if Role.ADMIN not in caller.roles or narrowed:
            raise Problem(403, "missing_role", "this needs the role admin", more={"role": "admin"})
        return caller

    async def user(self, caller: Caller) -> User:
        """The user that a caller is. Errors: `Problem` with 403."""
        user = await self.office.directory.user(caller.name)
        if user is None:
            raise Problem(403, "no_such_user", "there is no such user any more")
        return user

    async def may_change_factors(self, caller: Caller) -> User:
        """The user that a caller is. Errors: `Problem` with 403 for who has to show the second factor that they have first."""
        user = await self.user(caller)
        if not await self.office.signing_in.may_change_factors(caller, user):
            raise second_factor()
        return user

    async def body(self) -> Any:
        """The body, as the place has it. Errors: `Problem` with 400, 415."""
        assert self._body is not None
        kind = self.request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/json":
            raise Problem(415, "wrong_content_type", "the body is to be application/json")
        try:
            return msgspec.json.decode(await self.request.body(), type=self._body)
        except msgspec.ValidationError as error:
            raise Problem(400, "wrong_type", str(error)) from error
        except msgspec.DecodeError as error:
            raise Problem(400, "not_json", str(error)) from error

    def number(self, name: str, usual: int | None, most: int) -> int | None:
        """A number in the query. Errors: `Problem` with 400."""
        text = self.request.query_params.get(name)
        if text is None:
            return usual
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:20]) <= most):
            raise Problem(400, "wrong_type", f"a number from 1 to {most}", field=name)
        return int(text)


def grants(caller: Caller, roles: list[Role]) -> None:
    """Errors: `Problem` where a caller would give what they have not, or nothing."""
    if not roles:
        raise Problem(422, "no_roles", "at least one role", field="may")
    for role in roles:
        if not caller.may(role):
            raise Problem(403, "missing_role", f"you may not grant {role}", field="may")


def answer(value: Any, status: int = 200) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def nothing() -> Response:
    """204."""
    return Response(status_code=204)


def listed(names: Iterable[str] | None) -> list[str] | None:
    """Names in order; None is none."""
    return None if names is None else sorted(names)


def moment(at: float | None) -> str | None:
    """UTC, as everywhere in the protocol."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
