"""Writing and reading: what is answered is on the disk, and nobody pays for another's mistake."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreError, StoreInUse
from gsmd.store.engine.threads import GROUP_LIMIT
from tests.store.engine.databases import Gate, all_notes, blocked, note


async def test_what_was_written_can_be_read_at_once(database: Database) -> None:
    row = await database.write(note("one"))

    assert await database.read(all_notes) == ["one"]
    assert row == 1


async def test_what_was_written_is_there_for_another_program(
    database: Database, path: Path
) -> None:
    await database.write(note("one"))

    with closing(sqlite3.connect(path)) as other:
        assert all_notes(other) == ["one"]


async def test_commits_reach_the_disk_and_keys_are_checked(database: Database) -> None:
    def settings(connection: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await database.write(settings) == ["wal", 2, 1]


async def test_only_the_owner_can_read_the_files(database: Database, path: Path) -> None:
    await database.write(note("one"))

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes) == {
        "gsmd.db",
        "gsmd.db-wal",
        "gsmd.db-shm",
        "gsmd.db-lock",
        "gsmd.db-reserve",
    }
    assert set(modes.values()) == {0o600}


async def test_writes_that_wait_share_one_commit(database: Database) -> None:
    gate, first = await blocked(database)
    before = database.commits
    writes = [asyncio.create_task(database.write(note(str(n)))) for n in range(500)]
    await asyncio.sleep(0)  # every task has handed its job over
    gate.open.set()
    await asyncio.gather(first, *writes)

    assert database.commits - before == 2  # the one that was under way, and all the others
    assert database.jobs == 501
    assert len(await database.read(all_notes)) == 500


async def test_a_group_ends_so_that_its_first_job_is_answered(database: Database) -> None:
    gate, first = await blocked(database)
    before = database.commits
    writes = [asyncio.create_task(database.write(note(str(n)))) for n in range(GROUP_LIMIT + 1)]
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(first, *writes)

    assert database.commits - before == 3


async def test_jobs_run_in_the_order_they_were_handed_over(database: Database) -> None:
    await asyncio.gather(*(database.write(note(str(n))) for n in range(50)))

    assert await database.read(all_notes) == [str(n) for n in range(50)]


async def test_a_job_that_fails_undoes_itself_and_nothing_else(database: Database) -> None:
    def fail_halfway(connection: sqlite3.Connection) -> None:
        note("half")(connection)
        raise LookupError("changed my mind")

    gate, first = await blocked(database)
    before = database.commits
    writes = [
        asyncio.create_task(database.write(note("one"))),
        asyncio.create_task(database.write(fail_halfway)),
        asyncio.create_task(database.write(note("one"))),  # not unique
        asyncio.create_task(database.write(note("two"))),
    ]
    await asyncio.sleep(0)
    gate.open.set()
    await first
    one, halfway, repeated, two = await asyncio.gather(*writes, return_exceptions=True)

    assert (one, two) == (1, 2)
    assert isinstance(halfway, LookupError)
    assert isinstance(repeated, sqlite3.IntegrityError)
    assert await database.read(all_notes) == ["one", "two"]
    assert database.commits - before == 2


async def test_a_job_that_runs_out_of_rows_does_not_hang_its_caller(database: Database) -> None:
    def careless(connection: sqlite3.Connection) -> object:
        return next(connection.execute("SELECT id FROM note"))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await database.write(careless)
    with pytest.raises(RuntimeError, match="StopIteration"):
        await database.read(careless)


async def test_a_job_that_ends_the_transaction_is_a_defect_that_everybody_hears_of(
    database: Database,
) -> None:
    def commit(connection: sqlite3.Connection) -> None:
        connection.execute("COMMIT")

    with pytest.raises(RuntimeError, match="ended the transaction"):
        await database.write(commit)
    assert await database.write(note("next")) == 1


async def test_the_loop_and_the_readers_go_on_while_the_disk_is_slow(database: Database) -> None:
    gate, write = await blocked(database)

    assert await database.read(all_notes) == []
    assert not write.done()
    gate.open.set()
    await write


async def test_a_slow_read_does_not_hold_up_another(database: Database) -> None:
    gate = Gate()
    slow = asyncio.create_task(database.read(gate))
    await asyncio.to_thread(gate.entered.wait, 30)

    assert await database.read(all_notes) == []
    gate.open.set()
    await slow


async def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError, match="readonly"):
        await database.read(note("one"))
    assert await database.read(all_notes) == []


async def test_a_read_sees_one_state_throughout(database: Database) -> None:
    gate = Gate()

    def look_twice(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
        before = all_notes(connection)
        gate(connection)
        return before, all_notes(connection)

    await database.write(note("one"))
    looking = asyncio.create_task(database.read(look_twice))
    await asyncio.to_thread(gate.entered.wait, 30)
    await database.write(note("two"))
    gate.open.set()

    assert await looking == (["one"], ["one"])
    assert await database.read(all_notes) == ["one", "two"]


async def test_a_caller_that_no_longer_waits_holds_up_nobody(database: Database) -> None:
    gate, first = await blocked(database)
    cancelled = asyncio.create_task(database.write(note("cancelled")))
    other = asyncio.create_task(database.write(note("other")))
    await asyncio.sleep(0)
    cancelled.cancel()
    gate.open.set()
    await asyncio.gather(first, other)

    assert cancelled.cancelled()
    assert await database.read(all_notes) == ["other"]


async def test_closing_does_what_was_handed_over_before(
    database: Database, path: Path, notes: Path
) -> None:
    gate, first = await blocked(database)
    write = asyncio.create_task(database.write(note("last")))
    await asyncio.sleep(0)
    closing_ = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(first, write, closing_)

    again = await Database.open(path, schema=notes)
    assert await again.read(all_notes) == ["last"]
    await again.close()


async def test_a_closed_database_is_one_file_and_says_that_it_is_closed(
    database: Database, path: Path
) -> None:
    await database.write(note("one"))
    await database.close()
    await database.close()

    assert not list(path.parent.glob("gsmd.db-[ws]*"))
    with pytest.raises(StoreError, match="closed"):
        await database.write(note("two"))
    with pytest.raises(StoreError, match="closed"):
        await database.read(all_notes)
    with pytest.raises(StoreError, match="closed"):
        await database.backup(path.with_name("copy.db"))


async def test_a_second_daemon_is_told_who_has_it(
    database: Database, path: Path, notes: Path
) -> None:
    import os

    with pytest.raises(StoreInUse) as caught:
        await Database.open(path, schema=notes)
    assert caught.value.pid == os.getpid()


async def test_the_log_is_copied_into_the_database_as_it_grows(
    database: Database, path: Path
) -> None:
    def many(connection: sqlite3.Connection) -> None:
        start = connection.execute("SELECT count(*) FROM note").fetchone()[0]
        connection.executemany(
            "INSERT INTO note (text) VALUES (?)",
            ((f"{start + n} {'x' * 200}",) for n in range(2_000)),
        )

    for _ in range(20):
        await database.write(many)

    log = path.with_name("gsmd.db-wal").stat().st_size
    assert database.checkpoints >= 19  # the last may still be under way
    assert log < path.stat().st_size / 2
