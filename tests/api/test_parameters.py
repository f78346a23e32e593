"""Wrong shape or type is −32602 with the field's name; the right shape with an impossible value is 3."""

from typing import Any

import pytest

from tests.api.fake_backend import FakeBackend
from tests.api.wire import Wire

TO = {"to": "+331", "text": "x"}


@pytest.mark.parametrize(
    ("method", "params", "field", "reason"),
    [
        ("messages.send", {}, "to", "missing_field"),
        ("messages.send", {"to": "+331"}, "text", "missing_field"),
        ("messages.send", {**TO, "data": "00"}, "text", "missing_field"),
        ("messages.send", {"to": 331, "text": "x"}, "to", "wrong_type"),
        ("messages.send", {"to": None, "text": "x"}, "to", "wrong_type"),
        ("messages.send", {"to": ["+331"], "text": "x"}, "to", "wrong_type"),
        ("messages.send", {"to": "+331", "text": 5}, "text", "wrong_type"),
        ("messages.send", {**TO, "report": 1}, "report", "wrong_type"),
        ("messages.send", {**TO, "report": "yes"}, "report", "wrong_type"),
        ("messages.send", {**TO, "priority": 1.5}, "priority", "wrong_type"),
        ("messages.send", {**TO, "priority": True}, "priority", "wrong_type"),
        ("messages.send", {**TO, "validity": []}, "validity", "wrong_type"),
        ("messages.send", {**TO, "ports": 5}, "ports", "wrong_type"),
        ("messages.send", {**TO, "ports": {}}, "ports.destination", "missing_field"),
        ("messages.send", {**TO, "ports": {"destination": "1"}}, "ports.destination", "wrong_type"),
        ("messages.send", {**TO, "ports": {"destination": 1, "x": 1}}, "ports.x", "unknown_field"),
        ("messages.send", {**TO, "txt": "x"}, "txt", "unknown_field"),
        ("messages.get", {}, "id", "missing_field"),
        ("messages.get", {"id": 5}, "id", "wrong_type"),
        ("messages.list", {"limit": "5"}, "limit", "wrong_type"),
        ("messages.wait", {"id": "x"}, "state", "missing_field"),
        ("inbox.subscribe", {"max_in_flight": 2}, "handler", "missing_field"),
        ("inbox.subscribe", {"from": "beginning"}, "handler", "missing_field"),
        ("events.subscribe", {"types": "modem."}, "types", "wrong_type"),
        ("events.subscribe", {"types": [1]}, "types[0]", "wrong_type"),
        ("handlers.redrive", {"handler": "crm"}, "id", "missing_field"),
        ("handlers.redrive", {"id": "i1", "all": True}, "id", "missing_field"),
        ("server.info", {"x": 1}, "x", "unknown_field"),
        ("store.purge", {}, "older_than", "missing_field"),
    ],
)
async def test_parameters_of_the_wrong_shape_or_type_are_named(
    wire: Wire, method: str, params: Any, field: str, reason: str
) -> None:
    error = await wire.error(method, params)
    assert error["code"] == -32602
    assert error["data"] == {"reason": reason, "field": field}


