"""Opening: what was cut off is checked, what is damaged is set aside and said, what is foreign is left alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from gsmd.store.engine import connections, files, opening
from gsmd.store.engine.connections import CHECK_SECONDS
from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreError, StoreTooNew
from tests.store.engine.databases import all_notes, note, schema

GLANCE = opening._GLANCE


async def filled(path: Path, notes: Path) -> None:
    """A database that is worth damaging, closed properly."""
    database = await Database.open(path, schema=notes)
    for number in range(20):
        await database.write(note(f"{number} {'x' * 1000}"))
    await database.close()


def damage(path: Path) -> None:
    """Overwrites the inside of every page but the first."""
    octets = bytearray(path.read_bytes())
    for start in range(4096, len(octets), 4096):
        octets[start : start + 200] = b"\xa5" * 200
    path.write_bytes(octets)


def cut_off(path: Path) -> None:
    """Leaves what a crash leaves: a write-ahead log beside the database."""
    path.with_name(path.name + "-wal").touch()


@contextmanager
def checks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How many seconds each check of a database meanwhile was given."""
    done: list[float] = []

    def check(connection: sqlite3.Connection, path: Path, seconds: float) -> bool:
        done.append(seconds)
        return original(connection, path, seconds)

    original = connections.check
    with monkeypatch.context() as patch:
        patch.setattr(opening, "check", check)
        yield done


async def test_a_database_is_made_with_its_directory(path: Path, notes: Path) -> None:
    database = await Database.open(path, schema=notes)

    assert await database.write(note("one")) == 1
    await database.close()


async def test_a_database_that_was_closed_is_checked_for_a_moment(
    path: Path, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path, notes)
    with checks(monkeypatch) as checked:
        await (await Database.open(path, schema=notes)).close()

    assert checked == [GLANCE]


async def test_a_large_database_that_was_closed_is_not_checked(
    path: Path, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path, notes)
    monkeypatch.setattr(opening, "_GLANCED_AT", 1000)
    with checks(monkeypatch) as checked:
        await (await Database.open(path, schema=notes)).close()

    assert checked == []


async def test_a_database_that_was_cut_off_is_checked_once(
    path: Path, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path, notes)
    cut_off(path)
    with checks(monkeypatch) as checked:
        await (await Database.open(path, schema=notes)).close()
        await (await Database.open(path, schema=notes)).close()

    assert checked == [CHECK_SECONDS, GLANCE]


async def test_a_database_under_suspicion_is_checked_once(
    path: Path, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path, notes)
    files.suspect(path)
    with checks(monkeypatch) as checked:
        await (await Database.open(path, schema=notes)).close()
        await (await Database.open(path, schema=notes)).close()

    assert checked == [CHECK_SECONDS, GLANCE]


async def test_a_damaged_database_is_set_aside_and_said_loudly(
    path: Path, notes: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await filled(path, notes)
    damage(path)
    octets = path.read_bytes()
    cut_off(path)

    database = await Database.open(path, schema=notes)
    assert database.set_aside is not None
    assert database.set_aside.path == path.with_name("gsmd.db.corrupt-1")
    assert database.set_aside.path.read_bytes() == octets
    assert database.set_aside.reason
    assert "gsmd.db.corrupt-1" in caplog.text
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    assert await database.read(all_notes) == []
    await database.close()


async def test_a_database_that_went_bad_after_a_clean_stop_is_set_aside(
    path: Path, notes: Path
) -> None:
    await filled(path, notes)
    damage(path)
    database = await Database.open(path, schema=notes)
    assert database.set_aside is not None
    await database.close()


async def test_a_schema_that_is_no_text_any_more_is_damage(path: Path, notes: Path) -> None:
    await filled(path, notes)
    octets = path.read_bytes()
    at = octets.index(b"CREATE TABLE note")
    path.write_bytes(octets[: at + 14] + b"\xff\xfe" + octets[at + 16 :])
    database = await Database.open(path, schema=notes)
    assert database.set_aside is not None
    await database.close()


async def test_an_empty_file_in_the_place_of_a_database_is_told(
    path: Path, notes: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await filled(path, notes)
    path.write_bytes(b"")
    await (await Database.open(path, schema=notes)).close()
    assert "is an empty file" in caplog.text


async def test_a_file_that_is_no_database_is_set_aside_even_after_a_clean_stop(
    path: Path, notes: Path
) -> None:
    path.parent.mkdir()
    for number in (1, 2):
        path.write_bytes(b"not a database, and long enough to tell " * 100)
        database = await Database.open(path, schema=notes)
        assert database.set_aside is not None
        assert database.set_aside.path.name == f"gsmd.db.corrupt-{number}"
        await database.close()


async def test_a_database_too_large_to_be_checked_in_time_is_used_and_that_is_said(
    path: Path, notes: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path, notes)
    cut_off(path)
    monkeypatch.setattr("gsmd.store.engine.connections._STEPS_BETWEEN_LOOKS", 1)

    database = await Database.open(path, schema=notes, check_seconds=0)
    assert database.set_aside is None
    assert len(await database.read(all_notes)) == 20
    assert "too large to be checked" in caplog.text
    await database.close()


async def test_a_database_of_a_newer_gsmd_is_refused_and_left_as_it_is(
    path: Path, notes: Path, tmp_path: Path
) -> None:
    newer = schema(
        tmp_path / "newer",
        (notes / "0001.sql").read_text(),
        "ALTER TABLE note ADD COLUMN at INTEGER;",
    )
    await filled(path, newer)
    octets = path.read_bytes()

    with pytest.raises(StoreTooNew) as caught:
        await Database.open(path, schema=notes)
    assert (caught.value.found, caught.value.known) == (2, 1)
    assert path.read_bytes() == octets
    # and the refusal has let go of the lock
    await (await Database.open(path, schema=newer)).close()


async def test_a_database_of_another_program_is_refused(path: Path, notes: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")

    with pytest.raises(StoreError, match="another program"):
        await Database.open(path, schema=notes)


async def test_a_path_that_cannot_be_is_a_clear_error(tmp_path: Path, notes: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match=r"gsmd\.db: "):
        await Database.open(tmp_path / "file" / "gsmd.db", schema=notes)
    (tmp_path / "gsmd.db").mkdir()
    with pytest.raises(StoreError, match=r"gsmd\.db: "):
        await Database.open(tmp_path / "gsmd.db", schema=notes)


def test_a_database_that_can_have_no_log_is_refused() -> None:
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(StoreError, match="no write-ahead log on this file system"),
    ):
        connections._use_log(connection, Path("gsmd.db"))
