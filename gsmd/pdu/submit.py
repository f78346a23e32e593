"""SMS-SUBMIT: a message on its way out (3GPP TS 23.040 §9.2.2.2)."""

import msgspec

from gsmd.pdu.address import Address, read_address
from gsmd.pdu.dcs import DataCodingScheme
from gsmd.pdu.reader import Reader
from gsmd.pdu.user_data import UserData, read_user_data
from gsmd.pdu.validity import Validity, ValidityFormat, read_validity

_SUBMIT = 0x01
_REJECT_DUPLICATES = 0x04
_STATUS_REPORT_REQUEST = 0x20
_HAS_HEADER = 0x40
_REPLY_PATH = 0x80


class Submit(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One message, or one part of it, for the service centre.

    ``message_reference`` is mostly 0 here: the modem sets its own and tells it (``+CMGS: <mr>``).
    """

    destination: Address
    message_reference: int = 0
    protocol_id: int = 0
    dcs: DataCodingScheme
    validity: Validity | None = None
    user_data: UserData
    reject_duplicates: bool = False
    status_report_request: bool = False
    reply_path: bool = False

    @classmethod
    def decode(cls, tpdu: bytes) -> "Submit":
        """A SUBMIT from its octets. Errors: `PduError`."""
        reader = Reader(tpdu)
        first = reader.octet("first_octet")
        message_reference = reader.octet("message_reference")
        destination = read_address(reader, "destination")
        protocol_id = reader.octet("protocol_id")
        dcs = DataCodingScheme.of(reader.octet("dcs"))
        validity = read_validity(reader, ValidityFormat(first >> 3 & 3))
        user_data = read_user_data(reader, dcs, has_header=bool(first & _HAS_HEADER))
        return cls(
            destination=destination,
            message_reference=message_reference,
            protocol_id=protocol_id,
            dcs=dcs,
            validity=validity,
            user_data=user_data,
            reject_duplicates=bool(first & _REJECT_DUPLICATES),
            status_report_request=bool(first & _STATUS_REPORT_REQUEST),
            reply_path=bool(first & _REPLY_PATH),
        )

    def encode(self) -> bytes:
        """The octets of the TPDU. Errors: `PduError` for an address that cannot be written."""
        validity = self.validity
        first = (
            _SUBMIT
            | (_REJECT_DUPLICATES if self.reject_duplicates else 0)
            | (validity.format << 3 if validity else 0)
            | (_STATUS_REPORT_REQUEST if self.status_report_request else 0)
            | (_HAS_HEADER if self.user_data.header else 0)
            | (_REPLY_PATH if self.reply_path else 0)
        )
        return b"".join(
            (
                bytes((first, self.message_reference)),
                self.destination.encode("destination"),
                bytes((self.protocol_id, self.dcs.octet)),
                validity.octets if validity else b"",
                self.user_data.encode(),
            )
        )
