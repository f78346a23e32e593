# Generated from gsmd/protocol/gateways.py by .ci/generate: do not edit.

"""The calls of ``gateways.*``: the processes that bring gsmd to a network, as far as the daemon knows of them."""

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import gateways as protocol


class AsyncGatewaysCalls(AsyncCallGroup):
    """``gateways.*``: the processes that bring gsmd to a network, as far as the daemon knows of them."""

    async def list(self, *, actor: str | None = None) -> builtins.list[protocol.GatewayStatus]:
        """The gateways that are configured or running: whether each runs, and what keeps it from its work."""
        return (await self._ask(protocol.LIST, actor=actor)).gateways

    async def report(
        self,
        gateway: str,
        says: str | None = None,
        troubles: Sequence[protocol.GatewayTrouble | Mapping[str, Any]] | None = None,
        *,
        actor: str | None = None,
    ) -> None:
        """A gateway's word of itself, which holds until its next one, or until the connection ends."""
        await self._ask(protocol.REPORT, gateway=gateway, says=says, troubles=troubles, actor=actor)
