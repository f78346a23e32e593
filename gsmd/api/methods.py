"""Every method of the protocol: who may call it, with what, and what it does."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from gsmd import __version__
from gsmd.api import params, values
from gsmd.api.encoding import plain
from gsmd.api.subscription import EventTail, MessageTail
from gsmd.config import Role
from gsmd.core.requests import Code, MessageQuery, Refused, SendRequest
from gsmd.message import Direction, Message, Ports, State

if TYPE_CHECKING:
    from gsmd.api.session import Session

PROTOCOL_VERSION = 1
"""Counts changes of the protocol that break clients."""

MAX_IN_FLIGHT = 1000
"""The most messages that may be handed to one connection without an answer."""

LIST_LIMIT = 1000
_YIELD_EVERY = 50
"""Messages encoded without letting others have their turn."""


class UnknownMethodError(Exception):
    """There is no such method (−32601)."""


class Opening(NamedTuple):
    """A result, and what may happen only once the caller has it."""

    result: Any
    after: Callable[[], None]


class Method(NamedTuple):
    """A row of the table. ``roles``: any one of them is enough; none: any role at all."""

    roles: frozenset[Role]
    params: type[params.Params]
    function: Callable[["Session", Any], Awaitable[Any]]


async def call(session: "Session", name: str, given: Any) -> Any:
    """Carry out a call. Errors: `UnknownMethodError`, `params.ParamsError`, `Refused`."""
    if not session.roles:
        text = f"user {session.caller.name} may not use this socket: no access rule names them"
        raise Refused(Code.NOT_PERMITTED, text, reason="no_access")
    method = METHODS.get(name)
    if method is None:
        raise UnknownMethodError(f"no method {name[:80]!r}")
    if method.roles and not method.roles & session.roles:
        needed = " or ".join(sorted(method.roles))
        text = f"user {session.caller.name} may not call {name}: it needs {needed}"
        raise Refused(Code.NOT_PERMITTED, text, reason="missing_role", role=needed)
    return await method.function(session, params.read(method.params, given))


# The server


async def server_info(session: "Session", _: params.Nothing) -> Any:
    server = session.server
    return {
        "version": __version__,
        "protocol": PROTOCOL_VERSION,
        "pid": os.getpid(),
        "uptime": server.uptime,
        "socket": str(server.path),
        "modems": len(server.backend.modems()),
        "user": session.caller.name,
        "roles": sorted(session.roles),
    }


# Messages


async def messages_send(session: "Session", p: params.Send) -> Any:
    if (p.text is None) == (p.data is None):
        raise params.ParamsError("exactly one of text and data", "missing_field", "text")
    request = SendRequest(
        to=p.to,
        text=p.text,
        data=p.data,
        modem=p.modem,
        report=p.report,
        flash=bool(p.flash),
        validity=None if p.validity is None else values.seconds(p.validity, "validity"),
        not_before=None if p.not_before is None else values.moment(p.not_before, "not_before"),
        priority=values.between(-100, p.priority or 0, 100, "priority"),
        key=p.key,
        tag=p.tag,
        handler=p.handler,
        ports=None if p.ports is None else _ports(p.ports),
        in_reply_to=p.in_reply_to,
    )
    return plain(await session.server.backend.send(request))


def _ports(given: params.PortNumbers) -> Ports:
    return Ports(
        values.between(0, given.destination, 0xFFFF, "ports.destination"),
        values.between(0, given.source, 0xFFFF, "ports.source"),
    )


async def messages_get(session: "Session", p: params.One) -> Any:
    return plain(await session.server.backend.get(p.id))


async def messages_show(session: "Session", p: params.One) -> Any:
    async with session.bulk:
        await session.connection.writable()
        return plain(await session.server.backend.show(p.id))


async def messages_list(session: "Session", p: params.List) -> Any:
    query = MessageQuery(
        direction=None
        if p.direction is None
        else values.choice(Direction, p.direction, "direction"),
        state=None if p.state is None else values.choice(State, p.state, "state"),
        peer=p.peer,
        modem=p.modem,
        tag=p.tag,
        since=None if p.since is None else values.moment(p.since, "since"),
        until=None if p.until is None else values.moment(p.until, "until"),
        search=p.search,
        limit=values.between(1, 100 if p.limit is None else p.limit, LIST_LIMIT, "limit"),
        after=p.after,
    )
    async with session.bulk:
        await session.connection.writable()
        page = await session.server.backend.list(query)
        return {"messages": await _many(page.messages), "next": page.next}


async def _many(messages: list[Message]) -> list[Any]:
    encoded = []
    for count, message in enumerate(messages, 1):
        encoded.append(plain(message))
        if count % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return encoded


async def messages_cancel(session: "Session", p: params.One) -> Any:
    return plain(await session.server.backend.cancel(p.id))


async def messages_retry(session: "Session", p: params.One) -> Any:
    return plain(await session.server.backend.retry(p.id))


async def messages_wait(session: "Session", p: params.Wait) -> Any:
    state = values.choice(State, p.state, "state")
    timeout = None if p.timeout is None else values.seconds(p.timeout, "timeout")
    waiting = session.server.backend.wait(p.id, state, timeout)
    return plain(await session.while_connected(waiting))


# What comes without asking


async def inbox_subscribe(session: "Session", p: params.Subscribe) -> Any:
    if p.handler is None:
        return _tail(session, p)
    if Role.HANDLE not in session.roles:
        text = f"user {session.caller.name} may not handle messages"
        raise Refused(Code.NOT_PERMITTED, text, reason="missing_role", role=Role.HANDLE)
    handler = values.name(p.handler, "handler")
    most = 1 if p.max_in_flight is None else p.max_in_flight
    most = values.between(1, most, MAX_IN_FLIGHT, "max_in_flight")
    pending, opened = await session.subscriptions.handle(handler, most, p.from_)
    return Opening({"handler": handler, "pending": pending}, opened)


def _tail(session: "Session", p: params.Subscribe) -> Any:
    if Role.READ not in session.roles:
        text = f"user {session.caller.name} may not read messages"
        raise Refused(Code.NOT_PERMITTED, text, reason="missing_role", role=Role.READ)
    if p.from_ is not None or p.max_in_flight is not None:
        field = "from" if p.from_ is not None else "max_in_flight"
        raise params.ParamsError(f"{field} needs a handler", "missing_field", "handler")
    return Opening({"handler": None, "pending": 0}, session.subscriptions.watch_messages)


async def inbox_unsubscribe(session: "Session", p: params.Unsubscribe) -> Any:
    if p.handler is None:
        was = session.subscriptions.ignore(MessageTail)
    else:
        was = session.subscriptions.leave(p.handler)
    if not was:
        text = "this connection has no such subscription"
        raise Refused(Code.NOT_FOUND, text, reason="not_subscribed", field="handler")
    return {"handler": p.handler}


async def events_subscribe(session: "Session", p: params.Events) -> Any:
    types = tuple(p.types or ())
    values.between(0, len(types), 100, "types")
    return Opening({"types": list(types)}, lambda: session.subscriptions.watch_events(types))


async def events_unsubscribe(session: "Session", _: params.Nothing) -> Any:
    session.subscriptions.ignore(EventTail)
    return {}


# Handlers


async def handlers_list(session: "Session", _: params.Nothing) -> Any:
    return {"handlers": plain(await session.server.backend.handlers())}


async def handlers_dead(session: "Session", p: params.Dead) -> Any:
    limit = values.between(1, 100 if p.limit is None else p.limit, LIST_LIMIT, "limit")
    async with session.bulk:
        await session.connection.writable()
        return {"dead": plain(await session.server.backend.dead(p.handler, limit, p.after))}


async def handlers_redrive(session: "Session", p: params.Redrive) -> Any:
    if (p.id is None) != p.all:
        raise params.ParamsError("exactly one of id and all", "missing_field", "id")
    return {"redriven": await session.server.backend.redrive(p.handler, p.id)}


# Modems


async def modems_list(session: "Session", _: params.Nothing) -> Any:
    return {"modems": plain(list(session.server.backend.modems()))}


async def modems_get(session: "Session", p: params.OneModem) -> Any:
    return plain(session.server.backend.modem(p.modem).status())


async def modems_reset(session: "Session", p: params.OneModem) -> Any:
    modem = session.server.backend.modem(p.modem)
    await modem.reset()
    return plain(modem.status())


async def modems_unlock(session: "Session", p: params.Unlock) -> Any:
    modem = session.server.backend.modem(p.modem)
    await modem.unlock(p.pin)
    return plain(modem.status())


async def modems_at(session: "Session", p: params.At) -> Any:
    timeout = None if p.timeout is None else values.seconds(p.timeout, "timeout")
    reply = await session.server.backend.modem(p.modem).command(p.command, timeout)
    return {"lines": list(reply.lines), "result": str(reply.result)}


async def modems_ussd(session: "Session", p: params.Ussd) -> Any:
    timeout = None if p.timeout is None else values.seconds(p.timeout, "timeout")
    reply = await session.server.backend.modem(p.modem).ussd(p.code, timeout)
    return {"text": reply.text, "session": reply.session}


# The store


async def store_purge(session: "Session", p: params.Purge) -> Any:
    older_than = values.seconds(p.older_than, "older_than")
    return {"purged": await session.server.backend.purge(older_than)}


async def store_backup(session: "Session", p: params.Backup) -> Any:
    if not p.path.startswith("/") or "\0" in p.path:
        text = "path: an absolute path; the daemon's working directory is not the caller's"
        raise Refused(Code.INVALID, text, reason="impossible_value", field="path")
    await session.server.backend.backup(p.path)
    return {"path": p.path}


_ANY: frozenset[Role] = frozenset()
_READ = frozenset({Role.READ})
_SEND = frozenset({Role.SEND})
_HANDLE = frozenset({Role.HANDLE})
_ADMIN = frozenset({Role.ADMIN})

METHODS: dict[str, Method] = {
    "server.info": Method(_ANY, params.Nothing, server_info),
    "messages.send": Method(_SEND, params.Send, messages_send),
    "messages.get": Method(_READ, params.One, messages_get),
    "messages.show": Method(_READ, params.One, messages_show),
    "messages.list": Method(_READ, params.List, messages_list),
    "messages.cancel": Method(_SEND, params.One, messages_cancel),
    "messages.retry": Method(_SEND, params.One, messages_retry),
    "messages.wait": Method(_READ | _SEND, params.Wait, messages_wait),
    "inbox.subscribe": Method(_READ | _HANDLE, params.Subscribe, inbox_subscribe),
    "inbox.unsubscribe": Method(_ANY, params.Unsubscribe, inbox_unsubscribe),
    "events.subscribe": Method(_READ, params.Events, events_subscribe),
    "events.unsubscribe": Method(_ANY, params.Nothing, events_unsubscribe),
    "handlers.list": Method(_READ, params.Nothing, handlers_list),
    "handlers.dead": Method(_READ, params.Dead, handlers_dead),
    "handlers.redrive": Method(_HANDLE, params.Redrive, handlers_redrive),
    "modems.list": Method(_READ, params.Nothing, modems_list),
    "modems.get": Method(_READ, params.OneModem, modems_get),
    "modems.reset": Method(_ADMIN, params.OneModem, modems_reset),
    "modems.unlock": Method(_ADMIN, params.Unlock, modems_unlock),
    "modems.at": Method(_ADMIN, params.At, modems_at),
    "modems.ussd": Method(_SEND, params.Ussd, modems_ussd),
    "store.purge": Method(_ADMIN, params.Purge, store_purge),
    "store.backup": Method(_ADMIN, params.Backup, store_backup),
}
"""The protocol, method by method (docs/protocol.md)."""
