"""The schema's steps: in order, each whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gsmd.clock import Milliseconds
from gsmd.store.engine.errors import StoreError
from gsmd.store.engine.migrations import SCHEMA, migrate, steps
from gsmd.store.tables import deliveries, events, inbox, outbox
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


def test_gsmds_own_schema_can_be_applied(connection: sqlite3.Connection) -> None:
    assert migrate(connection, PATH, SCHEMA) == len(steps(SCHEMA)) > 0


VERSION_1 = """
INSERT INTO message (seq, id, direction, state, peer, kind, text, alphabet, parts, created_at)
    VALUES (1, 'in', 'inbound', 'received', '+1', 'text', 'hello', 'gsm7', 1, 1767323045678),
           (2, 'out', 'outbound', 'queued', '+2', 'text', 'good morning', 'gsm7', 1, 1767323045679);
INSERT INTO outbound (message, queue, destination, route, key) VALUES (2, 'waiting', '+2', '', 'order 7');
INSERT INTO outbound_part (message, sequence, tpdu, state) VALUES (2, 1, x'00', 'queued');
INSERT INTO handler (name, created_at, configured) VALUES ('crm', 1, 1);
INSERT INTO delivery (handler, message, peer, queue, updated_at) VALUES ('crm', 1, '+1', 'waiting', 1);
INSERT INTO inbound_part (id, sim, modem, frame, received_at, seen_at, message) VALUES ('p', 's', 'm', '07', 1, 1, 1);
INSERT INTO event (at, message, type, detail)
    VALUES (1, 1, 'message.received', '{"n":1}'), (2, NULL, 'clock.jumped', '{}'), (3, 2, 'message.queued', '{}'),
           (4, 1, 'delivery.failed', '{"n":2}');
"""
"""A store as the first version left it: one message in that a handler waits for, one to go out."""

OLDER = range(1, len(steps(SCHEMA)))


@pytest.mark.parametrize("older", OLDER)
def test_a_store_of_every_earlier_version_goes_on_where_it_was(
    connection: sqlite3.Connection, tmp_path: Path, older: int
) -> None:
    migrate(connection, PATH, schema(tmp_path / "first", steps(SCHEMA)[0]))
    connection.executescript(VERSION_1)
    migrate(connection, PATH, schema(tmp_path / "older", *steps(SCHEMA)[:older]))
    assert migrate(connection, PATH, SCHEMA) == len(steps(SCHEMA))

    (lease,) = deliveries.lease(connection, "crm", 9, Milliseconds(2))
    assert (lease.message.id, lease.message.text) == ("in", "hello")
    assert outbox.by_key(connection, "order 7") == 2
    assert outbox.lease(connection, "north", outbox.routes(connection)) == 2
    work = outbox.work(connection, 2)
    assert work is not None
    assert (work.id, work.peer, work.tpdu) == ("out", "+2", b"\x00")
    assert [detail for _, _, detail in events.story(connection, 1)] == [{"n": 1}, {"n": 2}]
    assert [frame for _, frame, *_ in inbox.story(connection, 1)] == ["07"]
    assert events.purge(connection, Milliseconds(9), 9) == 1


def test_a_new_store_and_one_that_was_brought_up_to_date_are_the_same(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    migrate(connection, PATH, schema(tmp_path, steps(SCHEMA)[0]))
    connection.executescript(VERSION_1)
    migrate(connection, PATH, SCHEMA)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        migrate(new, PATH, SCHEMA)
        assert _schema(connection) == _schema(new)


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
