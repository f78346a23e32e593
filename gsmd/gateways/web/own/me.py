"""Oneself: who one is, one's sessions, the code of one's telephone."""

from datetime import UTC, datetime

from starlette.responses import Response

from gsmd.gateways.web.accounts import sessions, totp, users
from gsmd.gateways.web.accounts.tokens import NARROWINGS
from gsmd.gateways.web.door.signing_in import give, take_away
from gsmd.gateways.web.own import results
from gsmd.gateways.web.own.asked import OwnRequest, answer, listed, moment, nothing
from gsmd.gateways.web.problems import Problem


async def me(asked: OwnRequest) -> Response:
    """``GET /me``."""
    caller = await asked.caller()
    shown = {key: listed(getattr(caller, key)) for key in NARROWINGS}
    return answer(
        results.Me(
            name=caller.name,
            kind=caller.kind,
            id=caller.id,
            actor=caller.actor,
            may=sorted(caller.roles),
            withheld=sorted(caller.withheld),
            **shown,
        )
    )


async def sign_in(asked: OwnRequest) -> Response:
    """``POST /sessions {name, password, code?}``."""
    body = await asked.body()
    secret = await asked.office.signing_in.sign_in(
        asked.request, body.name, body.password, body.code
    )
    return let_in(asked, body.name, secret)


def let_in(asked: OwnRequest, name: str, secret: str) -> Response:
    """The answer to somebody who came in: the session is its cookie."""
    response = answer(results.SignedIn(name), 201)
    give(response, asked.request, secret)
    return response


async def confirm(asked: OwnRequest) -> Response:
    """``POST /sessions/here {password}``, or with a passkey: for some minutes what asks for that again is allowed."""
    caller = await asked.person()
    body = await asked.body()
    office = asked.office
    if asked.word not in {"here", caller.id}:
        raise Problem(404, "no_such_session", "only one's own session is confirmed")
    if body.passkey is not None:
        said = body.passkey
        right = await office.signing_in.confirmed_by_passkey(
            asked.request, await asked.user(caller), said.challenge, said.credential
        )
        if right and caller.withheld:
            await office.signing_in.strengthened(caller)
    else:
        right = await office.signing_in.confirmed(asked.request, caller.name, body.password)
    if not right:
        raise Problem(403, "wrong_password", "that is not your password", field="password")
    office.sends.confirmed(caller.id)
    return nothing()


async def accept(asked: OwnRequest) -> Response:
    """``POST /invitations {invitation, password}``."""
    body = await asked.body()
    name, secret = await asked.office.signing_in.accept(
        asked.request, body.invitation, body.password
    )
    return let_in(asked, name, secret)


async def all_sessions(asked: OwnRequest) -> Response:
    """``GET /sessions``."""
    caller = await asked.person()
    user = (await asked.user(caller)).id
    found = await asked.office.directory.read(lambda db: sessions.of_user(db, user))
    shown = [
        results.SessionShown(
            id=each.id,
            here=each.id == caller.id,
            created_at=moment(each.created_at),
            seen_at=moment(each.seen_at),
            address=each.address,
            agent=each.agent,
        )
        for each in found
    ]
    return answer(results.SessionsShown(shown))


async def end_session(asked: OwnRequest) -> Response:
    """``DELETE /sessions/{id}``; ``here`` is this one."""
    caller = await asked.person()
    user = (await asked.user(caller)).id
    id_ = caller.id if asked.word == "here" else asked.word
    if not await asked.office.directory.write(lambda db: sessions.end(db, id_, user)):
        raise Problem(404, "no_such_session", "there is no such session")
    response = nothing()
    if id_ == caller.id:
        take_away(response, asked.request)
    return response


async def new_code(asked: OwnRequest) -> Response:
    """``GET /me/code``: a key for a telephone; it holds once `set_code` was told a code of it."""
    caller = await asked.person()
    key = totp.new_key()
    return answer(results.NewCode(key.hex(), totp.uri(key, caller.name, asked.office.issuer)))


async def set_code(asked: OwnRequest) -> Response:
    """``PUT /me/code {password, key?, code?}``."""
    caller = await asked.person()
    body = await asked.body()
    office = asked.office
    if not await office.signing_in.confirmed(asked.request, caller.name, body.password):
        raise Problem(403, "wrong_password", "that is not your password", field="password")
    user = (await asked.may_change_factors(caller)).id
    key = _key(body.key) if body.key else None
    now = datetime.now(UTC).timestamp()
    if key is not None and totp.matching_step(key, body.code, now, 0) is None:
        raise Problem(422, "wrong_code", "that is not the code of this key", field="code")
    await office.directory.write(lambda db: users.set_totp(db, user, key, caller.actor))
    if key is not None:
        await office.signing_in.strengthened(caller)
    return nothing()


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != len(totp.new_key()):
        raise Problem(422, "bad_key", "a key as GET /me/code gives it", field="key")
    return key
