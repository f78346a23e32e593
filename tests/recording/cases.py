"""What modems in the field have said, each as few rules on a simulated one.

From reports in the trackers of gammu, python-gsmmodem, wader, TinyGSM, home-assistant and others, and from
the manuals of modems; the clause that is at stake stands with each. Times are shortened.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from gsmd import pdu
from gsmd.modem import ModemUnavailable, SubmitRefused, SubmitUncertain, UssdFailed
from tests.recording.overlay import Rule


class Case(msgspec.Struct, frozen=True):
    """``about``: what happens. ``act``: what is done on the stage of `tests.recording.make`."""

    about: str
    rules: Sequence[Rule]
    act: Callable[[Any], Awaitable[None]]
    family: str = "generic"
    config: dict[str, Any] = {}


_LATE = 1.0
"""Seconds that an answer's rest may take."""


async def come_up(stage: Any) -> None:
    await stage.ready()
    await stage.modem.sweep()


async def ask(stage: Any) -> None:
    """A USSD code, and the time that things may come late."""
    await stage.ready()
    with suppress(UssdFailed):
        await stage.modem.ussd("*100#", 3)
    await asyncio.sleep(_LATE)


async def send(stage: Any) -> None:
    await stage.ready()
    with suppress(SubmitRefused, SubmitUncertain, ModemUnavailable):
        await stage.send("Hello from here")


async def list_commands(stage: Any) -> None:
    await stage.ready()
    with suppress(ModemUnavailable):
        await stage.modem.command("AT+CLAC")


async def be_called(stage: Any) -> None:
    await stage.ready()
    number = "+33612345678".encode("utf-16-be").hex().upper()
    stage.say(f'\r\nRING\r\n\r\n+CLIP: "{number}",145\r\n')
    await stage.told.until(lambda: bool(stage.told.calls))


async def fail_beside(stage: Any) -> None:
    """A USSD code, and while its answer is awaited a message that takes its time."""
    await stage.ready()
    asking = asyncio.create_task(stage.modem.ussd("*100#", 3))
    await asyncio.sleep(0.1)
    await stage.send("Hello from here")
    with suppress(UssdFailed):
        await asking


async def arrive_unannounced(stage: Any) -> None:
    """Three messages that only a sweep finds, one after the other."""
    await stage.ready()
    await stage.receive()
    for number in range(3):
        stage.phone.send(stage.device.sim.number, f"Message {number}")
        await stage.receive()
    await asyncio.sleep(_LATE)


async def restart(stage: Any) -> None:
    await stage.ready()
    stage.device.reset_settings()
    stage.say("\r\n*ATREADY: 1\r\n")
    await stage.told.until(lambda: stage.modem.counters.restarts == 1)
    await stage.ready()


def _stored(frame: str) -> Rule:
    """One message lies on the SIM."""
    length = len(pdu.from_hex(frame)) - 1 - int(frame[:2], 16)
    return Rule(r"AT\+CMGL=4", f"\r\n+CMGL: 1,0,,{length}\r\n{frame}\r\n\r\nOK\r\n", times=1)


def _ussd(*later: tuple[float, str], answer: str = "\r\nOK\r\n") -> tuple[Rule, ...]:
    return (Rule(r"AT\+CUSD=1.*", answer, later),)


def _frame(sender: str, text: str) -> str:
    stamp = datetime.fromisoformat("2026-01-01T12:00:00+01:00")
    (part,) = pdu.compose_deliver(text, sender, stamp)
    return pdu.Frame(pdu.Address.parse("+33609001390"), part.encode()).hex()


_CYRILLIC = "Баланс 5".encode("utf-16-be").hex().upper()
_PROMPT = Rule(r"AT\+CMGS=\d+", "\r\n> ")
_NO_ROOM = "\r\n+CPMS: 0,0,0,0,0,0\r\n\r\nOK\r\n"

