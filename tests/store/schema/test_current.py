"""The readable schema is what the steps make."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gsmd.store.engine.migrations import SCHEMA, migrate, steps

CURRENT = SCHEMA / "current.sql"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def plain(sql: str) -> str:
    """A statement without comments, quotes of names and the white space it is written with."""
    words = re.sub(r"--[^\n]*", " ", sql).replace('"', "")
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(words.split()))


def dump(connection: sqlite3.Connection) -> dict[str, str]:
    """Every table, view, index and trigger by its name."""
    rows = connection.execute(
        "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return {name: plain(sql) for name, sql in rows}


def test_it_says_what_the_steps_make(connection: sqlite3.Connection) -> None:
    migrate(connection, Path("gsmd.db"), SCHEMA)
    with closing(sqlite3.connect(":memory:")) as read:
        read.executescript(CURRENT.read_text(encoding="utf-8"))
        said, made = dump(read), dump(connection)

    assert said.keys() == made.keys()
    assert said == made


def test_it_tells_what_every_table_and_view_is_for() -> None:
    statements = CURRENT.read_text(encoding="utf-8").split("\n\n")
    bare = [each for each in statements if re.match(r"CREATE (TABLE|VIEW)", each)]
    assert bare == []


@pytest.mark.parametrize("number", range(1, len(steps(SCHEMA)) + 1))
def test_every_step_begins_by_saying_what_it_is_for(number: int) -> None:
    assert steps(SCHEMA)[number - 1].startswith("-- ")
