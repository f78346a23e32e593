"""The write-ahead log is copied when it is due, and used anew when nobody reads from it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gsmd.store.engine import files, wal
from gsmd.store.engine.connections import connect_reader, connect_writer
from gsmd.store.engine.wal import WriteAheadLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gsmd.db"


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    files.create(path)
    with closing(connect_writer(path)) as connection:
        connection.execute("CREATE TABLE note (text)")
        yield connection


def write(writer: sqlite3.Connection) -> None:
    writer.execute("INSERT INTO note VALUES (?)", ("x" * 10_000,))


def length(writer: sqlite3.Connection) -> int:
    """Pages in the log; asking copies what is not copied yet."""
    return int(writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1])


def test_the_log_is_copied_after_so_many_commits(writer: sqlite3.Connection) -> None:
    kept = WriteAheadLog()
    for _ in range(wal.COMMITS - 1):
        write(writer)
        kept.committed(writer, patient=True)
    assert kept.checkpoints == 0

    write(writer)
    kept.committed(writer, patient=True)
    assert kept.checkpoints == 1
    write(writer)
    assert length(writer) < 40  # it was used anew from its start


def test_the_log_is_copied_after_so_many_changes(writer: sqlite3.Connection) -> None:
    kept = WriteAheadLog()
    writer.execute("BEGIN")
    for _ in range(wal.CHANGES):
        write(writer)
    writer.execute("COMMIT")
    kept.committed(writer, patient=True)

    assert kept.checkpoints == 1


@pytest.mark.parametrize("patient", [True, False])
def test_somebody_who_reads_for_long_is_waited_for_only_if_that_is_worth_it(
    writer: sqlite3.Connection, path: Path, patient: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal, "LIMIT_PAGES", 10)
    monkeypatch.setattr(wal, "COMMITS", 1)
    waited: list[str] = []
    writer.execute("PRAGMA busy_timeout = 1")
    with closing(connect_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM note").fetchone()
        for _ in range(20):
            write(writer)
        writer.set_trace_callback(waited.append)
        WriteAheadLog().committed(writer, patient=patient)
        writer.set_trace_callback(None)
        write(writer)  # goes on all the same

    assert any("RESTART" in statement for statement in waited) is patient


def test_a_log_that_is_to_be_emptied_is_nothing_after_the_next_commit(
    writer: sqlite3.Connection, path: Path
) -> None:
    kept = WriteAheadLog()
    kept.to_be_emptied = True
    write(writer)
    kept.committed(writer, patient=True)

    assert path.with_name("gsmd.db-wal").stat().st_size == 0
    assert not kept.to_be_emptied


def test_while_somebody_reads_the_emptying_waits_for_a_later_commit(
    writer: sqlite3.Connection, path: Path
) -> None:
    kept = WriteAheadLog()
    kept.to_be_emptied = True
    writer.execute("PRAGMA busy_timeout = 0")
    write(writer)
    with closing(connect_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM note").fetchone()
        write(writer)
        kept.committed(writer, patient=True)
        assert kept.to_be_emptied

    write(writer)
    kept.committed(writer, patient=True)
    assert path.with_name("gsmd.db-wal").stat().st_size == 0
