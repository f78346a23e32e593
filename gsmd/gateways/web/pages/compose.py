"""A new message, to one number or several; and what a text costs, counted by the codec that will send it."""

import secrets
import unicodedata
from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.pages import confirming, inbox, moments
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import conversations, modems
from gsmd.protocol.method import Role

SEVERAL = 20
"""Numbers that one message may be for; for more there are lists and campaigns."""

_SHOWN = 8


async def compose(visit: Visit) -> Response:
    """``GET /compose``."""
    return await _page(visit, {"to": visit.query.get("to", "")[:400]})


async def _page(
    visit: Visit,
    form: dict[str, str],
    status: int = 200,
    problem: str = "",
    *,
    counted: bool = False,
) -> Response:
    names = [each["name"] for each in (await visit.ask(modems.LIST))["modems"]]
    return visit.render(
        "compose.html",
        status,
        form=form,
        problem=problem,
        key=form.get("key") or secrets.token_urlsafe(12),
        modems=names if len(names) > 1 else [],
        canned=(await visit.ask(conversations.CANNED))["canned"],
        ways=await confirming.ways(visit),
        cost=cost(form.get("text", "")) if counted and form.get("text") else None,
    )


async def send(visit: Visit) -> Response:
    """``POST /compose``."""
    form = await visit.form()
    if form.get("do") == "count":
        return await _page(visit, form, counted=True)
    numbers = form.get("to", "").replace(";", ",").replace("\n", ",").split(",")
    numbers = [each.strip() for each in numbers if each.strip()]
    say = visit.language.say
    if not numbers:
        return await _page(visit, form, 422, say("To whom? At least one number."))
    if len(numbers) > SEVERAL:
        text = say("At most {n} numbers at once. For more there are lists and campaigns.")
        return await _page(visit, form, 422, text.format(n=SEVERAL))
    message: dict[str, Any] = {}
    try:
        at = moments.chosen(form.get("at", ""))
        for position, to in enumerate(numbers):
            one = {**form, "key": f"{form.get('key', '')}-{position}" if form.get("key") else ""}
            message = await inbox.sending(visit, one, to=to, text=form.get("text", ""), at=at)
    except Problem as problem:
        done = numbers.index(to) if message else 0
        before = say("Accepted for {n} of them; then: ").format(n=done) if done else ""
        return await _page(visit, form, 422, before + visit.fault(problem))
    done_word = "scheduled" if at else "sent"
    if len(numbers) > 1:
        return visit.go("/inbox", done_word, view="all")
    return visit.go(f"/inbox/{moments.segment(message['peer'])}", done_word)


async def count(visit: Visit) -> Response:
    """``POST /compose/count``: what a text costs, for the line under it."""
    form = await visit.form()
    text = form.get("text", "")[:10_000].replace("\r\n", "\n")
    return visit.render("count.html", cost=cost(text) if text else None)


def cost(text: str) -> dict[str, Any]:
    """Parts, characters left, and the characters because of which it takes more of them."""
    from gsmd.pdu.compose import preview
    from gsmd.pdu.gsm7 import repertoire

    try:
        found = preview(text)
    except ValueError:
        return {"parts": 0, "left": 0, "odd": [], "wide": False}
    wide = found.alphabet == "ucs2"
    odd = list(dict.fromkeys(each for each in text if each not in repertoire())) if wide else []
    return {
        "parts": found.parts,
        "left": found.characters_left,
        "wide": wide,
        "odd": [(_visible(each), unicodedata.name(each, "").lower()) for each in odd[:_SHOWN]],
        "more": max(0, len(odd) - _SHOWN),
        "without": preview("".join(e for e in text if e not in odd) or "x").parts if odd else 0,
    }  # fmt: skip


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in {"Cf", "Cc", "Zs", "Zl", "Zp", "Mn"}
    return f"U+{ord(character):04X}" if hidden else character


PAGE = Page(
    "compose",
    _("New message"),
    "",
    (get("/compose", compose), post("/compose", send), post("/compose/count", count)),
    roles=frozenset({Role.SEND}),
)
