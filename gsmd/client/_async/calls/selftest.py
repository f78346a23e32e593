# Generated from gsmd/protocol/selftest.py by .ci/generate: do not edit.

"""The calls of ``selftest.*``: messages that go out through one modem and come back through another."""

import builtins

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import selftest as protocol


class AsyncSelftestCalls(AsyncCallGroup):
    """``selftest.*``: messages that go out through one modem and come back through another."""

    async def selftest(
        self, modem: str | None = None, *, actor: str | None = None
    ) -> builtins.list[protocol.SelftestResult]:
        """Messages really go out and come back; the answer comes when they are back, or too late."""
        return (await self._ask(protocol.RUN, modem=modem, actor=actor)).results
