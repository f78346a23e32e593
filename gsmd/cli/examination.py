"""Usual faults of modems: their signs, their causes, and what to do about them.

By asking the modem (`examine_modem`). What a running daemon knows is in `gsmd.protocol.findings`, how a port looks
from outside in `gsmd.cli.port_examination`. Each returns what it found; no finding means no complaint.
"""

from collections.abc import Awaitable, Callable, Sequence

from gsmd.at import syntax
from gsmd.modem.link import notification
from gsmd.modem.link.commands import dbm
from gsmd.modem.link.registration import DOMAINS, Registration, parse_status
from gsmd.modem.sim.simcard import SimState, read_state
from gsmd.protocol.findings import (
    PIN_TO_DO,
    PUK_TO_DO,
    SIM_TO_DO,
    WEAK_DBM,
    Finding,
    Severity,
    signal_finding,
    storage_findings,
)

Ask = Callable[[str], Awaitable[Sequence[str] | None]]
"""Runs a command (``AT+CPIN?``); its lines of text, None if the modem refuses it."""

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
            return [_sim_finding(name, "the SIM asks for its PIN", PIN_TO_DO)]
        case SimState.PUK_NEEDED if not word.startswith("PH-"):
            return [_sim_finding(name, "the SIM is blocked and asks for its PUK", PUK_TO_DO)]
        case _:
            return [_sim_finding(name, f"no usable SIM ({word})", SIM_TO_DO)]


def _sim_finding(name: str, what: str, to_do: str) -> Finding:
    return Finding(Severity.PROBLEM, name, what, "nothing can be sent or received like this", to_do)


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
    return storage_findings(name, fields[-3], used, total)


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
    if level is not None and level <= WEAK_DBM:
        findings.append(signal_finding(name, level))
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
