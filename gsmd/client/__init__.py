"""The client library: `Client` (blocking) and `AsyncClient`, with the same names.

with Client() as client:
    client.send("+33612345678", "Good morning")
    for message in client.listen("crm"):
        message.reply(f"You said: {message.text}")

What became of a message that went out with ``handler="crm", receipt=True`` comes there too: ``message.receipt``
says so then, and ``message`` is that message.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
from gsmd.protocol.events import Event
from gsmd.protocol.handlers import DeadLetter, HandlerStatus
from gsmd.protocol.message import Direction, Failure, Kind, Message, Ports, Receipt, State
from gsmd.protocol.messages import DeliveryRecord, EventRecord, History, Page, PartRecord
from gsmd.protocol.modems import AtReply, CarrierStatus, ModemStatus, StorageUse, UssdReply
from gsmd.protocol.server import ServerInfo

if TYPE_CHECKING:
    from gsmd.client._async.client import AsyncClient
    from gsmd.client._async.inbound import AsyncInboundMessage
    from gsmd.client._async.listener import AsyncListener
    from gsmd.client._async.outbound import AsyncOutboundMessage
    from gsmd.client._async.stream import AsyncEventStream
    from gsmd.client._async.submission_stream import AsyncSubmissionStream
    from gsmd.client._sync.client import Client
    from gsmd.client._sync.inbound import InboundMessage
    from gsmd.client._sync.listener import Listener
    from gsmd.client._sync.outbound import OutboundMessage
    from gsmd.client._sync.stream import EventStream
    from gsmd.client._sync.submission_stream import SubmissionStream

_ON_DEMAND = {
    "AsyncClient": "gsmd.client._async.client",
    "AsyncEventStream": "gsmd.client._async.stream",
    "AsyncInboundMessage": "gsmd.client._async.inbound",
    "AsyncListener": "gsmd.client._async.listener",
    "AsyncOutboundMessage": "gsmd.client._async.outbound",
    "AsyncSubmissionStream": "gsmd.client._async.submission_stream",
    "Client": "gsmd.client._sync.client",
    "EventStream": "gsmd.client._sync.stream",
    "InboundMessage": "gsmd.client._sync.inbound",
    "Listener": "gsmd.client._sync.listener",
    "OutboundMessage": "gsmd.client._sync.outbound",
    "SubmissionStream": "gsmd.client._sync.submission_stream",
}
"""Importing asyncio takes ten times as long as all the rest, and nobody needs both clients."""


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)


__all__ = [
    "AsyncClient",
    "AsyncEventStream",
    "AsyncInboundMessage",
    "AsyncListener",
    "AsyncOutboundMessage",
    "AsyncSubmissionStream",
    "AtReply",
    "CarrierStatus",
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
    "History",
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
    "OutboundMessage",
    "Page",
    "PartRecord",
    "Ports",
    "ProtocolError",
    "Receipt",
    "RefusedError",
    "ServerInfo",
    "State",
    "StorageUse",
    "SubmissionStream",
    "TimedOut",
    "UssdReply",
]
