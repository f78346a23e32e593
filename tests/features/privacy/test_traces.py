"""What is erased of a person among the events of no message, and what of others stays."""

import sqlite3

import msgspec
import pytest

from gsmd.clock import Milliseconds
from gsmd.features.privacy import table
from gsmd.store.tables import events
from tests.store.tables.records import connection

__all__ = ["connection"]


@pytest.mark.parametrize(
    ("peer", "others"),
    [
        ("+33612345678", "+336123456789"),
        ("A_C", "ABC"),
        ("100%", "1000"),
        ('A"C', "AC"),
        ("ABC", "abc"),
    ],
)
def test_events_of_others_stay(connection: sqlite3.Connection, peer: str, others: str) -> None:
    def new(name: str) -> events.New:
        return events.New(None, "block.added", msgspec.json.encode({"peer": name}).decode())

    events.write(connection, Milliseconds(1), [new(peer), new(others), new(peer), new(others)])
    table.erase_traces(connection, peer)
    left = [each.detail.get("peer") for each in events.since(connection, 0, 10)]
    assert left == [None, others, None, others]
