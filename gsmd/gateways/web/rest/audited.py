"""What of REST goes into the record of who did what: what was read of people, sent, changed and taken away.

An entry's action is the name of the method (``.csv`` behind it for a table that was taken away), its subject what stands in
the path, or the recipient. Never a text. Taking messages from a handler's queue is no entry: the daemon keeps that with
each message.
"""

from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.rest.call import Call
from gsmd.protocol import conversations, events, inbox, messages, people, verify

READS = frozenset({people.GET, people.MESSAGES, conversations.GET, messages.LIST, messages.SHOW})
"""The methods that only tell, but of people."""

UNSAID = frozenset({
    *(inbox.PULL, inbox.SETTLE, inbox.SUBSCRIBE, events.SUBSCRIBE, messages.GET, verify.WAIT, conversations.READING),
})  # fmt: skip
"""The methods that are no entry although they may do more than tell."""


def note(directory: Directory, call: Call) -> None:
    """Put a call that was carried out into the record, if it belongs there."""
    method = call.route.method
    csv = call.request.url.path.endswith(".csv")
    if method in UNSAID or (call.route.verb == "GET" and method not in READS and not csv):
        return
    subject = call.in_path[0] if call.in_path else call.about
    action = f"{method.name}.csv" if csv else method.name
    origin = call.request.scope.get("state", {}).get("origin")
    address = origin.address if origin is not None else ""
    directory.note_soon(call.caller.actor, action, subject, address)
