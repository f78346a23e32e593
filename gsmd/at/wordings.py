"""The number of an error, however it is written: as digits, in words, or both.

Modems with ``AT+CMEE=2`` use the words of 3GPP TS 27.007 §9.2.1 and 27.005 §3.2.5 with small
liberties; some write the number and the words. Whatever stands there, the number is what counts.
"""

import re
from typing import NamedTuple

from gsmd.at.codes import CME, CMS

_CME_WORDS = {
    "phone failure": 0,
    "me failure": 0,
    "modem failure": 0,
    "no connection to phone": 1,
    "phone adaptor link reserved": 2,
    "phone adapter link reserved": 2,
    "operation not allowed": 3,
    "operation not supported": 4,
    "ph sim pin required": 5,
    "ph fsim pin required": 6,
    "ph fsim puk required": 7,
    "sim not inserted": 10,
    "no sim": 10,
    "sim removed": 10,
    "sim absent": 10,
    "sim pin required": 11,
    "sim puk required": 12,
    "sim blocked": 12,
    "sim failure": 13,
    "sim busy": 14,
    "sim not ready": 14,
    "sim wrong": 15,
    "incorrect password": 16,
    "sim pin2 required": 17,
    "sim puk2 required": 18,
    "memory full": 20,
    "invalid index": 21,
    "not found": 22,
    "memory failure": 23,
    "text string too long": 24,
    "invalid characters in text string": 25,
    "dial string too long": 26,
    "invalid characters in dial string": 27,
    "no network service": 30,
    "network timeout": 31,
    "network not allowed emergency calls only": 32,
    "emergency calls only": 32,
    "network personalisation pin required": 40,
    "network personalization pin required": 40,
    "network personalisation puk required": 41,
    "network personalization puk required": 41,
    "incorrect parameters": 50,
    "unknown": 100,
    "unknown error": 100,
}

_CMS_WORDS = {
    # 3GPP TS 24.011 §8.2.5.4, E-2
    "unassigned unallocated number": 1,
    "unassigned number": 1,
    "operator determined barring": 8,
    "call barred": 10,
    "network failure": 17,
    "short message transfer rejected": 21,
    "memory capacity exceeded": 22,
    "destination out of service": 27,
    "destination out of order": 27,
    "unidentified subscriber": 28,
    "facility rejected": 29,
    "unknown subscriber": 30,
    "network out of order": 38,
    "temporary failure": 41,
    "congestion": 42,
    "resources unavailable": 47,
    "resources unavailable unspecified": 47,
    "requested facility not subscribed": 50,
    "requested facility not implemented": 69,
    "invalid short message transfer reference value": 81,
    "invalid short message transfer reference": 81,
    "invalid message": 95,
    "invalid message unspecified": 95,
    "semantically incorrect message": 95,
    "invalid mandatory information": 96,
    "message type non existent or not implemented": 97,
    "message type not implemented": 97,
    "message not compatible with short message protocol state": 98,
    "message not compatible with the protocol state": 98,
    "information element non existent or not implemented": 99,
    "information element not implemented": 99,
    "protocol error": 111,
    "protocol error unspecified": 111,
    "interworking": 127,
    "interworking unspecified": 127,
    # 3GPP TS 23.040 §9.2.3.22
    "telematic interworking not supported": 128,
    "short message type 0 not supported": 129,
    "cannot replace short message": 130,
    "unspecified tp pid error": 143,
    "data coding scheme alphabet not supported": 144,
    "message class not supported": 145,
    "unspecified tp dcs error": 159,
    "command cannot be actioned": 160,
    "command unsupported": 161,
    "unspecified tp command error": 175,
    "tpdu not supported": 176,
    "sc busy": 192,
    "no sc subscription": 193,
    "sc system failure": 194,
    "invalid sme address": 195,
    "destination sme barred": 196,
    "sm rejected duplicate sm": 197,
    "tp vpf not supported": 198,
    "tp vp not supported": 199,
    "sim sms storage full": 208,
    "no sms storage capability in sim": 209,
    "error in ms": 210,
    "sim application toolkit busy": 212,
    "sim data download error": 213,
    "unspecified error cause": 255,
    # 3GPP TS 27.005 §3.2.5
    "me failure": 300,
    "phone failure": 300,
    "modem failure": 300,
    "sms service of me reserved": 301,
    "operation not allowed": 302,
    "operation not supported": 303,
    "invalid pdu mode parameter": 304,
    "invalid text mode parameter": 305,
    "memory failure": 320,
    "invalid memory index": 321,
    "memory full": 322,
    "smsc address unknown": 330,
    "service center address unknown": 330,
    "service centre address unknown": 330,
    "no network service": 331,
    "network timeout": 332,
    "no cnma acknowledgement expected": 340,
    "unknown error": 500,
    "unknown": 500,
}

_AS_CMS = {
    0: 300,
    2: 301,
    3: 302,
    4: 303,
    5: 312,
    10: 310,
    11: 311,
    12: 316,
    13: 313,
    14: 314,
    15: 315,
    17: 317,
    18: 318,
    20: 322,
    21: 321,
    22: 321,
    23: 320,
    30: 331,
    31: 332,
    100: 500,
}
"""The message service's number for what the modem's own errors say (27.005 §3.2.5)."""

_FIRST_OWN_CMS = 128
"""From here on no number of the one list stands for something in the other, unless both have it."""


class Numbers(NamedTuple):
    """The number of an error; both None where nothing tells it."""

    cms: int | None
    cme: int | None


def read(text: str, *, message: bool) -> Numbers:
    """The number of the error whose line says ``text`` after its head.

    ``message``: it is one of the message service (``+CMS ERROR``), else the modem's (``+CME``).
    Digits at the beginning are the number; where nobody has described it, or there are none, known
    words tell it; else a number anywhere in the text.
    """
    leading = re.match(r"\W*(\d+)", text)
    if leading is not None:
        found = _placed(int(leading.group(1)), message=message)
        if found.cms in CMS or found.cme in CME:
            return found
        return _by_words(text[leading.end() :], message=message) or found
    return _by_words(text, message=message) or _anywhere(text, message=message)


def _placed(number: int, *, message: bool) -> Numbers:
    """A number as it is; +CME with one that only the message service has is the service's."""
    if message or (number >= _FIRST_OWN_CMS and number in CMS and number not in CME):
        return Numbers(number, None)
    return Numbers(None, number)


def _by_words(text: str, *, message: bool) -> Numbers | None:
    words = _plain(text)
    own, other = (_CMS_WORDS, _CME_WORDS) if message else (_CME_WORDS, _CMS_WORDS)
    if words in own:
        return Numbers(own[words], None) if message else Numbers(None, own[words])
    if words not in other:
        return None
    if not message:
        return Numbers(other[words], None)
    return Numbers(_AS_CMS.get(other[words], _AS_CMS[100]), None)


def _anywhere(text: str, *, message: bool) -> Numbers:
    found = re.search(r"(?<![\w+])(\d+)(?!\w)", text)
    return Numbers(None, None) if found is None else _placed(int(found.group(1)), message=message)


def _plain(text: str) -> str:
    """Words without case, punctuation and the ways to write SIM and time-out."""
    text = re.sub(r"\(u\)|\bu(?=sim\b)", "", text.lower()).replace("time-out", "timeout")
    text = re.sub(r"\b(pin|puk)\s+2\b", r"\g<1>2", text)
    text = text.replace("time out", "timeout")
    text = re.sub(r"\b(needed|necessary)\b", "required", text)
    return " ".join(re.findall(r"[a-z0-9]+", text))
