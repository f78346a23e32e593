"""Events and deliveries in words."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import gsmd.core
from gsmd.cli import event_text
from gsmd.client import DeliveryRecord, EventRecord

AT = datetime(2026, 1, 2, tzinfo=UTC)


def told(type_: str, **detail: Any) -> str:
    return event_text.of_event(EventRecord(at=AT, type=type_, detail=detail))


@pytest.mark.parametrize(
    ("sentence", "type_", "detail"),
    [
        ("accepted and queued", "message.queued", {"state": "queued", "direction": "outbound"}),
        (
            "accepted and queued for modem north; answers go to crm",
            "message.queued",
            {"modem": "north", "handler": "crm"},
        ),
        ("queued again, by hand", "message.queued", {"reason": "by hand"}),
        ("queued again, by anna", "message.queued", {"reason": "by hand", "actor": "anna"}),
        ("cancelled, by anna@web", "message.cancelled", {"actor": "anna@web"}),
        ("accepted and queued, by anna@web", "message.queued", {"actor": "anna@web"}),
        (
            "not sent: CMS 41; again in 1 minute",
            "message.queued",
            {"reason": "CMS 41", "again_in": 60.0, "attempt": 2},
        ),
        ("queued again: no modem", "message.queued", {"reason": "no modem"}),
        (
            "part 2 is refused: no such number (CMS 28)",
            "message.failed",
            {"part": 2, "reason": "no such number", "cms": 28},
        ),
        ("it was not delivered: expired", "message.failed", {"reason": "expired", "tp_status": 70}),
        ("delivered, 2 seconds after it was sent", "message.delivered", {"seconds": 2.0}),
        ("delivered", "message.delivered", {}),
        ("received by modem north", "message.received", {"modem": "north"}),
        (
            "handed over to crm once more, by hand",
            "message.received",
            {"reason": "redriven", "handler": "crm"},
        ),
        (
            "crm took it and answered, at the 2nd try",
            "delivery.done",
            {"handler": "crm", "attempt": 2, "reply": True},
        ),
        (
            "crm failed at the 11th try: down; again in 2 minutes",
            "delivery.failed",
            {"handler": "crm", "attempt": 11, "reason": "down", "again_in": 120},
        ),
        ("something new  part 1", "message.something_new", {"part": 1}),
        ("submitting  odd 1", "message.submitting", {"odd": 1}),
    ],
)
def test_an_event_is_a_sentence(sentence: str, type_: str, detail: dict[str, Any]) -> None:
    assert told(type_, **detail) == sentence


@pytest.mark.parametrize(
    ("sentence", "state", "attempts"),
    [
        ("crm gets it after an earlier message of the same sender", "behind", 0),
        ("crm has not taken it yet", "waiting", 0),
        ("crm has not taken it yet, 1 try so far", "waiting", 1),
        ("crm has it now, 1st try", "leased", 1),
        ("crm gets it again later, 3 tries so far: down {x}", "deferred", 3),
        ("crm is done with it", "done", 1),
        ("crm is done with it, at the 22nd try", "done", 22),
        ("crm: unheard, 0 tries", "unheard", 0),
    ],
)
def test_a_delivery_is_a_sentence(sentence: str, state: str, attempts: int) -> None:
    error = "down {x}" if state == "deferred" else None
    record = DeliveryRecord(handler="crm", state=state, attempts=attempts, error=error)
    assert event_text.of_delivery(record, "i1") == sentence


def test_every_event_of_a_message_that_the_core_writes_has_its_sentence() -> None:
    written = set()
    for path in Path(gsmd.core.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                group, _, name = node.value.partition(".")
                if group in {"message", "delivery", "reply", "forward"} and name.isidentifier():
                    written.add(node.value)
    assert len(written) > 15
    assert not written - set(event_text._EVENTS)
