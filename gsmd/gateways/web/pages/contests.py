"""Contests: how many codes were used, who won, new codes, draws."""

import re
from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.pages import moments, tables, taking_part, uploads
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import segment
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import bounds, contests

LIVE = "contest.entry contest.created contest.closed contest.deleted"

ON_A_PAGE = 50

PRIZES = 4
"""Prizes that the page for a new contest has room for."""

_AT_ONCE = 5000
"""Codes that are given to the daemon at once."""


async def every(visit: Visit) -> Response:
    """``/contests``."""
    return await _every(visit)


async def _every(
    visit: Visit, status: int = 200, problem: str = "", form: dict[str, str] | None = None
) -> Response:
    found = (await visit.ask(contests.LIST))["contests"]
    return visit.render(
        "contests.html",
        status,
        tab="contests",
        live=LIVE,
        contests=found,
        problem=problem,
        form=form or {},
        rows=range(1, PRIZES + 1),
    )


async def create(visit: Visit) -> Response:
    """``POST /contests``."""
    form = await visit.form()
    prizes = [
        {
            "name": form[f"prize{n}"].strip(),
            "codes": taking_part.whole(form.get(f"codes{n}", "")) or 0,
            "draw": taking_part.whole(form.get(f"draw{n}", "")) or 0,
        }
        for n in range(1, PRIZES + 1)
        if form.get(f"prize{n}", "").strip()
    ]
    limits = {
        name: taking_part.whole(form.get(name, ""))
        for name in ("total", "per_day", "wrong_per_day")
    }
    try:
        times = {name: moments.chosen(form.get(name, "")) for name in ("opens", "closes")}
        made = await visit.ask(
            contests.CREATE,
            contest=form.get("contest", "").strip(),
            prizes=prizes or None,
            per_number={name: value for name, value in limits.items() if value},
            **{name: at.isoformat() for name, at in times.items() if at is not None},
        )
    except Problem as problem:
        return await _every(visit, 422, visit.fault(problem), form)
    return visit.go(f"/contests/{segment(made['name'])}", "saved")


async def one(visit: Visit) -> Response:
    """``/contests/{contest}``."""
    return await _one(visit)


async def _one(visit: Visit, status: int = 200, **more: Any) -> Response:
    name = visit.words[0]
    outcome = visit.query.get("outcome") or None
    it, found = await visit.ask_all(
        (contests.GET, {"contest": name}),
        (
            contests.ENTRIES,
            {
                "contest": name,
                "outcome": outcome,
                "limit": ON_A_PAGE,
                "after": visit.query.get("after"),
            },
        ),
    )
    return visit.render(
        "contest.html",
        status,
        live=LIVE,
        it=it,
        entries=found["entries"],
        next=found["next"],
        way=await taking_part.way(visit, "contest", name),
        **{"draw": None, "problem": "", "told": "", **more},
    )


async def entries(visit: Visit) -> Response:
    """``/contests/{contest}/entries``: all of them, to take away."""
    rows = tables.pages(visit, contests.ENTRIES, "entries", contest=visit.words[0])
    columns = ("peer", "outcome", "prize", "at", "message")
    return await tables.download(visit, visit.words[0], columns, rows)


async def import_(visit: Visit) -> Response:
    """``POST /contests/{contest}/import``: codes that are printed already, one a line."""
    fields, files = await visit.uploads()
    text = uploads.text(files.get("file", b"")) or fields.get("text", "")
    codes = [each for each in re.split(r"[\r\n,;\t]+", text) if each.strip()]
    say = visit.language.say
    if not codes:
        return await _one(visit, 422, problem=say("There is no code in it."))
    added = known = 0
    for place in range(0, len(codes), _AT_ONCE):
        some = codes[place : place + _AT_ONCE]
        try:
            said = await visit.ask(contests.IMPORT, contest=visit.words[0], codes=some)
        except Problem as problem:
            return await _one(visit, 422, problem=visit.fault(problem))
        added, known = added + said["added"], known + said["known"]
    await visit.note("contest.imported", f"{visit.words[0]} {added}")
    told = say("{added} codes are new, {known} were there already.").format(
        added=added, known=known
    )
    return await _one(visit, told=told)


async def generate(visit: Visit) -> Response:
    """``POST /contests/{contest}/generate``: new codes as a file. They are told this once."""
    form = await visit.form()
    count = taking_part.whole(form.get("count", "")) or 0
    length = taking_part.whole(form.get("length", "")) or 9
    if not 1 <= count <= bounds.PACK_CODES:
        text = visit.language.say("At most {n} codes at once.").format(n=bounds.PACK_CODES)
        return await _one(visit, 422, problem=text)
    try:
        made = await visit.ask(
            contests.GENERATE, contest=visit.words[0], count=count, length=length
        )
    except Problem as problem:
        return await _one(visit, 422, problem=visit.fault(problem))
    await visit.note("contest.generated", f"{visit.words[0]} {count}")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", visit.words[0]).strip("-.") or "codes"
    headers = {"Content-Disposition": f'attachment; filename="{name}-codes.txt"'}
    return Response("\n".join([*made["codes"], ""]), 200, headers, "text/plain")


async def draw(visit: Visit) -> Response:
    """``POST /contests/{contest}/draw``: winners, with all that it takes to check them."""
    form = await visit.form()
    try:
        drawn = await visit.ask(
            contests.DRAW,
            contest=visit.words[0],
            winners=taking_part.whole(form.get("winners", "")),
        )
    except Problem as problem:
        return await _one(visit, 422, problem=visit.fault(problem))
    await visit.note("contest.drawn", visit.words[0])
    return await _one(visit, draw=drawn)


async def close(visit: Visit) -> Response:
    """``POST /contests/{contest}/close``."""
    await visit.ask(contests.CLOSE, contest=visit.words[0])
    await visit.note("contest.closed", visit.words[0])
    return visit.go(f"/contests/{segment(visit.words[0])}", "closed")


async def delete(visit: Visit) -> Response:
    """``POST /contests/{contest}/delete``."""
    await visit.ask(contests.DELETE, contest=visit.words[0])
    await visit.note("contest.deleted", visit.words[0])
    return visit.go("/contests", "removed")


PAGE = Page(
    "contests",
    _("Contests"),
    "",
    (
        get("/contests", every),
        post("/contests", create),
        get("/contests/{contest}", one),
        get("/contests/{contest}/entries", entries),
        post("/contests/{contest}/import", import_),
        post("/contests/{contest}/generate", generate),
        post("/contests/{contest}/draw", draw),
        post("/contests/{contest}/close", close),
        post("/contests/{contest}/delete", delete),
    ),
)
