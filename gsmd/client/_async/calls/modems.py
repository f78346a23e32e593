# Generated from gsmd/protocol/modems.py by .ci/generate: do not edit.
# ruff: noqa: ASYNC109 -- the daemon keeps the time of a call
"""The calls of ``modems.*``: looking at modems, and what administrators may do to them."""

import builtins

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.client.parameters import Duration, Moment
from gsmd.protocol import modems as protocol


class AsyncModemsCalls(AsyncCallGroup):
    """``modems.*``: looking at modems, and what administrators may do to them."""

    async def modems(self, *, actor: str | None = None) -> builtins.list[protocol.ModemStatus]:
        """Every modem as it is now; ``carriers`` has the programs that carry messages, attached or away."""
        return (await self._ask(protocol.LIST, actor=actor)).modems

    async def modem(self, modem: str, *, actor: str | None = None) -> protocol.ModemStatus:
        """One modem as it is now.

        ``troubles`` speak against its working well although nothing has failed, each a
        sentence; ``credit`` is ``{amount, at, text}`` if it is asked for.
        """
        return await self._ask(protocol.GET, modem=modem, actor=actor)

    async def modem_history(
        self,
        modem: str,
        since: Moment | None = None,
        until: Moment | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.ModemHistory:
        """State, registration and signal of a modem over time: a row when it changed, and one an hour; kept for 400 days."""
        return await self._ask(protocol.HISTORY, modem=modem, since=since, until=until, actor=actor)

    async def reset(self, modem: str, *, actor: str | None = None) -> protocol.ModemStatus:
        """Restart a modem."""
        return await self._ask(protocol.RESET, modem=modem, actor=actor)

    async def unlock(
        self, modem: str, pin: str | None = None, *, actor: str | None = None
    ) -> protocol.ModemStatus:
        """Give a SIM its PIN; without ``pin`` the one of the configuration."""
        return await self._ask(protocol.UNLOCK, modem=modem, pin=pin, actor=actor)

    async def at(
        self, modem: str, command: str, timeout: Duration | None = None, *, actor: str | None = None
    ) -> protocol.AtReply:
        """A raw AT command; ``result`` is ``OK`` or the error as the modem put it."""
        return await self._ask(
            protocol.AT, modem=modem, command=command, timeout=timeout, actor=actor
        )

    async def ussd(
        self, modem: str, code: str, timeout: Duration | None = None, *, actor: str | None = None
    ) -> protocol.UssdReply:
        """A USSD code; with ``session: true`` the next code is the answer to a menu."""
        return await self._ask(protocol.USSD, modem=modem, code=code, timeout=timeout, actor=actor)

    async def cancel_ussd(self, modem: str, *, actor: str | None = None) -> None:
        """Leave the menu of a USSD session without an answer; nothing happens if there is none."""
        await self._ask(protocol.CANCEL_USSD, modem=modem, actor=actor)

    async def record(
        self,
        modem: str,
        after: int | None = None,
        timeout: Duration | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.LinePage:
        """The traffic on a modem's line, as it comes; kept while somebody asks at least once a minute."""
        return await self._ask(
            protocol.RECORD, modem=modem, after=after, timeout=timeout, actor=actor
        )
