"""Lines that a modem says by itself, and their meaning as values.

An `Indication` registers one such line: how it begins, the function that reads it, how many lines
stand behind it. `STANDARD` has those of 3GPP TS 27.005 and 27.007; each family of modems adds its own
(`gsmd.modem.quirks`). What is not registered means nothing to us.
"""

from collections.abc import Callable, Iterable

import msgspec

from gsmd.at import Unsolicited, charset, syntax, ussd
from gsmd.at.results import parse_final
from gsmd.modem.link.registration import Registered, parse_status


class Arrived(msgspec.Struct, frozen=True):
    """``+CMTI`` or ``+CDSI``: something was stored. ``index`` -1: not known where."""

    storage: str
    index: int


class Direct(msgspec.Struct, frozen=True):
    """``+CMT`` or ``+CDS``: a message or a report that is not stored anywhere else.

    ``frame``: hex, as it came. ``length``: octets of the TPDU that were announced, None if none were.
    """

    frame: str
    length: int | None


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


class DialogueEnded(msgspec.Struct, frozen=True):
    """``+CME ERROR``, or a bare one, in place of a ``+CUSD``. ``reason``: what it says, for people."""

    reason: str


class Submitted(msgspec.Struct, frozen=True):
    """``+CMGS`` that nobody waits for any more: the network has the message that got no answer."""

    reference: int


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


class SupplyTrouble(msgspec.Struct, frozen=True):
    """The supply voltage is too low or too high: it may go off at any moment, mostly while it sends."""

    banner: str


class SettingsSuspect(msgspec.Struct, frozen=True):
    """A sign of a restart that also comes without one: the settings should be looked at."""

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
    | DialogueEnded
    | Submitted
    | StorageFull
    | Restart
    | StartupStep
    | SimNews
    | SupplyTrouble
    | SettingsSuspect
)


Handler = Callable[[Unsolicited], Notice | None]


class Indication(msgspec.Struct, frozen=True):
    """One line that a modem says by itself.

    ``prefix``: how it begins; case does not matter. ``handler``: its meaning, None if this time it has
    none; never raises. ``trailing_lines``: how many lines belong to it that stand behind it.
    """

    prefix: str
    handler: Handler
    trailing_lines: int = 0


class Indications:
    """A table of indications; where several fit, the longest prefix counts.

    ``otherwise`` reads the lines that are in no table.
    """

    def __init__(self, table: Iterable[Indication], otherwise: Handler) -> None:
        self._otherwise = otherwise
        known = [(each.prefix.upper(), each.handler) for each in table]
        longest_first = sorted(known, key=lambda each: len(each[0]), reverse=True)
        self._handlers: dict[str, list[tuple[str, Handler]]] = {}
        """By the first two letters: most lines are compared with a few prefixes only."""
        for prefix, handler in longest_first:
            self._handlers.setdefault(prefix[:2], []).append((prefix, handler))

    def meaning(self, event: Unsolicited) -> Notice | None:
        """The meaning of ``event``; None if it has none for us. Never raises."""
        line = event.line.upper()
        for prefix, handler in self._handlers.get(line[:2], ()):
            if line.startswith(prefix):
                return handler(event)
        return self._otherwise(event)


# -- handlers that several families use ------------------------------------------------------


def storage_full(_event: Unsolicited) -> Notice:
    """There is no room for another message."""
    return StorageFull()


def restart(event: Unsolicited) -> Notice:
    """The modem starts, or is about to: it begins from nothing."""
    return Restart(event.line)


def startup_step(event: Unsolicited) -> Notice:
    """Comes late in a start, and again where only the SIM started."""
    return StartupStep(event.line)


def sim_news(event: Unsolicited) -> Notice:
    """The SIM may be another one, gone, or ready."""
    return SimNews(event.line)


def supply_trouble(event: Unsolicited) -> Notice:
    """The supply voltage is not what it should be, and it stays on so far."""
    return SupplyTrouble(event.line)


