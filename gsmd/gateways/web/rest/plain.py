"""Routes that are a call of the socket and nothing else, but for what a narrowed token may see."""

from starlette.responses import Response

from gsmd.gateways.web.rest import narrowing, problems
from gsmd.gateways.web.rest.call import Call
from gsmd.protocol import campaigns, messages


async def plain(call: Call, *, sent: int = 0) -> Response:
    """Ask the daemon and answer with its result. ``sent``: it counts as so many messages."""
    method = call.route.method
    call.require(method)
    given = await call.parameters()
    if narrowing.is_narrowed(call.caller):
        await require_seen(call, str(given.get("id")))
    if sent and call.sends is not None:
        call.sends.take(call.caller, sent)
    ask = call.ask_patiently if method.slow else call.ask
    result = await ask(method, given)
    return call.answer(narrowing.filtered(call.caller, call.route.shows, result))


async def require_seen(call: Call, id_: str) -> None:
    """Errors: `Problem` with 403 if the message or campaign of the call is not within the token's narrowing."""
    match call.route.shows:
        case "message" | "story":
            story = await call.ask(messages.SHOW, {"id": id_})
            seen = narrowing.may_see_story(call.caller, story)
        case "campaign":
            seen = narrowing.may_see_campaign(
                call.caller, await call.ask(campaigns.GET, {"id": id_})
            )
        case _:
            return
    if not seen:
        raise problems.outside(f"{id_} is not within what this token is for", "id")
