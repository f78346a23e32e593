"""The file of a recording."""

from pathlib import Path

import pytest

from gsmd.recording import Entry, NotARecording, Recording, Way, head_line, parse, read, written

ENTRIES = (
    Entry(0.0, Way.REMARK, b"the port is open"),
    Entry(0.001, Way.TO_MODEM, b"AT+CMGS=23\r"),
    Entry(0.5, Way.FROM_MODEM, b"\r\n> "),
    Entry(0.6, Way.FROM_MODEM, bytes(range(256))),
    Entry(12.0, Way.TO_MODEM, b"C:\\back\\r\x1a"),
)


def test_what_is_written_is_read_again() -> None:
    facts = {"modem": "huawei E3372", "family": "huawei"}
    text = head_line(facts) + written(ENTRIES)
    assert parse(text) == Recording(facts, ENTRIES)
    assert text.isascii()
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_lines_for_people_and_blank_ones_are_passed_over() -> None:
    text = "gsmd recording 1\n# hello\nmodem: x\n\n# so it begins\n 0.000 > AT\\r\n\n"
    assert parse(text) == Recording({"modem": "x"}, (Entry(0.0, Way.TO_MODEM, b"AT\r"),))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1: a recording begins with"),
        ("gsmd recording 2\n", "line 1: a recording begins with"),
        ("gsmd recording 1\nno fact\n", "line 2: 'no fact' is not: name: value"),
        ("gsmd recording 1\n\n0.1 ? x\n", "line 3: .* is not: seconds, one of"),
        ("gsmd recording 1\n\n0.1 > a\n0.0 > b\n", "line 4: 0.0 is earlier"),
        ("gsmd recording 1\n\n0.1 > \\q\n", "line 3: .* is neither plain ASCII nor an escape"),
        ("gsmd recording 1\n\n0.1 > é\n", "line 3: .* is neither plain ASCII nor an escape"),
    ],
)
def test_what_is_no_recording_is_told_with_the_line(text: str, why: str) -> None:
    with pytest.raises(NotARecording, match=why):
        parse(text)


def test_a_file_that_is_none_is_told_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "x.rec"
    file.write_text("nothing")
    with pytest.raises(NotARecording, match=r"x\.rec, line 1"):
        read(file)
    file.write_bytes(b"gsmd\xff")
    with pytest.raises(NotARecording, match="not UTF-8 text at octet 4"):
        read(file)
