"""The queues: why each message is not out yet, who gets what comes in, and what was given up on."""

from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.door.sends import redriven
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import segment
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import handlers, messages
from gsmd.protocol.handlers import Origin
from gsmd.protocol.method import Role

ON_A_PAGE = 50

LIVE = (
    "message.queued message.submitting message.sent message.failed message.uncertain message.cancelled message.expired"
    " delivery.done delivery.dead message.received handler.connected handler.disconnected handler.suspended handler.resumed"
)

STATES = {
    "queued": _("Waiting"),
    "submitting": _("Being sent"),
    "uncertain": _("Uncertain"),
    "failed": _("Failed"),
    "expired": _("Too late"),
}
"""What of the outbound queue may be looked at."""


async def outbound(visit: Visit) -> Response:
    """``/queues``: what is to go out, each with what it waits for."""
    state = visit.query.get("state", "queued")
    state = state if state in STATES else "queued"
    page = await visit.ask(
        messages.LIST,
        direction="outbound",
        state=state,
        reasons=True,
        limit=ON_A_PAGE,
        after=visit.query.get("after"),
    )
    return visit.render(
        "queues.html",
        tab="outbound",
        live=LIVE,
        waiting=await visit.ask(messages.WAITING),
        found=page["messages"],
        reasons=page.get("reasons") or {},
        next=page["next"],
        states=STATES,
        state=state,
    )


async def inbound(visit: Visit) -> Response:
    """``/queues/handlers``: who gets what comes in, and how much waits for each."""
    found = (await visit.ask(handlers.LIST))["handlers"]
    found.sort(key=lambda each: (-each["dead"], -each["pending"], each["name"]))
    return visit.render("queues_handlers.html", tab="handlers", live=LIVE, handlers=found)


async def handler(visit: Visit) -> Response:
    """``/queues/handlers/{handler}``: its last hand-overs."""
    name = visit.words[0]
    it = await _known(visit, name)
    found = await visit.ask(handlers.ATTEMPTS, handler=name, limit=50)
    return visit.render(
        "handler.html", tab="handlers", live=LIVE, it=it, attempts=found["attempts"]
    )


async def _known(visit: Visit, name: str) -> dict[str, Any]:
    """Errors: `Problem` with 404."""
    for each in (await visit.ask(handlers.LIST))["handlers"]:
        if each["name"] == name:
            return dict(each)
    raise Problem(404, "no_such_handler", visit.language.say("There is no such handler."))


async def dead(visit: Visit) -> Response:
    """``/queues/dead``: what was given up on."""
    chosen = visit.query.get("handler") or None
    page = await visit.ask(
        handlers.DEAD, handler=chosen, limit=ON_A_PAGE, after=visit.query.get("after")
    )
    return visit.render(
        "queues_dead.html",
        tab="dead",
        live="delivery.dead delivery.done delivery.redriven",
        dead=page["dead"],
        next=page.get("next"),
        chosen=chosen,
    )


async def redrive(visit: Visit) -> Response:
    """``POST /queues/redrive``: dead letters, or a message that a handler had once, are handed over again."""
    form = await visit.form()
    replay = form.get("replay") == "yes"
    given: dict[str, Any] = {"handler": form.get("handler") or None}
    if form.get("id"):
        given["id"] = form["id"]
    else:
        given["all"] = True
    listed = (await visit.ask(handlers.LIST))["handlers"] if given.get("all") else ()
    visit.frame.house.sends.take(visit.caller, redriven(given, listed))
    result = await visit.ask(handlers.REDRIVE, replay=replay or None, **given)
    await visit.note("handler.redriven", f"{form.get('handler', '')} {result['redriven']}".strip())
    onward = form.get("onward", "")
    path = f"/queues/handlers/{segment(form['handler'])}" if onward == "handler" else "/queues/dead"
    return visit.go(path, "redriven")


async def resume(visit: Visit) -> Response:
    """``POST …/resume``: a web hook that wanted no more gets messages again."""
    await visit.ask(handlers.RESUME, handler=visit.words[0])
    return visit.go(f"/queues/handlers/{segment(visit.words[0])}", "resumed")


async def remove(visit: Visit) -> Response:
    """``POST …/remove``: an added web hook by whoever handles messages, the others by administrators."""
    it = await _known(visit, visit.words[0])
    if it["origin"] != Origin.ADDED:
        visit.require(Role.ADMIN)
    await visit.ask(handlers.REMOVE, handler=visit.words[0])
    return visit.go("/queues/handlers", "removed")


PAGE = Page(
    "queues",
    _("Queues"),
    "/queues",
    (
        get("/queues", outbound),
        get("/queues/handlers", inbound),
        get("/queues/handlers/{handler}", handler),
        get("/queues/dead", dead),
        post("/queues/redrive", redrive),
        post("/queues/handlers/{handler}/resume", resume),
        post("/queues/handlers/{handler}/remove", remove),
    ),
)
