"""SMS TPDUs, both ways: octets in, frozen values out (3GPP TS 23.040, 23.038, 27.005).

No I/O, no clock, no counters: references are passed in. Everything that can be wrong with octets or
arguments is a `PduError`, which names the field and the octet.
"""

from gsmd.pdu.address import Address, NumberingPlan, TypeOfNumber
from gsmd.pdu.command import Command, CommandType
from gsmd.pdu.compose import Preview, compose, compose_deliver, preview
from gsmd.pdu.dcs import (
    Alphabet,
    CodingGroup,
    DataCodingScheme,
    Indication,
    MessageClass,
    WaitingKind,
)
from gsmd.pdu.deliver import Deliver
from gsmd.pdu.errors import PduError
from gsmd.pdu.frame import Frame, from_hex
from gsmd.pdu.gsm7 import NationalTables
from gsmd.pdu.joining import Joined, join
from gsmd.pdu.national import Language
from gsmd.pdu.reports import DeliverReport, SubmitReport
from gsmd.pdu.status import DeliveryStatus, StatusKind, classify_status
from gsmd.pdu.status_report import StatusReport
from gsmd.pdu.submit import Submit
from gsmd.pdu.timestamp import Timestamp
from gsmd.pdu.tpdu import Tpdu, decode
from gsmd.pdu.typography import Simplified, simplify
from gsmd.pdu.udh import (
    Concatenation,
    ElementType,
    Hyperlink,
    InformationElement,
    Ports,
    UserDataHeader,
)
from gsmd.pdu.user_data import UserData
from gsmd.pdu.validity import Validity, ValidityFormat

__all__ = [
    "Address",
    "Alphabet",
    "CodingGroup",
    "Command",
    "CommandType",
    "Concatenation",
    "DataCodingScheme",
    "Deliver",
    "DeliverReport",
    "DeliveryStatus",
    "ElementType",
    "Frame",
    "Hyperlink",
    "Indication",
    "InformationElement",
    "Joined",
    "Language",
    "MessageClass",
    "NationalTables",
    "NumberingPlan",
    "PduError",
    "Ports",
    "Preview",
    "Simplified",
    "StatusKind",
    "StatusReport",
    "Submit",
    "SubmitReport",
    "Timestamp",
    "Tpdu",
    "TypeOfNumber",
    "UserData",
    "UserDataHeader",
    "Validity",
    "ValidityFormat",
    "WaitingKind",
    "classify_status",
    "compose",
    "compose_deliver",
    "decode",
    "from_hex",
    "join",
    "preview",
    "simplify",
]