CASES = {
    "restart-word": Case("a restart that says *ATREADY: 1", (), restart),
    "list-of-commands": Case(
        "the list of commands has the one that asks for it (3GPP TS 27.007 §8.37)",
        (Rule(r"AT\+CLAC", "\r\nAT+CGMI\r\nAT+CLAC\r\nAT+CMGS\r\n\r\nOK\r\n"),),
        list_commands,
    ),
    "number-and-words": Case(
        "an error with its number and its words (3GPP TS 27.005 §3.2.5)",
        (_PROMPT, Rule(r"[0-9A-F]+\x1a", "\r\n+CMS ERROR: 304 Invalid PDU mode parameter\r\n")),
        send,
    ),
    "three-storages": Case(
        "AT+CPMS with all three storages or not at all (3GPP TS 27.005 §3.2.2)",
        (Rule(r'AT\+CPMS="\w+"(,"\w+")?', "\r\nERROR\r\n"),),
        come_up,
    ),
    "no-counts": Case(
        "AT+CPMS= without numbers (3GPP TS 27.005 §3.2.2)",
        (Rule(r'AT\+CPMS=".*'),),
        come_up,
    ),
    "no-room": Case(
        "a SIM without any room for messages",
        (
            Rule(r'AT\+CPMS="SM".*', _NO_ROOM),
            Rule(r"AT\+CPMS\?", '\r\n+CPMS: "SM",0,0,"SM",0,0,"SM",0,0\r\n\r\nOK\r\n', times=1),
        ),
        come_up,
    ),
    "ucs2-caller": Case("a caller's number in UCS-2 (3GPP TS 27.007 §5.5)", (), be_called),
    "national-sender": Case(
        "a sender's number in its national form (3GPP TS 23.040 §9.1.2.5)",
        (_stored(_frame("0612345678", "yes")),),
        come_up,
    ),
    "cut-message": Case(
        "a message shorter than it says (3GPP TS 23.040 §9.2.3.16)",
        (_stored(_frame("+33612345678", "The number is 4711, and more")[:-20]),),
        come_up,
    ),
    "no-prompt": Case(
        "no prompt behind AT+CMGS (3GPP TS 27.005 §3.5.1)",
        (
            Rule(r"AT\+CMGS=\d+", ""),
            Rule(r"[0-9A-F]+\x1a", "\r\n+CMGS: 5\r\n\r\nOK\r\n"),
        ),
        send,
    ),
    "second-pin": Case(
        "the second PIN is blocked (3GPP TS 27.007 §8.3)",
        (Rule(r"AT\+CPIN\?", "\r\n+CPIN: SIM PUK2\r\n\r\nOK\r\n"),),
        come_up,
    ),
    "slow-network": Case(
        "the answer to AT+CMGS takes long (3GPP TS 27.005 §3.5.1)",
        (_PROMPT, Rule(r"[0-9A-F]+\x1a", "", ((3.0, "\r\n+CMGS: 17\r\n\r\nOK\r\n"),))),
        send,
    ),
    "stuck-network": Case(
        "a network is searched for ever, until the operator is chosen anew",
        tuple(
            Rule(rf"AT\+{name}\?", f"\r\n+{name}: 1,2\r\n\r\nOK\r\n", until=r"AT\+COPS=0.*")
            for name in ("CREG", "CEREG", "CGREG")
        ),
        come_up,
    ),
    "stuck-sim": Case(
        "a SIM is said to be missing, until the modem restarts",
        (Rule(r"AT\+CPIN\?", "\r\n+CME ERROR: 10\r\n", until=r"AT\+CFUN=1,1"),),
        come_up,
    ),
    "no-notices": Case(
        "what comes in is not announced",
        (Rule(r"AT\+CNMI=[^?].*"), Rule(r"AT\+CNMI\?", "\r\n+CNMI: 2,1,0,1,0\r\n\r\nOK\r\n")),
        arrive_unannounced,
        family="huawei",
    ),
    "ussd-error-beside-message": Case(
        "the error of a USSD code comes while a message is on its way (3GPP TS 27.005 §3.5.1)",
        (
            Rule(r"AT\+CUSD=1.*", later=((0.5, "\r\n+CME ERROR: 100\r\n"),)),
            _PROMPT,
            Rule(r"[0-9A-F]+\x1a", "", ((1.0, "\r\n+CMGS: 21\r\n\r\nOK\r\n"),)),
        ),
        fail_beside,
    ),
    "ussd-error-late": Case(
        "an error in the place of the answer (3GPP TS 27.007 §9.2)",
        _ussd((0.5, "\r\n+CME ERROR: 258\r\n")),
        ask,
    ),
    "ussd-seven-bit": Case(
        "UCS-2 with a coding scheme that says 7 bit (3GPP TS 23.038 §5)",
        _ussd((0.2, f'\r\n+CUSD: 0,"{_CYRILLIC}",15\r\n')),
        ask,
    ),
    "ussd-empty-first": Case(
        "an empty +CUSD before the answer (3GPP TS 27.007 §7.15)",
        _ussd((0.5, '\r\n+CUSD: 0,"Balance 5.00",15\r\n'), answer='\r\n+CUSD: 0,""\r\n\r\nOK\r\n'),
        ask,
    ),
    "ussd-open-quote": Case(
        "an answer that is not closed (ITU-T V.250 §5.4.2.2)",
        _ussd((0.3, '\r\n+CUSD: 2,"Balance 50,04. More*5\r\n')),
        ask,
    ),
    "ussd-release-first": Case(
        "the release before the answer (3GPP TS 27.007 §7.15)",
        _ussd(
            answer='\r\n+CUSD: 2,"Initiating Release",15\r\n\r\n+CUSD: 0,"Balance 1.00",15\r\n\r\nOK\r\n'
        ),
        ask,
    ),
    "ussd-two-halves": Case(
        "a long answer in two (3GPP TS 27.007 §7.15)",
        _ussd(
            (0.2, '\r\n+CUSD: 0,"first half ",15\r\n'), (0.5, '\r\n+CUSD: 0,"second half",15\r\n')
        ),
        ask,
    ),
}
