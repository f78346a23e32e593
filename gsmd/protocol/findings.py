"""Usual faults of modems as their status tells them: what is seen, why it matters, what to do about it. Pure.

For ``gsmd doctor`` and for whoever else shows a modem to people. What only the modem itself knows is asked by
`gsmd.cli.examination`.
"""

from enum import StrEnum

import msgspec

from gsmd.protocol.modems import CarrierStatus, ModemStatus


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


WEAK_DBM = -103
"""At this, and below, a signal is weak."""

_NEARLY_FULL = 0.8

PIN_TO_DO = "put the PIN into a file and name it as pin_file, or: gsmd modems unlock"
PUK_TO_DO = "put the SIM into a phone, enter the PUK and set a new PIN; gsmd never tries a PUK"
SIM_TO_DO = "put a SIM in, the right way round; look whether it works in a phone"

_TO_DO: dict[str, str] = {
    "absent": "plug it in, or correct port or match; gsmd probe lists what is there",
    "opening": "see the reason; only one program can use a port",
    "pin-needed": PIN_TO_DO,
    "puk-needed": PUK_TO_DO,
    "sim-missing": SIM_TO_DO,
    "sim-busy": "wait a minute; if it stays, take the SIM out and put it in again",
    "registering": "check antenna and place, that the SIM is active, and roaming",
    "recovering": "wait a minute; if it stays, unplug the modem and plug it in again",
}


def examine_status(status: ModemStatus) -> list[Finding]:
    """A modem as the daemon sees it."""
    findings = []
    if status.state not in {"ready", "identifying"}:
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
        findings += storage_findings(status.name, use.name, use.used, use.total)
    if status.signal_dbm is not None and status.signal_dbm <= WEAK_DBM:
        findings.append(signal_finding(status.name, status.signal_dbm))
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


def storage_findings(name: str, storage: str, used: int, total: int) -> list[Finding]:
    """A storage of a SIM or a modem by its fill level, in messages."""
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
        "docs/modems.md tells what each means; gsmd modems show tells whether it is over",
    )


def signal_finding(name: str, level: int) -> Finding:
    """A signal that is weak, in dBm."""
    return Finding(
        Severity.WARNING,
        name,
        f"the signal is weak: {level} dBm",
        "messages take long, or fail now and then",
        "move the antenna; -95 dBm and more is good",
    )
