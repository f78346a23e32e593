"""Settings for administrators: people and invitations, tokens, the audit log, first steps."""

import secrets
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from gsmd.config import parse_duration
from gsmd.gateways.web.accounts import audit, tokens, users
from gsmd.gateways.web.accounts.tokens import NARROWINGS
from gsmd.gateways.web.door.authentication import origin_of
from gsmd.gateways.web.pages import inbox, wording
from gsmd.gateways.web.pages import modems as modem_pages
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import handlers, modems
from gsmd.protocol.method import Role

ENTRIES = 60

LIFETIMES = {"": _("for ever"), "90d": _("90 days"), "52w": _("a year"), "7d": _("a week")}


# -- people -----------------------------------------------------------------------------------


async def people(visit: Visit) -> Response:
    """``/settings/people``."""
    return await _people(visit)


async def _people(visit: Visit, status: int = 200, **more: Any) -> Response:
    found = await visit.frame.directory.read(users.everybody)
    values = {"problem": "", "invited": None, "link": "", **more}
    return visit.render(
        "settings_people.html", status, tab="people", people=found, roles=wording.ROLES, **values
    )


async def invite(visit: Visit) -> Response:
    """``POST /settings/people``: the link is shown this once."""
    fields = await visit.fields()
    name = dict(fields).get("name", "").strip()
    try:
        roles = [Role(value) for key, value in fields if key == "may"]
    except ValueError:
        roles = []
    if not roles:
        return await _people(visit, 422, problem=visit.language.say("At least one role."))
    try:
        secret = await visit.frame.directory.write(
            lambda db: users.invite(db, name, roles, visit.caller.actor)
        )
    except users.BadName as error:
        return await _people(visit, 422, problem=visit.language.say(str(error)))
    origin = origin_of(visit.request)
    base = visit.frame.house.settings.public_url or f"{origin.scheme}://{origin.host}"
    return await _people(visit, invited=name, link=f"{base.rstrip('/')}/invitation/{secret}")


async def disable(visit: Visit) -> Response:
    """``POST /settings/people/{name}/disable``."""
    if visit.words[0].casefold() == visit.caller.name.casefold():
        text = visit.language.say("Nobody shuts themselves out: ask another administrator.")
        return await _people(visit, 422, problem=text)
    await visit.frame.directory.write(
        lambda db: users.disable(db, visit.words[0], visit.caller.actor)
    )
    return visit.go("/settings/people", "disabled")


# -- tokens -----------------------------------------------------------------------------------


async def all_tokens(visit: Visit) -> Response:
    """``/settings/tokens``."""
    return await _tokens(visit)


async def _tokens(visit: Visit, status: int = 200, **more: Any) -> Response:
    found = await visit.frame.directory.read(tokens.all_tokens)
    values = {"problem": "", "secret": "", **more}
    return visit.render(
        "settings_tokens.html",
        status,
        tab="tokens",
        tokens=found,
        narrowings=NARROWINGS,
        roles=wording.ROLES,
        lifetimes=list(LIFETIMES.items()),
        handlers=[each["name"] for each in (await visit.ask(handlers.LIST))["handlers"]],
        **values,
    )


async def make_token(visit: Visit) -> Response:
    """``POST /settings/tokens``: the token is shown this once."""
    fields = await visit.fields()
    form = dict(fields)
    say = visit.language.say
    try:
        roles = [Role(value) for key, value in fields if key == "may"]
        lifetime = parse_duration(form["expires"]) if form.get("expires") else None
    except ValueError as error:
        return await _tokens(visit, 422, problem=str(error))
    if not roles:
        return await _tokens(visit, 422, problem=say("At least one role."))
    narrowed: dict[str, Iterable[str] | None] = {
        key: _names(form.get(key, "")) for key in NARROWINGS
    }
    try:
        secret, made = await visit.frame.directory.write(
            lambda db: tokens.make(
                db,
                form.get("name", "").strip(),
                roles,
                visit.caller.actor,
                lifetime=lifetime,
                narrowed=narrowed,
            )
        )
    except users.BadName as error:
        return await _tokens(visit, 422, problem=say(str(error)))
    return await _tokens(visit, secret=secret, made=made)


def _names(text: str) -> list[str] | None:
    return [each.strip() for each in text.split(",") if each.strip()] or None


async def revoke(visit: Visit) -> Response:
    """``POST /settings/tokens/{id}/revoke``."""
    done = await visit.frame.directory.write(
        lambda db: tokens.revoke(db, visit.words[0], visit.caller.actor)
    )
    if not done:
        raise Problem(404, "no_such_token", visit.language.say("There is no such token."))
    return visit.go("/settings/tokens", "revoked")


# -- audit ------------------------------------------------------------------------------------


async def log(visit: Visit) -> Response:
    """``/settings/audit``: the newest first."""
    after = visit.query.get("after", "")
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    found = await visit.frame.directory.read(lambda db: audit.entries(db, ENTRIES, before))
    following = str(found[-1].seq) if len(found) == ENTRIES else None
    return visit.render("settings_audit.html", tab="audit", entries=found, next=following)


# -- first steps --------------------------------------------------------------------------------


async def setup(visit: Visit) -> Response:
    """``/setup``: is there a modem, does an SMS arrive, who else is to come in."""
    return await _setup(visit)


async def _setup(visit: Visit, status: int = 200, **more: Any) -> Response:
    found = (await visit.ask(modems.LIST))["modems"]
    everybody = await visit.frame.directory.read(users.everybody)
    return visit.render(
        "setup.html",
        status,
        tab="setup",
        live=modem_pages.LIVE,
        modems=[{**each, "advice": modem_pages.advice(each)} for each in found],
        ready=any(each["state"] == "ready" for each in found),
        people=[each.name for each in everybody],
        key=secrets.token_urlsafe(12),
        **{"problem": "", "to": "", **more},
    )


async def first_message(visit: Visit) -> Response:
    """``POST /setup/test``: an SMS to oneself; its story is the page that comes."""
    form = await visit.form()
    text = visit.language.say("It works: this SMS was sent by gsmd.")
    try:
        message = await inbox.sending(
            visit, form, to=form.get("to", "").strip(), text=text, at=None
        )
    except Problem as problem:
        if problem.status >= 500:
            raise
        detail = str(problem.members["detail"])
        return await _setup(visit, 422, problem=detail, to=form.get("to", ""))
    return visit.go(f"/messages/{message['id']}", "sent")


PAGE = Page(
    "managing",
    _("Settings"),
    "",
    (
        get("/settings/people", people),
        post("/settings/people", invite),
        post("/settings/people/{name}/disable", disable),
        get("/settings/tokens", all_tokens),
        post("/settings/tokens", make_token),
        post("/settings/tokens/{id}/revoke", revoke),
        get("/settings/audit", log),
        get("/setup", setup),
        post("/setup/test", first_message),
    ),
    roles=frozenset({Role.ADMIN}),
)
