"""One message with all that happened to it, in words."""

from starlette.responses import Response

from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import segment
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.protocol import messages
from gsmd.protocol.method import Role

LIVE = "message.sent message.delivered message.failed message.expired message.uncertain message.cancelled message.handled message.dead message.part_sent"

_WAITING = frozenset({"queued"})
_AGAIN = frozenset({"failed", "expired", "cancelled", "uncertain", "dead"})


async def story(visit: Visit) -> Response:
    """``/messages/{id}``."""
    told = await visit.ask(messages.SHOW, id=visit.words[0])
    state = told["message"]["state"]
    return visit.render(
        "story.html",
        message=told["message"],
        told=told,
        live=LIVE,
        can_cancel=state in _WAITING,
        can_retry=state in _AGAIN,
    )


async def cancel(visit: Visit) -> Response:
    """``POST …/cancel``."""
    await visit.ask(messages.CANCEL, id=visit.words[0])
    await visit.note("message.cancelled", visit.words[0])
    return visit.go(f"/messages/{segment(visit.words[0])}", "cancelled")


async def retry(visit: Visit) -> Response:
    """``POST …/retry``: also of what is uncertain, which may then come twice; the page asks before."""
    visit.require(Role.SEND)
    visit.frame.house.sends.take(visit.caller)
    await visit.ask(messages.RETRY, id=visit.words[0])
    await visit.note("message.retried", visit.words[0])
    return visit.go(f"/messages/{segment(visit.words[0])}", "retried")


PAGE = Page(
    "story",
    _("Message"),
    "",
    (
        get("/messages/{id}", story),
        post("/messages/{id}/cancel", cancel),
        post("/messages/{id}/retry", retry),
    ),
)
