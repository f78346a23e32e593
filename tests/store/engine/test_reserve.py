"""On a full disk: out of it by what is deleted, without a byte of room."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreFull
from gsmd.store.engine.reserve import SIZE
from tests.disks import fill, small_disk
from tests.store.engine.databases import all_notes, note

LINE = "x" * 2_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, "8m") as disk:
        yield disk


async def write_until_full(database: Database) -> int:
    """How many notes fitted."""
    for number in range(5_000):
        try:
            await database.write(note(f"{number} {LINE}"))
        except StoreFull:
            return number
    raise AssertionError("it was never full")


def delete_all(connection: sqlite3.Connection) -> int:
    return connection.execute("DELETE FROM note").rowcount


async def test_what_is_deleted_makes_room_although_the_disk_stays_full(
    disk: Path, notes: Path
) -> None:
    database = await Database.open(disk / "gsmd.db", schema=notes)
    for number in range(60):  # they are in the log, and the database has not grown by them yet
        await database.write(note(f"before {number} {LINE}"))
    fill(disk)
    await write_until_full(database)
    assert not (disk / "gsmd.db-reserve").exists()
    fill(disk)  # somebody else takes what is left
    assert await database.write(delete_all) >= 60
    for number in range(20):
        await database.write(note(f"after {number} {LINE}"))
    assert len(await database.read(all_notes)) == 20
    await database.close()


async def test_with_room_again_it_grows_again_and_keeps_a_reserve(disk: Path, notes: Path) -> None:
    database = await Database.open(disk / "gsmd.db", schema=notes)
    reserve = disk / "gsmd.db-reserve"
    assert reserve.stat().st_blocks * 512 == SIZE
    filler = fill(disk)
    fitted = await write_until_full(database)
    assert not reserve.exists()
    filler.unlink()
    await database.write(note(f"{fitted} {LINE}"))
    assert reserve.exists()
    await database.close()


LEAVE_A_LONG_LOG = """
import asyncio, os, sys
from pathlib import Path
from gsmd.store.engine.database import Database
from tests.store.engine.databases import note
from tests.store.engine.test_reserve import LINE

async def main():
    database = await Database.open(Path(sys.argv[1]), schema=Path(sys.argv[2]))
    for number in range(30):
        await database.write(note(f"{number} {LINE}"))
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


async def test_a_start_on_a_full_disk_gets_a_long_log_into_the_database(
    disk: Path, notes: Path
) -> None:
    path = disk / "gsmd.db"
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LEAVE_A_LONG_LOG, str(path), str(notes)),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    await program.wait()
    fill(disk)
    database = await Database.open(path, schema=notes)
    assert len(await database.read(all_notes)) == 30
    await database.close()
