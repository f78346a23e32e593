"""Handlers made and removed over HTTP.

The daemon knows the gateway alone, which may be an administrator there: what it asks of its callers beyond their role for a
method is asked of ours here.
"""

from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.rest import bodies
from gsmd.gateways.web.rest.call import Call
from gsmd.protocol import handlers
from gsmd.protocol.handlers import Origin
from gsmd.protocol.method import Role

_COSTLY = ("regex", "from_file")
"""Keys of ``match`` by which a daemon can be kept busy for ever."""


def require_cheap(call: Call, body: dict[str, Any]) -> None:
    """Errors: `Problem` with 403 for a ``match`` that only administrators may give."""
    match = body.get("match")
    if isinstance(match, dict):
        for key in _COSTLY:
            if match.get(key) is not None:
                call.require_role(Role.ADMIN, f"give a match with {key}", "match")


async def add_handler(call: Call) -> Response:
    """``POST /handlers``."""
    call.require(handlers.ADD)
    body = await bodies.json_object(call.request)
    require_cheap(call, body)
    return call.answer(await call.ask(handlers.ADD, call.held(body)))


async def remove_handler(call: Call) -> Response:
    """``DELETE /handlers/{handler}``: for whoever handles messages an added web hook, the others for administrators."""
    call.require(handlers.REMOVE)
    given = await call.parameters()
    if not call.caller.may(Role.ADMIN):
        listed = (await call.ask(handlers.LIST, {}))["handlers"]
        added = any(
            each["name"] == given["handler"] and each["origin"] == Origin.ADDED for each in listed
        )
        if not added:
            call.require_role(Role.ADMIN, "remove a handler that is no added web hook")
    return call.answer(await call.ask(handlers.REMOVE, given))
