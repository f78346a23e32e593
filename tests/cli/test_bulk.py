"""A CSV file as messages."""

from pathlib import Path

import click
import pytest

from gsmd.cli import bulk


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def keys(path: Path) -> list[str]:
    return [row.fields["key"] for row in bulk.read(path) if isinstance(row, bulk.Row)]


def test_a_row_becomes_a_message_with_only_the_fields_it_has(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "to,text,modem,tag,validity,key\n"
        '+336 12,"Hello, you\nthere",north,news,2h,k1\n'
        "+337,Bye,,,,\n",
    )
    first, second = bulk.read(path)
    assert isinstance(first, bulk.Row)
    assert first.line == 2
    assert first.fields == {
        "to": "+336 12",
        "text": "Hello, you\nthere",
        "modem": "north",
        "tag": "news",
        "validity": 7200.0,
        "key": "k1",
    }
    assert isinstance(second, bulk.Row)
    assert second.line == 4
    assert second.fields.keys() == {"to", "text", "key"}


def test_a_semicolon_separated_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "\ufeffto;text\r\n+336;Zürich, Genf\r\n")
    (row,) = bulk.read(path)
    assert isinstance(row, bulk.Row)
    assert row.fields["text"] == "Zürich, Genf"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_headings_and_empty_rows_are_as_spreadsheets_write_them(
    tmp_path: Path, separator: str
) -> None:
    lines = ["To, Text ,Not before", '+331,"Hello\nyou",', "", ",,", " ,,", "+332,Second,"]
    path = tmp_path / "numbers.csv"
    path.write_text("\r\n".join(lines).replace(",", separator), encoding="utf-8-sig")
    rows = [row for row in bulk.read(path) if isinstance(row, bulk.Row)]
    assert [(row.line, row.fields["to"], row.fields["text"]) for row in rows] == [
        (2, "+331", "Hello\nyou"),
        (7, "+332", "Second"),
    ]
    assert len([*bulk.read(path)]) == 2


def test_a_bad_row_is_named_by_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"to,text,validity\n+336,one\n+336,two,1h,x\n,three,\n+336,f\xefve,\n+336,six,soon\n+336,seven,\n"
    )
    rows = list(bulk.read(path))
    assert [(row.line, type(row).__name__) for row in rows] == [
        (2, "BadRow"), (3, "BadRow"), (4, "BadRow"), (5, "BadRow"), (6, "BadRow"), (7, "Row"),
    ]  # fmt: skip
    reasons = [row.reason for row in rows if isinstance(row, bulk.BadRow)]
    assert [word in reason for word, reason in zip(
        ("fewer", "more", "no number", "UTF-8", "duration"), reasons, strict=True
    )] == [True] * 5  # fmt: skip


def test_a_quote_that_never_closes_is_a_bad_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'to,text\n+336,ok\n+336,"never\nends\n')
    good, bad = bulk.read(path)
    assert isinstance(good, bulk.Row)
    assert isinstance(bad, bulk.BadRow)
    assert bad.line == 3


@pytest.mark.parametrize(
    ("heading", "word"),
    [("", "to,text"), ("to,message", "text"), ("to,text,price", "price"), ("to,text,to", "twice")],
)
def test_a_file_without_the_right_heading_is_refused_as_a_whole(
    tmp_path: Path, heading: str, word: str
) -> None:
    with pytest.raises(click.UsageError, match=word):
        list(bulk.read(write(tmp_path / "a.csv", heading + "\n+336,x\n")))


def test_rows_keep_their_keys_when_others_are_corrected_added_or_removed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "to,text\n+1,a\n+2,b\n+3,c\n")
    a, b, c = keys(path)
    write(path, "to,text\n+0,new\n+1,a\n+2,corrected\n+3,c\n")
    new, a_again, corrected, c_again = keys(path)
    assert (a_again, c_again) == (a, c)
    assert len({a, b, c, new, corrected}) == 5


def test_equal_rows_are_different_messages_with_keys_that_last(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "to,text\n+1,a\n+1,a\n")
    first, second = keys(path)
    assert first != second
    assert keys(path) == [first, second]


def test_the_same_row_in_another_file_is_another_message(tmp_path: Path) -> None:
    monday = write(tmp_path / "monday.csv", "to,text\n+1,a\n")
    tuesday = write(tmp_path / "tuesday.csv", "to,text\n+1,a\n")
    assert keys(monday) != keys(tuesday)


def test_a_salt_makes_every_key_new(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "to,text\n+1,a\n")
    (plain,) = bulk.read(path)
    (salted,) = bulk.read(path, salt="x")
    assert isinstance(plain, bulk.Row)
    assert isinstance(salted, bulk.Row)
    assert plain.fields["key"] != salted.fields["key"]
