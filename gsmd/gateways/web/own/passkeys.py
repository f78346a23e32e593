"""Passkeys: signing in with one, coming in with one, and one's own."""

from starlette.responses import Response

from gsmd.gateways.web.accounts import passkeys
from gsmd.gateways.web.own import results
from gsmd.gateways.web.own.asked import OwnRequest, answer, moment, nothing
from gsmd.gateways.web.own.me import let_in
from gsmd.gateways.web.problems import Problem


async def to_sign_in(asked: OwnRequest) -> Response:
    """``POST /sessions/challenge``: what ``navigator.credentials.get`` is asked."""
    asked.office.door.count_stranger(asked.request)
    said = await asked.office.signing_in.passkeys.to_sign_in(asked.request)
    return answer(results.Challenge(*said))


async def sign_in(asked: OwnRequest) -> Response:
    """``POST /sessions/passkey {challenge, credential}``."""
    body = await asked.body()
    name, secret = await asked.office.signing_in.sign_in_by_passkey(
        asked.request, body.challenge, body.credential
    )
    return let_in(asked, name, secret)


async def to_accept(asked: OwnRequest) -> Response:
    """``POST /invitations/challenge {invitation}``: what ``navigator.credentials.create`` is asked."""
    body = await asked.body()
    said = await asked.office.signing_in.to_accept_by_passkey(asked.request, body.invitation)
    return answer(results.Challenge(*said))


async def accept(asked: OwnRequest) -> Response:
    """``POST /invitations/passkey {invitation, challenge, credential, name?}``."""
    body = await asked.body()
    name, secret = await asked.office.signing_in.accept_by_passkey(
        asked.request, body.invitation, body.challenge, body.credential, body.name
    )
    return let_in(asked, name, secret)


async def mine(asked: OwnRequest) -> Response:
    """``GET /me/passkeys``."""
    user = (await asked.user(await asked.person())).id
    found = await asked.office.directory.read(lambda db: passkeys.of_user(db, user))
    shown = [
        results.PasskeyShown(
            id=each.id,
            name=each.name,
            created_at=moment(each.created_at),
            used_at=moment(each.used_at),
        )
        for each in found
    ]
    return answer(results.PasskeysShown(shown))


async def to_add(asked: OwnRequest) -> Response:
    """``POST /me/passkeys/challenge``: as `to_accept`, for somebody who has just said who they are (``POST /sessions/here``)."""
    caller = await asked.person()
    asked.office.sends.require_password(caller, "challenge")
    user = await asked.may_change_factors(caller)
    said = await asked.office.signing_in.passkeys.to_register(asked.request, user)
    return answer(results.Challenge(*said))


async def add(asked: OwnRequest) -> Response:
    """``POST /me/passkeys {challenge, credential, name?}``."""
    caller = await asked.person()
    body = await asked.body()
    user = await asked.may_change_factors(caller)
    office = asked.office
    made = await office.signing_in.passkeys.registered(
        asked.request, user, body.challenge, body.credential, body.name
    )
    if not await office.directory.write(lambda db: passkeys.add(db, made, caller.actor)):
        raise Problem(409, "passkey_known", "this passkey is there already")
    await office.signing_in.strengthened(caller)
    shown = results.PasskeyShown(
        id=made.id, name=made.name, created_at=moment(made.created_at), used_at=None
    )
    return answer(shown, 201)


async def remove(asked: OwnRequest) -> Response:
    """``DELETE /me/passkeys/{id}``; not the last way in."""
    caller = await asked.person()
    user = await asked.may_change_factors(caller)
    id_ = asked.word
    done = await asked.office.directory.write(
        lambda db: passkeys.remove(db, user, id_, caller.actor)
    )
    if done is None:
        raise Problem(409, "last_way_in", "without a password this is the only way in")
    if not done:
        raise Problem(404, "no_such_passkey", "there is no such passkey")
    return nothing()
