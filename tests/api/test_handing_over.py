"""A message is handed over by a request to the client; the answer is the acknowledgement."""

import logging
from typing import Any

import pytest

from gsmd.api.server import Server
from tests.api.fake_backend import FakeBackend
from tests.api.wire import Wire


async def subscribe(wire: Wire, handler: str = "crm", **params: Any) -> Any:
    return await wire.result("inbox.subscribe", {"handler": handler, **params})


def answer(wire: Wire, delivery: Any, result: Any) -> None:
    wire.send({"jsonrpc": "2.0", "id": delivery["id"], "result": result})


def refuse(wire: Wire, delivery: Any, message: str = "database down", **more: Any) -> None:
    error = {"code": 1, "message": message, **more}
    wire.send({"jsonrpc": "2.0", "id": delivery["id"], "error": error})


async def test_the_dialogue_of_the_interface(wire: Wire, backend: FakeBackend) -> None:
    assert await subscribe(wire, max_in_flight=8) == {"handler": "crm", "pending": 0}
    message = backend.receive("BALANCE")
    delivery = await wire.receive()
    assert delivery["id"] == "d1"
    assert delivery["method"] == "inbox.deliver"
    assert (delivery["params"]["handler"], delivery["params"]["attempt"]) == ("crm", 1)
    assert delivery["params"]["message"]["id"] == message.id
    answer(wire, delivery, {"reply": "Your balance is 5.00"})
    await backend.until(lambda: backend.queue("crm").replies)
    assert backend.queue("crm").replies == [(message.id, "Your balance is 5.00")]


async def test_a_message_looks_as_the_interface_says(wire: Wire, backend: FakeBackend) -> None:
    await subscribe(wire)
    backend.receive("é", id_="i1")
    message = (await wire.receive())["params"]["message"]
    assert message == {
        "id": "i1",
        "direction": "inbound",
        "state": "received",
        "peer": "+33611111111",
        "modem": "north",
        "kind": "text",
        "text": "é",
        "data": None,
        "alphabet": "gsm7",
        "class": None,
        "ports": None,
        "parts": 1,
        "complete": True,
        "tag": None,
        "in_reply_to": None,
        "possible_duplicate": False,
        "created_at": "2026-01-02T03:04:05.678Z",
        "service_centre_timestamp": None,
        "sent_at": None,
        "delivered_at": None,
        "error": None,
    }


@pytest.mark.parametrize("result", [None, {}, [], "done", 0, False, {"reply": None}, {"reply": ""}])
async def test_any_result_acknowledges_without_a_reply(
    wire: Wire, backend: FakeBackend, result: Any
) -> None:
    await subscribe(wire)
    backend.receive(id_="i1")
    answer(wire, await wire.receive(), result)
    await backend.until(lambda: backend.queue("crm").replies)
    assert backend.queue("crm").replies == [("i1", None)]


async def test_a_reply_that_is_no_text_acknowledges_and_is_logged(
    wire: Wire, backend: FakeBackend, caplog: pytest.LogCaptureFixture
) -> None:
    await subscribe(wire)
    backend.receive(id_="i1")
    with caplog.at_level(logging.WARNING):
        answer(wire, await wire.receive(), {"reply": 5})
        await backend.until(lambda: backend.queue("crm").replies)
    assert backend.queue("crm").replies == [("i1", None)]
    assert "crm" in caplog.text


async def test_an_error_is_not_done_and_it_comes_again_with_the_next_attempt(
    wire: Wire, backend: FakeBackend
) -> None:
    await subscribe(wire)
    backend.receive(id_="i1")
    refuse(wire, await wire.receive())
    again = await wire.receive()
    assert (again["id"], again["params"]["attempt"]) == ("d2", 2)
    answer(wire, again, {})
    await backend.until(lambda: backend.queue("crm").replies)
    assert [error.reason for _, error in backend.queue("crm").rejections] == ["database down"]


async def test_an_error_may_say_when_to_try_again_or_never(
    wire: Wire, backend: FakeBackend
) -> None:
    await subscribe(wire)
    backend.receive(id_="i1")
    refuse(wire, await wire.receive(), data={"retry_after": 30})
    refuse(wire, await wire.receive(), data={"retry_after": -1, "permanent": False})
    refuse(wire, await wire.receive(), data={"retry_after": "soon"})
    refuse(wire, await wire.receive(), data="a text")
    refuse(wire, await wire.receive(), data={"permanent": True})
    await backend.until(lambda: len(backend.queue("crm").rejections) == 5)
    errors = [error for _, error in backend.queue("crm").rejections]
    assert [error.retry_after for error in errors] == [30, None, None, None, None]
    assert [error.permanent for error in errors] == [False, False, False, False, True]


async def test_no_more_are_under_way_than_the_client_asked_for(
    wire: Wire, backend: FakeBackend
) -> None:
    await subscribe(wire, max_in_flight=2)
    for number in range(5):
        backend.receive(id_=f"i{number}")
    first, second = await wire.receive(), await wire.receive()
    assert await wire.result("server.info")  # and no third delivery before it
    answer(wire, second, {})
    third = await wire.receive()
    assert [one["params"]["message"]["id"] for one in (first, second, third)] == ["i0", "i1", "i2"]


