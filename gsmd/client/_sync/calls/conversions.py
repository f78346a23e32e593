# Generated from gsmd/client/_async/calls/conversions.py by .ci/generate: do not edit.

"""The calls of ``conversions.*``: what people did elsewhere after a message."""

from gsmd.client._sync.call_group import CallGroup
from gsmd.protocol import conversions as protocol


class ConversionsCalls(CallGroup):
    """``conversions.*``: what people did elsewhere after a message."""

    def add(
        self,
        goal: str,
        peer: str | None = None,
        *,
        message: str | None = None,
        value: float | None = None,
        key: str | None = None,
        actor: str | None = None,
    ) -> protocol.Conversion:
        """Note that somebody did what a campaign is for.

        It counts once for each person, within the campaign's window, and is not kept where no
        campaign asks for it.
        """
        return self._ask(
            protocol.ADD, goal=goal, peer=peer, message=message, value=value, key=key, actor=actor
        )
