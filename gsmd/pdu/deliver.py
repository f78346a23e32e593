"""SMS-DELIVER: a message on its way to us (3GPP TS 23.040 §9.2.2.1)."""

import msgspec

from gsmd.pdu.address import Address, read_address
from gsmd.pdu.dcs import DataCodingScheme
from gsmd.pdu.reader import Reader
from gsmd.pdu.timestamp import Timestamp
from gsmd.pdu.user_data import UserData, read_user_data

_NO_MORE_MESSAGES = 0x04  # TP-MMS is 1 when none are waiting
_LOOP_PREVENTION = 0x08
_STATUS_REPORT_INDICATION = 0x20
_HAS_HEADER = 0x40
_REPLY_PATH = 0x80


class Deliver(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One message, or one part of it, from the service centre.

    ``more_messages``: the service centre has more for us. ``status_report_indication``: the sender
    has asked for a status report.
    """

    originator: Address
    protocol_id: int = 0
    dcs: DataCodingScheme
    service_centre_timestamp: Timestamp
    user_data: UserData
    more_messages: bool = False
    loop_prevention: bool = False
    status_report_indication: bool = False
    reply_path: bool = False

    @classmethod
    def decode(cls, tpdu: bytes) -> "Deliver":
        """A DELIVER from its octets. Errors: `PduError`."""
        reader = Reader(tpdu)
        first = reader.octet("first_octet")
        originator = read_address(reader, "originator")
        protocol_id = reader.octet("protocol_id")
        dcs = DataCodingScheme.of(reader.octet("dcs"))
        timestamp = Timestamp(reader.take(7, "service_centre_timestamp"))
        user_data = read_user_data(reader, dcs, has_header=bool(first & _HAS_HEADER))
        return cls.of_fields(
            first,
            originator=originator,
            protocol_id=protocol_id,
            dcs=dcs,
            service_centre_timestamp=timestamp,
            user_data=user_data,
        )

    @classmethod
    def of_fields(
        cls,
        first: int,
        *,
        originator: Address,
        protocol_id: int,
        dcs: DataCodingScheme,
        service_centre_timestamp: Timestamp,
        user_data: UserData,
    ) -> "Deliver":
        """A DELIVER of its fields, with the flags of its ``first`` octet."""
        return cls(
            originator=originator,
            protocol_id=protocol_id,
            dcs=dcs,
            service_centre_timestamp=service_centre_timestamp,
            user_data=user_data,
            more_messages=not first & _NO_MORE_MESSAGES,
            loop_prevention=bool(first & _LOOP_PREVENTION),
            status_report_indication=bool(first & _STATUS_REPORT_INDICATION),
            reply_path=bool(first & _REPLY_PATH),
        )

    def encode(self) -> bytes:
        """The octets of the TPDU. Errors: `PduError` for an address that cannot be written."""
        first = (
            (0 if self.more_messages else _NO_MORE_MESSAGES)
            | (_LOOP_PREVENTION if self.loop_prevention else 0)
            | (_STATUS_REPORT_INDICATION if self.status_report_indication else 0)
            | (_HAS_HEADER if self.user_data.header else 0)
            | (_REPLY_PATH if self.reply_path else 0)
        )
        return b"".join(
            (
                bytes((first,)),
                self.originator.encode("originator"),
                bytes((self.protocol_id, self.dcs.octet)),
                self.service_centre_timestamp.octets,
                self.user_data.encode(),
            )
        )
