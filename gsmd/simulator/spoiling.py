"""Damage that networks and senders do to a DELIVER on its way (3GPP TS 23.040 §9.2.2.1)."""

import msgspec

from gsmd import pdu

_TRUNK_PREFIX = "0"


def cut(tpdu: bytes, octets: int) -> bytes:
    """Without so many octets at its end, of which TP-UDL still tells."""
    return tpdu[:-octets] if octets else tpdu


def nationally(tpdu: bytes, country_code: int) -> bytes:
    """From the same sender, in the form that is dialled within a country, if the sender is in it."""
    deliver = pdu.decode(tpdu)
    code = str(country_code)
    if not isinstance(deliver, pdu.Deliver) or not str(deliver.originator).startswith(f"+{code}"):
        return tpdu
    number = _TRUNK_PREFIX + deliver.originator.number.removeprefix(code)
    sender = msgspec.structs.replace(
        deliver.originator, number=number, type=pdu.TypeOfNumber.UNKNOWN
    )
    return msgspec.structs.replace(deliver, originator=sender).encode()


def swapped(tpdu: bytes) -> bytes:
    """With the octets of each UCS-2 character in the other order."""
    deliver = pdu.decode(tpdu)
    if not isinstance(deliver, pdu.Deliver) or deliver.user_data.alphabet is not pdu.Alphabet.UCS2:
        return tpdu
    body = deliver.user_data.body
    turned = b"".join(body[at : at + 2][::-1] for at in range(0, len(body), 2))
    user_data = pdu.UserData.build(turned, pdu.Alphabet.UCS2, deliver.user_data.header)
    return msgspec.structs.replace(deliver, user_data=user_data).encode()
