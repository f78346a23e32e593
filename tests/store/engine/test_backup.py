"""Copies of a database in use."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from gsmd.store.engine import backup
from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreError
from tests.store.engine.databases import all_notes, note


async def filled(database: Database, number: int = 100) -> None:
    await asyncio.gather(*(database.write(note(f"{n} {'x' * 4000}")) for n in range(number)))


async def test_a_backup_is_one_private_file_with_everything_in_it(
    database: Database, tmp_path: Path
) -> None:
    await filled(database)
    target = tmp_path / "copies" / "gsmd.backup"
    target.parent.mkdir()
    await database.backup(target)

    assert [file.name for file in target.parent.iterdir()] == ["gsmd.backup"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with closing(sqlite3.connect(target)) as copy:
        assert all_notes(copy) == await database.read(all_notes)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_backup_can_be_opened_as_a_database(
    database: Database, tmp_path: Path, notes: Path
) -> None:
    await filled(database, 3)
    await database.backup(tmp_path / "copy.db")

    copy = await Database.open(tmp_path / "copy.db", schema=notes)
    assert len(await copy.read(all_notes)) == 3
    await copy.close()


async def test_a_backup_replaces_an_older_one(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    await database.backup(target)
    await filled(database, 3)
    await database.backup(target)

    with closing(sqlite3.connect(target)) as copy:
        assert len(all_notes(copy)) == 3


async def test_progress_rises_to_the_whole(database: Database, tmp_path: Path) -> None:
    await filled(database, 600)
    seen: list[tuple[int, int]] = []
    await database.backup(tmp_path / "copy.db", lambda done, total: seen.append((done, total)))
    await asyncio.sleep(0)  # the last report is on its way

    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]


async def test_writes_go_on_during_a_backup_and_are_not_in_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_A_TIME", 10)
    await filled(database, 100)
    steps = 0

    def write_in_the_middle(done: int, total: int) -> None:
        nonlocal steps
        steps += 1
        writes.append(asyncio.ensure_future(database.write(note(f"during {done}"))))

    writes: list[asyncio.Future[int]] = []
    await database.backup(tmp_path / "copy.db", write_in_the_middle)
    await asyncio.gather(*writes)

    assert len(writes) > 10
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert len(all_notes(copy)) == 100
    assert len(await database.read(all_notes)) == 100 + len(writes)


async def test_a_cancelled_backup_leaves_nothing_behind(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_A_TIME", 1)
    await filled(database)
    begun = asyncio.Event()
    copying = asyncio.create_task(
        database.backup(tmp_path / "copy.db", lambda done, total: begun.set())
    )
    await begun.wait()
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying

    assert not list(tmp_path.glob("copy.db*"))


@pytest.mark.parametrize("target", ["missing/copy.db", "state/gsmd.db", "state"])
async def test_a_target_that_cannot_be_is_refused(
    database: Database, tmp_path: Path, target: str
) -> None:
    await database.write(note("one"))
    with pytest.raises(StoreError, match=target):
        await database.backup(tmp_path / target)

    assert await database.read(all_notes) == ["one"]
    assert not list(tmp_path.rglob("*.partial"))
