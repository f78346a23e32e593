"""Frames as modems give them: whether one is whole, and how a broken one was meant."""

from gsmd.modem import quirks


def is_whole(frame: str, length: int | None) -> bool:
    """True if ``frame`` is a service centre's address and ``length`` octets of TPDU; None: any number."""
    try:
        octets = bytes.fromhex(frame)
    except ValueError:
        return False
    if not octets or " " in frame:
        return False
    return length is None or len(octets) == 1 + octets[0] + length


def repaired(frame: str, length: int | None) -> str:
    """``frame`` (hex), put right if it is one of the known broken ones; else as it is.

    ``length``: the octets of the TPDU that the header announced, if it did.
    """
    meant = quirks.repaired(frame)
    if meant == frame and length is not None and len(frame) == 2 * length:
        # octets as announced, and they are to be counted without the service centre's address:
        # that was left out altogether
        return frame if is_whole(frame, length) else f"00{frame}"
    return meant
