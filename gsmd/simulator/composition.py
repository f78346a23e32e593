"""The TPDU of a text that was entered in text mode (3GPP TS 27.005 §3.1 ``<data>``, ``<fo>``)."""

from typing import TYPE_CHECKING

from gsmd import pdu
from gsmd.pdu import gsm7
from gsmd.simulator.charset import understood
from gsmd.simulator.errors import MessageError

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_SUBMIT = 1
_TYPE_BITS = 0b11
_VALIDITY_BITS = 0b11000
_RELATIVE_VALIDITY = 0b10000
_HAS_HEADER = 0x40
_INVALID_TEXT_PARAMETER = 305


def compose(modem: "SimulatedModem", number: str, text: bytes) -> pdu.Frame:
    """A SUBMIT to ``number`` as ``+CSMP`` and ``+CSCS`` say; ``+CMS ERROR: 305`` if it cannot be."""
    settings = modem.settings
    try:
        destination = pdu.Address.parse(number) if number else pdu.Address("")
        user_data = _user_data(modem, text.rstrip(b"\r\n").decode("latin-1"))
    except (ValueError, pdu.PduError):
        raise MessageError(_INVALID_TEXT_PARAMETER) from None
    first = settings.first_octet & ~_TYPE_BITS | _SUBMIT
    if first & _VALIDITY_BITS not in {0, _RELATIVE_VALIDITY}:
        raise MessageError(_INVALID_TEXT_PARAMETER)
    validity = bytes((settings.validity,)) if first & _VALIDITY_BITS else b""
    tpdu = b"".join(
        (
            bytes((first, 0)),
            destination.encode("destination"),
            bytes((settings.protocol_id, settings.data_coding)),
            validity,
            user_data,
        )
    )
    return pdu.Frame(None, tpdu)


def _user_data(modem: "SimulatedModem", text: str) -> bytes:
    """TP-UDL and TP-UD."""
    settings = modem.settings
    alphabet = pdu.DataCodingScheme.of(settings.data_coding).alphabet
    if settings.first_octet & _HAS_HEADER:
        octets = bytes.fromhex(text)  # the header included
        length = len(octets) * 8 // 7 if alphabet is pdu.Alphabet.GSM7 else len(octets)
        return bytes((length,)) + octets
    return pdu.UserData.build(_body(text, alphabet, settings.character_set), alphabet).encode()


def _body(text: str, alphabet: pdu.Alphabet, character_set: str) -> bytes:
    if alphabet is pdu.Alphabet.DATA:
        return bytes.fromhex(text)
    if alphabet is pdu.Alphabet.UCS2:
        # HEX and UCS2 both write a UCS-2 text as its code units
        if character_set in {"UCS2", "HEX"}:
            return bytes.fromhex(text)
        return understood(text, character_set).encode("utf-16-be")
    septets = gsm7.encode(understood(text, character_set))
    if septets is None:
        raise ValueError("not in the GSM alphabet")
    return septets
