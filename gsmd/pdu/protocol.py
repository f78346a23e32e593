"""TP-PID: what a message is for, besides being read (3GPP TS 23.040 §9.2.3.9)."""

TYPE_ZERO = 0x40
RETURN_CALL = 0x5F
DEVICE_DOWNLOAD = 0x7D
DEVICE_DEPERSONALISATION = 0x7E
SIM_DOWNLOAD = 0x7F


def replaces(protocol_id: int) -> int | None:
    """The replace type, 1 to 7: the message replaces an earlier one of that type from its sender."""
    return protocol_id - TYPE_ZERO if 0x41 <= protocol_id <= 0x47 else None
