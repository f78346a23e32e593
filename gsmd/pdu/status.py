"""TP-ST: what became of a submitted message (3GPP TS 23.040 §9.2.3.15)."""

from enum import StrEnum

import msgspec


class StatusKind(StrEnum):
    """The outcome, as far as a sender has to act on it."""

    DELIVERED = "delivered"
    FORWARDED = "forwarded"  # out of the service centre's hands; it cannot confirm more
    REPLACED = "replaced"  # by a later message of the same type
    TEMPORARY = "temporary"  # an error, and the service centre goes on trying
    FAILED = "failed"  # a permanent error, or a temporary one after the last try
    EXPIRED = "expired"  # the validity period ended

    @property
    def final(self) -> bool:
        """No further report is to be expected."""
        return self is not StatusKind.TEMPORARY


class DeliveryStatus(msgspec.Struct, frozen=True):
    """The meaning of a TP-ST octet, for programs and for people."""

    kind: StatusKind
    reason: str


_TEMPORARY = (
    "congestion",
    "recipient busy",
    "no response from the recipient",
    "service rejected",
    "quality of service not available",
    "error in the recipient's device",
)
_PERMANENT = (
    "remote procedure error",
    "incompatible destination",
    "connection rejected by the recipient",
    "not obtainable",
    "quality of service not available",
    "no interworking available",
    "validity period expired",
    "deleted by the originator",
    "deleted by the service centre",
    "the message does not exist",
)
# Bits 6 and 5: what kind of outcome, what to say of it, and what its codes mean.
_GROUPS = (
    (StatusKind.DELIVERED, "completed", ("received by the recipient", "forwarded", "replaced")),
    (StatusKind.TEMPORARY, "temporary error, still trying", _TEMPORARY),
    (StatusKind.FAILED, "permanent error", _PERMANENT),
    (StatusKind.FAILED, "temporary error, no longer trying", _TEMPORARY),
)
_EXCEPTIONS = {0x01: StatusKind.FORWARDED, 0x02: StatusKind.REPLACED, 0x46: StatusKind.EXPIRED}
_RESERVED = DeliveryStatus(StatusKind.FAILED, "reserved code, counts as service rejected")


def _classify(tp_status: int) -> DeliveryStatus:
    if tp_status & 0x80:
        return _RESERVED
    kind, outcome, reasons = _GROUPS[tp_status >> 5]
    if tp_status & 0x10:
        return DeliveryStatus(kind, f"{outcome}: specific to the service centre")
    code = tp_status & 0x0F
    if code >= len(reasons):
        return _RESERVED
    return DeliveryStatus(_EXCEPTIONS.get(tp_status, kind), f"{outcome}: {reasons[code]}")


_STATUSES = tuple(map(_classify, range(256)))


def classify_status(tp_status: int) -> DeliveryStatus:
    """The meaning of TP-ST (0 to 255); a reserved one counts as "service rejected" (§9.2.3.15)."""
    return _STATUSES[tp_status]
