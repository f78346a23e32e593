"""The part of REST that is the gateway's own: me, users, invitations, tokens, sessions, the audit log.

Who manages others needs ``admin``. A token that is narrowed manages nobody, and nobody grants what they have not.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gsmd.config import parse_duration
from gsmd.gateways.web.accounts import audit, sessions, tokens, totp, users
from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.accounts.tokens import NARROWINGS, Token
from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.door.authentication import Door
from gsmd.gateways.web.door.sends import Sends
from gsmd.gateways.web.door.signing_in import SigningIn, give, take_away
from gsmd.gateways.web.own_bodies import (
    Acceptance,
    Confirmation,
    NewToken,
    NewUser,
    Second,
    SignIn,
)
from gsmd.gateways.web.problems import Problem
from gsmd.protocol.method import Role

PAGE = 100

Handle = Callable[[Request, list[str]], Awaitable[Response]]


class Own:
    """The application for these paths."""

    def __init__(
        self, directory: Directory, door: Door, signing_in: SigningIn, sends: Sends, issuer: str
    ) -> None:
        self._directory = directory
        self._door = door
        self._signing_in = signing_in
        self._sends = sends
        self._issuer = issuer
        self._routes: dict[tuple[str, str], Handle] = {
            ("GET", "me"): self.me,
            ("GET", "me/code"): self.new_code,
            ("PUT", "me/code"): self.set_code,
            ("POST", "sessions"): self.sign_in,
            ("GET", "sessions"): self.sessions,
            ("POST", "sessions/*"): self.confirm,
            ("DELETE", "sessions/*"): self.end_session,
            ("POST", "invitations"): self.accept,
            ("GET", "users"): self.users,
            ("POST", "users"): self.invite,
            ("DELETE", "users/*"): self.disable,
            ("GET", "tokens"): self.tokens,
            ("POST", "tokens"): self.make_token,
            ("DELETE", "tokens/*"): self.revoke,
            ("GET", "audit"): self.audit,
        }

    def knows(self, path: str) -> bool:
        """True for a path behind ``/api/v1/`` that is one of these."""
        noun = path.partition("/")[0]
        return any(noun == place.partition("/")[0] for _, place in self._routes)

    async def answer(self, request: Request, path: str) -> Response:
        """The answer to a request for ``path``. Errors: `Problem`."""
        noun, _, name = path.partition("/")
        place = path if (request.method, path) in self._routes else f"{noun}/*" if name else noun
        verb = "GET" if request.method == "HEAD" else request.method
        handle = self._routes.get((verb, place))
        if handle is None:
            allowed = sorted(verb for verb, each in self._routes if each in {place, path})
            if not allowed:
                raise Problem(404, "no_such_path", f"there is nothing at {request.url.path[:200]}")
            text = f"{verb} is not for this path; {', '.join(allowed)} is"
            raise Problem(405, "wrong_method", text, headers={"Allow": ", ".join(allowed)})
        return await handle(request, [name])

    # -- me and my sessions -----------------------------------------------------------------

    async def me(self, request: Request, _: list[str]) -> Response:
        caller = await self._door.authenticate(request)
        shown = {key: _listed(getattr(caller, key)) for key in NARROWINGS}
        me = {"name": caller.name, "kind": caller.kind, "id": caller.id, "actor": caller.actor}
        return _json({**me, "may": sorted(caller.roles), **shown})

    async def sign_in(self, request: Request, _: list[str]) -> Response:
        body = await _body(request, SignIn)
        secret = await self._signing_in.sign_in(request, body.name, body.password, body.code)
        response = _json({"name": body.name}, 201)
        give(response, request, secret)
        return response

    async def confirm(self, request: Request, names: list[str]) -> Response:
        """``POST /sessions/here {password}``: for some minutes what asks for the password again is allowed."""
        caller = await self._person(request)
        body = await _body(request, Confirmation)
        if names[0] not in {"here", caller.id}:
            raise Problem(404, "no_such_session", "only one's own session is confirmed")
        if not await self._signing_in.confirmed(request, caller.name, body.password):
            raise Problem(403, "wrong_password", "that is not your password", field="password")
        self._sends.confirmed(caller.id)
        return Response(status_code=204)

    async def accept(self, request: Request, _: list[str]) -> Response:
        body = await _body(request, Acceptance)
        secret = await self._signing_in.accept(request, body.invitation, body.password)
        response = _json({}, 201)
        give(response, request, secret)
        return response

    async def sessions(self, request: Request, _: list[str]) -> Response:
        caller = await self._person(request)
        user = await self._user_id(caller)
        found = await self._directory.read(lambda db: sessions.of_user(db, user))
        shown = [
            {
                "id": each.id,
                "here": each.id == caller.id,
                "created_at": _moment(each.created_at),
                "seen_at": _moment(each.seen_at),
                "address": each.address,
                "agent": each.agent,
            }
            for each in found
        ]
        return _json({"sessions": shown})

    async def end_session(self, request: Request, names: list[str]) -> Response:
        caller = await self._person(request)
        user = await self._user_id(caller)
        id_ = caller.id if names[0] == "here" else names[0]
        if not await self._directory.write(lambda db: sessions.end(db, id_, user)):
            raise Problem(404, "no_such_session", "there is no such session")
        response = Response(status_code=204)
        if id_ == caller.id:
            take_away(response, request)
        return response

    async def new_code(self, request: Request, _: list[str]) -> Response:
        """A key for a telephone; it holds once `set_code` was told a code of it."""
        caller = await self._person(request)
        key = totp.new_key()
        return _json({"key": key.hex(), "uri": totp.uri(key, caller.name, self._issuer)})

    async def set_code(self, request: Request, _: list[str]) -> Response:
        caller = await self._person(request)
        body = await _body(request, Second)
        if not await self._signing_in.confirmed(request, caller.name, body.password):
            raise Problem(403, "wrong_password", "that is not your password", field="password")
        key = _key(body.key) if body.key else None
        now = datetime.now(UTC).timestamp()
        if key is not None and totp.matching_step(key, body.code, now, 0) is None:
            raise Problem(422, "wrong_code", "that is not the code of this key", field="code")
        user = await self._user_id(caller)
        await self._directory.write(lambda db: users.set_totp(db, user, key, caller.actor))
        return Response(status_code=204)

    # -- others -----------------------------------------------------------------------------

    async def users(self, request: Request, _: list[str]) -> Response:
        await self._manager(request)
        found = await self._directory.read(users.everybody)
        shown = [
            {
                "name": each.name,
                "may": sorted(each.roles),
                "came_in": each.password is not None,
                "code": each.totp is not None,
                "disabled": each.disabled,
                "created_at": _moment(each.created_at),
            }
            for each in found
        ]
        return _json({"users": shown})

    async def invite(self, request: Request, _: list[str]) -> Response:
        caller = await self._manager(request)
        body = await _body(request, NewUser)
        _grants(caller, body.may)
        try:
            secret = await self._directory.write(
                lambda db: users.invite(db, body.name, body.may, caller.actor)
            )
        except users.BadName as error:
            raise Problem(422, "bad_name", str(error), field="name") from error
        path = f"/invitation/{secret}"
        return _json({"name": body.name, "path": path, "expires_in": users.INVITATION}, 201)

    async def disable(self, request: Request, names: list[str]) -> Response:
        caller = await self._manager(request)
        if not await self._directory.write(lambda db: users.disable(db, names[0], caller.actor)):
            raise Problem(404, "no_such_user", f"there is no user {names[0][:64]!r}")
        return Response(status_code=204)

    async def tokens(self, request: Request, _: list[str]) -> Response:
        await self._manager(request)
        found = await self._directory.read(tokens.all_tokens)
        return _json({"tokens": [_shown(each) for each in found]})

    async def make_token(self, request: Request, _: list[str]) -> Response:
        caller = await self._manager(request)
        body = await _body(request, NewToken)
        _grants(caller, body.may)
        narrowed: dict[str, Iterable[str] | None] = {key: getattr(body, key) for key in NARROWINGS}
        try:
            lifetime = None if body.expires is None else parse_duration(body.expires)
        except ValueError as error:
            raise Problem(422, "bad_duration", str(error), field="expires") from error
        try:
            secret, token = await self._directory.write(
                lambda db: tokens.make(
                    db, body.name, body.may, caller.actor, lifetime=lifetime, narrowed=narrowed
                )
            )
        except users.BadName as error:
            raise Problem(422, "bad_name", str(error), field="name") from error
        return _json({**_shown(token), "token": secret}, 201)

    async def revoke(self, request: Request, names: list[str]) -> Response:
        caller = await self._manager(request)
        if not await self._directory.write(lambda db: tokens.revoke(db, names[0], caller.actor)):
            raise Problem(404, "no_such_token", "there is no such token")
        return Response(status_code=204)

    async def audit(self, request: Request, _: list[str]) -> Response:
        await self._manager(request)
        limit = _number(request, "limit", PAGE, 1000) or PAGE
        before = _number(request, "after", None, 1 << 62)
        await self._directory.record()
        found = await self._directory.read(lambda db: audit.entries(db, limit, before))
        shown = [{**each._asdict(), "at": _moment(each.at)} for each in found]
        following = str(found[-1].seq) if len(found) == limit else None
        return _json({"entries": shown, "next": following})

    # -- who may ----------------------------------------------------------------------------

    async def _person(self, request: Request) -> Caller:
        caller = await self._door.authenticate(request)
        if caller.kind == "token":
            raise Problem(403, "not_a_person", "a token has no sessions and no password")
        return caller

    async def _manager(self, request: Request) -> Caller:
        caller = await self._door.authenticate(request)
        narrowed = any(getattr(caller, key) is not None for key in NARROWINGS)
        if Role.ADMIN not in caller.roles or narrowed:
            raise Problem(403, "missing_role", "this needs the role admin", more={"role": "admin"})
        return caller

    async def _user_id(self, caller: Caller) -> int:
        user = await self._directory.user(caller.name)
        if user is None:
            raise Problem(403, "no_such_user", "there is no such user any more")
        return user.id


def _grants(caller: Caller, roles: list[Role]) -> None:
    if not roles:
        raise Problem(422, "no_roles", "at least one role", field="may")
    for role in roles:
        if not caller.may(role):
            raise Problem(403, "missing_role", f"you may not grant {role}", field="may")


def _shown(token: Token) -> dict[str, Any]:
    narrowings = {key: _listed(getattr(token, key)) for key in NARROWINGS}
    times = {key: _moment(getattr(token, key)) for key in ("created_at", "expires_at", "used_at")}
    plain = {"id": token.id, "name": token.name, "may": sorted(token.roles)}
    return {**plain, **narrowings, **times}


def _listed(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _moment(at: float | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != len(totp.new_key()):
        raise Problem(422, "bad_key", "a key as GET /me/code gives it", field="key")
    return key


def _number(request: Request, name: str, usual: int | None, most: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:20]) <= most):
        raise Problem(400, "wrong_type", f"a number from 1 to {most}", field=name)
    return int(text)


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


Body = Any


async def _body(request: Request, kind: type[msgspec.Struct]) -> Body:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        text = "the body is to be application/json"
        raise Problem(415, "wrong_content_type", text)
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.ValidationError as error:
        raise Problem(400, "wrong_type", str(error)) from error
    except msgspec.DecodeError as error:
        raise Problem(400, "not_json", str(error)) from error
