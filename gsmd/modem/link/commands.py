"""One function per AT command: what is asked, and its answer as a value.

Errors of all of them: `gsmd.at.AtError` (the modem refused), `MalformedReply` (it said OK and
not what was asked for) and those of `Line.run`.
"""

from collections.abc import Awaitable, Iterable
from typing import TypeVar

import msgspec

from gsmd.at import AtError, Command, MalformedReply, Reply, charset, syntax
from gsmd.modem.link.line import Line
from gsmd.modem.link.line_errors import CommandTimeout
from gsmd.modem.link.registration import Registered, parse_status
from gsmd.modem.status import StorageUse

T = TypeVar("T")

Storages = tuple[frozenset[str], frozenset[str], frozenset[str]]
"""Storages to be read from, written to, and received into (``<mem1>``, ``<mem2>``, ``<mem3>``)."""


class NotificationModes(msgspec.Struct, frozen=True):
    """The modes that ``AT+CNMI=?`` advertises (3GPP TS 27.005 §3.4.1); empty where it says nothing."""

    mode: frozenset[int]
    mt: frozenset[int]
    bm: frozenset[int]
    ds: frozenset[int]
    bfr: frozenset[int]


# -- the modem itself ------------------------------------------------------------------------


REFUSALS = (AtError, CommandTimeout)
"""Errors that an optional question may get: some modems do not answer at all to what they do not know."""


async def execute(line: Line, command: str, within: float | None = None) -> None:
    """A command whose answer is only OK."""
    await line.run(Command(f"AT{command}"), within)


async def accepts(line: Line, command: str, within: float | None = None) -> bool:
    """True if the modem takes ``command``."""
    try:
        await execute(line, command, within)
    except REFUSALS:
        return False
    return True


async def speak_plainly(line: Line) -> None:
    """No echo, results in words, errors with a number; one by one for a modem that takes one command a line."""
    if await accepts(line, "E0V1+CMEE=1"):
        return
    if not await accepts(line, "E0V1"):
        await accepts(line, "E0")
        await accepts(line, "V1")
    await accepts(line, "+CMEE=1")


async def text(line: Line, command: str, within: float | None = None) -> str | None:
    """The text that a query without a fixed form answers (``+CGMI``), None if there is none."""
    name = command.rstrip("?").split("=")[0]
    query = Command(
        f"AT{command}", expects=(_literal(name) + ":",), free_text=True, needs_text=True
    )
    try:
        reply = await line.run(query, within)
    except REFUSALS:
        return None
    for answer in reply.lines:
        fields = syntax.strings(syntax.body(answer))
        if fields and fields[0]:
            said = fields[0] if answer.startswith(name) else answer.strip('" ')
            return charset.name(said)
    return None


async def digits(line: Line, command: str, within: float | None = None) -> str | None:
    """The number that a query without a fixed form answers (``+CIMI``), None if there is none in it."""
    query = Command(f"AT{command}", expects=(_literal(command),), free_text=True, needs_text=True)
    reply = await line.run(query, within)
    for answer in reply.lines:
        found = syntax.strings(syntax.body(answer))[0]
        if found.isascii() and found.isdigit():
            return found
    return None


async def first_text(line: Line, *queries: str) -> str | None:
    """The answer to the first of ``queries`` that has one."""
    for query in queries:
        found = await text(line, query)
        if found is not None:
            return found
    return None


async def iccid(line: Line, queries: Iterable[str]) -> str | None:
    """The number of the SIM card, by the first of ``queries`` that knows it (ITU-T E.118).

    The answer's name is often another than the command's.
    """
    for query in queries:
        command = Command(
            f"AT{query}", expects=(r"[+^#!*%]\w*CC?ID", r"\^SCID"), free_text=True, needs_text=True
        )
        reply = await known(line.run(command, line.timeouts.slow))
        for answer in reply.lines if reply is not None else ():
            digits = syntax.strings(syntax.body(answer))[0].upper().rstrip("F")
            if len(digits) >= 18 and digits[:18].isdigit():
                return digits
    return None


