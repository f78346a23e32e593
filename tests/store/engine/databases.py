"""A small schema, and a database on it, for tests of the engine."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Event

from gsmd.store.engine.database import Database

NOTE = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"

Work = Callable[[sqlite3.Connection], int]


def schema(directory: Path, *steps: str) -> Path:
    """A schema directory with these steps, or with one that has a table of notes."""
    directory.mkdir(parents=True, exist_ok=True)
    for number, step in enumerate(steps or (NOTE,), 1):
        (directory / f"{number:04}.sql").write_text(step)
    return directory


def note(text: str) -> Work:
    """A job that writes one row."""

    def work(connection: sqlite3.Connection) -> int:
        cursor = connection.execute("INSERT INTO note (text) VALUES (?)", (text,))
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    return work


def all_notes(connection: sqlite3.Connection) -> list[str]:
    return [text for (text,) in connection.execute("SELECT text FROM note ORDER BY id")]


class Gate:
    """A job that keeps its thread busy until it is opened."""

    def __init__(self) -> None:
        self.entered = Event()
        self.open = Event()

    def __call__(self, connection: sqlite3.Connection) -> int:
        self.entered.set()
        assert self.open.wait(30)
        return 0


async def blocked(database: Database) -> tuple[Gate, "asyncio.Task[int]"]:
    """A writer that is busy: what is written now waits together."""
    gate = Gate()
    task = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.entered.wait, 30)
    return gate, task
