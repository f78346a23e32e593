"""The reading of slots of the chosen storage: +CMGL and +CMGR (3GPP TS 27.005 §4.1 and §4.2).

A frame that was damaged on the line is read once more before it is taken as it is: whoever
gets it deletes the message from the SIM, and with it the only good copy.

Errors are those of `gsmd.modem.link.commands`.
"""

import logging
from collections.abc import Iterator

import msgspec

from gsmd.at import AtError, Command, syntax
from gsmd.modem.errors import SettingsLost
from gsmd.modem.link.line import Line
from gsmd.modem.storage.frames import is_whole, repaired
from gsmd.modem.storage.stored_entry import StoredEntry

log = logging.getLogger(__name__)

_LIST = (r"\+CMGL:",)
_READ = (r"\+CMGR:",)


class _Read(msgspec.Struct, frozen=True):
    """An entry, and whether its frame is what the modem meant, as far as that can be told."""

    entry: StoredEntry
    whole: bool


async def list_messages(line: Line, storage: str) -> list[StoredEntry]:
    """+CMGL=4: everything in the chosen storage; with or without the alpha field.

    What was in a list that broke off is in the error's ``lines``.
    """
    command = Command("AT+CMGL=4", expects=_LIST, pdu_follows=True)
    reply = await line.run(command, line.timeouts.line)
    entries = []
    for header, frame in _pairs(reply.lines):
        index, *fields = syntax.strings(syntax.body(header))
        number = syntax.number(index)
        if number is not None:
            entries.append(await _settled(line, _taken_apart(storage, number, fields, frame)))
    return [entry for entry in entries if entry is not None]


async def read_message(line: Line, storage: str, index: int) -> StoredEntry | None:
    """+CMGR: one slot of the chosen storage; None if it is empty."""
    return await _settled(line, await _read(line, storage, index))


async def _settled(line: Line, read: _Read | None) -> StoredEntry | None:
    """The entry, after another look if it came damaged; if that does not help, as it came."""
    if read is None or read.whole:
        return None if read is None else read.entry
    entry = read.entry
    log.info("%s: slot %s %d came damaged", line.port.path, entry.storage, entry.index)
    try:
        again = await _read(line, entry.storage, entry.index)
    except AtError:
        again = None
    if again is not None and again.whole:
        return again.entry
    return entry if entry.frame else None


async def _read(line: Line, storage: str, index: int) -> _Read | None:
    command = Command(f"AT+CMGR={index}", expects=_READ, pdu_follows=True)
    reply = await line.run(command, line.timeouts.line)
    for header, frame in _pairs(reply.lines):
        return _taken_apart(storage, index, syntax.strings(syntax.body(header)), frame)
    return None


def _taken_apart(storage: str, index: int, fields: list[str], frame: str) -> _Read | None:
    """From ``[<stat>],[<alpha>],<length>``: the status may be left out, the alpha field too.

    None: the slot is empty, and the modem has a header for that.
    """
    status = syntax.number(fields[0]) if len(fields) > 1 else None
    if status is None and len(fields) > 1 and fields[0]:
        # "REC UNREAD": what follows is text, also where it looks like hex
        raise SettingsLost("the modem has left PDU mode")
    length = syntax.number(fields[-1]) if fields else None
    if not frame and not length:
        return None
    entry = StoredEntry(storage, index, 1 if status is None else status, repaired(frame, length))
    return _Read(entry, is_whole(entry.frame, length))


def _pairs(lines: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Headers with the line of hex behind each; ``""`` where that was lost or is not hex."""
    for position, header in enumerate(lines):
        if header.startswith("+"):
            behind = lines[position + 1] if position + 1 < len(lines) else "+"
            yield header, "" if behind.startswith("+") else behind
