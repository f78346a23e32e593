"""TP-PI and the parameters it announces, at the end of reports (3GPP TS 23.040 §9.2.3.27)."""

import msgspec

from gsmd.pdu.dcs import DataCodingScheme
from gsmd.pdu.reader import Reader
from gsmd.pdu.user_data import UserData, read_user_data

_PROTOCOL_ID = 0x01
_DCS = 0x02
_USER_DATA = 0x04
_EXTENSION = 0x80

_STANDARD = DataCodingScheme.of(0)


class Parameters(msgspec.Struct, frozen=True):
    """The optional parameters of a report; None for those that it does not carry."""

    protocol_id: int | None = None
    dcs: DataCodingScheme | None = None
    user_data: UserData | None = None

    @property
    def indicator(self) -> int:
        """TP-PI."""
        return (
            (0 if self.protocol_id is None else _PROTOCOL_ID)
            | (0 if self.dcs is None else _DCS)
            | (0 if self.user_data is None else _USER_DATA)
        )

    def encode(self) -> bytes:
        """The parameters, without TP-PI."""
        return b"".join(
            (
                b"" if self.protocol_id is None else bytes((self.protocol_id,)),
                b"" if self.dcs is None else bytes((self.dcs.octet,)),
                b"" if self.user_data is None else self.user_data.encode(),
            )
        )


def read_indicator(reader: Reader) -> int:
    """TP-PI; octets by which it is extended say nothing that is defined."""
    indicator = extension = reader.octet("parameter_indicator")
    while extension & _EXTENSION:
        extension = reader.octet("parameter_indicator")
    return indicator


def read_parameters(reader: Reader, indicator: int, *, has_header: bool) -> Parameters:
    """The parameters that TP-PI announces. Without TP-DCS, user data is in the default alphabet."""
    protocol_id = reader.octet("protocol_id") if indicator & _PROTOCOL_ID else None
    dcs = DataCodingScheme.of(reader.octet("dcs")) if indicator & _DCS else None
    user_data = None
    if indicator & _USER_DATA:
        user_data = read_user_data(reader, dcs or _STANDARD, has_header=has_header)
    return Parameters(protocol_id, dcs, user_data)
