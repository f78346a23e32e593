"""Frames that a modem gives in a broken shape: how to tell, and how they were meant."""

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
    if length is not None and len(frame) == 2 * length and not is_whole(frame, length):
        return f"00{frame}"  # the service centre's address is left out altogether
    return frame


def is_whole(frame: str, length: int | None) -> bool:
    """Whether ``frame`` is a service centre's address and ``length`` octets of TPDU; None: any number."""
    try:
        octets = bytes.fromhex(frame)
    except ValueError:
        return False
    if not octets or " " in frame:
        return False
    return length is None or len(octets) == 1 + octets[0] + length
