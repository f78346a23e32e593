"""Figures: is it healthy, how much, how soon, what failed and why, what was answered. Each with its table, and to take away."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from gsmd.gateways.web.pages import charts, health, tables
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get
from gsmd.gateways.web.pages.visit import Question, Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import campaigns, conversations, handlers, messages, modems, server, stats


class Span(NamedTuple):
    """A span of time that ends now: what it is called, how many days, and the steps of its series."""

    word: str
    days: int
    step: str


SPANS = {
    "1d": Span(_("a day"), 1, "hour"),
    "7d": Span(_("a week"), 7, "hour"),
    "30d": Span(_("a month"), 30, "day"),
    "90d": Span(_("a quarter"), 90, "day"),
    "1y": Span(_("a year"), 365, "week"),
}

LINES = {
    "received": ("in", _("received")),
    "sent": ("out", _("sent")),
    "failed": ("lost", _("failed")),
}

WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip

CODE_IN_TIME = 10.0
"""Seconds within which a one-time code should be there."""

TIMES = (
    ("accepted_to_sent", "out", _("accepted → sent")),
    ("sent_to_delivered", "delivered", _("sent → delivered")),
    ("received_to_answered", "under", _("received → answered by us")),
    ("sent_to_answered", "gone", _("sent → answered by them")),
)

COUNTRIES = 15

CAMPAIGNS = 20


def _span(visit: Visit) -> str:
    span = visit.query.get("span", "7d")
    return span if span in SPANS else "7d"


def _asked(visit: Visit) -> dict[str, Any]:
    """The span and what it is narrowed to, as parameters."""
    since = datetime.now(UTC) - timedelta(days=SPANS[_span(visit)].days)
    given = {"since": since.isoformat()}
    given |= {name: visit.query[name][:64] for name in ("modem", "tag") if visit.query.get(name)}
    return given


def _before(visit: Visit) -> dict[str, Any]:
    """The same for the span before."""
    given, days = _asked(visit), SPANS[_span(visit)].days
    since = datetime.fromisoformat(given["since"])
    return {
        **given,
        "since": (since - timedelta(days=days)).isoformat(),
        "until": since.isoformat(),
    }


async def _render(visit: Visit, tab: str, **values: Any) -> Response:
    known = (await visit.ask(modems.LIST))["modems"] if "modems" not in values else values["modems"]
    return visit.render(
        f"figures_{tab}.html",
        tab=tab,
        span=_span(visit),
        spans=SPANS,
        names=[each["name"] for each in known],
        kept=urlencode({n: visit.query[n] for n in ("span", "modem", "tag") if visit.query.get(n)}),
        **{"modems": known, **values},
    )


async def overview(visit: Visit) -> Response:
    """``/figures``: the line on top, and how much of everything."""
    asked = _asked(visit)
    day = {"since": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    now, before, today, series, heat, devices, waiting, receivers, info = await visit.ask_all(
        (stats.GET, asked),
        (stats.GET, _before(visit)),
        (stats.GET, day),
        (stats.SERIES, {**asked, "step": SPANS[_span(visit)].step}),
        (stats.HEATMAP, asked),
        (modems.LIST, {}),
        (messages.WAITING, {}),
        (handlers.LIST, {}),
        (server.INFO, {}),
    )
    seen = health.Seen(info, devices["modems"], waiting, receivers["handlers"], today)
    named = {name: (kind, visit.language.say(word)) for name, (kind, word) in LINES.items()}
    return await _render(
        visit,
        "overview",
        modems=devices["modems"],
        findings=health.findings(seen, datetime.now(UTC)),
        now=now,
        before=before,
        series=series,
        chart=charts.series(series["points"], series["until"], named),
        lines=LINES,
        heat=heat,
        week=charts.week(heat["cells"], "received"),
        weekdays=WEEKDAYS,
    )


async def times(visit: Visit) -> Response:
    """``/figures/times``: how soon."""
    found = await visit.ask(stats.LATENCY, **_asked(visit))
    say = visit.language.say
    shown = [(kind, say(word), found[name]) for name, kind, word in TIMES]
    chart = charts.curves(shown, {"10 s": CODE_IN_TIME})
    return await _render(visit, "times", found=found, chart=chart, times=TIMES)


async def failures(visit: Visit) -> Response:
    """``/figures/failures``: by reason, modem and country."""
    asked = _asked(visit)
    total, by_modem, found = await visit.ask_all(
        (stats.GET, asked),
        (stats.GET, {**asked, "by": "modem"}),
        (stats.COUNTRIES, {**asked, "limit": COUNTRIES}),
    )
    return await _render(
        visit, "failures", total=total, by_modem=by_modem["groups"], countries=found
    )


async def answers(visit: Visit) -> Response:
    """``/figures/answers``: what they answered, by campaign and keyword; how the desk does."""
    asked = _asked(visit)
    questions: list[Question] = [
        (stats.GET, {**asked, "by": "tag"}),
        (stats.LATENCY, asked),
        (stats.GET, {**asked, "by": "keyword"}),
        (campaigns.LIST, {"limit": CAMPAIGNS}),
        (conversations.FIGURES, {"since": asked["since"]}),
    ]
    by_tag, latency, by_keyword, listed, desk = await visit.ask_all(*questions)
    groups = {each["group"]: each for each in by_tag["groups"] if each["group"]}
    say = visit.language.say
    curve = [
        ("out", say(_("they answered us")), latency["sent_to_answered"]),
        ("in", say(_("we answered them")), latency["received_to_answered"]),
    ]
    return await _render(
        visit,
        "answers",
        total=by_tag,
        groups=groups,
        keywords=[each for each in by_keyword["groups"] if each["group"]],
        campaigns=[each for each in listed["campaigns"] if each["tag"] in groups],
        latency=latency,
        chart=charts.curves(curve, {}),
        desk=desk,
    )


# -- to take away -----------------------------------------------------------------------------

_Rows = Callable[[Mapping[str, Any]], list[dict[str, Any]]]

_TABLES: dict[str, tuple[Any, dict[str, Any], tuple[str, ...], _Rows]] = {
    "series": (
        stats.SERIES,
        {},
        ("at", "group", "accepted", "sent", "delivered", "failed", "received", "answered"),
        lambda it: it["points"],
    ),
    "week": (
        stats.HEATMAP,
        {},
        ("weekday", "hour", "received", "sent", "answered", "reply_time"),
        lambda it: it["cells"],
    ),
    "times": (
        stats.LATENCY,
        {},
        ("what", "count", "p50", "p90", "p99"),
        lambda it: [{**it[name], "what": name} for name, *_rest in TIMES],
    ),
    "reasons": (stats.GET, {}, ("reason", "count"), lambda it: it["failures"]),
    "modems": (
        stats.GET,
        {"by": "modem"},
        ("group", "accepted", "sent", "delivered", "failed", "received"),
        lambda it: it["groups"],
    ),
    "countries": (
        stats.COUNTRIES,
        {},
        ("country", "accepted", "sent", "delivered", "failed", "received", "delivery_rate", "delivery_low", "delivery_high"),
        lambda it: it["countries"],
    ),
    "tags": (
        stats.GET,
        {"by": "tag"},
        ("group", "accepted", "sent", "delivered", "failed", "answered", "response_rate"),
        lambda it: it["groups"],
    ),
}  # fmt: skip
"""By the word in the path: what is asked, the columns, and where the rows are."""


async def table(visit: Visit) -> Response:
    """``/figures/table/{table}``: the figures of a drawing."""
    if visit.words[0] not in _TABLES:
        raise Problem(404, "no_such_table", "")
    method, more, columns, rows = _TABLES[visit.words[0]]
    asked = {**_asked(visit), **more}
    if method is stats.SERIES:
        asked["step"] = SPANS[_span(visit)].step
    found = rows(await visit.ask(method, **asked))
    return await tables.download(visit, f"figures-{visit.words[0]}", columns, tables.one(found))


PAGE = Page(
    "figures",
    _("Figures"),
    "/figures",
    (
        get("/figures", overview),
        get("/figures/times", times),
        get("/figures/failures", failures),
        get("/figures/answers", answers),
        get("/figures/table/{table}", table),
    ),
    first=True,
)
