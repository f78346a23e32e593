"""What a connection needs of whoever has the accounts and the daemon."""

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from gsmd.smpp import Pdu, pdus

if TYPE_CHECKING:
    from gsmd.gateways.smpp.bind import Bind


class Requests(Protocol):
    """Whoever carries out what a session lets through.

    ``leaving`` is work for binds that are gone: what their ESMEs have answered is brought to the daemon.
    """

    leaving: set[asyncio.Task[Any]]

    async def carry_out(self, bind: "Bind", request: Pdu) -> Pdu:
        """The answer to a request that is no bind and no unbind. Errors: none but defects."""
        ...

    async def authenticate(self, bind: "Bind", request: pdus.Bind) -> Pdu:
        """The answer to a bind; `Bind.attach` was called where it is positive."""
        ...

    def connected(self, bind: "Bind") -> bool:
        """There is another connection; false if there is no place for it."""
        ...

    def lost(self, bind: "Bind") -> None:
        """A connection is gone."""
        ...
