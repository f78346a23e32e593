"""JSON-RPC 2.0 to the letter: the examples of the specification's §7 and what its sections ask, over the socket."""

import asyncio
import json
from typing import Any

import pytest

from gsmd.protocol.message import State
from tests.api.fake_backend import FakeBackend
from tests.api.wire import Wire


def call(id_: Any, method: str = "server.info", **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "method": method, **more}


def code(answer: Any) -> Any:
    return answer["error"]["code"]


async def test_parameters_by_position_mean_the_same_as_by_name(
    wire: Wire, backend: FakeBackend
) -> None:
    by_name = await wire.result("messages.send", {"text": "hello", "to": "+33611111111"})
    by_position = await wire.result("messages.send", ["+33611111111", "hello"])
    first, second = backend.requests
    assert first == second
    assert by_name.keys() == by_position.keys()


async def test_a_notification_is_carried_out_and_not_answered(
    wire: Wire, backend: FakeBackend
) -> None:
    wire.send({"jsonrpc": "2.0", "method": "messages.send", "params": ["+33611111111", "hi"]})
    await backend.until(lambda: backend.requests)
    assert await wire.result("server.info")  # the first thing that comes is this answer


@pytest.mark.parametrize(
    "notification",
    [
        {"method": "no.such.method"},
        {"method": "messages.get", "params": {"id": "none"}},
        {"method": "messages.get", "params": {"wrong": 1}},
    ],
)
async def test_a_notification_that_fails_is_not_answered_either(
    wire: Wire, notification: dict[str, Any]
) -> None:
    wire.write(json.dumps({"jsonrpc": "2.0", **notification}) + "\n")
    assert await wire.result("server.info")


async def test_a_call_of_a_method_that_does_not_exist(wire: Wire) -> None:
    answer = await wire.say('{"jsonrpc": "2.0", "method": "foobar", "id": "1"}')
    assert (answer["id"], code(answer)) == ("1", -32601)


async def test_a_call_with_invalid_json(wire: Wire) -> None:
    answer = await wire.say('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]')
    assert (answer["id"], code(answer)) == (None, -32700)


async def test_a_call_with_an_invalid_request_object(wire: Wire) -> None:
    answer = await wire.say('{"jsonrpc": "2.0", "method": 1, "params": "bar"}')
    assert (answer["id"], code(answer)) == (None, -32600)


async def test_a_batch_with_invalid_json(wire: Wire) -> None:
    answer = await wire.say(
        '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]'
    )
    assert (answer["id"], code(answer)) == (None, -32700)


async def test_an_empty_batch_is_answered_with_one_error(wire: Wire) -> None:
    answer = await wire.say("[]")
    assert (answer["id"], code(answer)) == (None, -32600)


@pytest.mark.parametrize("batch", ["[1]", "[1,2,3]"])
async def test_an_invalid_batch_is_answered_with_an_error_for_each(wire: Wire, batch: str) -> None:
    answers = await wire.say(batch)
    assert [(answer["id"], code(answer)) for answer in answers] == [(None, -32600)] * len(
        json.loads(batch)
    )


async def test_a_batch_of_everything_is_answered_by_id(wire: Wire, backend: FakeBackend) -> None:
    answers = await wire.say(
        json.dumps(
            [
                call("1"),
                {"jsonrpc": "2.0", "method": "messages.send", "params": ["+331", "x"]},
                call("2", "messages.get", params=["none"]),
                {"foo": "boo"},
                call("5", "foo.get", params={"name": "myself"}),
                call("9"),
            ]
        )
    )
    by_id = {answer["id"]: answer for answer in answers}
    assert len(answers) == 5
    assert by_id["1"]["result"] == {
        **by_id["9"]["result"],
        "uptime": by_id["1"]["result"]["uptime"],
    }
    assert [code(by_id[id_]) for id_ in ("2", None, "5")] == [2, -32600, -32601]
    assert len(backend.requests) == 1


async def test_a_batch_of_notifications_is_not_answered(wire: Wire, backend: FakeBackend) -> None:
    notification = {"jsonrpc": "2.0", "method": "messages.send", "params": ["+331", "x"]}
    wire.send([notification, notification])
    assert await wire.result("server.info")
    assert len(backend.requests) == 2


