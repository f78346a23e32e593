"""Lines come out the same, however the stream is cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.protocol import bounds
from gsmd.protocol.jsonrpc import LineSplitter


def fed(splitter: LineSplitter, chunks: list[bytes]) -> tuple[list[bytes], bool]:
    lines: list[bytes] = []
    overflow = False
    for chunk in chunks:
        more, overflow = splitter.feed(chunk)
        lines += more
    return lines, overflow


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_cutting_the_stream_anywhere_changes_nothing(data: bytes, places: list[int]) -> None:
    whole = LineSplitter(20)
    pieces = LineSplitter(20)
    assert fed(pieces, cut(data, places)) == fed(whole, [data])
    assert pieces.finish() == whole.finish()


def test_lines_come_without_their_line_feeds_and_empty_ones_count() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"a\n\nb\r\nc") == ([b"a", b"", b"b\r"], False)
    assert splitter.finish() == b"c"


def test_blanks_behind_the_last_line_feed_are_nothing() -> None:
    splitter = LineSplitter()
    splitter.feed(b"a\n \r")
    assert splitter.finish() is None


@pytest.mark.parametrize(
    ("limit", "size"), [(99, 1), (bounds.LINE, 100), (bounds.LINE, 4096), (bounds.LINE, 1 << 21)]
)
def test_a_line_of_the_limit_passes_and_one_octet_more_overflows(limit: int, size: int) -> None:
    just = b"x" * limit + b"\n"
    pieces = [just[i : i + size] for i in range(0, len(just), size)]
    assert fed(LineSplitter(limit), pieces) == ([just[:-1]], False)
    over = b"before\n" + b"x" * (limit + 1) + b"\nafter\n"
    pieces = [over[i : i + size] for i in range(0, len(over), size)]
    assert fed(LineSplitter(limit), pieces) == ([b"before"], True)


def test_a_line_without_end_is_not_kept() -> None:
    splitter = LineSplitter(10)
    assert splitter.feed(b"x" * 11) == ([], True)
    assert splitter.feed(b"\n{}\n") == ([], True)
    assert splitter.finish() is None
