"""``inbox.*``, ``events.*`` and ``handlers.*``: what is told without asking, and who deals with it."""

from typing import TYPE_CHECKING, Any

from gsmd.api import params, values
from gsmd.api.calls import LIST_LIMIT, Opening
from gsmd.api.encoding import many, plain
from gsmd.api.subscription import EventTail, MessageTail
from gsmd.config import Role
from gsmd.core.requests import Code, Refused

if TYPE_CHECKING:
    from gsmd.api.session import Session

MAX_IN_FLIGHT = 1000
"""The most messages that may be handed to one connection without an answer."""


async def subscribe(session: "Session", p: params.Subscribe) -> Any:
    if p.handler is None:
        return _tail(session, p)
    if Role.HANDLE not in session.roles:
        text = f"user {session.caller.name} may not handle messages"
        raise Refused(Code.NOT_PERMITTED, text, reason="missing_role", role=Role.HANDLE)
    handler = values.name(p.handler, "handler")
    most = 1 if p.max_in_flight is None else p.max_in_flight
    most = values.between(1, most, MAX_IN_FLIGHT, "max_in_flight")
    try:
        pending, opened = await session.subscriptions.handle(handler, most, p.from_)
    except Refused as error:
        if error.code is Code.NOT_FOUND:  # the message that it was to begin with
            raise Refused(error.code, error.message, **{**error.data, "field": "from"}) from error
        raise
    return Opening({"handler": handler, "pending": pending}, opened)


def _tail(session: "Session", p: params.Subscribe) -> Any:
    if Role.READ not in session.roles:
        text = f"user {session.caller.name} may not read messages"
        raise Refused(Code.NOT_PERMITTED, text, reason="missing_role", role=Role.READ)
    if p.from_ is not None or p.max_in_flight is not None:
        field = "from" if p.from_ is not None else "max_in_flight"
        raise params.ParamsError(f"{field} needs a handler", "missing_field", "handler")
    return Opening({"handler": None, "pending": 0}, session.subscriptions.watch_messages)


async def unsubscribe(session: "Session", p: params.Unsubscribe) -> Any:
    if p.handler is None:
        was = session.subscriptions.ignore(MessageTail)
    else:
        was = session.subscriptions.leave(p.handler)
    if not was:
        text = "this connection has no such subscription"
        raise Refused(Code.NOT_FOUND, text, reason="not_subscribed", field="handler")
    return {"handler": p.handler}


async def subscribe_events(session: "Session", p: params.Events) -> Any:
    types = tuple(p.types or ())
    values.between(0, len(types), 100, "types")
    return Opening({"types": list(types)}, lambda: session.subscriptions.watch_events(types))


async def unsubscribe_events(session: "Session", _: params.Nothing) -> Any:
    session.subscriptions.ignore(EventTail)
    return {}


async def handlers_list(session: "Session", _: params.Nothing) -> Any:
    return {"handlers": plain(await session.server.backend.handlers())}


async def handlers_dead(session: "Session", p: params.Dead) -> Any:
    limit = values.between(1, 100 if p.limit is None else p.limit, LIST_LIMIT, "limit")
    async with session.big_answer():
        return {"dead": await many(await session.server.backend.dead(p.handler, limit, p.after))}


async def handlers_redrive(session: "Session", p: params.Redrive) -> Any:
    if (p.id is None) != p.all:
        raise params.ParamsError("exactly one of id and all", "missing_field", "id")
    return {"redriven": await session.server.backend.redrive(p.handler, p.id)}


async def handlers_remove(session: "Session", p: params.OneHandler) -> Any:
    written_off = await session.server.backend.remove_handler(p.handler)
    return {"handler": p.handler, "written_off": written_off}


async def handlers_test(session: "Session", p: params.Trial) -> Any:
    reply = await session.while_connected(
        session.server.backend.try_out(p.handler, p.from_, p.text)
    )
    return {"reply": None if reply is None else reply.text}
