"""The PDUs of a session: binding, unbinding, asking whether the other side is there (SMPP 3.4 §4.1, §4.2, §4.11).

All PDUs have ``sequence`` (0: the session gives one), ``status`` (command_status, 0 in requests) and ``tlvs``.
A struct's ``command`` and ``fields`` are the table by which `gsmd.smpp.wire` reads and writes it. Strings
stay octets: their alphabet is known to whoever knows the data_coding and the account.

Lengths are those of the specification, the NUL counted, but for the password: its 8 characters are cut off
by some ESMEs and exceeded by others.
"""

from typing import ClassVar

import msgspec

from gsmd.smpp.address import NOWHERE, Address
from gsmd.smpp.commands import Command
from gsmd.smpp.fields import CString, Field, Octet, PeerAddress
from gsmd.smpp.status import CommandStatus
from gsmd.smpp.tlv import Tlv


class Pdu(msgspec.Struct, frozen=True):
    """What all PDUs have."""

    command: ClassVar[Command]
    fields: ClassVar[tuple[Field, ...]] = ()

    sequence: int = 0
    status: int = 0
    tlvs: tuple[Tlv, ...] = ()


_SYSTEM_ID = CString("system_id", 16, CommandStatus.RINVSYSID)
_PASSWORD = CString("password", 65, CommandStatus.RINVPASWD)
_BIND = (
    _SYSTEM_ID,
    _PASSWORD,
    CString("system_type", 13, CommandStatus.RINVSYSTYP),
    Octet("interface_version"),
    PeerAddress("address_range", 41, CommandStatus.RBINDFAIL),
)


class GenericNack(Pdu, frozen=True):
    """§4.3.1: what came is no PDU, or none that anybody knows."""

    command = Command.GENERIC_NACK


class Bind(Pdu, frozen=True):
    """§4.1: what the three binds have in common."""

    fields = _BIND

    system_id: bytes = b""
    password: bytes = b""
    system_type: bytes = b""
    interface_version: int = 0x34
    address_range: Address = NOWHERE


class BindTransmitter(Bind, frozen=True):
    """§4.1.1."""

    command = Command.BIND_TRANSMITTER


class BindReceiver(Bind, frozen=True):
    """§4.1.3."""

    command = Command.BIND_RECEIVER


class BindTransceiver(Bind, frozen=True):
    """§4.1.5."""

    command = Command.BIND_TRANSCEIVER


class BindResp(Pdu, frozen=True):
    """§4.1: what the answers to the three binds have in common."""

    fields = (_SYSTEM_ID,)

    system_id: bytes = b""


class BindTransmitterResp(BindResp, frozen=True):
    """§4.1.2."""

    command = Command.BIND_TRANSMITTER_RESP


class BindReceiverResp(BindResp, frozen=True):
    """§4.1.4."""

    command = Command.BIND_RECEIVER_RESP


class BindTransceiverResp(BindResp, frozen=True):
    """§4.1.6."""

    command = Command.BIND_TRANSCEIVER_RESP


class Outbind(Pdu, frozen=True):
    """§4.1.7: the SMSC asks an ESME to bind. It has no answer."""

    command = Command.OUTBIND
    fields = (_SYSTEM_ID, _PASSWORD)

    system_id: bytes = b""
    password: bytes = b""


class Unbind(Pdu, frozen=True):
    """§4.2.1."""

    command = Command.UNBIND


class UnbindResp(Pdu, frozen=True):
    """§4.2.2."""

    command = Command.UNBIND_RESP


class EnquireLink(Pdu, frozen=True):
    """§4.11.1."""

    command = Command.ENQUIRE_LINK


class EnquireLinkResp(Pdu, frozen=True):
    """§4.11.2."""

    command = Command.ENQUIRE_LINK_RESP
