"""The client library: `Client` (blocking) and `AsyncClient`, with the same names.

with Client() as client:
    client.send("+33612345678", "Good morning")
    for message in client.listen("crm"):
        message.reply(f"You said: {message.text}")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gsmd.client.blocking import Client
from gsmd.client.errors import (
    Conflict,
    GsmdError,
    Invalid,
    ModemUnavailable,
    NoDaemon,
    NotFound,
    NotPermitted,
    ProtocolError,
    RefusedError,
    TimedOut,
)
from gsmd.client.stream import EventStream, InboundMessage, Listener
from gsmd.client.types import (
    AtReply,
    DeadLetter,
    DeliveryRecord,
    Event,
    EventRecord,
    HandlerStatus,
    ModemStatus,
    Page,
    PartRecord,
    ServerInfo,
    StorageUse,
    Story,
    UssdReply,
)
from gsmd.protocol.message import Direction, Failure, Kind, Message, Ports, State

if TYPE_CHECKING:
    from gsmd.client.async_stream import AsyncEventStream, AsyncInboundMessage, AsyncListener
    from gsmd.client.asynchronous import AsyncClient

_ON_DEMAND = {
    "AsyncClient": "gsmd.client.asynchronous",
    "AsyncEventStream": "gsmd.client.async_stream",
    "AsyncInboundMessage": "gsmd.client.async_stream",
    "AsyncListener": "gsmd.client.async_stream",
}
"""Importing asyncio takes ten times as long as all the rest: who does not use it need not wait."""


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)


__all__ = [
    "AsyncClient",
    "AsyncEventStream",
    "AsyncInboundMessage",
    "AsyncListener",
    "AtReply",
    "Client",
    "Conflict",
    "DeadLetter",
    "DeliveryRecord",
    "Direction",
    "Event",
    "EventRecord",
    "EventStream",
    "Failure",
    "GsmdError",
    "HandlerStatus",
    "InboundMessage",
    "Invalid",
    "Kind",
    "Listener",
    "Message",
    "ModemStatus",
    "ModemUnavailable",
    "NoDaemon",
    "NotFound",
    "NotPermitted",
    "Page",
    "PartRecord",
    "Ports",
    "ProtocolError",
    "RefusedError",
    "ServerInfo",
    "State",
    "StorageUse",
    "Story",
    "TimedOut",
    "UssdReply",
]