@pytest.mark.parametrize("id_", ["a", "", 0, -7, 2.5, 12345678901234567890, None])
async def test_an_answer_has_the_id_of_its_request(wire: Wire, id_: Any) -> None:
    wire.send(call(id_))
    assert (await wire.receive())["id"] == id_


async def test_an_answer_has_a_result_or_an_error_and_never_both(wire: Wire) -> None:
    wire.send(call(1))
    assert (await wire.receive()).keys() == {"jsonrpc", "id", "result"}
    wire.send(call(2, "messages.get", params={"id": "none"}))
    assert (await wire.receive()).keys() == {"jsonrpc", "id", "error"}


async def test_requests_are_answered_as_they_finish(wire: Wire, backend: FakeBackend) -> None:
    message = await wire.result("messages.send", ["+331", "x"])
    slow = wire.request("messages.wait", {"id": message["id"], "state": "sent"})
    quick = wire.request("server.info")
    assert (await wire.receive())["id"] == quick
    backend.become(message["id"], State.SENT)
    assert (await wire.receive())["id"] == slow


async def test_requests_may_be_pipelined_without_limit(wire: Wire) -> None:
    ids = [wire.request("messages.get", {"id": "none"}) for _ in range(1000)]
    answers = [await wire.receive() for _ in ids]
    assert sorted(answer["id"] for answer in answers) == ids


async def test_what_is_no_request_does_not_end_the_connection(wire: Wire) -> None:
    for line in ("", "hello", "[", "5", '{"jsonrpc":"2.0"}', "\x00", '{"id":1,"id":2}'):
        assert code(await wire.say(line)) in (-32700, -32600)
    assert await wire.result("server.info")


async def test_octets_that_are_no_text_do_not_end_the_connection(wire: Wire) -> None:
    for line in (b"\xff\xfe", b'{"a":"\xc3"}', b'{"a":"\\udc00"}', b"[" * 10_000):
        assert code(await wire.say(line)) == -32700
    assert await wire.result("server.info")


async def test_a_line_over_one_mebibyte_gets_an_error_and_a_close(wire: Wire) -> None:
    wire.request("server.info")
    answer = await wire.say(b'"' + b"x" * (1 << 20))
    answers = [answer, await wire.receive()]
    assert {answer["id"] for answer in answers} == {1, None}
    assert code(next(answer for answer in answers if answer["id"] is None)) == -32600
    assert await wire.ended()


async def test_a_line_of_one_mebibyte_is_read(wire: Wire) -> None:
    line = json.dumps(call(1, "messages.get", params={"id": ""}))
    line = line.replace('"id": ""', f'"id": "{"x" * ((1 << 20) - len(line))}"')
    assert len(line) == 1 << 20
    assert code(await wire.say(line)) == 2


async def test_a_line_may_come_octet_by_octet(wire: Wire) -> None:
    for octet in json.dumps(call(1)).encode() + b"\n":
        wire.write(bytes([octet]))
        await asyncio.sleep(0)
    assert (await wire.receive())["id"] == 1


async def test_a_text_cut_within_a_character_is_refused_under_its_id(
    wire: Wire, backend: FakeBackend
) -> None:
    for text in ("\\ud83d", "\\ude00 \\u20ac", "\\uD83Dx"):
        answer = await wire.say(
            f'{{"jsonrpc":"2.0","id":7,"method":"messages.send","params":["+331","{text}"]}}'
        )
        assert (answer["id"], code(answer)) == (7, 3)
        assert answer["error"]["data"]["reason"] == "half_a_character"
    assert not backend.requests


@pytest.mark.parametrize(
    "line",
    [
        r'{"jsonrpc":"2.0","id":"\ud83d","method":"server.info"}',
        r'{"jsonrpc":"2.0","id":1,"id":1,"method":"\ud83d"}',
        r'{"jsonrpc":"2.0","id":NaN,"method":"\ud83d"}',
        r'[{"jsonrpc":"2.0","id":1,"method":"\ud83d"}]',
        r'{"jsonrpc":"2.0","method":"\ud83d"}',
        r'{"jsonrpc":"2.0","id":1e999,"method":"\u00e9"}',
    ],
)
async def test_half_a_character_elsewhere_is_no_json(wire: Wire, line: str) -> None:
    answer = await wire.say(line)
    assert answer["id"] is None
    assert code(answer) in (-32700, -32600)
