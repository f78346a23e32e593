"""What is known of one number, and forgetting it."""

from starlette.responses import Response

from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import people
from gsmd.protocol.method import Role


async def person(visit: Visit) -> Response:
    """``/people/{peer}``."""
    return await _page(visit)


async def _page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    known = await visit.ask(people.GET, peer=visit.words[0])
    await visit.note("person.read", visit.words[0])
    return visit.render("person.html", status, known=known, peer=visit.words[0], problem=problem)


async def forget(visit: Visit) -> Response:
    """``POST …/forget``: the number is typed once more, so that nobody erases the wrong one."""
    visit.require(Role.ADMIN)
    form = await visit.form()
    if form.get("peer", "").replace(" ", "") != visit.words[0]:
        return await _page(
            visit, 422, visit.language.say("That is not this number: nothing was erased.")
        )
    try:
        await visit.ask(people.FORGET, peer=visit.words[0])
    except Problem as problem:
        return await _page(visit, 422, visit.fault(problem))
    await visit.note("person.forgotten")
    return visit.go("/inbox", "forgotten")


PAGE = Page(
    "people",
    _("Person"),
    "",
    (get("/people/{peer}", person), post("/people/{peer}/forget", forget)),
)
