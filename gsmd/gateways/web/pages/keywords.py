"""Keywords: what people can text, what it does, and a box to try a text without sending it."""

from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import handlers, keywords
from gsmd.protocol.method import Role
from gsmd.templates import fill
from gsmd.words import word_and_rest

STRANGER = "+10000000000"
"""Somebody who has never written, for whoever does not say as whom to try."""

DOES = {
    "reply": _("answers"),
    "help": _("tells the keywords"),
    "run": _("asks a program"),
    "subscribe": _("puts on the list"),
    "unsubscribe": _("takes off the list"),
    "poll": _("votes in"),
    "form": _("asks the questions of"),
    "contest": _("takes a code of"),
    "desk": _("asks for somebody at the desk"),
}

_PLACES = {
    "poll": "polls",
    "form": "forms",
    "contest": "contests",
    "subscribe": "lists",
    "unsubscribe": "lists",
}
"""Where the page of what a keyword leads to is."""


async def table(visit: Visit) -> Response:
    """``/keywords``."""
    return await _page(visit)


async def _page(visit: Visit, status: int = 200, **more: Any) -> Response:
    found = await visit.ask(keywords.LIST)
    return visit.render(
        "keywords.html",
        status,
        table=found,
        does=DOES,
        places=_PLACES,
        **{"text": "", "from_": "", "tried": None, "asked": None, "problem": "", **more},
    )


async def attempt(visit: Visit) -> Response:
    """``POST /keywords/try``: what a text would be taken for; and, if that is asked for, what one handler would answer."""
    form = await visit.form()
    text, peer = form.get("text", "")[:2000].replace("\r\n", "\n"), form.get("from", "").strip()
    handler = form.get("handler", "")
    given = {"from": peer or STRANGER, "text": text}
    shown: dict[str, Any] = {"text": text, "from_": peer}
    try:
        tried = await visit.ask(handlers.TEST, handler="", **given)
        shown["tried"] = {**tried, "answer": await _answer(visit, tried, given)}
        if handler in tried["goes_to"]:
            asked = await visit.ask(handlers.TEST, handler=handler, **given)
            shown["asked"] = {"handler": handler, "reply": asked["reply"]}
            await visit.note("handler.tried", handler)
    except Problem as problem:
        return await _page(visit, 422, problem=visit.fault(problem), **shown)
    return await _page(visit, **shown)


async def _answer(visit: Visit, tried: dict[str, Any], given: dict[str, str]) -> str | None:
    """The answer that the table itself gives; None where what it leads to answers, or nobody."""
    found = await visit.ask(keywords.LIST)
    row = next(
        (each for each in found["keywords"] if each["words"][0].upper() == tried.get("keyword")),
        None,
    )
    if row is None:
        return found["default"] if "gsmd.keywords" in tried["goes_to"] else None
    if row["does"] == "help":
        told = [each for each in found["keywords"] if each["help"]]
        return "\n".join(f"{each['words'][0]}: {each['help']}" for each in told)
    if row["reply"] is None:
        return None
    word, rest = word_and_rest(given["text"])
    places = {"peer": given["from"], "text": given["text"], "word": word, "rest": rest}
    return fill(row["reply"], places)


PAGE = Page(
    "keywords",
    _("Keywords"),
    "/keywords",
    (get("/keywords", table), post("/keywords/try", attempt)),
    roles=frozenset({Role.READ}),
)
