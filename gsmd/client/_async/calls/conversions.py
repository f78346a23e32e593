# Generated from gsmd/protocol/conversions.py by .ci/generate: do not edit.

"""The calls of ``conversions.*``: what people did elsewhere after a message."""

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import conversions as protocol


class AsyncConversionsCalls(AsyncCallGroup):
    """``conversions.*``: what people did elsewhere after a message."""

    async def add(
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
        return await self._ask(
            protocol.ADD, goal=goal, peer=peer, message=message, value=value, key=key, actor=actor
        )
