"""What follows from each thing that a modem says by itself."""

from collections.abc import Callable

from gsmd.at import Unsolicited
from gsmd.modem import commands, notices
from gsmd.modem.calls import Calls
from gsmd.modem.device import Device
from gsmd.modem.direct import DirectDeliveries
from gsmd.modem.errors import Restarted
from gsmd.modem.registration import Registered
from gsmd.modem.session import Session
from gsmd.modem.state import ModemState
from gsmd.modem.ussd import Ussd


class Reactions:
    """Takes notices apart and gives each to whom it concerns."""

    def __init__(
        self,
        device: Device,
        calls: Calls,
        direct: DirectDeliveries,
        ussd: Ussd,
        *,
        arrived: Callable[[str, int], None],
        storage_full: Callable[[], None],
    ) -> None:
        self._device = device
        self._calls = calls
        self._direct = direct
        self._ussd = ussd
        self._arrived = arrived
        self._storage_full = storage_full

    def react(self, event: Unsolicited) -> None:
        """Called for every notice, on the loop. Does no I/O by itself."""
        notice = notices.parse(event)
        session = self._device.session
        if session is not None and event.line in session.profile.full:
            notice = notices.StorageFull()
        if notice is not None and session is not None:
            self._message(session, notice)
            self._network(session, notice)
            self._modem(session, notice)

    def _message(self, session: Session, notice: notices.Notice) -> None:
        match notice:
            case notices.Arrived(storage, index):
                self._arrived(storage, index)
            case notices.Direct():
                self._direct.take(session, notice)
            case notices.DirectText():
                self._concern("doubt", "it hands over text instead of PDUs")
            case notices.StorageFull():
                self._storage_full()
            case _:
                pass

    def _network(self, session: Session, notice: notices.Notice) -> None:
        match notice:
            case notices.RegistrationNews(domain, status):
                self._registration(session, domain, status)
            case notices.SignalNews(rssi):
                self._device.facts.signal_dbm = commands.dbm(rssi)
            case notices.Ringing():
                self._calls.ringing(session, notice)
            case notices.CallEnded():
                self._calls.ended(notice)
            case notices.UssdNews():
                self._ussd.heard(notice)
            case _:
                pass

    def _modem(self, session: Session, notice: notices.Notice) -> None:
        match notice:
            case notices.Restart(banner):
                self._concern("restart", banner)
                session.line.give_up_with(Restarted(f"the modem restarted: {banner}"))
            case notices.StartupStep(banner):
                self._concern("startup_step", banner)
            case notices.SimNews(banner):
                self._concern("sim", banner)
            case notices.Doubt(banner):
                self._concern("doubt", banner)
            case _:
                pass

    def _registration(self, session: Session, domain: str, status: Registered) -> None:
        before = session.registration.registered
        session.registration_news(domain, status)
        now = session.registration.registered
        if before != now:
            # whoever changes the SIM loses the network, and may find it again with another one
            change = "is back" if now else "is lost"
            self._concern("sim", f"the network {change}")
            if not now:  # another domain may still have one
                self._concern("network", f"{domain} says {status.name.lower()}")
        elif self._device.life.state in {ModemState.READY, ModemState.REGISTERING}:
            self._device.settle()

    def _concern(self, name: str, reason: str) -> None:
        setattr(self._device.concerns, name, reason)
        self._device.concerns.wake()
