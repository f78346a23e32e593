"""Killed at a commit: what was answered is there, what was not begun is not."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from gsmd.store.engine.database import Database
from tests.store.engine.databases import all_notes

WRITE_UNTIL_KILLED = """
import asyncio, os, sys
from pathlib import Path
from gsmd.store.engine.database import Database
from tests.store.engine.databases import note

path, schema, moment, at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
passed = 0

def die(now):
    global passed
    passed += now == moment
    if passed == at:
        os.kill(os.getpid(), 9)

async def main():
    database = await Database.open(path, schema=schema, on_commit=die)
    for number in range(10):
        await database.write(note(str(number)))
        print(number, flush=True)

asyncio.run(main())
"""


async def killed(path: Path, notes: Path, moment: str, at: int) -> list[str]:
    """Runs the program above until it is killed; what had been answered."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITE_UNTIL_KILLED, str(path), str(notes), moment, str(at)),
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=asyncio.subprocess.PIPE,
    )
    answered = (await program.communicate())[0].decode().split()
    assert program.returncode == -signal.SIGKILL
    return answered


@pytest.mark.parametrize("at", [1, 4])
async def test_killed_before_a_commit_what_was_answered_is_there_and_no_more(
    path: Path, notes: Path, at: int
) -> None:
    answered = await killed(path, notes, "before", at)

    database = await Database.open(path, schema=notes)
    assert await database.read(all_notes) == answered == [str(n) for n in range(at - 1)]
    await database.close()


@pytest.mark.parametrize("at", [1, 4])
async def test_killed_between_commit_and_answer_the_write_is_there(
    path: Path, notes: Path, at: int
) -> None:
    answered = await killed(path, notes, "after", at)

    database = await Database.open(path, schema=notes)
    assert answered == [str(n) for n in range(at - 1)]
    assert await database.read(all_notes) == [*answered, str(at - 1)]
    await database.close()


async def test_the_lock_of_a_killed_daemon_holds_up_nobody(path: Path, notes: Path) -> None:
    await killed(path, notes, "after", 1)

    assert path.with_name("gsmd.db-lock").exists()
    await (await Database.open(path, schema=notes)).close()
