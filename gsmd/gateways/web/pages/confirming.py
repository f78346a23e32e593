"""Saying once more who one is, before what is grave: with the password in the form itself, or with a passkey before it.

A passkey is shown by the script, to ``POST /sessions/here`` of REST; both hold for some minutes (`Sends.confirmed`).
"""

import msgspec

from gsmd.gateways.web.accounts import passkeys
from gsmd.gateways.web.door.passkeys import are_possible
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol.method import Role


class Ways(msgspec.Struct, frozen=True):
    """The ways that somebody has; none at all for whom a proxy vouches."""

    password: bool = False
    passkey: bool = False


async def ways(visit: Visit) -> Ways:
    """Those of the visitor, if a form may have to ask."""
    if visit.caller.kind != "session" or not visit.may(Role.OVERRIDE):
        return Ways()
    user = await visit.frame.directory.user(visit.caller.name)
    if user is None:
        return Ways()
    own = await visit.frame.directory.read(lambda db: passkeys.of_user(db, user.id))
    return Ways(user.password is not None, bool(own) and are_possible())


async def confirm(visit: Visit, form: dict[str, str]) -> None:
    """See that somebody said lately who they are, or does by the form's password. Errors: `Problem`."""
    house, caller, say = visit.frame.house, visit.caller, visit.language.say
    try:
        house.sends.require_password(caller)
    except Problem as problem:
        password = form.get("password", "")[:256]
        if not password:
            text = say("To write to somebody who said STOP, give your password once more.")
            if not (await ways(visit)).password:
                text = say("To write to somebody who said STOP, confirm with your passkey first.")
            raise Problem(403, problem.reason, text, field="password") from problem
        if not await house.signing_in.confirmed(visit.request, caller.name, password):
            text = say("That is not your password.")
            raise Problem(403, "wrong_password", text, field="password") from problem
        house.sends.confirmed(caller.id)