async def test_one_is_under_way_unless_told_otherwise(wire: Wire, backend: FakeBackend) -> None:
    await subscribe(wire)
    backend.receive()
    backend.receive()
    await wire.receive()
    assert await wire.result("server.info")


async def test_answers_may_come_in_any_order_and_in_a_batch(
    wire: Wire, backend: FakeBackend
) -> None:
    await subscribe(wire, max_in_flight=3)
    for number in range(3):
        backend.receive(id_=f"i{number}")
    deliveries = [await wire.receive() for _ in range(3)]
    wire.send([{"jsonrpc": "2.0", "id": one["id"], "result": {}} for one in reversed(deliveries)])
    await backend.until(lambda: len(backend.queue("crm").replies) == 3)
    assert [id_ for id_, _ in backend.queue("crm").replies] == ["i2", "i1", "i0"]


async def test_what_waits_comes_only_after_the_answer_to_the_subscription(
    wire: Wire, backend: FakeBackend
) -> None:
    backend.queue("crm")
    backend.receive()
    assert (await subscribe(wire))["pending"] == 1
    assert (await wire.receive())["method"] == "inbox.deliver"


async def test_a_new_name_may_begin_at_the_beginning(wire: Wire, backend: FakeBackend) -> None:
    backend.receive(id_="old")
    assert (await subscribe(wire, **{"from": "beginning"}))["pending"] == 1
    assert (await wire.receive())["params"]["message"]["id"] == "old"


async def test_a_lost_connection_gives_back_what_it_had_not_answered(
    server: Server, backend: FakeBackend
) -> None:
    async with await Wire.open(server.path) as first:
        await subscribe(first)
        backend.receive(id_="i1")
        await first.receive()
    async with await Wire.open(server.path) as second:
        await subscribe(second)
        delivery = await second.receive()
        assert (delivery["params"]["message"]["id"], delivery["params"]["attempt"]) == ("i1", 2)
        answer(second, delivery, {})
        await backend.until(lambda: backend.queue("crm").replies)


async def test_several_connections_share_the_work_of_a_name(
    server: Server, backend: FakeBackend, wire: Wire
) -> None:
    async with await Wire.open(server.path) as other:
        await subscribe(wire)
        await subscribe(other)
        backend.receive(id_="i1")
        backend.receive(id_="i2")
        got = [await wire.receive(), await other.receive()]
    assert {one["params"]["message"]["id"] for one in got} == {"i1", "i2"}


async def test_a_connection_may_serve_several_handlers(wire: Wire, backend: FakeBackend) -> None:
    await subscribe(wire, "crm")
    await subscribe(wire, "archive")
    backend.receive()
    got = [await wire.receive(), await wire.receive()]
    assert {one["params"]["handler"] for one in got} == {"crm", "archive"}


async def test_one_connection_cannot_serve_the_same_handler_twice(wire: Wire) -> None:
    await subscribe(wire)
    error = await wire.error("inbox.subscribe", {"handler": "crm"})
    assert (error["code"], error["data"]["reason"]) == (6, "already_subscribed")


async def test_a_connection_serves_a_bounded_number_of_handlers(wire: Wire) -> None:
    for number in range(64):
        await subscribe(wire, f"h{number}")
    error = await wire.error("inbox.subscribe", {"handler": "one too many"})
    assert (error["code"], error["data"]["reason"]) == (6, "too_many_subscriptions")


async def test_a_subscription_that_the_core_refuses_leaves_nothing_behind(
    wire: Wire, backend: FakeBackend
) -> None:
    assert (await wire.error("inbox.subscribe", {"handler": "hook"}))["code"] == 6
    assert (await wire.error("inbox.unsubscribe", {"handler": "hook"}))["code"] == 2


async def test_unsubscribing_gives_back_and_takes_nothing_more(
    wire: Wire, backend: FakeBackend
) -> None:
    await subscribe(wire)
    backend.receive(id_="i1")
    delivery = await wire.receive()
    assert await wire.result("inbox.unsubscribe", {"handler": "crm"}) == {"handler": "crm"}
    await backend.until(lambda: backend.queue("crm").lost == ["i1"])
    answer(wire, delivery, {"reply": "too late"})
    assert await wire.result("server.info")
    assert backend.queue("crm").replies == []


async def test_an_answer_to_nothing_is_ignored(wire: Wire) -> None:
    for id_ in ("d1", "d999", 1, None):
        wire.send({"jsonrpc": "2.0", "id": id_, "result": {}})
    assert await wire.result("server.info")


async def test_a_second_answer_changes_nothing(wire: Wire, backend: FakeBackend) -> None:
    await subscribe(wire)
    backend.receive(id_="i1")
    delivery = await wire.receive()
    answer(wire, delivery, {"reply": "one"})
    answer(wire, delivery, {"reply": "two"})
    refuse(wire, delivery)
    assert await wire.result("server.info")
    assert backend.queue("crm").replies == [("i1", "one")]
    assert backend.queue("crm").rejections == []
