"""The table of methods: everything that can be asked for at the socket, one row each.

The server dispatches from it, the clients' typed calls, ``docs/protocol.md`` and
``docs/protocol.schema.json`` are generated from it.
"""

from typing import Any

from gsmd.protocol import (
    blocks,
    campaigns,
    carriers,
    consents,
    contests,
    conversations,
    conversions,
    events,
    forms,
    gateways,
    handlers,
    inbox,
    keywords,
    lists,
    messages,
    modems,
    optout,
    people,
    polls,
    selftest,
    server,
    stats,
    verify,
)
from gsmd.protocol.method import Method

METHODS: dict[str, Method[Any, Any]] = {
    method.name: method
    for noun in (
        server,
        messages,
        inbox,
        events,
        handlers,
        modems,
        carriers,
        gateways,
        stats,
        optout,
        blocks,
        keywords,
        lists,
        consents,
        campaigns,
        conversions,
        polls,
        forms,
        contests,
        verify,
        people,
        conversations,
        selftest,
    )
    for method in noun.METHODS
}
"""Every method, by name, in the order of the documentation."""
