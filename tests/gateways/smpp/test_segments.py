"""What the gateway's file keeps of long messages, and for how long."""

import sqlite3
from collections.abc import Iterator
from functools import partial

import pytest

from gsmd.gateways.smpp import segments, tables
from gsmd.gateways.smpp.segments import PROVIDER, Joined, Place
from gsmd.smpp import Address

FROM, TO = Address(0, 1, b"1234"), Address(1, 1, b"33612345678")
DAY = 86_400_000


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys = ON")
    for step in tables.STEPS:
        connection.executescript(step)
    yield connection
    connection.close()


def put(connection: sqlite3.Connection, owner: str, sequence: int, *, at: int = 1000) -> Joined:
    pdu = bytes(16) + bytes((sequence,))
    return segments.put(connection, owner, FROM, TO, Place("udh8", 7, 2, sequence), pdu, at)


def test_what_became_whole_meanwhile_is_not_given_up(connection: sqlite3.Connection) -> None:
    first = put(connection, "crm", 1)
    assert segments.expired(connection, 1000) == [first.id]
    whole = put(connection, "crm", 2)
    assert whole.parts is not None
    assert segments.discard(connection, first.id, if_incomplete=True) is None
    segments.accepted(connection, first.id, "message")
    assert segments.discard(connection, first.id) is None


def test_what_stays_incomplete_and_what_is_refused_is_given_up(
    connection: sqlite3.Connection,
) -> None:
    first = put(connection, "crm", 1)
    gone = segments.discard(connection, first.id, if_incomplete=True)
    assert gone is not None
    assert list(gone.parts) == [1]
    put(connection, "crm", 1)
    whole = put(connection, "crm", 2)
    gone = segments.discard(connection, whole.id)
    assert gone is not None
    assert len(gone.parts) == 2
    assert segments.discard(connection, whole.id) is None


def test_parts_of_a_provider_that_is_gone_wait_for_its_return_and_wake_nobody(
    connection: sqlite3.Connection,
) -> None:
    put(connection, PROVIDER + "sky", 1)
    put(connection, PROVIDER + "sea", 1, at=2000)
    oldest = partial(segments.oldest, connection)
    assert (oldest(["sky", "sea"]), oldest(["sea"]), oldest([])) == (1000, 2000, None)
    put(connection, "crm", 1, at=3000)
    assert oldest([]) == 3000


def test_what_is_whole_is_given_up_once_its_account_is_gone(
    connection: sqlite3.Connection,
) -> None:
    put(connection, "crm", 1)
    whole = put(connection, "crm", 2)
    put(connection, "erp", 1)
    others = partial(segments.whole_of_others, connection, 1000)
    assert (others(["crm"]), others(["erp"])) == ([], [whole.id])
    assert segments.whole_of_others(connection, 999, []) == []


def test_what_nobody_came_back_for_is_forgotten_in_the_end(
    connection: sqlite3.Connection,
) -> None:
    put(connection, PROVIDER + "sky", 1)
    tables.add_receipt(connection, "x", "crm", b"", 1000)
    for now, left in ((30 * DAY, 1), (3 * 365 * DAY, 0)):
        tables.forget_old(connection, now)
        for table in ("long_message", "segment", "receipt"):
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert count == left, (table, now)
