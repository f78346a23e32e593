"""Tables for people and rows for pipes."""

import pytest

from gsmd.cli import table
from gsmd.cli.cells import Cell, Column
from gsmd.cli.drawing import draw, fit


@pytest.mark.parametrize(
    ("natural", "wide", "room", "expected"),
    [
        ([5, 30], [False, True], 80, [5, 30]),  # there is room for all
        ([5, 300], [False, True], 80, [5, 73]),  # the wide one gives way
        ([5, 300, 20], [False, True, True], 80, [5, 51, 20]),  # who needs little gets it
        ([5, 300, 300], [False, True, True], 81, [5, 36, 36]),  # who need much share
        ([90, 300], [False, True], 80, [90, 8]),  # no room at all
    ],
)
def test_wide_columns_share_the_room_that_the_narrow_leave(
    natural: list[int], wide: list[bool], room: int, expected: list[int]
) -> None:
    assert fit(natural, wide, room) == expected


def test_a_table_is_as_wide_as_the_terminal_and_has_no_empty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    columns = (Column("ID"), Column("EMPTY"), Column("TEXT", wide=True), Column("N", right=True))
    draw(columns, [("a1", "", "[bold]x" * 20, Cell("7", "red")), ("b2", "", "日本語", "42")])
    heading, first, second = capsys.readouterr().out.splitlines()
    assert heading.split() == ["ID", "TEXT", "N"]
    assert first.startswith("a1  [bold]x[bold]x")
    assert first.rstrip().endswith("…   7")
    assert second.rstrip().endswith("42")
    assert len(heading) <= 40


def test_a_pipe_gets_every_column_with_nothing_cut() -> None:
    assert table.plain(("a", "", Cell("b\nc", "red"), "d" * 500)) == f"a\t\tb ↵ c\t{'d' * 500}"
