"""data_coding: which alphabet the octets of a message are in (SMPP 3.4 §5.2.19, 3GPP TS 23.038 §4).

0 is "the SMSC's default alphabet". For gsmd that is the GSM 7-bit alphabet, one septet in an octet and
never packed, unless an account says that its ESME writes Latin-1 or ASCII there. 0x10 to 0x1F and 0xC0 to
0xFF are read as TP-DCS. What has an encoding in Python is decoded here; the tables of the GSM
alphabet belong to `gsmd.pdu`, and are put together with this by whoever has both.
"""

from enum import StrEnum

import msgspec


class DefaultAlphabet(StrEnum):
    """The alphabet of data_coding 0, as an account says."""

    GSM7 = "gsm7"
    LATIN1 = "latin-1"
    ASCII = "ascii"


class Content(StrEnum):
    """The kind of content of a coding."""

    GSM7 = "gsm7"  # septets, one in an octet
    TEXT = "text"  # an encoding that Python has
    DATA = "data"  # octets as they are


class Coding(msgspec.Struct, frozen=True, gc=False):
    """The meaning of one data_coding. ``encoding`` is Python's name of it where `content` is TEXT.

    ``flash``: message class 0, shown at once and not kept.
    """

    content: Content
    encoding: str = ""
    flash: bool = False

    def decode(self, octets: bytes) -> str:
        """The text of octets whose `content` is TEXT; what is no character shows as U+FFFD."""
        return octets.decode(self.encoding, "replace")


GSM7 = Coding(Content.GSM7)
LATIN1 = Coding(Content.TEXT, "latin-1")
UCS2 = Coding(Content.TEXT, "utf-16-be")
DATA = Coding(Content.DATA)

_DEFAULTS = {
    DefaultAlphabet.GSM7: GSM7,
    DefaultAlphabet.LATIN1: LATIN1,
    DefaultAlphabet.ASCII: LATIN1,  # who says ASCII and writes more has meant Latin-1
}

_FIXED: dict[int, Coding] = {
    0x01: LATIN1,  # IA5, ASCII; some write Latin-1 there
    0x02: DATA,
    0x03: LATIN1,
    0x04: DATA,
    0x05: Coding(Content.TEXT, "shift_jis"),  # JIS X 0208
    0x06: Coding(Content.TEXT, "iso8859-5"),  # Cyrillic
    0x07: Coding(Content.TEXT, "iso8859-8"),  # Latin/Hebrew
    0x08: UCS2,  # ISO/IEC 10646; surrogate pairs come
    0x0A: Coding(Content.TEXT, "iso2022_jp"),  # music codes
    0x0D: Coding(Content.TEXT, "euc_jis_2004"),  # extended Kanji, JIS X 0212
    0x0E: Coding(Content.TEXT, "euc_kr"),  # KS C 5601
}

UCS2_CODING = 0x08
DATA_CODING = 0x04
LATIN1_CODING = 0x03
DEFAULT_CODING = 0x00
FLASH_UCS2_CODING = 0x18
FLASH_CODING = 0x10
"""The data_codings that gsmd writes."""


def coding_of(data_coding: int, default: DefaultAlphabet) -> Coding | None:
    """The meaning of a data_coding; None for one that is reserved (0x09, 0x0B, 0x0C, 0x0F, 0x20 to 0xBF)."""
    if data_coding == DEFAULT_CODING:
        return _DEFAULTS[default]
    if data_coding < 0x10:
        return _FIXED.get(data_coding)
    return _of_scheme(data_coding)


def _of_scheme(octet: int) -> Coding | None:
    """The meaning of an octet that is a TP-DCS (3GPP TS 23.038 §4)."""
    group = octet >> 4
    if group == 0x1:  # the general group, with a class
        return _with_class((GSM7, DATA, UCS2, None)[octet >> 2 & 3], octet)
    if group in (0xC, 0xD):  # a message is waiting
        return GSM7
    if group == 0xE:
        return UCS2
    if group == 0xF:
        return _with_class(DATA if octet & 4 else GSM7, octet)
    return None


def _with_class(coding: Coding | None, octet: int) -> Coding | None:
    if coding is None or octet & 3:
        return coding
    return Coding(coding.content, coding.encoding, flash=True)
