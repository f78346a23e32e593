"""Forms: how people answered, each entry, asking somebody."""

from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.pages import polls, tables, taking_part
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import segment
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import forms

LIVE = "form.created form.closed form.deleted form.started form.finished form.abandoned form.cancelled message.received"

ON_A_PAGE = 50

QUESTIONS = 5
"""Questions that the page for a new form has room for; more of them by configuration or by a program."""

TYPES = {
    "text": _("a text"),
    "number": _("a number"),
    "choice": _("one of these options"),
    "yes_no": _("yes or no"),
    "date": _("a date"),
    "time": _("a time of day"),
    "phone": _("a telephone number"),
}


async def every(visit: Visit) -> Response:
    """``/forms``."""
    return await _every(visit)


async def _every(
    visit: Visit, status: int = 200, problem: str = "", form: dict[str, str] | None = None
) -> Response:
    found = (await visit.ask(forms.LIST))["forms"]
    return visit.render(
        "forms.html",
        status,
        tab="forms",
        live=LIVE,
        forms=found,
        problem=problem,
        form=form or {},
        types=TYPES,
        rows=range(1, QUESTIONS + 1),
    )


async def create(visit: Visit) -> Response:
    """``POST /forms``: questions that have a text are asked, in order."""
    form = await visit.form()
    questions = [
        _question(form, n) for n in range(1, QUESTIONS + 1) if form.get(f"ask{n}", "").strip()
    ]
    given = {
        "form": form.get("form", "").strip(),
        "questions": questions,
        "thanks": form.get("thanks", "").strip() or None,
    }
    try:
        made = await visit.ask(forms.CREATE, **given)
    except Problem as problem:
        return await _every(visit, 422, visit.fault(problem), form)
    return visit.go(f"/forms/{segment(made['form'])}", "saved")


def _question(form: dict[str, str], n: int) -> dict[str, Any]:
    kind = form.get(f"type{n}", "text")
    made: dict[str, Any] = {
        "name": form.get(f"name{n}", "").strip() or f"q{n}",
        "ask": form[f"ask{n}"].strip(),
        "type": kind,
        "optional": form.get(f"optional{n}") == "yes",
    }
    if kind == "choice":
        options = form.get(f"options{n}", "").replace("\n", ";").split(";")
        made["options"] = [polls.option(each) for each in options if each.strip()]
    if kind == "number":
        begin, _dash, end = form.get(f"options{n}", "").partition("-")
        if begin.strip().isdecimal() and end.strip().isdecimal():
            made |= {"min": float(begin), "max": float(end)}
    return made


async def one(visit: Visit) -> Response:
    """``/forms/{form}``."""
    return await _one(visit)


async def _one(visit: Visit, status: int = 200, problem: str = "") -> Response:
    name = visit.words[0]
    state = visit.query.get("state")
    it, entries = await visit.ask_all(
        (forms.GET, {"form": name}),
        (
            forms.ENTRIES,
            {"form": name, "state": state, "limit": ON_A_PAGE, "after": visit.query.get("after")},
        ),
    )
    return visit.render(
        "form.html",
        status,
        live=LIVE,
        it=it,
        entries=entries["entries"],
        next=entries["next"],
        types=TYPES,
        way=await taking_part.way(visit, "form", name),
        problem=problem,
    )


async def entries(visit: Visit) -> Response:
    """``/forms/{form}/entries``: all of them, to take away."""
    name = visit.words[0]
    it = await visit.ask(forms.GET, form=name)
    columns = [f"answers.{each['name']}" for each in it["questions"]]
    rows = tables.pages(visit, forms.ENTRIES, "entries", form=name)
    return await tables.download(
        visit, name, ("peer", "state", "started_at", "finished_at", *columns, "fields"), rows
    )


async def start(visit: Visit) -> Response:
    """``POST /forms/{form}/start``: somebody is asked the first question."""
    form = await visit.form()
    name = visit.words[0]
    try:
        visit.frame.house.sends.take(visit.caller)
        await visit.ask(forms.START, form=name, to=form.get("to", "").strip())
    except Problem as problem:
        return await _one(visit, 422, visit.fault(problem))
    await visit.note("form.started", name)
    return visit.go(f"/forms/{segment(name)}", "asked")


async def close(visit: Visit) -> Response:
    """``POST /forms/{form}/close``."""
    await visit.ask(forms.CLOSE, form=visit.words[0])
    await visit.note("form.closed", visit.words[0])
    return visit.go(f"/forms/{segment(visit.words[0])}", "closed")


async def delete(visit: Visit) -> Response:
    """``POST /forms/{form}/delete``."""
    await visit.ask(forms.DELETE, form=visit.words[0])
    await visit.note("form.deleted", visit.words[0])
    return visit.go("/forms", "removed")


PAGE = Page(
    "forms",
    _("Forms"),
    "",
    (
        get("/forms", every),
        post("/forms", create),
        get("/forms/{form}", one),
        get("/forms/{form}/entries", entries),
        post("/forms/{form}/start", start),
        post("/forms/{form}/close", close),
        post("/forms/{form}/delete", delete),
    ),
)
