"""Usual faults of modems: their signs, their causes, and what to do about them.

Two looks: by asking the modem (`examine_modem`), and at what a running daemon knows (`examine_status`); how a port looks
from outside is in `gsmd.cli.port_examination`. Each returns what it found; no finding means no complaint.
"""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum

import msgspec

from gsmd.at import syntax
from gsmd.modem.link import notification
from gsmd.modem.link.commands import dbm
from gsmd.modem.link.registration import DOMAINS, Registration, parse_status
from gsmd.modem.sim.simcard import SimState, read_state
from gsmd.modem.state import ModemState
from gsmd.modem.status import ModemStatus
from gsmd.protocol.modems import CarrierStatus


class Severity(StrEnum):
    """The severity of a finding."""

    PROBLEM = "problem"  # it cannot work like this
    WARNING = "warning"  # it may work, not well or not for long
    NOTE = "note"  # nothing is wrong; people may like to know


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong: ``what`` is seen, ``why`` it matters, what ``to_do``."""

    severity: Severity
    subject: str
    what: str
    why: str
    to_do: str


Ask = Callable[[str], Awaitable[Sequence[str] | None]]
"""Runs a command (``AT+CPIN?``); its lines of text, None if the modem refuses it."""

_WEAK_DBM = -103
_NEARLY_FULL = 0.8


# -- by asking the modem ---------------------------------------------------------------------


async def examine_modem(name: str, ask: Ask) -> list[Finding]:
    """SIM, PIN, service centre, storage, signal and network of a modem that answers."""
    sim = await _examine_sim(name, ask)
    if sim:
        return sim
    return [
        *await _examine_service_centre(name, ask),
        *await _examine_storage(name, ask),
        *await _examine_network(name, ask),
        *await _examine_hand_over(name, ask),
    ]


async def _examine_sim(name: str, ask: Ask) -> list[Finding]:
    lines = await ask("AT+CPIN?")
    word = syntax.body(lines[0]).upper() if lines else "NO ANSWER"
    match read_state(word).state:
        case SimState.READY:
            return []
        case SimState.PIN_NEEDED:
            return [_sim_finding(name, "the SIM asks for its PIN", _PIN_TO_DO)]
        case SimState.PUK_NEEDED if not word.startswith("PH-"):
            return [_sim_finding(name, "the SIM is blocked and asks for its PUK", _PUK_TO_DO)]
        case _:
            return [_sim_finding(name, f"no usable SIM ({word})", _SIM_TO_DO)]


def _sim_finding(name: str, what: str, to_do: str) -> Finding:
    return Finding(Severity.PROBLEM, name, what, "nothing can be sent or received like this", to_do)


_PIN_TO_DO = "put the PIN into a file and name it as pin_file, or: gsmd modems unlock"
_PUK_TO_DO = "put the SIM into a phone, enter the PUK and set a new PIN; gsmd never tries a PUK"
_SIM_TO_DO = "put a SIM in, the right way round; look whether it works in a phone"


async def _examine_service_centre(name: str, ask: Ask) -> list[Finding]:
    lines = await ask("AT+CSCA?")
    if not lines or syntax.strings(syntax.body(lines[0]))[0].strip("+"):
        return []
    return [
        Finding(
            Severity.PROBLEM,
            name,
            "the SIM has no service centre address",
            "every message will be refused with +CMS ERROR: 330",
            "ask the operator for it and configure it as smsc",
        )
    ]


async def _examine_storage(name: str, ask: Ask) -> list[Finding]:
    lines = await ask("AT+CPMS?")
    fields = syntax.strings(syntax.body(lines[0])) if lines else []
    numbers = [syntax.number(field) for field in fields[-2:]]
    if len(fields) < 3 or None in numbers:
        return []
    used, total = numbers[0] or 0, numbers[1] or 0
    return _storage_finding(name, fields[-3], used, total)


def _storage_finding(name: str, storage: str, used: int, total: int) -> list[Finding]:
    if total == 0:
        return [_roomless_finding(name, storage)]
    if used < total * _NEARLY_FULL:
        return []
    full = used >= total
    return [
        Finding(
            Severity.PROBLEM if full else Severity.WARNING,
            name,
            f"storage {storage} holds {used} of {total} messages",
            "once it is full the network keeps messages back, and some modems cannot send either",
            "start gsmd, it empties the storage; drafts are left to whoever wrote them (AT+CMGL=4)",
        )
    ]


def _roomless_finding(name: str, storage: str) -> Finding:
    return Finding(
        Severity.PROBLEM,
        name,
        f"storage {storage} has no room for a single message",
        "nothing can come in there; the network keeps it back",
        "choose another storage for the modem (storage: ME), or another SIM; gsmd takes one with room by itself",
    )


def _trouble_finding(name: str, trouble: str) -> Finding:
    return Finding(
        Severity.WARNING,
        name,
        trouble,
        "messages may come late, or not at all, although nothing has failed",
        f"docs/modems.md tells what each means; gsmd modems show {name} tells whether it is over",
    )


async def _examine_hand_over(name: str, ask: Ask) -> list[Finding]:
    """Whether it can give messages with their notice and wait for the acknowledgement: `gsmd.modem.hand_over`."""
    services = await _advertised(ask, "AT+CSMS=?", 0)
    targets = await _advertised(ask, "AT+CNMI=?", 1)
    if services is None and targets is None:
        return []
    why_not = []
    if 1 not in (services or ()):
        why_not.append("no service 1 of +CSMS")
    if notification.HANDED_OVER not in (targets or ()):
        why_not.append("no mt 2 of +CNMI")
    if why_not:
        what = "it cannot hand messages over as they come (reception: direct)"
        return [Finding(Severity.NOTE, name, what, f"it offers {' and '.join(why_not)}", "nothing")]
    return [
        Finding(
            Severity.NOTE,
            name,
            "it says that it can hand messages over as they come (reception: direct)",
            "they come a little sooner then, and wear out no SIM",
            "nothing, or: reception: direct, and look here again after some messages",
        )
    ]


async def _advertised(ask: Ask, question: str, place: int) -> frozenset[int] | None:
    """The numbers of one of the lists that a question answers; None if it answers nothing."""
    lines = await ask(question)
    lists = syntax.values(syntax.body(lines[0])) if lines else []
    return syntax.numbers(lists[place]) if len(lists) > place else None


async def _examine_network(name: str, ask: Ask) -> list[Finding]:
    registration = Registration()
    for domain in DOMAINS:
        lines = await ask(f"AT+{domain}?")
        status = parse_status(lines[0], solicited=True) if lines else None
        registration = registration.with_domain(domain, status)
    findings = _registration_finding(name, registration)
    if registration.lte_only:
        findings.append(await _lte_finding(name, ask))
    lines = await ask("AT+CSQ")
    level = dbm(syntax.number(syntax.strings(syntax.body(lines[0]))[0])) if lines else None
    if level is not None and level <= _WEAK_DBM:
        findings.append(_signal_finding(name, level))
    return findings


def _registration_finding(name: str, registration: Registration) -> list[Finding]:
    if registration.may_send:
        return []
    return [
        Finding(
            Severity.PROBLEM,
            name,
            registration.reason,
            "without a network nothing is sent, and nothing comes in",
            "check antenna and place, that the SIM is active, and that roaming is allowed abroad",
        )
    ]


async def _lte_finding(name: str, ask: Ask) -> Finding:
    """Registered on LTE alone: whether SMS works there depends on operator and settings."""
    service = await ask("AT+CGSMS?")
    ims = await ask("AT+CIREG?")
    said = ", ".join([*(service or ["+CGSMS: unknown"]), *(ims or ["IMS (+CIREG): unknown"])])
    return Finding(
        Severity.WARNING,
        name,
        "registered on LTE only",
        f"SMS then needs SGs or IMS, and may fail although there is a network ({said})",
        "if every send fails: gsmd at MODEM AT+CGSMS=1; else make the modem use 2G or 3G, or ask the operator for SMS over SGs",
    )


def _signal_finding(name: str, level: int) -> Finding:
    return Finding(
        Severity.WARNING,
        name,
        f"the signal is weak: {level} dBm",
        "messages take long, or fail now and then",
        "move the antenna; -95 dBm and more is good",
    )


# -- at what a running daemon knows ----------------------------------------------------------


def examine_status(status: ModemStatus) -> list[Finding]:
    """A modem as the daemon sees it."""
    findings = []
    if status.state not in {ModemState.READY, ModemState.IDENTIFYING}:
        findings.append(
            Finding(
                Severity.PROBLEM,
                status.name,
                f"{status.state}: {status.reason}",
                "it cannot send in this state",
                _TO_DO.get(status.state, "see the log: journalctl -u gsmd"),
            )
        )
    findings += [_trouble_finding(status.name, trouble) for trouble in status.troubles]
    if status.storage is not None:
        use = status.storage
        findings += _storage_finding(status.name, use.name, use.used, use.total)
    if status.signal_dbm is not None and status.signal_dbm <= _WEAK_DBM:
        findings.append(_signal_finding(status.name, status.signal_dbm))
    return findings


def examine_carrier(carrier: CarrierStatus) -> list[Finding]:
    """A program, or an SMSC of others, that should carry."""
    if carrier.state == "attached" and not carrier.reason:
        return []
    away = carrier.state != "attached"
    return [
        Finding(
            Severity.PROBLEM if away else Severity.WARNING,
            carrier.name,
            "no program is attached" if away else carrier.reason,
            "messages for it go to others of their route, or wait",
            "start the program that carries for it; an SMSC of smpp.providers: gsmd smpp providers tells why",
        )
    ]


_TO_DO: dict[str, str] = {
    ModemState.ABSENT: "plug it in, or correct port or match; gsmd probe lists what is there",
    ModemState.OPENING: "see the reason; only one program can use a port",
    ModemState.PIN_NEEDED: _PIN_TO_DO,
    ModemState.PUK_NEEDED: _PUK_TO_DO,
    ModemState.SIM_MISSING: _SIM_TO_DO,
    ModemState.SIM_BUSY: "wait a minute; if it stays, take the SIM out and put it in again",
    ModemState.REGISTERING: "check antenna and place, that the SIM is active, and roaming",
    ModemState.RECOVERING: "wait a minute; if it stays, unplug the modem and plug it in again",
}
