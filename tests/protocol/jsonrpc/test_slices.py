"""Reading in slices makes the same of a line as reading it in one go."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.protocol import jsonrpc
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc.reading import Unreadable, read
from gsmd.protocol.jsonrpc.slices import DEPTH, SLICE, VALUES, Slices

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON = st.recursive(
    SCALARS, lambda some: st.lists(some) | st.dictionaries(st.text(), some), max_leaves=30
)
PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"a"',
        '"b"',
        "1",
        "-0",
        "1.5e3",
        "01",
        "1e999",
        "true",
        "nul",
        " ",
        "\t",
        '"',
    ]
)


def in_slices(line: bytes) -> Any:
    slices = Slices(line)
    while not slices.take():
        pass
    return slices.value


def outcome(reader: Any, line: bytes) -> Any:
    try:
        return repr(reader(line))
    except Unreadable as error:
        return error.reason


@given(JSON)
def test_what_is_json_is_the_same_value(value: Any) -> None:
    for line in (
        json.dumps(value).encode(),
        json.dumps(value, ensure_ascii=False, indent=1).encode(),
    ):
        assert in_slices(line) == read(line) == value


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_is_nearly_json_is_judged_the_same(text: str) -> None:
    assert outcome(in_slices, text.encode()) == outcome(read, text.encode())


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"  ",
        b"\xff",
        b'"\xc3"',
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\x00"',
        b'{"a":1,"\\u0061":2}',
        b"NaN",
        b"-Infinity",
        b"1.",
        b".5",
        b"+1",
        b"1 2",
        b'\xef\xbb\xbf{"a":1}',
        b"1" * 5000,
        b"\x0b1",
        "\u00a01".encode(),
    ],
)
def test_what_stands_at_the_edge_is_judged_the_same(line: bytes) -> None:
    assert outcome(in_slices, line) == outcome(read, line)


def test_a_long_line_takes_several_slices() -> None:
    line = json.dumps(
        [{"jsonrpc": "2.0", "id": id_, "method": "m"} for id_ in range(1000)]
    ).encode()
    *parts, last = jsonrpc.decode_in_slices(line)
    assert set(parts) == {None}
    assert len(parts) >= 1000 * 8 // SLICE
    assert last == jsonrpc.decode(line)


def test_a_line_of_too_many_values_is_refused_before_they_are_all_there() -> None:
    line = b"[" + b"[]," * (VALUES * 3) + b"[]]"
    assert outcome(in_slices, line) == "too_many_values"
    assert read(line)
    (*_, answer) = jsonrpc.decode_in_slices(line)
    assert isinstance(answer, jsonrpc.Malformed)
    assert answer.answer.error.code == Code.INVALID_REQUEST


def test_a_line_that_is_nested_too_deeply_is_no_json_of_ours() -> None:
    assert in_slices(b"[" * DEPTH + b"]" * DEPTH)
    assert outcome(in_slices, b"[" * (DEPTH + 1)) == "not_json"
