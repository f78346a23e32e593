"""Votes: how they stand, live, also for everybody in the room; who voted, draws."""

from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.pages import moments, tables, taking_part
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import segment
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import polls
from gsmd.protocol.method import Role

LIVE = "poll.vote poll.created poll.closed poll.deleted"

ON_A_PAGE = 50

_NEW = ("poll", "question", "options", "opens", "closes", "counts", "reply")

COUNTS = {"last": _("the last one"), "first": _("the first one")}


async def every(visit: Visit) -> Response:
    """``/polls``."""
    return await _every(visit)


async def _every(
    visit: Visit, status: int = 200, problem: str = "", form: dict[str, str] | None = None
) -> Response:
    found = (await visit.ask(polls.LIST))["polls"]
    found.sort(key=lambda each: (each["state"] == "closed", each["name"]))
    return visit.render(
        "polls.html",
        status,
        tab="polls",
        live=LIVE,
        polls=found,
        problem=problem,
        form=form or {},
        counts=COUNTS,
    )


async def create(visit: Visit) -> Response:
    """``POST /polls``: an option a line; behind a colon what else people text for it."""
    form = await visit.form()
    try:
        made = await visit.ask(polls.CREATE, **_wanted(form))
    except Problem as problem:
        return await _every(visit, 422, visit.fault(problem), form)
    return visit.go(f"/polls/{segment(made['name'])}", "saved")


def _wanted(form: dict[str, str]) -> dict[str, Any]:
    lines = [each.strip() for each in form.get("options", "").splitlines() if each.strip()]
    times = {name: moments.chosen(form.get(name, "")) for name in ("opens", "closes")}
    return {
        "poll": form.get("poll", "").strip(),
        "question": form.get("question", "").strip() or None,
        "options": [option(line) for line in lines],
        "counts": form.get("counts") or None,
        "reply": form.get("reply", "").strip() or None,
        **{name: at.isoformat() for name, at in times.items() if at is not None},
    }


def option(line: str) -> dict[str, Any]:
    """``Pizza: margherita, napoli`` is an option with two further words."""
    name, _colon, words = line.partition(":")
    return {
        "name": name.strip(),
        "words": [each.strip() for each in words.split(",") if each.strip()],
    }


async def one(visit: Visit) -> Response:
    """``/polls/{poll}``."""
    return await _one(visit)


async def _one(visit: Visit, status: int = 200, **more: Any) -> Response:
    name = visit.words[0]
    it, votes = await visit.ask_all(
        (polls.GET, {"poll": name}),
        (polls.VOTES, {"poll": name, "limit": ON_A_PAGE, "after": visit.query.get("after")}),
    )
    return visit.render(
        "poll.html",
        status,
        live=LIVE,
        it=it,
        votes=votes["votes"],
        next=votes["next"],
        way=await taking_part.way(visit, "poll", name),
        **{"draw": None, "problem": "", **more},
    )


async def screen(visit: Visit) -> Response:
    """``/polls/{poll}/screen``: for the wall of a room."""
    name = visit.words[0]
    it = await visit.ask(polls.GET, poll=name)
    most = max(it["tally"], default=0)
    way = await taking_part.way(visit, "poll", name)
    return visit.render("poll_screen.html", live=LIVE, it=it, most=most, way=way)


async def votes(visit: Visit) -> Response:
    """``/polls/{poll}/votes``: all of them, to take away."""
    rows = tables.pages(visit, polls.VOTES, "votes", poll=visit.words[0])
    return await tables.download(visit, visit.words[0], ("peer", "option", "at", "message"), rows)


async def draw(visit: Visit) -> Response:
    """``POST /polls/{poll}/draw``: winners, with all that it takes to check them."""
    form = await visit.form()
    winners = taking_part.whole(form.get("winners", ""))
    try:
        drawn = await visit.ask(
            polls.DRAW,
            poll=visit.words[0],
            winners=1 if winners is None else winners,
            option=form.get("option") or None,
        )
    except Problem as problem:
        return await _one(visit, 422, problem=visit.fault(problem))
    await visit.note("poll.drawn", visit.words[0])
    return await _one(visit, draw=drawn)


async def close(visit: Visit) -> Response:
    """``POST /polls/{poll}/close``."""
    await visit.ask(polls.CLOSE, poll=visit.words[0])
    await visit.note("poll.closed", visit.words[0])
    return visit.go(f"/polls/{segment(visit.words[0])}", "closed")


async def delete(visit: Visit) -> Response:
    """``POST /polls/{poll}/delete``."""
    await visit.ask(polls.DELETE, poll=visit.words[0])
    await visit.note("poll.deleted", visit.words[0])
    return visit.go("/polls", "removed")


PAGE = Page(
    "polls",
    _("Votes"),
    "/polls",
    (
        get("/polls", every),
        post("/polls", create),
        get("/polls/{poll}", one),
        get("/polls/{poll}/screen", screen),
        get("/polls/{poll}/votes", votes),
        post("/polls/{poll}/draw", draw),
        post("/polls/{poll}/close", close),
        post("/polls/{poll}/delete", delete),
    ),
    roles=frozenset({Role.READ}),
    also=("/forms", "/contests", "/codes"),
)
