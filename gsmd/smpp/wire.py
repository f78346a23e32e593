"""Octets to PDUs and back (SMPP 3.4 §3.2).

Unknown TLVs and reserved values are kept as they are; what contradicts itself is an `SmppError`, which says
what the other side is to be told, and in answer to which command and sequence number.
"""

from struct import Struct
from typing import Any

from gsmd.smpp.commands import RESPONSE
from gsmd.smpp.errors import SmppError
from gsmd.smpp.pdus import PDUS, Pdu
from gsmd.smpp.status import CommandStatus
from gsmd.smpp.tlv import Tlv

HEADER = 16
"""Octets of a header: command_length, command_id, command_status, sequence_number."""

_HEADER = Struct(">4I")
_TLV = Struct(">2H")


def decode(octets: bytes) -> Pdu:
    """The PDU that these octets are, all of them. Errors: `SmppError`."""
    if len(octets) < HEADER:
        message = f"a header has {HEADER} octets, {len(octets)} are there"
        raise SmppError(
            message, status=CommandStatus.RINVCMDLEN, field="command_length", offset=len(octets)
        )
    length, command, status, sequence = _HEADER.unpack_from(octets)
    try:
        return _decode(octets, length, command, status, sequence)
    except SmppError as error:
        error.sequence, error.command = sequence, command
        raise


def _decode(octets: bytes, length: int, command: int, status: int, sequence: int) -> Pdu:
    if length != len(octets):
        raise SmppError(
            f"says {length} octets, {len(octets)} are there",
            status=CommandStatus.RINVCMDLEN,
            field="command_length",
            offset=0,
        )
    kind = PDUS.get(command)
    if kind is None:
        message = f"nobody knows 0x{command:08X}"
        raise SmppError(message, status=CommandStatus.RINVCMDID, field="command_id", offset=4)
    if length == HEADER and command & RESPONSE:
        return kind(sequence, status)  # an error has no body, and some leave unused fields out
    values: list[Any] = [sequence, status, ()]
    at = HEADER
    for field in kind.fields:
        try:
            at = field.read(octets, at, values)
        except IndexError:
            message, name = "the octets end before this field", field.names[0]
            raise SmppError(
                message, status=CommandStatus.RINVCMDLEN, field=name, offset=min(at, length)
            ) from None
    if at < length:
        values[2] = tuple(_tlvs(octets, at))
    return kind(*values)


def _tlvs(octets: bytes, at: int) -> list[Tlv]:
    end = len(octets)
    found = []
    while at < end:
        if end - at < _TLV.size:
            message = f"{end - at} octets are no TLV"
            raise SmppError(message, status=CommandStatus.RINVOPTPARSTREAM, field="tlv", offset=at)
        tag, length = _TLV.unpack_from(octets, at)
        start = at + _TLV.size
        at = start + length
        if at > end:
            message = f"tag 0x{tag:04X} says {length} octets, {end - start} are there"
            raise SmppError(
                message, status=CommandStatus.RINVPARLEN, field="tlv.length", offset=start - 2
            )
        found.append(Tlv(tag, octets[start:at]))
    return found


def encode(pdu: Pdu) -> bytes:
    """The octets of a PDU. A response that says an error and nothing else has no body. Errors: `SmppError`."""
    values = [getattr(pdu, name) for name in pdu.__struct_fields__[3:]]
    bare = pdu.status and pdu.command & RESPONSE and not (pdu.tlvs or any(values))
    body = b"" if bare else b"".join(map(_write, pdu.fields, values))
    if pdu.tlvs:
        body += b"".join(map(_tlv, pdu.tlvs))
    return _HEADER.pack(HEADER + len(body), pdu.command, pdu.status, pdu.sequence) + body


def _write(field: Any, value: Any) -> bytes:
    written: bytes = field.write(value)
    return written


def _tlv(tlv: Tlv) -> bytes:
    if len(tlv.value) > 0xFFFF:
        message = f"{len(tlv.value)} octets are more than a TLV has room for"
        raise SmppError(message, status=CommandStatus.RINVPARLEN, field="tlv.length")
    return _TLV.pack(tlv.tag, len(tlv.value)) + tlv.value
