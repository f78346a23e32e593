"""What an unsolicited line means, as a value. What is not listed here means nothing to us."""

from collections.abc import Callable

import msgspec

from gsmd.at import Unsolicited, syntax
from gsmd.modem.registration import Registered, parse_status
from gsmd.modem.repair import is_whole, repaired


class Arrived(msgspec.Struct, frozen=True):
    """``+CMTI`` or ``+CDSI``: something was stored. ``index`` -1: not known where."""

    storage: str
    index: int


class Direct(msgspec.Struct, frozen=True):
    """``+CMT`` or ``+CDS``: a message or a report that is not stored anywhere else.

    ``whole``: it is as long as it was announced.
    """

    frame: str
    whole: bool = True


class DirectText(msgspec.Struct, frozen=True):
    """``+CMT`` in text mode: the modem has left PDU mode."""


class RegistrationNews(msgspec.Struct, frozen=True):
    """``+CREG`` and its kin."""

    domain: str
    status: Registered


class SignalNews(msgspec.Struct, frozen=True):
    """Received signal strength, 0 … 31 or 99 (3GPP TS 27.007 §8.5)."""

    rssi: int


class Ringing(msgspec.Struct, frozen=True):
    """Somebody calls; ``+CLIP`` says who. ``number`` None: withheld, or not said yet."""

    number: str | None
    known: bool


class CallEnded(msgspec.Struct, frozen=True):
    """The caller has hung up."""


class UssdNews(msgspec.Struct, frozen=True):
    """``+CUSD``: the network's answer, or its own idea. ``text`` as it came."""

    status: int
    text: str | None
    dcs: int | None


class StorageFull(msgspec.Struct, frozen=True):
    """No room for another message."""


class Restart(msgspec.Struct, frozen=True):
    """The modem has just started: all settings are back to defaults."""

    banner: str


class StartupStep(msgspec.Struct, frozen=True):
    """The modem, or its SIM, has come a step further: settings may have been lost or refused."""

    banner: str


class SimNews(msgspec.Struct, frozen=True):
    """The SIM's state may have changed."""

    banner: str


class Doubt(msgspec.Struct, frozen=True):
    """A sign of a restart that also comes without one: worth a look at the settings."""

    banner: str


Notice = (
    Arrived
    | Direct
    | DirectText
    | RegistrationNews
    | SignalNews
    | Ringing
    | CallEnded
    | UssdNews
    | StorageFull
    | Restart
    | StartupStep
    | SimNews
    | Doubt
)


def parse(event: Unsolicited) -> Notice | None:
    """What ``event`` means; None if it means nothing to us. Never raises."""
    upper = event.line.upper()
    for prefix, reader in _READERS:
        if upper.startswith(prefix):
            return reader(event)
    return None


def _fields(event: Unsolicited) -> list[str]:
    return syntax.strings(syntax.body(event.line))


def _number_at(fields: list[str], position: int) -> int | None:
    return syntax.number(fields[position]) if position < len(fields) else None


def _arrived(event: Unsolicited) -> Notice:
    fields = _fields(event)
    index = _number_at(fields, 1)
    return Arrived(fields[0].upper(), -1 if index is None else index)


def _direct(event: Unsolicited) -> Notice | None:
    if event.pdu is None:
        return None
    is_hex = all(letter in "0123456789abcdefABCDEF" for letter in event.pdu)
    if not is_hex:
        return DirectText()
    # +CMT: [<alpha>],<length> and +CDS: <length>; some put a comma too many
    length = syntax.number(_fields(event)[-1])
    frame = repaired(event.pdu, length)
    return Direct(frame, is_whole(frame, length))


def _registration(event: Unsolicited) -> Notice | None:
    status = parse_status(event.line, solicited=False)
    domain = event.line[1 : event.line.index(":")].upper()
    return None if status is None else RegistrationNews(domain, status)


def _rssi(event: Unsolicited) -> Notice | None:
    rssi = _number_at(_fields(event), 0)
    return None if rssi is None else SignalNews(rssi)


