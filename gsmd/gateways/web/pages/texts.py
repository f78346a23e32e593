"""Texts of strangers, cut into pieces that can be shown without their doing anything.

Theory of operation. An SMS is written by anybody with a telephone, and read by people who act on it. Escaping keeps it from
being HTML; it does not keep it from lying. So before it is shown:

- What cannot be seen, and what turns the direction of writing, becomes a mark with its name: an override that makes
  ``exe.tnp`` look like ``tnp.exe`` shows as RLO. Joiners and variation selectors stay where script or emoji need them.
- Of marks stacked on one character three stay, the rest becomes a mark with their number.
- What looks like a link is shown as such, and is none: with its host as it is in the DNS beside it where the letters may deceive.
- Of more than `MOST` characters the rest is left out, and said to be.

A piece is `Piece(kind, text, title)`; the template shows each, escaped, in an isolated run (``<bdi dir=auto>``), and the style sheet
clips what still reaches beyond its place.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

MOST = 2000
"""Characters of one text that are shown."""

STACKED = 3
"""Combining marks that one character keeps."""

Kind = Literal["text", "mark", "link", "rest"]


class Piece(NamedTuple):
    """A run of a text. ``title`` says more of it: the name of a character, the real host of a link."""

    kind: Kind
    text: str
    title: str = ""


_SHORT = {
    0x00AD: "SHY", 0x034F: "CGJ", 0x061C: "ALM", 0x180E: "MVS", 0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ",
    0x200E: "LRM", 0x200F: "RLM", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO",
    0x2028: "LS", 0x2029: "PS", 0x2060: "WJ", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0xFEFF: "BOM",
}  # fmt: skip

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f")
"""Characters that look like nothing although Unicode calls them something."""

_SUSPECT = re.compile(
    r"[^\x20-\x7e\n\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u05ea\u0621-\u064a"
    r"\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
)
"""Whatever is not surely plain: the quick way for nearly all texts."""

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'\u2028\u2029]+", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:[^/@\s]*@)?([^/:?#\s]+)", re.IGNORECASE)

_JOINED = ("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL",
           "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR")  # fmt: skip
"""Scripts that are written with joiners."""


def pieces(text: str, most: int = MOST) -> list[Piece]:
    """The text in pieces."""
    shown, rest = text[:most].replace("\r\n", "\n"), len(text) - most
    found: list[Piece] = []
    place = 0
    for link in _LINK.finditer(shown):
        found.extend(_plain(shown[place : link.start()]))
        address = link[0].rstrip(".,;:!?)]}")
        found.extend(_link(address))
        place = link.start() + len(address)
    found.extend(_plain(shown[place:]))
    if rest > 0:
        found.append(Piece("rest", str(rest)))
    return found


def line(text: str, most: int = 120) -> list[Piece]:
    """The same for one line of a listing."""
    return [
        each for each in pieces(" ".join(text[: 4 * most].split("\n")), most) if each.kind != "rest"
    ]


def _link(address: str) -> Iterator[Piece]:
    plain = list(_plain(address))
    if any(each.kind == "mark" for each in plain):
        yield from plain
        return
    yield Piece("link", address, _really(address))


def _really(address: str) -> str:
    """The host in the letters of the DNS where it is written in others, and the other way round; else empty."""
    found = _HOST.match(address)
    host = found[1] if found else ""
    try:
        if not host.isascii():
            return host.encode("idna").decode()
        if "xn--" in host.lower():
            return host.encode().decode("idna")
    except UnicodeError:
        return "?"
    return ""


def _plain(text: str) -> Iterator[Piece]:
    if _SUSPECT.search(text) is None:
        if text:
            yield Piece("text", text)
        return
    run: list[str] = []
    place = stacked = 0
    while place < len(text):
        character = text[place]
        kind = unicodedata.category(character)
        stacked = stacked + 1 if kind in {"Mn", "Me"} else 0
        if stacked > STACKED:
            end = place
            while end < len(text) and unicodedata.category(text[end]) in {"Mn", "Me"}:
                end += 1
            mark = Piece("mark", f"+{end - place}", f"{end - place} further marks on one character")
            place = end
        elif _is_hidden(character, kind) and not _is_needed(text, place):
            mark = Piece("mark", _short(character), _name(character))
            place += 1
        else:
            run.append(character)
            place += 1
            continue
        if run:
            yield Piece("text", "".join(run))
            run = []
        yield mark
    if run:
        yield Piece("text", "".join(run))


def _is_hidden(character: str, kind: str) -> bool:
    if character in "\n\t":
        return False
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return kind in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or character in _BLANK or selector


def _is_needed(text: str, place: int) -> bool:
    """True for what is no disguise here: a joiner within an emoji or a script that is written so, a selector behind an emoji."""
    character = text[place]
    before = text[place - 1] if place else ""
    behind = text[place + 1] if place + 1 < len(text) else ""
    if character in "\ufe0e\ufe0f":
        return bool(before) and (
            unicodedata.category(before) in {"So", "Sm", "Po", "Nd"} or before in "↔↕©®"
        )
    if character == "\u200d":
        return (_is_emoji(before) and _is_emoji(behind)) or _is_joined(before)
    if character == "\u200c":
        return _is_joined(before) and _is_joined(behind)
    if "\U000e0020" <= character <= "\U000e007f":  # the flags of England, Scotland, Wales
        return (
            re.search("\U0001f3f4[\U000e0020-\U000e007e]{0,6}$", text[max(0, place - 8) : place])
            is not None
        )
    return False


def _is_emoji(character: str) -> bool:
    return bool(character) and (
        unicodedata.category(character) in {"So", "Sk"} or character in "\ufe0f♀♂⚕⚖✈❤"
    )


def _is_joined(character: str) -> bool:
    return bool(character) and unicodedata.name(character, "").startswith(_JOINED)


def _short(character: str) -> str:
    return _SHORT.get(ord(character)) or f"U+{ord(character):04X}"


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
