"""SMS-COMMAND: what a sender wants done with an earlier message (3GPP TS 23.040 §9.2.2.4)."""

from enum import IntEnum

import msgspec

from gsmd.pdu.address import Address, read_address
from gsmd.pdu.errors import PduError
from gsmd.pdu.reader import Reader

_COMMAND = 0x02
_STATUS_REPORT_REQUEST = 0x20
_HAS_HEADER = 0x40


class CommandType(IntEnum):
    """The commands that are defined (§9.2.3.19)."""

    ENQUIRY = 0  # asks for a status report
    CANCEL_STATUS_REPORT = 1
    DELETE = 2
    ENABLE_STATUS_REPORT = 3


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command about the message ``message_number`` that was sent to ``destination``.

    ``data`` is TP-CD as it is on the air; ``has_header`` says that it begins with a header.
    """

    message_reference: int = 0
    protocol_id: int = 0
    command: int
    message_number: int
    destination: Address
    data: bytes = b""
    has_header: bool = False
    status_report_request: bool = False

    @classmethod
    def decode(cls, tpdu: bytes) -> "Command":
        """A COMMAND from its octets. Errors: `PduError`."""
        reader = Reader(tpdu)
        first = reader.octet("first_octet")
        message_reference = reader.octet("message_reference")
        protocol_id = reader.octet("protocol_id")
        command = reader.octet("command")
        message_number = reader.octet("message_number")
        destination = read_address(reader, "destination")
        data = reader.take(reader.octet("data.length"), "data")
        return cls(
            message_reference=message_reference,
            protocol_id=protocol_id,
            command=command,
            message_number=message_number,
            destination=destination,
            data=data,
            has_header=bool(first & _HAS_HEADER),
            status_report_request=bool(first & _STATUS_REPORT_REQUEST),
        )

    def encode(self) -> bytes:
        """The octets of the TPDU. Errors: `PduError`."""
        if len(self.data) > 255:
            raise PduError("more than 255 octets", "data")
        first = (
            _COMMAND
            | (_STATUS_REPORT_REQUEST if self.status_report_request else 0)
            | (_HAS_HEADER if self.has_header else 0)
        )
        return b"".join(
            (
                bytes((first, self.message_reference, self.protocol_id)),
                bytes((self.command, self.message_number)),
                self.destination.encode("destination"),
                bytes((len(self.data),)),
                self.data,
            )
        )
