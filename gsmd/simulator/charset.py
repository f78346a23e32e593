"""Strings on the line, in the character set that ``+CSCS`` chose (3GPP TS 27.007 §5.5).

A line is held as latin-1 text, a character for a byte.
"""

from gsmd.pdu import gsm7

CHARACTER_SETS = ("IRA", "GSM", "UCS2", "HEX", "8859-1")
_FILLED = ord("?")


def shown(text: str, character_set: str) -> str:
    """A string as the modem writes it; what the set does not have is a question mark."""
    if character_set == "UCS2":
        return text.encode("utf-16-be", "surrogatepass").hex().upper()
    if character_set == "HEX":
        return _septets(text).hex().upper()
    if character_set == "GSM":
        return _septets(text).decode("latin-1")
    return text.encode("latin-1", "replace").decode("latin-1")


def understood(text: str, character_set: str) -> str:
    """A string as the computer meant it; `ValueError` if it is not written in that set."""
    if character_set == "UCS2":
        return bytes.fromhex(text).decode("utf-16-be", "surrogatepass")
    if character_set == "HEX":
        return gsm7.decode(_seven_bit(bytes.fromhex(text)))
    if character_set == "GSM":
        return gsm7.decode(_seven_bit(text.encode("latin-1")))
    return text


def _septets(text: str) -> bytes:
    encoded = gsm7.encode(text)
    if encoded is not None:
        return encoded
    return b"".join(gsm7.encode(character) or bytes((_FILLED,)) for character in text)


def _seven_bit(octets: bytes) -> bytes:
    return bytes(octet & 0x7F for octet in octets)
