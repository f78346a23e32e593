"""Frames that a modem gives in a broken shape, as they were meant."""

_JUNK = "000000FF00"
_REPORT_OCTETS = 26


def repaired(frame: str, length: int | None) -> str:
    """``frame`` (hex), put right if it is one of the known broken ones; else as it is.

    ``length``: the octets of the TPDU that the header announced, if it did.
    """
    if frame.upper().startswith(_JUNK):
        # Wavecom, a status report read from storage: four octets too many before the service
        # centre, and what is zero at the end left out
        return frame[8:].ljust(2 * _REPORT_OCTETS, "0")
    if length is not None and len(frame) == 2 * length and not _has_service_centre(frame, length):
        return f"00{frame}"  # the service centre's address is left out altogether
    return frame


def _has_service_centre(frame: str, length: int) -> bool:
    """Whether the first octet can be the length of an address that is followed by ``length`` octets."""
    return len(frame) == 2 * (1 + int(frame[:2], 16) + length)
