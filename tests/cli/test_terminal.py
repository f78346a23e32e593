"""What may reach a terminal."""

import json

import pytest

from gsmd.cli import terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;owned\x07", r"\x1b[2J\x1b]0;owned\x07"),
        ("\x9b31mred", r"\x9b31mred"),
        ("abc\u202etxt.exe", r"abc\u202etxt.exe"),
        ("a\rb", r"a\rb"),
        ("tab\there", r"tab\there"),
        ("half \ud83d", r"half \ud83d"),
        ("naïve 😀 👨\u200d👩\u200d👧 Ω", "naïve 😀 👨\u200d👩\u200d👧 Ω"),
        ("two\nlines\r\nof text", "two\nlines\nof text"),
    ],
)
def test_a_text_cannot_command_the_terminal(text: str, shown: str) -> None:
    assert terminal.printable(text) == shown


def test_a_row_stays_one_row() -> None:
    assert terminal.one_line("first\nsecond\r\nthird") == "first ↵ second ↵ third"


def test_json_is_the_same_value_without_anything_a_terminal_obeys() -> None:
    value = {"text": "\x1b[2J \x7f \x9b31m \u202e Ω 😀"}
    line = terminal.json_line(value)
    assert json.loads(line) == value
    assert not set(line) & set("\x1b\x7f\x9b\u202e\n")
    assert "Ω 😀" in line