async def known(asked: Awaitable[T]) -> T | None:
    """The answer to what was asked; None if the modem refuses to say."""
    try:
        return await asked
    except REFUSALS:
        return None


async def signal(line: Line) -> int | None:
    """+CSQ: received signal strength in dBm (3GPP TS 27.007 §8.5); None if not known."""
    reply = await _query(line, "+CSQ")
    return dbm(syntax.number(_fields(reply)[0]))


def dbm(rssi: int | None) -> int | None:
    """The level in dBm of an ``<rssi>`` (3GPP TS 27.007 §8.5); 100 to 191 are the same for UTRA."""
    if rssi is None:
        return None
    if 0 <= rssi <= 31:
        return -113 + 2 * rssi
    return -116 + (rssi - 100) if 100 <= rssi <= 191 else None


async def pin_state(line: Line, within: float | None = None) -> str:
    """+CPIN?: ``READY``, ``SIM PIN``, ``SIM PUK`` and so on (3GPP TS 27.007 §8.3).

    Wavecom's modems say no OK after it.
    """
    query = Command("AT+CPIN?", expects=(r"\+CPIN:",), needs_text=True)
    try:
        reply = await line.run(query, within, after_text=line.timeouts.result)
        lines = reply.lines
    except CommandTimeout as error:
        if not error.lines:
            raise
        lines = error.lines
    if not lines:
        raise MalformedReply(query.line, lines, "+CPIN")
    return syntax.body(lines[0]).strip('" ').upper()


async def enter_pin(line: Line, pin: str, within: float | None = None) -> None:
    """+CPIN=: unlock the SIM. A refusal costs one of three tries."""
    await line.run(Command(f'AT+CPIN="{pin}"'), within)


async def operator(line: Line, within: float | None = None) -> str | None:
    """+COPS?: the operator's name, or its number if the modem knows no name (3GPP TS 27.007 §7.3)."""
    reply = await _query(line, "+COPS?", within)
    fields = _fields(reply)
    return charset.name(fields[2]) or None if len(fields) > 2 else None


async def own_number(line: Line, within: float | None = None) -> str | None:
    """+CNUM: the subscriber's number as the SIM has it (3GPP TS 27.007 §7.1), None if it has none."""
    reply = await line.run(Command("AT+CNUM", expects=(r"\+CNUM:",)), within)
    for answer in reply.lines:
        fields = syntax.strings(syntax.body(answer))
        if len(fields) > 1 and fields[1]:
            return _international(fields[1], fields[2] if len(fields) > 2 else "")
    return None


async def registration(line: Line, domain: str) -> Registered | None:
    """+CREG?, +CGREG? or +CEREG?. None: the modem does not know that domain."""
    query = Command(f"AT+{domain}?", expects=(rf"\+{domain}: ?\d+,\s*\d",), needs_text=True)
    try:
        reply = await line.run(query)
    except REFUSALS:
        return None
    return parse_status(reply.lines[0], solicited=True) if reply.lines else None


# -- messages (3GPP TS 27.005) ---------------------------------------------------------------


async def service_centre(line: Line, within: float | None = None) -> str | None:
    """+CSCA?: the address of the service centre, None if the SIM has none."""
    reply = await _query(line, "+CSCA?", within)
    fields = _fields(reply)
    number = fields[0]
    if not number.strip("+"):
        return None
    return _international(number, fields[1] if len(fields) > 1 else "")


async def set_service_centre(line: Line, number: str) -> None:
    """+CSCA=: 145 is an international number, 129 one of unknown kind.

    A modem that knows no other character set than UCS-2 takes it as hex.
    """
    kind = 145 if number.startswith("+") else 129
    try:
        await execute(line, f'+CSCA="{number}",{kind}')
    except AtError:
        if not await accepts(line, f'+CSCA="{charset.hexadecimal(number)}",{kind}'):
            raise