def settings_suspect(event: Unsolicited) -> Notice:
    """It may have restarted."""
    return SettingsSuspect(event.line)


def signal(event: Unsolicited) -> Notice | None:
    """``<rssi>`` is the first field."""
    rssi = _number_at(_fields(event), 0)
    return None if rssi is None else SignalNews(rssi)


# -- handlers of the standard lines ----------------------------------------------------------


def _fields(event: Unsolicited) -> list[str]:
    return syntax.strings(syntax.body(event.line))


def _number_at(fields: list[str], position: int) -> int | None:
    return syntax.number(fields[position]) if position < len(fields) else None


def _arrived(event: Unsolicited) -> Notice:
    fields = _fields(event)
    index = _number_at(fields, 1)
    return Arrived(charset.name(fields[0]).upper(), -1 if index is None else index)


def _direct(event: Unsolicited) -> Notice | None:
    if event.pdu is None:
        return None
    is_hex = all(letter in "0123456789abcdefABCDEF" for letter in event.pdu)
    if not is_hex:
        return DirectText()
    # +CMT: [<alpha>],<length> and +CDS: <length>; some put a comma too many
    return Direct(event.pdu, syntax.number(_fields(event)[-1]))


def _registration(event: Unsolicited) -> Notice | None:
    status = parse_status(event.line, solicited=False)
    domain = event.line[1 : event.line.index(":")].upper()
    return None if status is None else RegistrationNews(domain, status)


def _clip(event: Unsolicited) -> Notice:
    return Ringing(charset.number(_fields(event)[0]) or None, known=True)


def _ring(_event: Unsolicited) -> Notice:
    return Ringing(None, known=False)


def _call_ended(_event: Unsolicited) -> Notice:
    return CallEnded()


def _ussd(event: Unsolicited) -> Notice | None:
    said = ussd.read(event.line)
    return None if said is None else UssdNews(*said)


def _dialogue_ended(event: Unsolicited) -> Notice | None:
    result = parse_final(event.line)
    return None if result is None else DialogueEnded(f"{result.text} ({result.meaning})")


def _submitted(event: Unsolicited) -> Notice | None:
    reference = _number_at(_fields(event), 0)
    return None if reference is None else Submitted(reference & 0xFF)


def _functionality(event: Unsolicited) -> Notice | None:
    return Restart(event.line) if _number_at(_fields(event), 0) == 1 else None


def _indicator(event: Unsolicited) -> Notice | None:
    """``+CIEV: "SMSFULL",1`` (3GPP TS 27.007 §8.9); by number each family has an order of its own."""
    fields = _fields(event)
    named = fields[0].lower() in {"smsfull", "sms full"}
    return StorageFull() if named and _number_at(fields, 1) == 1 else None


STANDARD: tuple[Indication, ...] = (
    # 3GPP TS 27.005 §3.4.1
    Indication("+CMTI:", _arrived),
    Indication("+CDSI:", _arrived),
    Indication("+CMT:", _direct, trailing_lines=1),
    Indication("+CDS:", _direct, trailing_lines=1),
    Indication("+CMGS:", _submitted),
    # 3GPP TS 27.007 §7.2, 10.1.20, 10.1.22, 8.5, 6.11, 7.6, 7.15, 8.2, 8.3, 8.9
    Indication("+CREG:", _registration),
    Indication("+CGREG:", _registration),
    Indication("+CEREG:", _registration),
    Indication("+CSQ:", signal),
    Indication("+CRING:", _ring),
    Indication("+CLIP:", _clip),
    Indication("+CUSD:", _ussd),
    Indication("+CME ERROR", _dialogue_ended),
    Indication("ERROR", _dialogue_ended),
    Indication("+CFUN:", _functionality),
    Indication("+CPIN:", sim_news),
    Indication("+CIEV:", _indicator),
    # ITU-T V.250 §6.3
    Indication("RING", _ring),
    Indication("NO CARRIER", _call_ended),
)
