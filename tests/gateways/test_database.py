"""What a gateway keeps."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from gsmd.gateways.database import Database, connect
from gsmd.gateways.gateway import CannotServe

STEPS = ("CREATE TABLE word (word TEXT PRIMARY KEY) STRICT",)


async def test_only_we_can_read_it_and_it_keeps_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "state" / "web.db"
    database = await Database.open(path, STEPS)
    await database.write(lambda db: db.execute("INSERT INTO word VALUES ('a')"))
    assert await database.read(lambda db: db.execute("SELECT word FROM word").fetchall()) == [
        ("a",)
    ]
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file
    assert path.parent.stat().st_mode & 0o777 == 0o700
    await database.close()
    again = connect(path, STEPS)
    assert again.execute("PRAGMA synchronous").fetchone() == (2,)
    assert again.execute("SELECT count(*) FROM word").fetchone() == (1,)
    again.close()


async def test_what_waits_together_is_one_commit_and_a_mistake_undoes_itself_alone(
    tmp_path: Path,
) -> None:
    database = await Database.open(tmp_path / "web.db", STEPS)

    def twice(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO word VALUES ('b')")
        db.execute("INSERT INTO word VALUES ('b')")

    def add(word: str) -> asyncio.Future[None]:
        return asyncio.ensure_future(
            database.write(lambda db: (db.execute("INSERT INTO word VALUES (?)", (word,)), None)[1])
        )

    good, bad, other = add("a"), asyncio.ensure_future(database.write(twice)), add("c")
    await asyncio.wait({good, bad, other})
    assert isinstance(bad.exception(), sqlite3.IntegrityError)
    words = await database.read(lambda db: db.execute("SELECT word FROM word").fetchall())
    assert sorted(words) == [("a",), ("c",)]
    await database.close()


async def test_a_step_more_is_applied_to_a_file_of_before(tmp_path: Path) -> None:
    connect(tmp_path / "web.db", STEPS).close()
    more = (*STEPS, "ALTER TABLE word ADD COLUMN meaning TEXT")
    database = await Database.open(tmp_path / "web.db", more)
    await database.write(lambda db: db.execute("INSERT INTO word VALUES ('a', 'b')"))
    await database.close()
    with pytest.raises(CannotServe, match="newer gsmd"):
        await Database.open(tmp_path / "web.db", STEPS)


async def test_a_place_that_cannot_be_written_to_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotServe, match="file/web"):
        await Database.open(tmp_path / "file" / "web.db", STEPS)
