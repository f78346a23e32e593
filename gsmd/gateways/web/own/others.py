"""Others: users, tokens, the record of what was done. All of it is an administrator's."""

from collections.abc import Iterable

import msgspec
from starlette.responses import Response

from gsmd.gateways.web.accounts import audit, passkeys, tokens, users
from gsmd.gateways.web.accounts.tokens import NARROWINGS, Token
from gsmd.gateways.web.own import results
from gsmd.gateways.web.own.asked import OwnRequest, answer, grants, listed, moment, nothing
from gsmd.gateways.web.problems import Problem
from gsmd.protocol.durations import parse_duration

PAGE = 100
"""Entries of the record that are told of at once, unless asked for otherwise."""


async def all_users(asked: OwnRequest) -> Response:
    """``GET /users``."""
    await asked.manager()
    found, keys = await asked.office.directory.read(
        lambda db: (users.everybody(db), passkeys.counts(db))
    )
    shown = [
        results.UserShown(
            name=each.name,
            may=sorted(each.roles),
            came_in=each.password is not None or each.id in keys,
            code=each.totp is not None,
            passkeys=keys.get(each.id, 0),
            disabled=each.disabled,
            created_at=moment(each.created_at),
        )
        for each in found
    ]
    return answer(results.UsersShown(shown))


async def invite(asked: OwnRequest) -> Response:
    """``POST /users {name, may}``."""
    caller = await asked.manager()
    body = await asked.body()
    grants(caller, body.may)
    try:
        secret = await asked.office.directory.write(
            lambda db: users.invite(db, body.name, body.may, caller.actor)
        )
    except users.BadName as error:
        raise Problem(422, "bad_name", str(error), field="name") from error
    path = f"/invitation/{secret}"
    return answer(results.InvitationShown(body.name, path, users.INVITATION), 201)


async def disable(asked: OwnRequest) -> Response:
    """``DELETE /users/{name}``."""
    caller = await asked.manager()
    name, directory = asked.word, asked.office.directory
    if not await directory.write(lambda db: users.disable(db, name, caller.actor)):
        raise Problem(404, "no_such_user", f"there is no user {name[:64]!r}")
    return nothing()


async def all_tokens(asked: OwnRequest) -> Response:
    """``GET /tokens``."""
    await asked.manager()
    found = await asked.office.directory.read(tokens.all_tokens)
    return answer(results.TokensShown([_shown(each) for each in found]))


async def make_token(asked: OwnRequest) -> Response:
    """``POST /tokens {name, may, handlers?, modems?, tags?, lists?, expires?}``."""
    caller = await asked.manager()
    body = await asked.body()
    grants(caller, body.may)
    narrowed: dict[str, Iterable[str] | None] = {key: getattr(body, key) for key in NARROWINGS}
    try:
        lifetime = None if body.expires is None else parse_duration(body.expires)
    except ValueError as error:
        raise Problem(422, "bad_duration", str(error), field="expires") from error
    try:
        secret, token = await asked.office.directory.write(
            lambda db: tokens.make(
                db, body.name, body.may, caller.actor, lifetime=lifetime, narrowed=narrowed
            )
        )
    except users.BadName as error:
        raise Problem(422, "bad_name", str(error), field="name") from error
    return answer(_shown(token, secret), 201)


async def revoke(asked: OwnRequest) -> Response:
    """``DELETE /tokens/{id}``."""
    caller = await asked.manager()
    id_, directory = asked.word, asked.office.directory
    if not await directory.write(lambda db: tokens.revoke(db, id_, caller.actor)):
        raise Problem(404, "no_such_token", "there is no such token")
    return nothing()


async def record(asked: OwnRequest) -> Response:
    """``GET /audit?limit=&after=``."""
    await asked.manager()
    limit = asked.number("limit", PAGE, 1000) or PAGE
    before = asked.number("after", None, 1 << 62)
    directory = asked.office.directory
    await directory.record()
    found = await directory.read(lambda db: audit.entries(db, limit, before))
    shown = [results.AuditEntry(**{**each._asdict(), "at": moment(each.at)}) for each in found]
    following = str(found[-1].seq) if len(found) == limit else None
    return answer(results.AuditEntries(shown, following))


def _shown(token: Token, secret: str | msgspec.UnsetType = msgspec.UNSET) -> results.TokenShown:
    return results.TokenShown(
        id=token.id,
        name=token.name,
        may=sorted(token.roles),
        handlers=listed(token.handlers),
        modems=listed(token.modems),
        tags=listed(token.tags),
        lists=listed(token.lists),
        created_at=moment(token.created_at),
        expires_at=moment(token.expires_at),
        used_at=moment(token.used_at),
        token=secret,
    )
