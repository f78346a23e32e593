"""Facts that a modem reports about itself, and USSD. Names and signatures are python-gsmmodem's."""
# ruff: noqa: N802, N803, N815 -- as said

import logging

from gsmmodem.exceptions import CommandError, InvalidStateException
from gsmmodem.modem import Ussd

from gsmd.client.gsmmodem import outcome
from gsmd.client.gsmmodem.connected import Connected

log = logging.getLogger(__name__)


class UssdSession(Ussd):  # type: ignore[misc]  # python-gsmmodem has no types
    """The network's answer; who may send may leave its menu, too."""

    def cancel(self) -> None:
        """End the session, if it is not over."""
        if self.sessionActive:
            self._gsmModem.cancelUssd()


class Facts(Connected):
    """The properties of a modem: what the daemon has found out."""

    smsTextMode = False
    """Kept for scripts that set it: the daemon always uses PDU mode."""

    @property
    def signalStrength(self) -> int:
        """0 to 31 as in +CSQ; −1 if it is not known."""
        return outcome.strength(self._status())

    @property
    def manufacturer(self) -> str | None:
        return self._status().manufacturer

    @property
    def model(self) -> str | None:
        return self._status().model

    @property
    def revision(self) -> str | None:
        return self._status().revision

    @property
    def imei(self) -> str | None:
        return self._status().imei

    @property
    def imsi(self) -> str | None:
        return self._status().imsi

    @property
    def networkName(self) -> str | None:
        return self._status().operator

    @property
    def smsc(self) -> str | None:
        return self._status().smsc

    @smsc.setter
    def smsc(self, number: str) -> None:
        self.write(f'AT+CSCA="{number}"')

    @property
    def ownNumber(self) -> str | None:
        """The number stored on the SIM; None if there is none."""
        return self._status().number

    @ownNumber.setter
    def ownNumber(self, number: str) -> None:
        self.write('AT+CPBS="ON"')
        self.write(f'AT+CPBW=1,"{number}"')

    @property
    def supportedCommands(self) -> list[str] | None:
        """The commands that the modem says it knows, without ``AT``; None if it does not say. For administrators."""
        try:
            lines = (self.write("AT+CLAC") or [])[:-1]
        except CommandError:
            return None
        listed = ",".join(line.removeprefix("+CLAC:") for line in lines)
        return [name.strip().removeprefix("AT") for name in listed.split(",") if name.strip()]

    def sendUssd(self, ussdString: str, responseTimeout: float = 15) -> UssdSession:
        """Dial a USSD code, or answer the menu of the session that is open.

        Errors: TimeoutException; CommandError.
        """
        with outcome.translated("AT+CUSD"):
            reply = self._client.ussd(self._one(), ussdString, responseTimeout)
        return UssdSession(self, reply.session, reply.text)

    def cancelUssd(self) -> None:
        """Leave the menu of the session that is open. Errors: CommandError."""
        with outcome.translated("AT+CUSD"):
            self._client.cancel_ussd(self._one())

    def dial(self, number: str, *_: object, **__: object) -> None:
        """Voice calls are not gsmd's business. Errors: InvalidStateException, always."""
        raise InvalidStateException(f"gsmd makes no voice calls: {number} is not dialled")
