"""The schema's steps: in order, each whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gsmd.store.engine.errors import StoreError
from gsmd.store.engine.migrations import migrate, steps
from tests.store.engine.databases import schema

PATH = Path("gsmd.db")


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def tables(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema ORDER BY 1")]


def test_the_steps_are_applied_in_order_and_once(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    first = schema(tmp_path, "CREATE TABLE one (x);", "ALTER TABLE one RENAME TO two;")

    assert migrate(connection, PATH, first) == 2
    assert migrate(connection, PATH, first) == 2
    assert tables(connection) == ["two"]


def test_an_older_database_gets_only_the_steps_it_lacks(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    migrate(connection, PATH, schema(tmp_path, "CREATE TABLE one (x);"))
    connection.execute("INSERT INTO one VALUES (7)")
    migrate(connection, PATH, schema(tmp_path, "CREATE TABLE one (x);", "ALTER TABLE one ADD y;"))

    assert connection.execute("SELECT x, y FROM one").fetchall() == [(7, None)]
    assert version(connection) == 2


def test_a_step_that_fails_leaves_the_version_before(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        migrate(
            connection,
            PATH,
            schema(
                tmp_path, "CREATE TABLE one (x);", "CREATE TABLE two (x); CREATE TABLE one (x);"
            ),
        )

    assert (version(connection), tables(connection)) == (1, ["one"])
    assert not connection.in_transaction


def test_a_step_that_breaks_a_key_is_undone(connection: sqlite3.Connection, tmp_path: Path) -> None:
    keys = "CREATE TABLE one (x PRIMARY KEY); CREATE TABLE two (x REFERENCES one);"
    with pytest.raises(StoreError, match="breaks 1 keys"):
        migrate(connection, PATH, schema(tmp_path, keys, "INSERT INTO two VALUES (5);"))

    assert version(connection) == 1
    assert connection.execute("SELECT * FROM two").fetchall() == []


def test_keys_are_checked_again_after_the_steps(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    migrate(connection, PATH, schema(tmp_path, "CREATE TABLE one (x);"))

    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_steps_with_a_gap_are_refused(tmp_path: Path) -> None:
    schema(tmp_path, "CREATE TABLE one (x);")
    (tmp_path / "0003.sql").write_text("CREATE TABLE three (x);")

    with pytest.raises(StoreError, match="gaps"):
        steps(tmp_path)
