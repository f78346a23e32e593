"""``modems.*``: what callers may see of modems and do to them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from gsmd.modem import ModemStatus
from gsmd.modem.errors import ModemUnavailable, PinRefused, UssdFailed
from gsmd.modem.port.recorder import Recorder
from gsmd.protocol import modems as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Done
from gsmd.protocol.method import Bound, Context, Method, bind
from gsmd.protocol.modems import (
    AtParams,
    AtReply,
    CarrierStatus,
    LinePage,
    ModemList,
    ModemParams,
    RecordParams,
    UnlockParams,
    UssdParams,
    UssdReply,
)

_NEWS = 10.0
"""Seconds that somebody waits for news of a line before they ask again: within that, they count as interested."""


class Modem(Protocol):
    """One modem, as far as callers may touch it. Timeouts are in seconds; None: the modem's own."""

    def status(self) -> ModemStatus: ...

    async def command(self, line: str, timeout: float | None, /) -> Any:  # noqa: ASYNC109 -- it belongs to the transaction
        """One raw AT command; the reply has ``lines`` and ``result``."""
        ...

    async def ussd(self, code: str, timeout: float | None, /) -> Any:  # noqa: ASYNC109 -- likewise
        """A step of a USSD session; the reply has ``text`` and ``session``."""
        ...

    async def cancel_ussd(self) -> None: ...

    @property
    def recorder(self) -> Recorder: ...

    async def reset(self) -> None: ...

    async def unlock(self, pin: str | None = None, /) -> None: ...


class Fleet(Protocol):
    """All of them."""

    def get(self, name: str) -> Modem | None: ...

    def status(self) -> Sequence[ModemStatus]: ...

    def programs(self) -> Sequence[CarrierStatus]: ...

    def commanded(self, modem: str, command: str, /) -> None: ...


ModemCommand = ModemParams | UnlockParams | AtParams | UssdParams


class Modems:
    """Calls about modems."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (
            bind(rows.LIST, self._list),
            bind(rows.GET, self._get),
            bind(rows.RESET, self._reset),
            bind(rows.UNLOCK, self._unlock),
            bind(rows.AT, self._at),
            bind(rows.USSD, self._ussd),
            bind(rows.CANCEL_USSD, self._cancel_ussd),
            bind(rows.RECORD, self._record),
        )

    def status(self) -> Sequence[ModemStatus]:
        """Every modem as it is now."""
        return self._fleet.status()

    def get(self, name: str) -> Modem:
        """Errors: `Refused` if there is none."""
        modem = self._fleet.get(name)
        if modem is None:
            raise Refused(
                Code.NOT_FOUND,
                f"no modem is called {name!r}",
                reason="no_such_modem",
                field="modem",
            )
        return modem

    def _command(self, p: ModemCommand, method: Method[Any, Any]) -> Modem:
        """The modem that something is done with: told where it is known for whom. Errors: `Refused`."""
        modem = self.get(p.modem)
        if p.actor is not None:  # scripts that ask every minute do not fill the store
            self._fleet.commanded(p.modem, method.name)
        return modem

    async def _list(self, _: Context, __: object) -> ModemList:
        return ModemList(list(self.status()), list(self._fleet.programs()))

    async def _get(self, _: Context, p: ModemParams) -> ModemStatus:
        return self.get(p.modem).status()

    async def _reset(self, _: Context, p: ModemParams) -> ModemStatus:
        modem = self._command(p, rows.RESET)
        with _in_words_of_the_protocol():
            await modem.reset()
        return modem.status()

    async def _unlock(self, _: Context, p: UnlockParams) -> ModemStatus:
        modem = self._command(p, rows.UNLOCK)
        with _in_words_of_the_protocol():
            await modem.unlock(p.pin)
        return modem.status()

    async def _at(self, _: Context, p: AtParams) -> AtReply:
        modem = self._command(p, rows.AT)
        with _in_words_of_the_protocol():
            reply = await modem.command(p.command.strip(), p.timeout)
        return AtReply(list(reply.lines), reply.result.text)

    async def _ussd(self, _: Context, p: UssdParams) -> UssdReply:
        modem = self._command(p, rows.USSD)
        with _in_words_of_the_protocol():
            reply = await modem.ussd(p.code, p.timeout)
        return UssdReply(reply.text, reply.session)

    async def _cancel_ussd(self, _: Context, p: ModemParams) -> Done:
        modem = self.get(p.modem)
        with _in_words_of_the_protocol():
            await modem.cancel_ussd()
        return Done()

    async def _record(self, _: Context, p: RecordParams) -> LinePage:
        timeout = _NEWS if p.timeout is None else min(p.timeout, _NEWS)
        return await self.get(p.modem).recorder.read(p.after, timeout)


@contextmanager
def _in_words_of_the_protocol() -> Iterator[None]:
    try:
        yield
    except ModemUnavailable as error:
        raise Refused(Code.MODEM_UNAVAILABLE, error.reason, reason="modem_unavailable") from error
    except UssdFailed as error:
        late = isinstance(error.__cause__, TimeoutError)
        code = Code.TIMEOUT if late else Code.REFUSED
        raise Refused(code, error.reason, reason="ussd_failed") from error
    except PinRefused as error:
        raise Refused(Code.REFUSED, error.reason, reason="pin_refused") from error
