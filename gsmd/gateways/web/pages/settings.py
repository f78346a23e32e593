"""Settings: of oneself (language, light or dark, password, code, sessions), and for administrators of others."""

import base64
import time
from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.accounts import passkeys, passwords, preferences, sessions, totp, users
from gsmd.gateways.web.door.passkeys import are_possible
from gsmd.gateways.web.pages import languages, taking_part
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem

THEMES = {"": _("As the device"), "light": _("Light"), "dark": _("Dark")}


async def me(visit: Visit) -> Response:
    """``/settings``."""
    return await _me(visit)


async def _me(visit: Visit, status: int = 200, problem: str = "", **more: Any) -> Response:
    user = await visit.frame.directory.user(visit.caller.name)
    assert user is not None
    found, keys = await visit.frame.directory.read(
        lambda db: (sessions.of_user(db, user.id), passkeys.of_user(db, user.id))
    )
    now = time.time()
    return visit.render(
        "settings.html",
        status,
        tab="me",
        problem=problem,
        languages=list(languages.NAMES.items()),
        themes=list(THEMES.items()),
        sessions=[each for each in found if each.good_at(now)],
        has_code=user.totp is not None,
        has_password=visit.caller.kind == "session" and user.password is not None,
        has_passkeys=visit.caller.kind == "session" and are_possible(),
        passkeys=keys,
        agent=visit.request.headers.get("user-agent", ""),
        **{"new_key": None, **more},
    )


async def look(visit: Visit) -> Response:
    """``POST /settings/look``: language, light or dark."""
    form = await visit.form()
    name = visit.caller.name
    language, theme = form.get("language", ""), form.get("theme", "")

    def keep(db: Any) -> None:
        if language in languages.NAMES:
            preferences.keep(db, name, "language", language)
        preferences.keep(db, name, "theme", theme if theme in {"light", "dark"} else None)

    await visit.frame.directory.write(keep)
    return visit.go("/settings", "saved")


async def password(visit: Visit) -> Response:
    """``POST /settings/password``: the old one is asked for; other sessions end."""
    form = await visit.form()
    say, name = visit.language.say, visit.caller.name
    house = visit.frame.house
    if not await house.signing_in.confirmed(visit.request, name, form.get("old", "")[:256]):
        return await _me(visit, 422, say("That is not your password."))
    try:
        passwords.check(form.get("new", ""), name)
    except passwords.Unsuitable as error:
        return await _me(visit, 422, say(str(error)))
    kept = await house.signing_in.passwords.hash(form["new"])
    user = await visit.frame.directory.user(name)
    assert user is not None

    def change(db: Any) -> None:
        users.set_password(db, user.id, kept, visit.caller.actor)
        sessions.end_others(db, user.id, visit.caller.id)

    await visit.frame.directory.write(change)
    return visit.go("/settings", "password")


async def code(visit: Visit) -> Response:
    """``POST /settings/code``: a key for a telephone is shown, then it holds once a code of it was typed; or there is none any more."""
    form = await visit.form()
    if form.get("do") == "show":
        return await _me(visit, new_key=_shown(totp.new_key(), visit))
    say, name = visit.language.say, visit.caller.name
    key = _key(form.get("key", ""))
    confirmed = await visit.frame.house.signing_in.confirmed(
        visit.request, name, form.get("password", "")[:256]
    )
    if not confirmed:
        more = {"new_key": _shown(key, visit)} if key else {}
        return await _me(visit, 422, say("That is not your password."), **more)
    if key and totp.matching_step(key, form.get("code", ""), time.time(), 0) is None:
        text = say(
            "That is not the code that this key makes. Is the clock of your telephone right?"
        )
        return await _me(visit, 422, text, new_key=_shown(key, visit))
    user = await visit.frame.directory.user(name)
    assert user is not None
    if not await visit.frame.house.signing_in.may_change_factors(visit.caller, user):
        raise visit.second_factor()
    await visit.frame.directory.write(
        lambda db: users.set_totp(db, user.id, key, visit.caller.actor)
    )
    if key:
        await visit.frame.house.signing_in.strengthened(visit.caller)
    return visit.go("/settings", "code_on" if key else "code_off")


def _key(text: str) -> bytes | None:
    """Errors: `Problem` for what is no key; None for none."""
    if not text:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != len(totp.new_key()):
        raise Problem(422, "bad_key", "that is no key of this page", field="key")
    return key


def _shown(key: bytes, visit: Visit) -> dict[str, Any]:
    issuer = visit.frame.house.settings.public_url or "gsmd"
    address = totp.uri(key, visit.caller.name, issuer)
    words = base64.b32encode(key).decode().rstrip("=")
    spaced = " ".join(words[at : at + 4] for at in range(0, len(words), 4))
    return {"hex": key.hex(), "words": spaced, "qr": taking_part.squares(address)}


async def end_session(visit: Visit) -> Response:
    """``POST /settings/end``: one of one's own sessions."""
    form = await visit.form()
    user = await visit.frame.directory.user(visit.caller.name)
    assert user is not None
    await visit.frame.directory.write(lambda db: sessions.end(db, form.get("id", ""), user.id))
    return visit.go("/settings", "ended")


PAGE = Page(
    "settings",
    _("Settings"),
    "/settings",
    (
        get("/settings", me),
        post("/settings/look", look),
        post("/settings/password", password),
        post("/settings/code", code),
        post("/settings/end", end_session),
    ),
    roles=frozenset(),
    also=("/setup",),
)
