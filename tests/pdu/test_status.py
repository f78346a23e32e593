"""What became of a message."""

import pytest

from gsmd.pdu import StatusKind, classify_status


@pytest.mark.parametrize(
    ("tp_status", "kind", "reason"),
    [
        (0x00, StatusKind.DELIVERED, "completed: received by the recipient"),
        (0x01, StatusKind.FORWARDED, "completed: forwarded"),
        (0x02, StatusKind.REPLACED, "completed: replaced"),
        (0x10, StatusKind.DELIVERED, "completed: specific to the service centre"),
        (0x20, StatusKind.TEMPORARY, "temporary error, still trying: congestion"),
        (
            0x30,
            StatusKind.TEMPORARY,
            "temporary error, still trying: specific to the service centre",
        ),
        (0x40, StatusKind.FAILED, "permanent error: remote procedure error"),
        (0x46, StatusKind.EXPIRED, "permanent error: validity period expired"),
        (0x49, StatusKind.FAILED, "permanent error: the message does not exist"),
        (
            0x62,
            StatusKind.FAILED,
            "temporary error, no longer trying: no response from the recipient",
        ),
        (
            0x7F,
            StatusKind.FAILED,
            "temporary error, no longer trying: specific to the service centre",
        ),
    ],
)
def test_a_status_has_a_kind_and_a_reason(tp_status: int, kind: StatusKind, reason: str) -> None:
    status = classify_status(tp_status)
    assert (status.kind, status.reason) == (kind, reason)


@pytest.mark.parametrize("tp_status", [0x03, 0x0F, 0x26, 0x2F, 0x4A, 0x66, 0x80, 0xAB, 0xFF])
def test_a_reserved_status_counts_as_service_rejected(tp_status: int) -> None:
    assert classify_status(tp_status).kind is StatusKind.FAILED
    assert "service rejected" in classify_status(tp_status).reason


def test_only_a_temporary_status_is_followed_by_another() -> None:
    assert [kind for kind in StatusKind if not kind.final] == [StatusKind.TEMPORARY]
