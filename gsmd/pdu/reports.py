"""SMS-DELIVER-REPORT and SMS-SUBMIT-REPORT: acknowledgements (3GPP TS 23.040 §9.2.2.1a, §9.2.2.2a).

On an AT line they stand in ``+CNMA=<n>,<length>`` and ``+CMGS: <mr>,<ackpdu>``. Whether there is a
failure cause is known from the layer below, which an AT line does not show; but every failure cause
has bit 7 set, and TP-PI has not.
"""

import msgspec

from gsmd.pdu.dcs import DataCodingScheme
from gsmd.pdu.parameters import Parameters, read_indicator, read_parameters
from gsmd.pdu.reader import Reader
from gsmd.pdu.timestamp import Timestamp
from gsmd.pdu.user_data import UserData

_SUBMIT_REPORT = 0x01
_HAS_HEADER = 0x40
_FAILURE = 0x80


class DeliverReport(msgspec.Struct, frozen=True, kw_only=True):
    """The receiving side's answer to a DELIVER; ``failure_cause`` (TP-FCS) if it refuses it."""

    failure_cause: int | None = None
    protocol_id: int | None = None
    dcs: DataCodingScheme | None = None
    user_data: UserData | None = None

    @classmethod
    def decode(cls, tpdu: bytes) -> "DeliverReport":
        """A DELIVER-REPORT from its octets. Errors: `PduError`."""
        reader = Reader(tpdu)
        first = reader.octet("first_octet")
        failure_cause = _read_failure_cause(reader)
        indicator = read_indicator(reader)
        parameters = read_parameters(reader, indicator, has_header=bool(first & _HAS_HEADER))
        return cls(
            failure_cause=failure_cause,
            protocol_id=parameters.protocol_id,
            dcs=parameters.dcs,
            user_data=parameters.user_data,
        )

    def encode(self) -> bytes:
        """The octets of the TPDU."""
        parameters = Parameters(self.protocol_id, self.dcs, self.user_data)
        return _head(0, self.failure_cause, parameters) + parameters.encode()


class SubmitReport(msgspec.Struct, frozen=True, kw_only=True):
    """The service centre's answer to a SUBMIT; ``failure_cause`` (TP-FCS) if it refuses it."""

    service_centre_timestamp: Timestamp
    failure_cause: int | None = None
    protocol_id: int | None = None
    dcs: DataCodingScheme | None = None
    user_data: UserData | None = None

    @classmethod
    def decode(cls, tpdu: bytes) -> "SubmitReport":
        """A SUBMIT-REPORT from its octets. Errors: `PduError`."""
        reader = Reader(tpdu)
        first = reader.octet("first_octet")
        failure_cause = _read_failure_cause(reader)
        indicator = read_indicator(reader)
        timestamp = Timestamp(reader.take(7, "service_centre_timestamp"))
        parameters = read_parameters(reader, indicator, has_header=bool(first & _HAS_HEADER))
        return cls(
            service_centre_timestamp=timestamp,
            failure_cause=failure_cause,
            protocol_id=parameters.protocol_id,
            dcs=parameters.dcs,
            user_data=parameters.user_data,
        )

    def encode(self) -> bytes:
        """The octets of the TPDU."""
        parameters = Parameters(self.protocol_id, self.dcs, self.user_data)
        head = _head(_SUBMIT_REPORT, self.failure_cause, parameters)
        return head + self.service_centre_timestamp.octets + parameters.encode()


def _read_failure_cause(reader: Reader) -> int | None:
    start = reader.position
    octet = reader.octet("parameter_indicator")
    if octet & _FAILURE:
        return octet
    reader.position = start
    return None


def _head(kind: int, failure_cause: int | None, parameters: Parameters) -> bytes:
    """First octet, TP-FCS if there is one, TP-PI."""
    if parameters.user_data is not None and parameters.user_data.header:
        kind |= _HAS_HEADER
    if failure_cause is None:
        return bytes((kind, parameters.indicator))
    return bytes((kind, failure_cause, parameters.indicator))
