"""One line is one object or one batch: what each of them is."""

import json
from typing import Any

import msgspec
import pytest

from gsmd.protocol import bounds, jsonrpc
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc import (
    ErrorObject,
    ErrorResponse,
    Malformed,
    Notification,
    Request,
    Response,
)


def decode(value: Any) -> Any:
    return jsonrpc.decode(json.dumps(value).encode())


@pytest.mark.parametrize(
    "id_", ["d1", "", "ü", 0, -1, 1.5, 9007199254740993, 1234567890123456789012, None]
)
def test_an_id_may_be_a_string_a_number_or_null_and_comes_back_unchanged(id_: Any) -> None:
    call = decode({"jsonrpc": "2.0", "id": id_, "method": "m"})
    assert call == Request(id_, "m")
    answer = json.loads(jsonrpc.encode(Response(call.id, True)))
    assert answer["id"] == id_
    assert type(answer["id"]) is type(id_)


@pytest.mark.parametrize("id_", [True, False, [], [1], {}, {"a": 1}])
def test_an_id_of_another_type_is_no_request_and_is_not_echoed(id_: Any) -> None:
    answer = decode({"jsonrpc": "2.0", "id": id_, "method": "m"}).answer
    assert answer.error.code == Code.INVALID_REQUEST
    assert answer.id is None


def test_a_call_without_id_is_a_notification_and_one_with_null_is_not() -> None:
    assert decode({"jsonrpc": "2.0", "method": "m"}) == Notification("m")
    assert decode({"jsonrpc": "2.0", "method": "m", "id": None}) == Request(None, "m")


@pytest.mark.parametrize("params", [{}, [], {"a": [1]}, [1, {"b": None}]])
def test_parameters_are_an_object_or_an_array(params: Any) -> None:
    assert decode({"jsonrpc": "2.0", "id": 1, "method": "m", "params": params}).params == params


@pytest.mark.parametrize("params", [None, 1, "x", True])
def test_parameters_of_another_type_are_no_request(params: Any) -> None:
    answer = decode({"jsonrpc": "2.0", "id": 1, "method": "m", "params": params}).answer
    assert (answer.id, answer.error.code) == (1, Code.INVALID_REQUEST)
    assert answer.error.data == {"reason": "not_a_request", "field": "params"}


@pytest.mark.parametrize("version", [None, 2, 2.0, "2", "1.0", "2.0 ", ["2.0"]])
def test_another_version_is_no_request(version: Any) -> None:
    answer = decode({"jsonrpc": version, "id": 7, "method": "m"}).answer
    assert (answer.id, answer.error.code) == (7, Code.INVALID_REQUEST)
    assert answer.error.data["field"] == "jsonrpc"


@pytest.mark.parametrize("method", [None, 1, ["m"], {}])
def test_a_method_is_a_string(method: Any) -> None:
    answer = decode({"jsonrpc": "2.0", "id": 7, "method": method}).answer
    assert (answer.id, answer.error.code) == (7, Code.INVALID_REQUEST)


@pytest.mark.parametrize("value", [1, "x", None, True, 1.5, {}, {"foo": "boo"}])
def test_json_that_is_no_request_is_invalid(value: Any) -> None:
    item = decode(value)
    assert isinstance(item, Malformed)
    assert item.answer.error.code == Code.INVALID_REQUEST
    assert item.answer.id is None


def test_members_that_the_specification_does_not_know_are_ignored() -> None:
    assert decode({"jsonrpc": "2.0", "id": 1, "method": "m", "trace": 5}) == Request(1, "m")


@pytest.mark.parametrize("result", [None, {}, {"reply": "x"}, [], 0, "done"])
def test_any_result_is_an_answer(result: Any) -> None:
    assert decode({"jsonrpc": "2.0", "id": "d1", "result": result}) == Response("d1", result)


def test_an_answer_with_the_other_member_as_null_is_understood() -> None:
    error = {"code": 1, "message": "no"}
    assert decode({"jsonrpc": "2.0", "id": 1, "result": 5, "error": None}) == Response(1, 5)
    assert decode({"jsonrpc": "2.0", "id": 1, "result": None, "error": error}) == ErrorResponse(
        1, ErrorObject(1, "no")
    )