async def choose_character_set(line: Line, *names: str) -> None:
    """+CSCS=: the first of ``names`` that the modem knows (3GPP TS 27.007 §5.5).

    One in which UCS2 is in force may want even this in hex.
    """
    for name in (*names, charset.hexadecimal(names[0])):
        try:
            await execute(line, f'+CSCS="{name}"')
        except AtError:
            continue
        except CommandTimeout:
            pass  # it says nothing to what it does not know
        return


async def storages(line: Line) -> Storages | None:
    """+CPMS=?: what is advertised; None if that is nothing."""
    try:
        reply = await _query(line, "+CPMS=?")
    except REFUSALS:
        return None
    lists = [_names(value) for value in syntax.values(syntax.body(reply.lines[0]))]
    lists = [names for names in lists if names]
    if not lists:
        return None
    read, write, receive = [*lists, lists[0], lists[0]][:3]
    return read, write, receive


async def choose_storages(line: Line, names: Iterable[str]) -> list[StorageUse]:
    """+CPMS=: the storages to use from now on; how full each is, as far as the modem tells.

    Names should not be told back (3GPP TS 27.005 §3.2.2); with some modems they are.
    """
    chosen = tuple(names)
    wanted = ",".join(f'"{name}"' for name in chosen)
    command = Command(f"AT+CPMS={wanted}", expects=(r"\+CPMS:",))
    reply = await line.run(command, line.timeouts.slow)
    fields = _fields(reply) if reply.lines else []
    numbers = [number for field in fields if (number := syntax.number(field)) is not None]
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return [
        StorageUse(name, used, total) for name, (used, total) in zip(chosen, pairs, strict=False)
    ]


async def storage_use(line: Line) -> list[tuple[str, int, int]]:
    """+CPMS?: name, used and total of the three chosen storages."""
    reply = await _query(line, "+CPMS?", line.timeouts.slow)
    fields = _fields(reply)
    return [
        (
            charset.name(fields[at]).upper(),
            syntax.number(fields[at + 1]) or 0,
            syntax.number(fields[at + 2]) or 0,
        )
        for at in range(0, len(fields) - 2, 3)
    ]


async def notification_modes(line: Line) -> NotificationModes | None:
    """+CNMI=?: None if the modem does not say."""
    try:
        reply = await _query(line, "+CNMI=?")
    except REFUSALS:
        return None
    found = [syntax.numbers(value) for value in syntax.values(syntax.body(reply.lines[0]))]
    found += [frozenset()] * (5 - len(found))
    return NotificationModes(*found[:5])


async def notifications(line: Line) -> str | None:
    """+CNMI?: the values now in force, as ``2,1,0,1,0``; None if the modem does not say."""
    try:
        reply = await _query(line, "+CNMI?")
    except AtError:
        return None
    return syntax.body(reply.lines[0]).replace(" ", "")


async def delete_messages(line: Line, indexes: Iterable[int]) -> None:
    """+CMGD: one or several slots of the chosen storage, in one command line (V.250 §5.4.1)."""
    body = ";".join(f"+CMGD={index}" for index in indexes)
    await execute(line, body, line.timeouts.slow)


# -- replies ---------------------------------------------------------------------------------


async def _query(line: Line, command: str, within: float | None = None) -> Reply:
    name = command.rstrip("?").rstrip("=")
    query = Command(f"AT{command}", expects=(_literal(name),), needs_text=True)
    reply = await line.run(query, within)
    if not reply.lines:
        raise MalformedReply(query.line, reply.lines, name)
    return reply


def _fields(reply: Reply) -> list[str]:
    return syntax.strings(syntax.body(reply.lines[0]))


def _literal(name: str) -> str:
    return name.replace("+", r"\+").replace("^", r"\^").replace("*", r"\*").replace("$", r"\$")


def _names(value: syntax.Value) -> frozenset[str]:
    found = value if isinstance(value, tuple) else (value,)
    names = [charset.name(name) for name in found if isinstance(name, str)]
    return frozenset(name.upper() for name in names if name.isalpha())


def _international(number: str, kind: str) -> str:
    # type of address 145: international, ISDN (3GPP TS 24.008 §10.5.4.7)
    number = charset.number(number)
    return f"+{number}" if kind == "145" and not number.startswith("+") else number
