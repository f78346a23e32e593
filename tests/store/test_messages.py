import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest

from gsmd.clock import Milliseconds
from gsmd.message import Direction, Failure, ForbiddenTransition, Kind, Ports, State
from gsmd.store import deliveries, messages
from tests.store.records import connection, insert, message

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
    assert messages.set_state(connection, seq, State.HANDLED) is State.RECEIVED
    assert messages.set_state(connection, seq, State.HANDLED) is None


def test_a_listing_is_newest_first_and_its_cursor_goes_on(connection: sqlite3.Connection) -> None:
    seqs = [insert(connection, f"m{number}") for number in range(5)]
    first = messages.listing(connection, {}, limit=2, before=None)
    assert [seq for seq, _ in first] == seqs[:-3:-1]
    then = messages.listing(connection, {}, limit=9, before=first[-1][0])
    assert [seq for seq, _ in then] == seqs[2::-1]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"direction": "outbound"}, ["out"]),
        ({"state": "handled"}, ["done"]),
        ({"peer": "+49"}, ["peer"]),
        ({"modem": "south"}, ["modem"]),
        ({"tag": "news"}, ["tag"]),
        ({"search": "100%_x"}, ["percent"]),
        ({"since": 1_800_000_000_000}, ["late"]),
        ({"tag": None, "peer": "+49"}, ["peer"]),
    ],
)
def test_a_listing_has_only_what_fits_every_filter(
    connection: sqlite3.Connection, filters: dict[str, object], ids: list[str]
) -> None:
    insert(connection, "plain", text="100 or X")
    insert(connection, "out", direction=Direction.OUTBOUND, state=State.QUEUED)
    insert(connection, "done", state=State.HANDLED)
    insert(connection, "peer", peer="+49")
    insert(connection, "modem", modem="south")
    insert(connection, "tag", tag="news")
    insert(connection, "percent", text="now 100%_x off")
    insert(connection, "late", created_at=datetime(2030, 1, 1, tzinfo=UTC))
    assert [
        each.id for _, each in messages.listing(connection, filters, limit=9, before=None)
    ] == ids


def test_a_purge_takes_what_is_old_and_waits_for_nothing(connection: sqlite3.Connection) -> None:
    deliveries.register(connection, "crm", Milliseconds(0), configured=True)
    handled = insert(connection, "handled", state=State.HANDLED)
    pending = insert(connection, "pending")
    deliveries.add(connection, "crm", pending, "+1", Milliseconds(0))
    insert(connection, "queued", direction=Direction.OUTBOUND, state=State.QUEUED)
    insert(connection, "unclaimed")
    insert(connection, "young", created_at=datetime(2030, 1, 1, tzinfo=UTC))
    before = Milliseconds(1_800_000_000_000)
    gone, after = messages.purge(connection, before, 0, 100)
    left = [each.id for _, each in messages.listing(connection, {}, limit=9, before=None)]
    assert (gone, left) == (2, ["young", "queued", "pending"])
    assert after is not None
    assert messages.purge(connection, before, after, 100) == (0, None)
    assert handled not in [seq for seq, _ in messages.listing(connection, {}, limit=9, before=None)]


def test_ids_are_found_by_their_beginning(connection: sqlite3.Connection) -> None:
    for id_ in ("abc", "abd", "b"):
        insert(connection, id_)
    assert messages.starting_with(connection, "ab") == ["abc", "abd"]
    assert messages.starting_with(connection, "abd") == ["abd"]
    assert messages.starting_with(connection, "x") == []
