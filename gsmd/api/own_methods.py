"""``server.*``, ``inbox.*`` and ``events.*``: the methods that are about a connection, or this process."""

import logging
import os

from msgspec import UNSET

from gsmd import __version__
from gsmd.api.carrying import CarrierConnection
from gsmd.api.dispatch import ResultThen
from gsmd.api.session import Session
from gsmd.api.subscription import EventTail, MessageTail
from gsmd.handlers.run_time_match import require_cheap
from gsmd.protocol import carriers, events, gateways, inbox, server
from gsmd.protocol.carriers import Attached, AttachParams, DetachParams
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Done, EventsParams, EventTypes
from gsmd.protocol.gateways import GatewayReportParams
from gsmd.protocol.inbox import (
    Subscribed,
    SubscribeParams,
    Unsubscribed,
    UnsubscribeParams,
)
from gsmd.protocol.method import Bound, Role, require
from gsmd.protocol.server import PROTOCOL_VERSION, LogLevel, LogLevelParams, ServerInfo
from gsmd.protocol.types import Nothing

log = logging.getLogger(__name__)


async def info(session: Session, _: Nothing) -> ServerInfo:
    backend = session.server.backend
    return ServerInfo(
        version=__version__,
        protocol=PROTOCOL_VERSION,
        pid=os.getpid(),
        uptime=session.server.uptime,
        socket=str(session.server.path),
        modems=len(backend.modems.status()),
        store=await backend.upkeep.trouble(),
        user=session.user,
        roles=sorted(session.roles),
    )


async def log_level(_: Session, p: LogLevelParams) -> LogLevel:
    """Until the daemon is started again, or reloads another ``log`` section."""
    root = logging.getLogger()
    if p.level is not None:
        root.setLevel(p.level.upper())
        log.warning("the log tells everything from %s on", p.level)
    return LogLevel(logging.getLevelName(root.level).lower())


async def subscribe(session: Session, p: SubscribeParams) -> ResultThen:
    if p.handler is None:
        require(session, Role.READ, "read messages")
        return ResultThen(Subscribed(None), session.subscriptions.watch_messages)
    require(session, Role.HANDLE, "handle messages")
    require_cheap(session, p.match)
    pending, opened = await session.subscriptions.handle(
        p.handler, p.max_in_flight or 1, p.from_, p.match
    )
    return ResultThen(Subscribed(p.handler, pending), opened)


async def unsubscribe(session: Session, p: UnsubscribeParams) -> Unsubscribed:
    if p.handler is None:
        was = session.subscriptions.ignore(MessageTail)
    else:
        was = session.subscriptions.leave(p.handler)
    if not was:
        text = "this connection has no such subscription"
        raise Refused(Code.NOT_FOUND, text, reason="not_subscribed", field="handler")
    return Unsubscribed(p.handler)


async def attach(session: Session, p: AttachParams) -> ResultThen:
    line = CarrierConnection(
        session.connection, p.carrier, p.max_in_flight or 1, session.user, session.caller.pid
    )
    session.subscriptions.carry(line)
    return ResultThen(Attached(p.carrier), line.open)


async def detach(session: Session, p: DetachParams) -> Done:
    if not session.subscriptions.carry_no_more(p.carrier, p.reason):
        text = f"this connection is not carrier {p.carrier}"
        raise Refused(Code.NOT_FOUND, text, reason="not_attached", field="carrier")
    return Done()


async def report(session: Session, p: GatewayReportParams) -> Done:
    backend, whose = session.server.backend, session.connection
    if backend.gateways.report(whose, session.user, session.caller.pid, p):
        whose.lost.add_done_callback(lambda _: backend.gateways.gone(whose))
    return Done()


async def subscribe_events(session: Session, p: EventsParams) -> ResultThen:
    log_ = session.server.backend.event_log
    if p.after is not None:
        await log_.require(p.after)
    return ResultThen(
        EventTypes(p.types, await log_.newest() or UNSET),
        lambda: session.subscriptions.watch_events(p.types, p.after),
    )


async def unsubscribe_events(session: Session, _: Nothing) -> Done:
    session.subscriptions.ignore(EventTail)
    return Done()


METHODS = (
    Bound(server.INFO, info),
    Bound(server.LOG_LEVEL, log_level),
    Bound(inbox.SUBSCRIBE, subscribe),
    Bound(inbox.UNSUBSCRIBE, unsubscribe),
    Bound(carriers.ATTACH, attach),
    Bound(carriers.DETACH, detach),
    Bound(gateways.REPORT, report),
    Bound(events.SUBSCRIBE, subscribe_events),
    Bound(events.UNSUBSCRIBE, unsubscribe_events),
)
