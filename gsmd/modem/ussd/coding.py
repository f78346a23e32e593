"""USSD strings as modems write them: plain, as hex of packed septets, or as hex of UCS-2.

The data coding scheme that comes with an answer says which; some networks and modems say GSM 7 bit of
what is UCS-2, or give in hex what was asked in plain. So the scheme is believed if what comes of it
reads like a text, else another coding that does.
"""

from gsmd.at import charset
from gsmd.modem.quirks.profile import UssdCoding
from gsmd.patterns import pattern
from gsmd.pdu import gsm7, septets
from gsmd.pdu.dcs import Alphabet

GSM7_DCS = 15
"""Cell broadcast data coding: GSM 7 bit, language unspecified (3GPP TS 23.038 §5)."""
UCS2_DCS = 72

_HEX = pattern(r"(?:[0-9A-Fa-f]{2})+")
_USUAL = pattern(r"[\n\r A-Za-z0-9.,:;!?'\"()*#+/%&=<>_£$€èéùìòÇÅåÉäöñüàÄÖÑÜ§¿¡-]*")
"""Characters that answers in the GSM alphabet are made of: Greek, and @ again and again, are signs of another coding."""

_SHORTEST_ASCII, _SHORTEST_ASCII_AS_UCS2 = 6, 10
"""Octets from which on it is no accident that all of them are printable. Ideographs are made of such, too,
but seldom of nothing else; and there is a space in most texts of that length."""

_LONGEST_WORD = 16
"""Digits from which on a text of nothing but hex is hex."""


def alphabet_of(dcs: int | None) -> Alphabet:
    """The alphabet of a cell broadcast data coding scheme (3GPP TS 23.038 §5)."""
    if dcs is None:
        return Alphabet.GSM7
    group, low = dcs >> 4, dcs & 0x0F
    if group == 1:
        return Alphabet.UCS2 if low == 1 else Alphabet.GSM7
    if 4 <= group <= 7:
        return {1: Alphabet.DATA, 2: Alphabet.UCS2}.get((dcs >> 2) & 3, Alphabet.GSM7)
    if group == 15:
        return Alphabet.DATA if dcs & 4 else Alphabet.GSM7
    return Alphabet.GSM7


def decode(text: str, dcs: int | None, *, hexadecimal: bool) -> str:
    """The text that ``text`` stands for: itself, or hex of UCS-2, of octets or of packed septets.

    ``hexadecimal``: hex is to be expected; else it must look like nothing but hex.
    """
    digits = "".join(text.split())
    declared = alphabet_of(dcs)
    if _HEX.fullmatch(digits) is None:
        return _from_gsm(text)
    if not (hexadecimal or declared is not Alphabet.GSM7 or _is_surely_hex(digits)):
        return text
    wide = charset.text(digits)
    if wide is not None and charset.is_certain(wide, digits):
        return wide
    if _is_ascii(bytes.fromhex(digits), declared):
        return bytes.fromhex(digits).decode("ascii")
    for alphabet in (declared, Alphabet.UCS2, Alphabet.DATA, Alphabet.GSM7):
        found = _plausible(digits, alphabet, declared=alphabet is declared)
        if found is not None:
            return found
    return _read(bytes.fromhex(digits), declared)


def written(code: str, coding: UssdCoding) -> str | None:
    """``code`` as it stands in the command; None if this coding cannot say it."""
    if coding is UssdCoding.UCS2:
        return charset.hexadecimal(code)
    if coding is UssdCoding.PLAIN:
        return code if code.isascii() else None
    packed = gsm7.encode(code)
    return None if packed is None else septets.pack(_padded(packed)).hex().upper()


def _from_gsm(text: str) -> str:
    """A plain text; one with control characters is in the octets of the GSM alphabet (``AT+CSCS="GSM"``)."""
    if text.isascii() and any(letter < " " and letter not in "\r\n\t" for letter in text):
        return gsm7.decode(text.encode("ascii"))
    return text


def _is_surely_hex(digits: str) -> bool:
    wide = charset.text(digits)
    if wide is not None and charset.is_likely(wide, digits):
        return True
    return len(digits) >= _LONGEST_WORD and not digits.isdecimal()


def _is_ascii(octets: bytes, declared: Alphabet) -> bool:
    if not (octets.isascii() and octets.decode("ascii").isprintable()):
        return False
    if declared is Alphabet.UCS2:
        return len(octets) >= _SHORTEST_ASCII_AS_UCS2 and b" " in octets
    return len(octets) >= _SHORTEST_ASCII


def _plausible(digits: str, alphabet: Alphabet, *, declared: bool) -> str | None:
    """The text that ``digits`` spell in that alphabet, if it reads like a text.

    ``declared``: the data coding says so, so little is asked for.
    """
    octets = bytes.fromhex(digits)
    if alphabet is Alphabet.UCS2:
        wide = charset.text(digits)
        fits = wide is not None and (declared or charset.is_likely(wide, digits))
        return wide if fits else None
    found = _read(octets, alphabet)
    if alphabet is Alphabet.DATA:
        return found if declared and found.isprintable() else None
    return found if _USUAL.fullmatch(found) else None


def _read(octets: bytes, alphabet: Alphabet) -> str:
    if alphabet is Alphabet.UCS2:
        return octets.decode("utf-16-be", "replace")
    if alphabet is Alphabet.DATA:
        return octets.decode("latin-1")
    return gsm7.decode(septets.unpack(octets, len(octets) * 8 // 7)).rstrip("\r@")


def _padded(text: bytes) -> bytes:
    # seven spare bits would read as "@": CR fills them (3GPP TS 23.038 §6.1.2.3.1)
    return text + b"\r" if len(text) % 8 == 7 else text
