"""SMPP 3.4 and 5.0 without I/O: octets in, frozen values out, and the state of one session.

`decode` and `encode` know every PDU of 3.4, and of 5.0 what is not about broadcasting; `Session` is one
end of one connection. Clauses without a version are those of SMPP 3.4, issue 1.2.
"""

from gsmd.smpp.address import Address, NumberingPlan, TypeOfNumber
from gsmd.smpp.coding import Coding, Content, DefaultAlphabet, coding_of
from gsmd.smpp.commands import Command
from gsmd.smpp.errors import SmppError
from gsmd.smpp.fields import Destination, Unsuccessful
from gsmd.smpp.pdus import PDUS, Pdu, response_to
from gsmd.smpp.receipt import MessageState, Receipt, read_receipt, same_id
from gsmd.smpp.session import (
    Answered,
    Automatic,
    Ended,
    Event,
    Requested,
    Role,
    Session,
    SessionState,
    Stray,
    WrongState,
)
from gsmd.smpp.status import CommandStatus, name_of
from gsmd.smpp.tlv import Tag, Tlv
from gsmd.smpp.watch import Due, Limits, Watch
from gsmd.smpp.wire import decode, encode

__all__ = [
    "PDUS",
    "Address",
    "Answered",
    "Automatic",
    "Coding",
    "Command",
    "CommandStatus",
    "Content",
    "DefaultAlphabet",
    "Destination",
    "Due",
    "Ended",
    "Event",
    "Limits",
    "MessageState",
    "NumberingPlan",
    "Pdu",
    "Receipt",
    "Requested",
    "Role",
    "Session",
    "SessionState",
    "SmppError",
    "Stray",
    "Tag",
    "Tlv",
    "TypeOfNumber",
    "Unsuccessful",
    "Watch",
    "WrongState",
    "coding_of",
    "decode",
    "encode",
    "name_of",
    "read_receipt",
    "response_to",
    "same_id",
]
