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
from gsmd.pdu.elements import (
    Concatenation,
    ElementType,
    Hyperlink,
    InformationElement,
    Ports,
    read_elements,
)
from gsmd.pdu.errors import PduError
from gsmd.pdu.frame import Frame, from_hex
from gsmd.pdu.gsm7 import NationalTables
from gsmd.pdu.joining import Joined, join
from gsmd.pdu.kinds import (
    Card,
    Content,
    ContentKind,
    Detail,
    DeviceDownload,
    MessagesWaiting,
    ReturnCall,
    SimDownload,
    TypeZero,
    indications_of,
    kind_of,
)
from gsmd.pdu.national import Language
from gsmd.pdu.protocol import replaces
from gsmd.pdu.push import MmsNotification, WapPush, decode_notification, decode_push
from gsmd.pdu.reports import DeliverReport, SubmitReport
from gsmd.pdu.salvage import Arrival, read_arrival
from gsmd.pdu.status import DeliveryStatus, StatusKind, classify_status
from gsmd.pdu.status_report import StatusReport
from gsmd.pdu.submit import Submit
from gsmd.pdu.timestamp import Timestamp
from gsmd.pdu.tpdu import Tpdu, decode
from gsmd.pdu.typography import Simplified, simplify
from gsmd.pdu.udh import UserDataHeader
from gsmd.pdu.user_data import UserData
from gsmd.pdu.validity import Validity, ValidityFormat

__all__ = [
    "Address",
    "Alphabet",
    "Arrival",
    "Card",
    "CodingGroup",
    "Command",
    "CommandType",
    "Concatenation",
    "Content",
    "ContentKind",
    "DataCodingScheme",
    "Deliver",
    "DeliverReport",
    "DeliveryStatus",
    "Detail",
    "DeviceDownload",
    "ElementType",
    "Frame",
    "Hyperlink",
    "Indication",
    "InformationElement",
    "Joined",
    "Language",
    "MessageClass",
    "MessagesWaiting",
    "MmsNotification",
    "NationalTables",
    "NumberingPlan",
    "PduError",
    "Ports",
    "Preview",
    "ReturnCall",
    "SimDownload",
    "Simplified",
    "StatusKind",
    "StatusReport",
    "Submit",
    "SubmitReport",
    "Timestamp",
    "Tpdu",
    "TypeOfNumber",
    "TypeZero",
    "UserData",
    "UserDataHeader",
    "Validity",
    "ValidityFormat",
    "WaitingKind",
    "WapPush",
    "classify_status",
    "compose",
    "compose_deliver",
    "decode",
    "decode_notification",
    "decode_push",
    "from_hex",
    "indications_of",
    "join",
    "kind_of",
    "preview",
    "read_arrival",
    "read_elements",
    "replaces",
    "simplify",
]