async def test_more_positions_than_parameters_are_an_error(wire: Wire) -> None:
    error = await wire.error("messages.get", ["x", "y"])
    assert (error["code"], error["data"]) == (-32602, {"reason": "unknown_field"})


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("messages.send", {"to": "abc def", "text": "x"}, "to"),
        ("messages.send", {"to": "+331", "text": ""}, "text"),
        ("messages.send", {**TO, "validity": "1 day"}, "validity"),
        ("messages.send", {**TO, "validity": -1}, "validity"),
        ("messages.send", {**TO, "validity": 1e300}, "validity"),
        ("messages.send", {**TO, "not_before": "tomorrow"}, "not_before"),
        ("messages.send", {**TO, "not_before": "2026-01-02T03:04:05"}, "not_before"),
        ("messages.send", {**TO, "not_before": "2026-13-02T03:04:05Z"}, "not_before"),
        ("messages.send", {**TO, "priority": 10**30}, "priority"),
        ("messages.send", {**TO, "ports": {"destination": 65536}}, "ports.destination"),
        ("messages.send", {**TO, "ports": {"destination": 1, "source": -1}}, "ports.source"),
        ("messages.list", {"limit": 0}, "limit"),
        ("messages.list", {"limit": 1001}, "limit"),
        ("messages.list", {"direction": "sideways"}, "direction"),
        ("messages.list", {"state": "lost"}, "state"),
        ("messages.list", {"since": "5"}, "since"),
        ("messages.wait", {"id": "x", "state": "gone"}, "state"),
        ("messages.wait", {"id": "x", "state": "sent", "timeout": "soon"}, "timeout"),
        ("inbox.subscribe", {"handler": ""}, "handler"),
        ("inbox.subscribe", {"handler": "x" * 65}, "handler"),
        ("inbox.subscribe", {"handler": "a\nb"}, "handler"),
        ("inbox.subscribe", {"handler": "crm", "max_in_flight": 0}, "max_in_flight"),
        ("inbox.subscribe", {"handler": "crm", "max_in_flight": 1001}, "max_in_flight"),
        ("modems.at", {"modem": "north", "command": ""}, "command"),
        ("modems.at", {"modem": "north", "command": "+CSQ"}, "command"),
        ("modems.at", {"modem": "north", "command": "AT+CSQ é"}, "command"),
        ("modems.at", {"modem": "north", "command": "AT+CMGS=10\r00\x1a"}, "command"),
        ("modems.ussd", {"modem": "north", "code": '*100#"\r'}, "code"),
        ("store.purge", {"older_than": "90 days"}, "older_than"),
        ("store.backup", {"path": "backup.db"}, "path"),
        ("store.backup", {"path": "/tmp/\x00"}, "path"),
    ],
)
async def test_an_impossible_value_is_error_3_and_the_field_is_named(
    wire: Wire, method: str, params: Any, field: str
) -> None:
    error = await wire.error(method, params)
    assert (error["code"], error["data"]["field"]) == (3, field)


@pytest.mark.parametrize(
    ("validity", "seconds"), [(90, 90.0), (1.5, 1.5), ("90", 90.0), ("24h", 86400.0)]
)
async def test_a_duration_is_a_number_of_seconds_or_words(
    wire: Wire, backend: FakeBackend, validity: Any, seconds: float
) -> None:
    await wire.result("messages.send", {**TO, "validity": validity})
    assert backend.requests[0].validity == seconds


async def test_everything_that_can_be_said_of_a_message_reaches_the_core(
    wire: Wire, backend: FakeBackend
) -> None:
    await wire.result(
        "messages.send",
        {
            "to": "+331",
            "data": "00ff",
            "modem": "north",
            "report": True,
            "flash": True,
            "not_before": "2026-01-02T05:04:05+02:00",
            "priority": -3,
            "key": "k",
            "tag": "t",
            "handler": "crm",
            "ports": {"destination": 2948},
            "in_reply_to": "i1",
        },
    )
    request = backend.requests[0]
    assert (request.to, request.text, request.data, request.modem) == (
        "+331",
        None,
        "00ff",
        "north",
    )
    assert (request.report, request.flash, request.priority, request.key) == (True, True, -3, "k")
    assert (request.tag, request.handler, request.in_reply_to) == ("t", "crm", "i1")
    assert request.not_before is not None
    assert request.not_before.isoformat() == "2026-01-02T05:04:05+02:00"
    assert request.ports is not None
    assert (request.ports.destination, request.ports.source) == (2948, 0)


async def test_a_parameter_that_is_null_is_as_if_it_were_not_there(
    wire: Wire, backend: FakeBackend
) -> None:
    await wire.result("messages.send", {**TO, "flash": None, "priority": None, "ports": None})
    assert (backend.requests[0].flash, backend.requests[0].priority) == (False, 0)
