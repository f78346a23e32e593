"""A database with the real schema, and messages to put into it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import cache

import pytest

from gsmd.protocol.message import Direction, Kind, Message, State
from gsmd.store.engine.migrations import SCHEMA, steps
from gsmd.store.tables import messages


def empty() -> sqlite3.Connection:
    """A database in memory with nothing in it but the schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(_image())
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@cache
def _image() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for step in steps(SCHEMA):
            connection.executescript(step)
        return connection.serialize()


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty()) as connection:
        yield connection


def message(id_: str, **fields: object) -> Message:
    """A message with plain values, but for ``fields``."""
    plain: dict[str, object] = {
        "id": id_,
        "direction": Direction.INBOUND,
        "state": State.RECEIVED,
        "peer": "+33612345678",
        "modem": "north",
        "kind": Kind.TEXT,
        "text": "hello",
        "data": None,
        "alphabet": "gsm7",
        "class_": None,
        "ports": None,
        "parts": 1,
        "complete": True,
        "tag": None,
        "in_reply_to": None,
        "possible_duplicate": False,
        "created_at": datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        "service_centre_timestamp": None,
        "sent_at": None,
        "delivered_at": None,
        "error": None,
    }
    return Message(**{**plain, **fields})  # type: ignore[arg-type] # the names and types stand right above


def insert(connection: sqlite3.Connection, id_: str, **fields: object) -> int:
    return messages.insert(connection, message(id_, **fields), "sim-1")
