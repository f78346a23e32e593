"""Passkeys on the pages: one's own are shown and taken away here; making and using them is the script's (``static/passkeys.js``)."""

from starlette.responses import Response

from gsmd.gateways.web.accounts import passkeys
from gsmd.gateways.web.pages.page import Page, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem


async def remove(visit: Visit) -> Response:
    """``POST /settings/passkeys/remove``: never the last way in."""
    form = await visit.form()
    user = await visit.frame.directory.user(visit.caller.name)
    assert user is not None
    if not await visit.frame.house.signing_in.may_change_factors(visit.caller, user):
        raise visit.second_factor()
    done = await visit.frame.directory.write(
        lambda db: passkeys.remove(db, user, form.get("id", ""), visit.caller.actor)
    )
    if done is None:
        text = visit.language.say("Without a password this passkey is your only way in.")
        raise Problem(409, "last_way_in", text)
    return visit.go("/settings", "removed")


PAGE = Page("passkeys", "", "", (post("/settings/passkeys/remove", remove),), roles=frozenset())
