"""Campaigns: what runs and how far it is, a new one after a look at what it would do, and what came of it."""

import secrets
from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.accounts import preferences
from gsmd.gateways.web.pages import campaign_plan, compose
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import segment
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Question, Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import campaigns, lists, modems, stats

ON_A_PAGE = 50

LIVE = (
    "campaign.running campaign.paused campaign.done campaign.cancelled campaign.decided"
    " message.sent message.delivered message.failed message.expired message.cancelled optout.stop"
)

SKIPS = {
    "opted_out": _("said STOP"),
    "no_consent": _("never agreed"),
    "duplicate": _("on the lists twice"),
    "missing_field": _("a field of the text is missing"),
    "blocked": _("blocked"),
    "forgotten": _("erased meanwhile"),
}
"""Why somebody on a list gets nothing."""

_TONES = (
    ("delivered", ("delivered",), _("delivered")),
    ("sent", ("sent",), _("sent")),
    ("lost", ("failed", "expired", "uncertain", "dead"), _("failed")),
    ("gone", ("cancelled",), _("cancelled")),
    ("under", ("queued", "submitting"), _("in the queue")),
)


def progress(it: dict[str, Any]) -> dict[str, Any]:
    """How far a campaign is, as parts of a bar: ``(kind, word, count)``."""
    counts = it.get("messages") or {}
    parts = [
        (kind, word, sum(counts.get(state, 0) for state in states)) for kind, states, word in _TONES
    ]
    parts.append(("rest", _("to come"), it.get("pending") or 0))
    skipped = sum((it.get("skipped") or {}).values())
    people = sum(count for *_rest, count in parts)
    done = sum(count for kind, _word, count in parts if kind not in {"under", "rest"})
    return {"parts": parts, "people": people, "done": done, "skipped": skipped}


async def every(visit: Visit) -> Response:
    """``/campaigns``."""
    found = await visit.ask(campaigns.LIST, limit=ON_A_PAGE, after=visit.query.get("after"))
    shown = [{**each, "progress": progress(each)} for each in found["campaigns"]]
    return visit.render(
        "campaigns.html", tab="campaigns", found=shown, next=found.get("next"), live=LIVE
    )


async def one(visit: Visit) -> Response:
    """``/campaigns/{id}``."""
    it = await visit.ask(campaigns.GET, id=visit.words[0])
    questions: list[Question] = [(stats.GET, {"tag": it["tag"]})]
    if it["variants"]:
        questions.append((campaigns.RESULTS, {"id": it["id"]}))
    figures, *more = await visit.ask_all(*questions)
    results = more[0] if more else None
    return visit.render(
        "campaign.html",
        it=it,
        progress=progress(it),
        skips=SKIPS,
        figures=figures,
        results=results,
        widest=_widest(results) if results else 1.0,
        goals=campaign_plan.GOALS,
        categories=campaign_plan.CATEGORIES,
        live=LIVE,
    )


def _widest(results: dict[str, Any]) -> float:
    """The highest share that the intervals reach, as the end of their common line."""
    found = [each["high"] for each in results.get("variants", ()) if each.get("high") is not None]
    return max(found, default=1.0) or 1.0


# -- a new one --------------------------------------------------------------------------------


async def new(visit: Visit) -> Response:
    """``/campaigns/new``; ``?like=`` begins with what another one had, ``?list=`` with a list."""
    form: dict[str, Any] = {"quiet_from": "21:00", "quiet_to": "08:00", "share": "20"}
    chosen = [visit.query["list"]] if visit.query.get("list") else []
    if visit.query.get("like"):
        other = await visit.ask(campaigns.GET, id=visit.query["like"])
        begin, _dash, end = (other.get("quiet") or "-").partition("-")
        pace = other.get("per_minute")
        form |= {"text": other["text"], "quiet_from": begin, "quiet_to": end}
        form |= {"per_minute": f"{pace:g}" if pace else "", "category": other.get("category") or ""}
        chosen = [each for each in other["list"].split(",") if each]
    return await _form(visit, form, chosen)