def _clip(event: Unsolicited) -> Notice:
    return Ringing(_fields(event)[0] or None, known=True)


def _ring(_event: Unsolicited) -> Notice:
    return Ringing(None, known=False)


def _ussd(event: Unsolicited) -> Notice | None:
    fields = _fields(event)
    status = _number_at(fields, 0)
    if status is None:
        return None
    text = fields[1] if len(fields) > 1 and fields[1] else None
    return UssdNews(status, text, _number_at(fields, 2))


def _pin(event: Unsolicited) -> Notice:
    return SimNews(event.line)


def _functionality(event: Unsolicited) -> Notice | None:
    return Restart(event.line) if _number_at(_fields(event), 0) == 1 else None


def _smsfull_indicator(event: Unsolicited) -> Notice | None:
    # +CIEV: "smsfull",1 or by its usual position among the indicators, 8 (3GPP TS 27.007 §8.9)
    fields = _fields(event)
    named = fields[0].lower() in {"smsfull", "sms full"}
    return StorageFull() if named and _number_at(fields, 1) == 1 else None


def _always(make: Callable[[str], Notice]) -> Callable[[Unsolicited], Notice]:
    return lambda event: make(event.line)


_READERS: tuple[tuple[str, Callable[[Unsolicited], Notice | None]], ...] = (
    ("+CMTI:", _arrived),
    ("+CDSI:", _arrived),
    ("+CMT:", _direct),
    ("+CDS:", _direct),
    ("+CREG:", _registration),
    ("+CGREG:", _registration),
    ("+CEREG:", _registration),
    ("+CSQ:", _rssi),
    ("^RSSI:", _rssi),
    ("RING", _ring),
    ("+CRING:", _ring),
    ("+CLIP:", _clip),
    ("NO CARRIER", lambda _event: CallEnded()),
    ("+CUSD:", _ussd),
    ("^SMMEMFULL", lambda _event: StorageFull()),
    ("SMS FULL", lambda _event: StorageFull()),
    ("+SMSFULL", lambda _event: StorageFull()),
    ("+ZSMSMEMFULL", lambda _event: StorageFull()),
    ("+CMTFULL", lambda _event: StorageFull()),
    ('+QIND: "SMSFULL"', lambda _event: StorageFull()),
    ("#SMOV:", lambda _event: StorageFull()),
    ("^SMGO: 1", lambda _event: StorageFull()),
    ("^SMGO: 2", lambda _event: StorageFull()),
    ("+CIEV:", _smsfull_indicator),
    # they start from nothing
    ("RDY", _always(Restart)),
    ("APP RDY", _always(Restart)),
    ("^SYSSTART", _always(Restart)),
    ("+SYSSTART", _always(Restart)),
    ("STARTUP", _always(Restart)),
    ("MODEM:STARTUP", _always(Restart)),
    ("NORMAL POWER DOWN", _always(Restart)),
    ("POWERED DOWN", _always(Restart)),
    ("^SHUTDOWN", _always(Restart)),
    ("+WIND: 3", _always(Restart)),
    ("+CFUN:", _functionality),
    # they come late in a start, and again where only the SIM started
    ("CALL READY", _always(StartupStep)),
    ("SMS READY", _always(StartupStep)),
    ("SMS DONE", _always(StartupStep)),
    ("PB DONE", _always(StartupStep)),
    ("+PBREADY", _always(StartupStep)),
    ("+QIND: SMS DONE", _always(StartupStep)),
    ("+QIND: PB DONE", _always(StartupStep)),
    ("+WIND: 4", _always(StartupStep)),
    ("+WIND: 1", _always(SimNews)),
    ("+WIND: 0", _always(SimNews)),
    ("+CPIN:", _pin),
    ("^SIMST:", _always(SimNews)),
    ("+QSIMSTAT:", _always(SimNews)),
    ("+QUSIM:", _always(SimNews)),
    ("#QSS:", _always(SimNews)),
    ("^SCKS:", _always(SimNews)),
    ("SIM READY", _always(SimNews)),
    ("^BOOT:", _always(Doubt)),
)
