"""Search through all messages, with operators, and searches that somebody keeps."""

import asyncio
import contextlib
from datetime import datetime

from starlette.responses import Response

from gsmd.gateways.web.accounts import preferences
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.search_query import Misunderstood, parameters
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import conversations, messages

ON_A_PAGE = 40

KEPT = 30
"""Searches that one person may keep."""

EXAMPLES = (
    ("from:+33612345678", _("what a number wrote to us")),
    ("state:failed after:7d", _("what did not arrive in the last week")),
    ('"blue one" before:2026-01-01', _("these words, before a day")),
    ("tag:autumn is:outbound", _("what went out with a tag")),
)


async def search(visit: Visit) -> Response:
    """``/search?q=``."""
    query = visit.query.get("q", "").strip()[:400]
    values = {"q": query, "kept": _kept(visit), "examples": EXAMPLES, "found": [], "next": None}
    if not query:
        return visit.render("search.html", problem="", **values)
    say = visit.language.say
    try:
        given = parameters(query, datetime.now().astimezone())
        after = visit.query.get("after")
        page = await visit.ask(messages.LIST, limit=ON_A_PAGE, after=after, **given)
    except Misunderstood as error:
        problem = say("{operator}: cannot be {value}").format(
            operator=error.operator, value=error.value
        )
        return visit.render("search.html", 422, problem=problem, **values)
    except Problem as refused:
        if refused.status >= 500:
            raise
        return visit.render("search.html", 422, problem=str(refused.members["detail"]), **values)
    if page["next"] and len(page["messages"]) < ON_A_PAGE and given.get("search"):
        _have_indexed(visit, given["search"])
    found = {**values, "found": page["messages"], "next": page["next"]}
    return visit.render("search.html", problem="", **found)


_indexing: set[asyncio.Task[None]] = set()


def _have_indexed(visit: Visit, wanted: str) -> None:
    """The walk took too long: the daemon keeps an index of texts once somebody has searched conversations, and searches by it then."""

    async def ask() -> None:
        with contextlib.suppress(Problem):
            await visit.ask(conversations.LIST, search=wanted, limit=1)

    if not _indexing:
        task = asyncio.create_task(ask())
        _indexing.add(task)
        task.add_done_callback(_indexing.discard)


def _kept(visit: Visit) -> list[dict[str, str]]:
    kept = visit.preferences.get("searches")
    return kept if isinstance(kept, list) else []


async def keep(visit: Visit) -> Response:
    """``POST /search/keep``: under a name, in place of one of that name."""
    form = await visit.form()
    query = form.get("q", "").strip()[:400]
    name = form.get("name", "").strip()[:60] or query[:60]
    if query:
        others = [each for each in _kept(visit) if each["name"] != name]
        await _set(visit, [*others, {"name": name, "q": query}][-KEPT:])
    return visit.go("/search", "saved", q=query)


async def let_go(visit: Visit) -> Response:
    """``POST /search/let-go``."""
    form = await visit.form()
    await _set(visit, [each for each in _kept(visit) if each["name"] != form.get("name")])
    return visit.go("/search", "removed", q=form.get("q"))


async def _set(visit: Visit, kept: list[dict[str, str]]) -> None:
    name = visit.caller.name
    await visit.frame.directory.write(
        lambda db: preferences.keep(db, name, "searches", kept or None)
    )


PAGE = Page(
    "search",
    _("Search"),
    "/search",
    (get("/search", search), post("/search/keep", keep), post("/search/let-go", let_go)),
    first=True,
)
