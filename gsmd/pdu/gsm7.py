"""Text in the GSM 7-bit alphabet: characters to septets and back (3GPP TS 23.038 §6.2.1).

Packing septets into octets is in `gsmd.pdu.septets`; the tables are in `gsmd.pdu.national`.
"""

import codecs
from functools import cache

import msgspec

from gsmd.pdu.national import DEFAULT, ESCAPE, EXTENSION, GAP, LOCKING, SINGLE, Language

_ESCAPE = bytes((ESCAPE,))
_NONE = 0xFF
_REFUSED = "\uffff"  # not ASCII, so it makes the last step of `encode` fail


class NationalTables(msgspec.Struct, frozen=True, gc=False):
    """The national tables that a text uses, None for the default ones."""

    locking: Language | None = None
    single: Language | None = None


STANDARD = NationalTables()
"""No national tables: the default alphabet and its extension."""


class _Coder(msgspec.Struct, frozen=True):
    base: str  # the character of each code
    extension: dict[int, str]  # the character of each code after ESC
    septets: dict[int, str]  # ASCII characters that stand for septets, of each code point
    plain: bytes  # the septet of each ASCII character that needs one, else `_NONE`
    repertoire: frozenset[str]


@cache
def _coder(tables: NationalTables) -> _Coder:
    """The tables in the shapes that make coding a matter of one look-up a character."""
    base = DEFAULT if tables.locking is None else LOCKING.get(tables.locking, DEFAULT)
    extension = EXTENSION if tables.single is None else SINGLE[tables.single]
    septets = dict.fromkeys(range(128), _REFUSED)
    for code, character in sorted(extension.items(), reverse=True):
        septets[ord(character)] = chr(ESCAPE) + chr(code)
    for code, character in enumerate(base):
        if character != GAP and code != ESCAPE:
            septets[ord(character)] = chr(code)
    ascii_codes = (septets[point] for point in range(128))
    plain = bytes(
        ord(code) if len(code) == 1 and code != _REFUSED else _NONE for code in ascii_codes
    )
    repertoire = frozenset(chr(point) for point, code in septets.items() if code != _REFUSED)
    return _Coder(base, extension, septets, plain.ljust(256, bytes((_NONE,))), repertoire)


_STANDARD = _coder(STANDARD)


def _coder_of(tables: NationalTables) -> _Coder:
    """Nearly always the standard one, which needs no look-up."""
    return _STANDARD if tables is STANDARD else _coder(tables)


def repertoire(tables: NationalTables = STANDARD) -> frozenset[str]:
    """Every character that can be written with these tables."""
    return _coder_of(tables).repertoire


def single_septets(tables: NationalTables = STANDARD) -> frozenset[str]:
    """The characters that need no escape, and so one septet."""
    base = _coder_of(tables).base
    return frozenset(base) - {chr(ESCAPE), GAP}


def encode(text: str, tables: NationalTables = STANDARD) -> bytes | None:
    """The septets of ``text``, one in a byte; None if a character is not in the tables."""
    coder = _coder_of(tables)
    if text.isascii():
        septets = text.encode().translate(coder.plain)
        if _NONE not in septets:
            return septets
    elif not coder.repertoire.issuperset(text):
        return None  # told at the first wrong character; translating would look at all of them
    try:
        return text.translate(coder.septets).encode("ascii")
    except UnicodeEncodeError:
        return None


def decode(septets: bytes, tables: NationalTables = STANDARD) -> str:
    """The text of ``septets``, one in a byte.

    A code that the single shift table does not have shows the character of the main table; ESC ESC,
    and an ESC that nothing follows, show a space (§6.2.1.1 note 1).
    """
    coder = _coder_of(tables)
    if ESCAPE not in septets:
        return codecs.charmap_decode(septets, "strict", coder.base)[0]
    return _decode_escaped(septets, coder)


def _decode_escaped(septets: bytes, coder: _Coder) -> str:
    base, extension = coder.base, coder.extension
    plain, *escaped = septets.split(_ESCAPE)
    text = [codecs.charmap_decode(plain, "strict", base)[0]]
    after_escape = True  # false for the piece that begins after the second of two ESCs
    for piece in escaped:
        if not after_escape:
            text.append(codecs.charmap_decode(piece, "strict", base)[0])
            after_escape = True
        elif piece:
            text.append(extension.get(piece[0]) or base[piece[0]])
            text.append(codecs.charmap_decode(piece[1:], "strict", base)[0])
        else:
            text.append(" ")
            after_escape = False
    return "".join(text)
