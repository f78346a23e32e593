"""A database of notes in a directory of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.store.engine.database import Database
from tests.store.engine.databases import schema


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "gsmd.db"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return schema(tmp_path / "schema")


@pytest.fixture
async def database(path: Path, notes: Path) -> AsyncIterator[Database]:
    database = await Database.open(path, schema=notes)
    yield database
    await database.close()
