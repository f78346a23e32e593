# Generated from gsmd/client/_async/calls/modems.py by .ci/generate: do not edit.

"""The calls of ``modems.*``: looking at modems, and what administrators may do to them."""

import builtins

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Duration, Moment
from gsmd.protocol import modems as protocol


class ModemsCalls(CallGroup):
    """``modems.*``: looking at modems, and what administrators may do to them."""

    def modems(self, *, actor: str | None = None) -> builtins.list[protocol.ModemStatus]:
        """Every modem as it is now; ``carriers`` has the programs that carry messages, attached or away."""
        return (self._ask(protocol.LIST, actor=actor)).modems

    def modem(self, modem: str, *, actor: str | None = None) -> protocol.ModemStatus:
        """One modem as it is now.

        ``troubles`` speak against its working well although nothing has failed, each a
        sentence; ``credit`` is ``{amount, at, text}`` if it is asked for.
        """
        return self._ask(protocol.GET, modem=modem, actor=actor)

    def modem_history(
        self,
        modem: str,
        since: Moment | None = None,
        until: Moment | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.ModemHistory:
        """State, registration and signal of a modem over time: a row when it changed, and one an hour; kept for 400 days."""
        return self._ask(protocol.HISTORY, modem=modem, since=since, until=until, actor=actor)

    def reset(self, modem: str, *, actor: str | None = None) -> protocol.ModemStatus:
        """Restart a modem."""
        return self._ask(protocol.RESET, modem=modem, actor=actor)

    def unlock(
        self, modem: str, pin: str | None = None, *, actor: str | None = None
    ) -> protocol.ModemStatus:
        """Give a SIM its PIN; without ``pin`` the one of the configuration."""
        return self._ask(protocol.UNLOCK, modem=modem, pin=pin, actor=actor)

    def at(
        self, modem: str, command: str, timeout: Duration | None = None, *, actor: str | None = None
    ) -> protocol.AtReply:
        """A raw AT command; ``result`` is ``OK`` or the error as the modem put it."""
        return self._ask(protocol.AT, modem=modem, command=command, timeout=timeout, actor=actor)

    def ussd(
        self, modem: str, code: str, timeout: Duration | None = None, *, actor: str | None = None
    ) -> protocol.UssdReply:
        """A USSD code; with ``session: true`` the next code is the answer to a menu."""
        return self._ask(protocol.USSD, modem=modem, code=code, timeout=timeout, actor=actor)

    def cancel_ussd(self, modem: str, *, actor: str | None = None) -> None:
        """Leave the menu of a USSD session without an answer; nothing happens if there is none."""
        self._ask(protocol.CANCEL_USSD, modem=modem, actor=actor)

    def record(
        self,
        modem: str,
        after: int | None = None,
        timeout: Duration | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.LinePage:
        """The traffic on a modem's line, as it comes; kept while somebody asks at least once a minute."""
        return self._ask(protocol.RECORD, modem=modem, after=after, timeout=timeout, actor=actor)
