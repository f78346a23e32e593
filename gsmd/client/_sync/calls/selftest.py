# Generated from gsmd/client/_async/calls/selftest.py by .ci/generate: do not edit.

"""The calls of ``selftest.*``: messages that go out through one modem and come back through another."""

import builtins

from gsmd.client._sync.call_group import CallGroup
from gsmd.protocol import selftest as protocol


class SelftestCalls(CallGroup):
    """``selftest.*``: messages that go out through one modem and come back through another."""

    def selftest(
        self, modem: str | None = None, *, actor: str | None = None
    ) -> builtins.list[protocol.SelftestResult]:
        """Messages really go out and come back; the answer comes when they are back, or too late."""
        return (self._ask(protocol.RUN, modem=modem, actor=actor)).results
