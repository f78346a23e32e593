"""Full disks, disks that fail and commits that do not happen: said clearly, and over when it is over."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreCorrupt, StoreError, StoreFull, StoreReadOnly
from gsmd.store.engine.wal import WriteAheadLog
from tests.disks import fill, small_disk, unwritable
from tests.store.engine.databases import all_notes, blocked, note
from tests.tools import needs


class Faults:
    """A commit hook that makes commits fail while ``error`` is set."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __call__(self, moment: str) -> None:
        if moment == "before" and self.error is not None:
            raise self.error


async def test_a_commit_that_fails_fails_all_its_jobs_and_the_next_one_works(
    path: Path, notes: Path
) -> None:
    faults = Faults()
    database = await Database.open(path, schema=notes, on_commit=faults)
    gate, first = await blocked(database)
    faults.error = StoreFull("no room")
    writes = [asyncio.create_task(database.write(note(str(n)))) for n in range(3)]
    await asyncio.sleep(0)
    gate.open.set()
    outcomes = await asyncio.gather(first, *writes, return_exceptions=True)
    faults.error = None

    assert [type(outcome) for outcome in outcomes] == [StoreFull] * 4
    assert len({id(outcome) for outcome in outcomes}) == 4  # each caller has its own to raise
    assert await database.write(note("now")) == 1
    assert await database.read(all_notes) == ["now"]
    await database.close()


async def test_a_database_that_may_not_grow_says_that_it_is_full_until_it_may(
    database: Database,
) -> None:
    def set_limit(connection: sqlite3.Connection, pages: int) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    await database.write(lambda connection: set_limit(connection, 8))
    with pytest.raises(StoreFull):
        await database.write(note("x" * 100_000))
    assert await database.write(note("small")) == 1
    await database.write(lambda connection: set_limit(connection, 1_000_000))
    assert await database.write(note("x" * 100_000)) == 2


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, "1m") as disk:
        yield disk


async def test_a_full_disk_is_said_and_everything_goes_on_when_there_is_room(
    disk: Path, notes: Path
) -> None:
    database = await Database.open(disk / "gsmd.db", schema=notes)
    await database.write(note("before"))
    filler = fill(disk)
    for attempt in range(3):
        with pytest.raises(StoreFull):
            await database.write(note(f"{attempt}" + "x" * 50_000))
    assert await database.read(all_notes) == ["before"]
    filler.unlink()
    await database.write(note("after"))
    await database.close()

    again = await Database.open(disk / "gsmd.db", schema=notes)
    assert again.set_aside is None
    assert await again.read(all_notes) == ["before", "after"]
    await again.close()


async def test_a_start_on_a_full_disk_says_that_it_is_full(disk: Path, notes: Path) -> None:
    filler = fill(disk)
    with pytest.raises(StoreFull):
        await Database.open(disk / "gsmd.db", schema=notes)
    filler.unlink()
    database = await Database.open(disk / "gsmd.db", schema=notes)
    assert await database.write(note("works")) == 1
    await database.close()


async def test_a_read_only_file_system_is_said_at_the_start(disk: Path, notes: Path) -> None:
    path = disk / "gsmd.db"
    await (await Database.open(path, schema=notes)).close()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)

    with pytest.raises(StoreReadOnly):
        await Database.open(path, schema=notes)


async def test_a_file_that_refuses_writing_is_said_at_the_start(path: Path, notes: Path) -> None:
    await (await Database.open(path, schema=notes)).close()
    with unwritable(path), pytest.raises(StoreReadOnly):
        await Database.open(path, schema=notes)


def _says(code: int, name: str) -> sqlite3.Error:
    """An error as SQLite's, with its code."""
    error = sqlite3.OperationalError(name)
    error.sqlite_errorcode = code
    error.sqlite_errorname = name
    return error


async def test_an_input_output_error_is_said_and_the_next_job_works(database: Database) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        raise _says(sqlite3.SQLITE_IOERR, "SQLITE_IOERR_READ")

    with pytest.raises(StoreError, match="SQLITE_IOERR_READ"):
        await database.write(fail)
    with pytest.raises(StoreError, match="SQLITE_IOERR_READ"):
        await database.read(fail)
    assert await database.write(note("works")) == 1
    assert await database.read(all_notes) == ["works"]


async def test_damage_that_is_met_at_work_has_the_next_start_check(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        raise _says(sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT")

    with pytest.raises(StoreCorrupt):
        await database.read(fail)
    assert "damaged" in caplog.text
    assert path.with_name("gsmd.db-suspect").exists()


async def test_a_log_that_cannot_be_shortened_is_said_and_holds_up_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: WriteAheadLog, connection: sqlite3.Connection, *, patient: bool) -> None:
        raise _says(sqlite3.SQLITE_IOERR, "SQLITE_IOERR_WRITE")

    monkeypatch.setattr(WriteAheadLog, "committed", fail)
    assert await database.write(note("one")) == 1
    assert await database.write(note("two")) == 2
    assert "the write-ahead log grows" in caplog.text


FAILING_FSYNC = """
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int failing(void) { return access(getenv("FSYNC_FAILS_WHILE"), F_OK) == 0; }
int fsync(int fd) {
    if (failing()) { errno = EIO; return -1; }
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(fd);
}
int fdatasync(int fd) {
    if (failing()) { errno = EIO; return -1; }
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
"""

WRITE_WHILE_FSYNC_FAILS = """
import asyncio, os, sys
from pathlib import Path
from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreError
from tests.store.engine.databases import note

async def main():
    path, schema = Path(sys.argv[1]), Path(sys.argv[2])
    broken = Path(os.environ["FSYNC_FAILS_WHILE"])
    database = await Database.open(path, schema=schema)
    await database.write(note("before"))
    broken.touch()
    for number in range(3):
        try:
            await database.write(note(f"meanwhile {number}"))
        except StoreError as error:
            print(error)
    broken.unlink()
    await database.write(note("after"))
    broken.touch()
    try:
        await database.write(note("at the end"))
    except StoreError as error:
        print(error, flush=True)
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


@needs("cc")
async def test_what_the_disk_did_not_confirm_is_not_written(
    tmp_path: Path, path: Path, notes: Path
) -> None:
    source, library = tmp_path / "failing.c", tmp_path / "failing.so"
    source.write_text("#define _GNU_SOURCE\n" + FAILING_FSYNC)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITE_WHILE_FSYNC_FAILS, str(path), str(notes)),
        env={
            **os.environ,
            "LD_PRELOAD": str(library),
            "FSYNC_FAILS_WHILE": str(tmp_path / "broken"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    said = (await program.communicate())[0].decode()

    assert said.count("disk I/O error (SQLITE_IOERR_FSYNC)") == 4
    database = await Database.open(path, schema=notes)
    assert database.set_aside is None
    assert await database.read(all_notes) == ["before", "after"]
    await database.close()
