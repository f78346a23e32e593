"""SMS-STATUS-REPORT: what became of a message (3GPP TS 23.040 §9.2.2.3)."""

import msgspec

from gsmd.pdu.address import Address, read_address
from gsmd.pdu.dcs import DataCodingScheme
from gsmd.pdu.parameters import Parameters, read_indicator, read_parameters
from gsmd.pdu.reader import Reader
from gsmd.pdu.timestamp import Timestamp
from gsmd.pdu.user_data import UserData

_STATUS_REPORT = 0x02
_NO_MORE_MESSAGES = 0x04  # TP-MMS is 1 when none are waiting
_LOOP_PREVENTION = 0x08
_COMMANDED = 0x20
_HAS_HEADER = 0x40
_FILLER = b"\xff"


class StatusReport(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The service centre's word on a message sent before.

    ``tp_status`` says what became of it (`gsmd.pdu.classify_status`). ``commanded``: it answers a
    COMMAND, not a SUBMIT (TP-SRQ).
    """

    message_reference: int
    recipient: Address
    service_centre_timestamp: Timestamp
    discharge_time: Timestamp
    tp_status: int
    protocol_id: int | None = None
    dcs: DataCodingScheme | None = None
    user_data: UserData | None = None
    more_messages: bool = False
    loop_prevention: bool = False
    commanded: bool = False

    @classmethod
    def decode(cls, tpdu: bytes) -> "StatusReport":
        """A STATUS-REPORT from its octets. Errors: `PduError`."""
        reader = Reader(tpdu)
        first = reader.octet("first_octet")
        message_reference = reader.octet("message_reference")
        recipient = read_address(reader, "recipient")
        timestamp = Timestamp(reader.take(7, "service_centre_timestamp"))
        discharge_time = Timestamp(reader.take(7, "discharge_time"))
        tp_status = reader.octet("tp_status")
        parameters = _read_trailer(reader, has_header=bool(first & _HAS_HEADER))
        return cls(
            message_reference=message_reference,
            recipient=recipient,
            service_centre_timestamp=timestamp,
            discharge_time=discharge_time,
            tp_status=tp_status,
            protocol_id=parameters.protocol_id,
            dcs=parameters.dcs,
            user_data=parameters.user_data,
            more_messages=not first & _NO_MORE_MESSAGES,
            loop_prevention=bool(first & _LOOP_PREVENTION),
            commanded=bool(first & _COMMANDED),
        )

    def encode(self) -> bytes:
        """The octets of the TPDU. Errors: `PduError` for an address that cannot be written."""
        has_header = self.user_data is not None and self.user_data.header
        first = (
            _STATUS_REPORT
            | (0 if self.more_messages else _NO_MORE_MESSAGES)
            | (_LOOP_PREVENTION if self.loop_prevention else 0)
            | (_COMMANDED if self.commanded else 0)
            | (_HAS_HEADER if has_header else 0)
        )
        parameters = Parameters(self.protocol_id, self.dcs, self.user_data)
        indicator = parameters.indicator
        return b"".join(
            (
                bytes((first, self.message_reference)),
                self.recipient.encode("recipient"),
                self.service_centre_timestamp.octets,
                self.discharge_time.octets,
                bytes((self.tp_status, indicator) if indicator else (self.tp_status,)),
                parameters.encode(),
            )
        )


def _read_trailer(reader: Reader, *, has_header: bool) -> Parameters:
    """TP-PI and what follows; nothing where the octets end, or filler of a SIM record begins."""
    if not reader.rest().strip(_FILLER):
        return Parameters()
    return read_parameters(reader, read_indicator(reader), has_header=has_header)
