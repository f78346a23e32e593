"""The only place where modems, store and handlers meet."""

from gsmd.core.requests import Code, MessageQuery, Page, Refused, SendRequest
from gsmd.core.service import Service
from gsmd.store.ledger import Event, EventBus

__all__ = ["Code", "Event", "EventBus", "MessageQuery", "Page", "Refused", "SendRequest", "Service"]
