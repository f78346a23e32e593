"""Every method of the protocol: who may call it, with what, and what does it."""

from typing import TYPE_CHECKING, Any

from gsmd.api import inbox, messages, modems, params, twoway, upkeep
from gsmd.api.calls import Method
from gsmd.config import Role
from gsmd.core.requests import Code, Refused

if TYPE_CHECKING:
    from gsmd.api.session import Session


class UnknownMethodError(Exception):
    """There is no such method (−32601)."""


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


def only_tells(name: str) -> bool:
    """Whether a call changes nothing; so it is with a method that there is none of."""
    method = METHODS.get(name)
    return method is None or method.only_tells


_ANY: frozenset[Role] = frozenset()
_READ = frozenset({Role.READ})
_SEND = frozenset({Role.SEND})
_HANDLE = frozenset({Role.HANDLE})
_ADMIN = frozenset({Role.ADMIN})

METHODS: dict[str, Method] = {
    "server.info": Method(_ANY, params.Nothing, upkeep.info),
    "server.log_level": Method(_ADMIN, params.LogLevel, upkeep.log_level),
    "messages.send": Method(_SEND, params.Send, messages.send),
    "messages.get": Method(_READ, params.One, messages.get),
    "messages.show": Method(_READ, params.One, messages.show),
    "messages.list": Method(_READ, params.List, messages.list_),
    "messages.cancel": Method(_SEND, params.One, messages.cancel),
    "messages.retry": Method(_SEND, params.One, messages.retry),
    "messages.wait": Method(_READ | _SEND, params.Wait, messages.wait),
    "messages.waiting": Method(_READ, params.Nothing, upkeep.waiting),
    "inbox.subscribe": Method(_READ | _HANDLE, params.Subscribe, inbox.subscribe),
    "inbox.unsubscribe": Method(_ANY, params.Unsubscribe, inbox.unsubscribe),
    "events.subscribe": Method(_READ, params.Events, inbox.subscribe_events),
    "events.unsubscribe": Method(_ANY, params.Nothing, inbox.unsubscribe_events),
    "handlers.list": Method(_READ, params.Nothing, inbox.handlers_list),
    "handlers.dead": Method(_READ, params.Dead, inbox.handlers_dead),
    "handlers.redrive": Method(_HANDLE, params.Redrive, inbox.handlers_redrive),
    "handlers.remove": Method(_ADMIN, params.OneHandler, inbox.handlers_remove),
    "handlers.test": Method(_HANDLE, params.Trial, inbox.handlers_test),
    "modems.list": Method(_READ, params.Nothing, modems.list_),
    "modems.get": Method(_READ, params.OneModem, modems.get),
    "modems.reset": Method(_ADMIN, params.OneModem, modems.reset),
    "modems.unlock": Method(_ADMIN, params.Unlock, modems.unlock),
    "modems.at": Method(_ADMIN, params.At, modems.at),
    "modems.ussd": Method(_SEND, params.Ussd, modems.ussd),
    "modems.cancel_ussd": Method(_SEND, params.OneModem, modems.cancel_ussd),
    "store.purge": Method(_ADMIN, params.Purge, upkeep.purge),
    "store.backup": Method(_ADMIN, params.Backup, upkeep.backup),
    **twoway.METHODS,
}
"""The protocol, method by method (docs/protocol.md)."""
