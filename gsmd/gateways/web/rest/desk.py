"""The desk over HTTP, where the caller is a person who need not say who they are."""

from starlette.responses import Response

from gsmd.gateways.web.rest import bodies
from gsmd.gateways.web.rest.call import Call
from gsmd.protocol import conversations


async def set_conversation(call: Call) -> Response:
    """``PATCH /conversations/{peer}``; ``assignee: null`` makes it nobody's."""
    call.require(conversations.SET)
    body = await bodies.json_object(call.request)
    if "assignee" in body and body["assignee"] is None:
        body["assignee"] = ""
    return call.answer(await call.ask(conversations.SET, call.held(body)))


async def read_conversation(call: Call) -> Response:
    """``POST /conversations/{peer}/read``; without ``by`` it is the caller who has read it."""
    call.require(conversations.READING)
    body = await bodies.json_object(call.request)
    body.setdefault("by", call.caller.name)
    return call.answer(await call.ask(conversations.READING, call.held(body)))
