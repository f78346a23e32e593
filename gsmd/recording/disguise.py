"""A recording that tells nothing of anybody: other numbers, texts and identities, the same for the same.

Every replacement is as long as what it replaces, so the pieces in which a line came stay as they
were. What a modem says about itself stays: make, model, settings, its network's name, times. What
is replaced: runs of seven digits and more (numbers, IMSI, IMEI, ICCID; their heads stay, which say
country and network), what stands in PDUs, the texts of messages, of USSD and of the phone book, where
the modem is (cells), and PINs, of which nothing stays.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from gsmd.pdu import septets
from gsmd.pdu.national import DEFAULT, ESCAPE
from gsmd.recording import pdus
from gsmd.recording.letters import Substitutes
from gsmd.recording.recording import Entry, Way

_LINE = re.compile(r"[^\r\n\x1a\x1b]+")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}")
_QUOTED = re.compile(r'"([^"]*)"')
_SECRET = re.compile(r'(?<=\+CPIN=)"?\d+"?|(?<=\+CPWD=)"SC.*|(?<=\+CLCK="SC",)\d,"\d+"')
_CELLS = re.compile(r"\+C(?:|E|G|5G)REG:")
_TEXT_BEHIND = re.compile(r"\+(?:CMT|CMGL|CMGR|CBM):")
_NAMES_IN = re.compile(r"\+(?:CMT|CMGL|CMGR|CPBR|CPBF|CLIP|CNUM|CCWA|CMGW|CMGS):")
_USSD = re.compile(r'(\+CUSD:\s*\d\s*,\s*"?)(.*?)("?(?:,\s*\d+)?)')
_NO_TEXT = re.compile(r"[+^*%$]\w+:|OK$|ERROR$|> ?$|AT[+^&A-Z]")
_STATUS = frozenset(
    {"REC READ", "REC UNREAD", "STO SENT", "STO UNSENT", "ALL", "SM", "ME", "MT", "SR"}
)
_UCS2_NUMBER = re.compile(r"(?:002[Bb])?(?:003\d){7,}")
_NUMBER = re.compile(rf"{_UCS2_NUMBER.pattern}|\d{{7,}}")
_NUMERIC = re.compile(r"[\d+*#/:,. -]*")
_FIELD = re.compile(r'"[^"]*"|[^"]+|"')


class Disguise:
    """Replaces consistently within one recording; ``key`` is drawn for it and thrown away."""

    def __init__(self, key: bytes) -> None:
        self._substitutes = Substitutes(key)
        self._text_follows = False
        self._ussd_open = False

    def entries(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The same entries with other content. A run of one way is looked at as a whole."""
        for way, group in groupby(entries, key=lambda entry: entry.way):
            run = list(group)
            yield from run if way is Way.REMARK else self._run(run)

    def _run(self, run: list[Entry]) -> Iterator[Entry]:
        whole = b"".join(entry.octets for entry in run).decode("latin-1")
        if run[0].way is Way.TO_MODEM:
            other = _LINE.sub(lambda line: self._written(line[0], whole[line.end() :]), whole)
        else:
            other = _LINE.sub(lambda line: self._read(line[0]), whole)
        octets = other.encode("latin-1")
        ends = [0]
        for entry in run:
            ends.append(ends[-1] + len(entry.octets))
        for entry, (start, end) in zip(run, pairwise(ends), strict=True):
            yield Entry(entry.at, entry.way, octets[start:end])

    def _written(self, line: str, behind: str) -> str:
        """A line to the modem; what ends with Ctrl-Z is a message."""
        self._text_follows = self._ussd_open = False
        if behind.startswith("\x1a") and not _is_frame(line):
            return self._substitutes.text(line)
        return self._common(line)

    def _read(self, line: str) -> str:
        """A line from the modem."""
        text_follows, self._text_follows = self._text_follows, bool(_TEXT_BEHIND.match(line))
        if self._ussd_open and not _NO_TEXT.match(line):
            self._ussd_open = '"' not in line
            return self._substitutes.text(line)
        self._ussd_open = False
        if (ussd := _USSD.fullmatch(line)) and ussd[2]:
            self._ussd_open = ussd[1].endswith('"') and not ussd[3].startswith('"')
            return ussd[1] + self._string(ussd[2]) + ussd[3]
        if text_follows and not _is_frame(line) and not _NO_TEXT.match(line):
            return self._substitutes.text(line)
        return self._common(line)

    def _common(self, line: str) -> str:
        line = _SECRET.sub(lambda secret: re.sub(r"\d", "*", secret[0]), line)
        if _is_frame(line):
            return pdus.disguised(line, self._substitutes)
        if _CELLS.match(line):
            return _QUOTED.sub(lambda cell: f'"{self._substitutes.hex_digits(cell[1])}"', line)
        has_names = _NAMES_IN.match(line) is not None
        return _FIELD.sub(lambda field: self._field(field[0], has_names=has_names), line)

    def _field(self, field: str, *, has_names: bool) -> str:
        """A quoted string of a line that may have names in it, or what stands between such strings."""
        quoted = field[1:-1] if len(field) > 1 and field[0] == field[-1] == '"' else None
        if quoted is None or not has_names or quoted in _STATUS or _NUMERIC.fullmatch(quoted):
            return _NUMBER.sub(lambda number: self._number(number[0]), field)
        return f'"{self._string(quoted)}"'

    def _number(self, number: str) -> str:
        return (
            self._wide(number)
            if _UCS2_NUMBER.fullmatch(number)
            else self._substitutes.digits(number)
        )

    def _string(self, string: str) -> str:
        """A string that may be in hex: UCS-2, or packed septets."""
        if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}){2,}", string):
            return self._substitutes.text(string)
        if len(string) % 4 == 0 and all(
            int(upper, 16) <= 0x20 for upper in re.findall("(..)..", string)
        ):
            return self._wide(string)
        octets = bytes.fromhex(string)
        text = septets.unpack(octets, len(octets) * 8 // 7)
        return septets.pack(self._substitutes.septets(text, DEFAULT, ESCAPE)).hex().upper()

    def _wide(self, string: str) -> str:
        text = bytes.fromhex(string).decode("utf-16-be", "surrogatepass")
        number = re.fullmatch(r"(\+?)(\d{7,})", text)
        other = (
            number[1] + self._substitutes.digits(number[2])
            if number
            else self._substitutes.text(text)
        )
        return other.encode("utf-16-be", "surrogatepass").hex().upper()


def _is_frame(line: str) -> bool:
    """Hex that is a PDU; short digits alone are an identity."""
    return _HEX.fullmatch(line) is not None and not (line.isdigit() and len(line) <= 22)