@pytest.mark.parametrize(
    "answer",
    [
        {"id": 1},
        {"result": 1},
        {"id": 1, "result": 1, "error": {"code": 1, "message": "x"}},
        {"id": 1, "error": "down"},
        {"id": 1, "error": {"code": "1", "message": "x"}},
        {"id": 1, "error": {"message": "x"}},
        {"id": 1, "error": {"code": 1}},
    ],
)
def test_half_an_answer_is_malformed(answer: Any) -> None:
    assert isinstance(decode({"jsonrpc": "2.0", **answer}), Malformed)


def test_a_batch_is_its_objects_each_for_itself() -> None:
    good = {"jsonrpc": "2.0", "id": 1, "method": "m"}
    first, second, third = decode([good, 1, {"jsonrpc": "2.0", "id": "d1", "result": {}}])
    assert first == Request(1, "m")
    assert isinstance(second, Malformed)
    assert third == Response("d1", {})


def test_an_empty_batch_is_one_error() -> None:
    assert decode([]).answer.error.code == Code.INVALID_REQUEST


def test_a_batch_has_an_upper_limit() -> None:
    assert len(decode([1] * bounds.BATCH)) == bounds.BATCH
    answer = decode([1] * (bounds.BATCH + 1)).answer
    assert (answer.id, answer.error.data["reason"]) == (None, "too_long")


def test_a_batch_inside_a_batch_is_no_request() -> None:
    (inner,) = decode([[{"jsonrpc": "2.0", "id": 1, "method": "m"}]])
    assert inner.answer.error.code == Code.INVALID_REQUEST


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"   ",
        b"{",
        b'{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
        b"hello",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": 01}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\x00"}',
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 200_000 + b"]" * 200_000,
        b"1" * 5000,
    ],
    ids=lambda line: repr(line[:20]),
)
def test_what_is_not_json_is_a_parse_error_with_id_null(line: bytes) -> None:
    item = jsonrpc.decode(line)
    assert isinstance(item, Malformed)
    assert item.answer.id is None
    assert item.answer.error.code == Code.PARSE_ERROR
    assert item.answer.error.data["reason"] == "not_json"


@pytest.mark.parametrize(
    "line",
    [
        b'{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}',
        b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"to":"1","t\\u006f":"2"}}',
        b'[{"a":{"b":[{"c":1,"c":1}]}}]',
    ],
)
def test_a_key_that_stands_twice_in_one_object_is_refused(line: bytes) -> None:
    item = jsonrpc.decode(line)
    assert isinstance(item, Malformed)
    assert item.answer.error.code == Code.INVALID_REQUEST
    assert item.answer.error.data["reason"] == "repeated_key"


def test_the_same_key_in_different_objects_is_fine() -> None:
    params = [{"a": 1}, {"a": 1}]
    assert decode({"jsonrpc": "2.0", "id": 1, "method": "m", "params": params}).params == params


def test_what_is_written_has_the_members_of_the_specification_and_no_others() -> None:
    error = ErrorObject(Code.CONFLICT, "no", {"reason": "x"})
    assert jsonrpc.encode(Request(1, "m")) == b'{"jsonrpc":"2.0","id":1,"method":"m"}'
    assert jsonrpc.encode(Notification("m", [1])) == b'{"jsonrpc":"2.0","method":"m","params":[1]}'
    assert jsonrpc.encode(Response(None, None)) == b'{"jsonrpc":"2.0","id":null,"result":null}'
    assert jsonrpc.encode(ErrorResponse("a", error)) == (
        b'{"jsonrpc":"2.0","id":"a","error":{"code":6,"message":"no","data":{"reason":"x"}}}'
    )
    assert b"data" not in jsonrpc.encode(ErrorResponse(1, ErrorObject(1, "no")))


def test_encoded_json_may_be_put_into_an_object_as_it_is() -> None:
    raw = msgspec.Raw(b'{"x":1}')
    assert jsonrpc.encode(Request("d1", "m", {"message": raw})) == (
        b'{"jsonrpc":"2.0","id":"d1","method":"m","params":{"message":{"x":1}}}'
    )
    assert jsonrpc.encode_batch([b"1", b"2"]) == b"[1,2]"
