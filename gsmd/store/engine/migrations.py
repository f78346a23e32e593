"""The schema, step by step: ``0001.sql``, ``0002.sql`` … each applied once, whole or not at all."""

import re
import sqlite3
from pathlib import Path

from gsmd.store.engine.errors import StoreError, StoreTooNew

SCHEMA = Path(__file__).parents[1] / "schema"


def steps(directory: Path) -> list[str]:
    """The SQL of every step, in order; the first takes an empty database to version 1."""
    files = sorted(file for file in directory.iterdir() if re.fullmatch(r"\d{4}\.sql", file.name))
    numbers = [int(file.stem) for file in files]
    if numbers != list(range(1, len(files) + 1)):
        raise StoreError(f"{directory}: the steps of the schema have gaps: {numbers}")
    return [file.read_text(encoding="utf-8") for file in files]


def migrate(connection: sqlite3.Connection, path: Path, directory: Path) -> int:
    """Brings the database to the newest version and returns that.

    A crash in the middle leaves the version before. Foreign keys are off meanwhile, as SQLite asks
    for it when tables are made anew, and all checked at the end of each step.
    Errors: `StoreTooNew`; `StoreError` for a database of another program's or a step that breaks keys.
    """
    known = steps(directory)
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > len(known):
        raise StoreTooNew(path, found, len(known))
    if found == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise StoreError(f"{path} is a database of another program")
    connection.execute("PRAGMA foreign_keys = OFF")
    for version in range(found + 1, len(known) + 1):
        _apply(connection, known[version - 1], version, path)
    connection.execute("PRAGMA foreign_keys = ON")
    return len(known)


def _apply(connection: sqlite3.Connection, script: str, version: int, path: Path) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n;PRAGMA user_version = {version};")
        _check_keys(connection, version, path)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _check_keys(connection: sqlite3.Connection, version: int, path: Path) -> None:
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreError(f"{path}: step {version} of the schema breaks {len(broken)} keys")