async def _form(
    visit: Visit,
    form: dict[str, Any],
    chosen: list[str],
    status: int = 200,
    problem: str = "",
    forecast: dict[str, Any] | None = None,
) -> Response:
    known, devices = await visit.ask_all((lists.LIST, {}), (modems.LIST, {}))
    names = [each["name"] for each in devices["modems"]]
    ready = sum(each["state"] == "ready" for each in devices["modems"])
    price = form.get("price") or visit.preferences.get("price") or ""
    told = None
    if forecast is not None:
        paid = campaign_plan.number(price.split()[0] if price.split() else "", "price")
        told = campaign_plan.about(forecast, ready, paid)
    return visit.render(
        "campaign_new.html",
        status,
        form=form,
        chosen=chosen,
        problem=problem,
        forecast=told,
        lists=known["lists"],
        modems=names if len(names) > 1 else [],
        key=form.get("key") or secrets.token_urlsafe(12),
        cost=compose.cost(form["text"]) if forecast is not None and form.get("text") else None,
        price=price,
        currency=price.split()[1] if len(price.split()) > 1 else "",
        categories=campaign_plan.CATEGORIES,
        variants=campaign_plan.VARIANTS,
        goals=campaign_plan.GOALS,
        windows=campaign_plan.WINDOWS,
        skips=SKIPS,
    )


async def begin(visit: Visit) -> Response:
    """``POST /campaigns/new``: what it would do; and, once somebody has seen to how many it goes, it itself."""
    fields = await visit.fields()
    form = dict(fields)
    chosen = [value for name, value in fields if name == "list"]
    say, forecast = visit.language.say, None
    try:
        plan = campaign_plan.plan(fields)
        if not plan["list"]:
            return await _form(visit, form, chosen, 422, say("To which list?"))
        forecast = await visit.ask(campaigns.CREATE, dry_run=True, **plan)
        await _keep_price(visit, form.get("price", ""))
        if form.get("do") != "begin":
            return await _form(visit, form, chosen, forecast=forecast)
        if form.get("confirm") != str(forecast["recipients"]):
            text = say("The lists have changed meanwhile: look again at how many it goes to.")
            return await _form(visit, form, chosen, 409, text, forecast)
        visit.frame.house.sends.take(visit.caller, forecast["recipients"])
        made = await visit.ask(campaigns.CREATE, key=form.get("key") or None, **plan)
    except Problem as problem:
        return await _form(visit, form, chosen, problem.status, visit.fault(problem), forecast)
    await visit.note("campaign.begun", f"{made['id']} {made['recipients']}")
    return visit.go(f"/campaigns/{segment(made['id'])}", "begun")


async def _keep_price(visit: Visit, price: str) -> None:
    """The price of an SMS is asked once."""
    if price and price != visit.preferences.get("price"):
        name = visit.caller.name
        await visit.frame.directory.write(
            lambda db: preferences.keep(db, name, "price", price[:30])
        )


# -- doing ------------------------------------------------------------------------------------

_MOVES = {
    "pause": (campaigns.PAUSE, "paused"),
    "resume": (campaigns.RESUME, "resumed_campaign"),
    "cancel": (campaigns.CANCEL, "cancelled_campaign"),
}


async def move(visit: Visit) -> Response:
    """``POST /campaigns/{id}``: pause it, go on with it, or send nothing more of it."""
    form = await visit.form()
    if form.get("do") not in _MOVES:
        raise Problem(422, "bad_form", "there is no such thing to do", field="do")
    method, done = _MOVES[form["do"]]
    await visit.ask(method, id=visit.words[0])
    await visit.note(f"campaign.{form['do']}", visit.words[0])
    return visit.go(f"/campaigns/{segment(visit.words[0])}", done)


PAGE = Page(
    "campaigns",
    _("Campaigns"),
    "/campaigns",
    (
        get("/campaigns", every),
        get("/campaigns/new", new),
        post("/campaigns/new", begin),
        get("/campaigns/{id}", one),
        post("/campaigns/{id}", move),
    ),
    also=("/lists",),
    first=True,
)
