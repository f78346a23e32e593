"""What a carrier has in hand, and what it had answered, when its connection to the daemon breaks."""

import json
from typing import Any

import pytest

from gsmd.client import Conflict
from gsmd.client.submission_tracker import SubmissionTracker
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc import Request


class Line:
    """A connection that notes what is written to it; nothing arrives once it is broken."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []
        self.broken = False

    def write(self, line: bytes) -> bool:
        if not self.broken:
            self.written.append(json.loads(line))
        return not self.broken


def submission(id_: str, number: int) -> Request:
    return Request(f"d{number}", "carrier.submit", {"id": id_})


def test_an_answer_goes_to_the_request_that_it_is_for_and_is_given_once() -> None:
    tracker, line = SubmissionTracker(8), Line()
    first = tracker.take(line, submission("a", 1))
    second = tracker.take(line, submission("b", 2))
    assert first is not None
    assert second is not None
    second.accept("r2")
    first.reject(Code.REFUSED, "no", permanent=True, retry_after=None)
    assert line.written == [
        {"jsonrpc": "2.0", "id": "d2", "result": {"reference": "r2"}},
        {
            "jsonrpc": "2.0",
            "id": "d1",
            "error": {
                "code": Code.REFUSED,
                "message": "no",
                "data": {"reason": "rejected", "permanent": True},
            },
        },
    ]
    with pytest.raises(Conflict):
        second.accept("r2")
    assert first.settled


def test_what_is_in_hand_when_the_connection_breaks_is_not_handed_over_again() -> None:
    tracker, old, new = SubmissionTracker(8), Line(), Line()
    held = tracker.take(old, submission("a", 1))
    assert held is not None
    old.broken = True
    assert [*tracker.reports("sky")] == []
    assert tracker.take(new, submission("a", 7)) is None
    held.accept("r1")
    assert new.written == [{"jsonrpc": "2.0", "id": "d7", "result": {"reference": "r1"}}]


def test_answers_that_may_have_been_lost_are_told_by_id_before_anything_else() -> None:
    tracker, old, new = SubmissionTracker(2), Line(), Line()
    for number, id_ in enumerate("abc"):
        handed = tracker.take(old, submission(id_, number))
        assert handed is not None
        old.broken = id_ == "c"
        handed.accept(f"r{number}")
    assert [*tracker.reports("sky")] == [
        {"carrier": "sky", "id": "b", "reference": "r1", "state": "sent"},
        {"carrier": "sky", "id": "c", "reference": "r2", "state": "sent"},
    ], "no more can be lost than are in flight at once"
    assert tracker.take(new, submission("c", 9)) is None, "it comes again all the same"
    assert new.written[-1]["result"] == {"reference": "r2"}


def test_what_comes_again_long_afterwards_is_a_new_try(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("gsmd.client.submission_tracker.time.monotonic", lambda: now[0])
    tracker, line = SubmissionTracker(8), Line()
    handed = tracker.take(line, submission("a", 1))
    assert handed is not None
    handed.accept(None)
    assert [*tracker.reports("sky")] == [], "without a reference there is nothing to tell"
    assert tracker.take(line, submission("a", 2)) is None
    now[0] = 61
    assert tracker.take(line, submission("a", 3)) is not None


def test_a_refusal_that_was_lost_is_asked_for_again() -> None:
    tracker, old, new = SubmissionTracker(8), Line(), Line()
    handed = tracker.take(old, submission("a", 1))
    assert handed is not None
    old.broken = True
    handed.reject(Code.REFUSED, "no", permanent=True)
    assert [*tracker.reports("sky")] == []
    again = tracker.take(new, submission("a", 2))
    assert again is not None
    again.reject(Code.REFUSED, "no", permanent=True)
    assert new.written[0]["error"]["data"]["permanent"]
