import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Direction, Failure, ForbiddenTransition, Kind, Ports, State
from gsmd.store.tables import deliveries, listing, messages
from gsmd.store.tables.clock_history import Span
from gsmd.store.tables.listing import Filters
from tests.store.tables.records import connection, insert, message

__all__ = ["connection"]


def test_a_message_comes_back_as_it_was_stored(connection: sqlite3.Connection) -> None:
    stored = message(
        "a",
        kind=Kind.DATA,
        data="00ff",
        text=None,
        alphabet="data",
        class_=1,
        ports=Ports(2948, 9200),
        parts=3,
        complete=False,
        tag="t",
        in_reply_to="b",
        possible_duplicate=True,
        service_centre_timestamp=datetime(2026, 1, 2, 4, 4, 3, tzinfo=timezone(timedelta(hours=1))),
        error=Failure("no_answer", "why", cms=500),
    )
    seq = messages.insert(connection, stored, "sim")
    assert messages.get(connection, seq) == stored
    assert messages.find(connection, "a") == (seq, stored)


def test_the_next_seq_is_the_one_that_the_next_message_gets(connection: sqlite3.Connection) -> None:
    assert messages.next_seq(connection) == insert(connection, "a")
    assert messages.next_seq(connection) == insert(connection, "b")


def test_a_state_that_cannot_follow_is_refused_and_changes_nothing(
    connection: sqlite3.Connection,
) -> None:
    seq = insert(connection, "a", direction=Direction.OUTBOUND, state=State.DELIVERED)
    with pytest.raises(ForbiddenTransition):
        messages.set_state(connection, seq, State.QUEUED)
    assert messages.get(connection, seq).state is State.DELIVERED


def test_setting_the_same_state_again_tells_so(connection: sqlite3.Connection) -> None:
    seq = insert(connection, "a")
    assert messages.set_state(connection, seq, State.HANDLED)
    assert not messages.set_state(connection, seq, State.HANDLED)


def listed(connection: sqlite3.Connection) -> list[str]:
    return [message.id for _, message in listing.step(connection, Filters(), 9, None).found]


def test_a_purge_takes_what_is_old_and_waits_for_nothing(connection: sqlite3.Connection) -> None:
    deliveries.register(connection, "crm", Milliseconds(0), configured=True)
    insert(connection, "handled", state=State.HANDLED)
    pending = insert(connection, "pending")
    deliveries.add(connection, "crm", pending, "+1", Milliseconds(0))
    insert(connection, "queued", direction=Direction.OUTBOUND, state=State.QUEUED)
    insert(connection, "unclaimed")
    insert(connection, "young", created_at=datetime(2030, 1, 1, tzinfo=UTC))
    everything = Span(0, 2**62, Milliseconds(1_800_000_000_000))
    gone, after = messages.purge(connection, everything, 0, 100)
    left = listed(connection)
    assert (gone, left) == (2, ["young", "queued", "pending"])
    assert after is not None
    assert messages.purge(connection, everything, after, 100) == (0, None)
    assert "handled" not in listed(connection)


def test_ids_are_found_by_their_beginning(connection: sqlite3.Connection) -> None:
    for id_ in ("abc", "abd", "b"):
        insert(connection, id_)
    assert messages.starting_with(connection, "ab") == ["abc", "abd"]
    assert messages.starting_with(connection, "abd") == ["abd"]
    assert messages.starting_with(connection, "x") == []
