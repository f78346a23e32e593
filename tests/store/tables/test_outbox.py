import sqlite3
from typing import Any

import pytest

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Direction, State
from gsmd.store.tables import (
    correspondence,
    inbox,
    messages,
    orders,
    outbox,
    schedule,
    submissions,
    unmatched_reports,
)
from gsmd.store.tables.inbox import RawPart
from gsmd.store.tables.orders import Order
from tests.store.tables.records import connection, insert

__all__ = ["connection"]


def queue(connection: sqlite3.Connection, id_: str, parts: int = 1, **order: Any) -> int:
    seq = insert(
        connection,
        id_,
        direction=Direction.OUTBOUND,
        state=State.QUEUED,
        parts=parts,
        peer=order.get("destination", "+1"),
    )
    plain: dict[str, Any] = {
        "destination": "+1",
        "route": "",
        "priority": 0,
        "due_at": 0,
        "not_before": None,
        "expires_at": None,
        "validity": 1000,
        "report": False,
        "flash": False,
        "handler": None,
        "key": None,
    }
    outbox.add(connection, seq, Order(**{**plain, **order}), [bytes([n]) for n in range(parts)])
    return seq


def take(connection: sqlite3.Connection, modem: str = "north", *routes: str) -> int | None:
    return outbox.lease(connection, modem, routes or outbox.routes(connection))


def test_higher_priority_goes_first_then_the_older_one(connection: sqlite3.Connection) -> None:
    low = queue(connection, "low", destination="+1")
    high = queue(connection, "high", destination="+2", priority=5)
    later = queue(connection, "later", destination="+3", route="north")
    urgent = queue(connection, "urgent", destination="+4", route="north", priority=9)
    assert [take(connection) for _ in range(5)] == [urgent, high, low, later, None]


def test_to_one_destination_messages_go_in_order(connection: sqlite3.Connection) -> None:
    first, second = queue(connection, "a"), queue(connection, "b")
    assert take(connection) == first
    assert take(connection) is None
    outbox.finish(connection, first)
    assert take(connection) == second


def test_an_urgent_message_overtakes_a_queued_one_to_the_same_destination(
    connection: sqlite3.Connection,
) -> None:
    queue(connection, "slow")
    urgent = queue(connection, "urgent", priority=1)
    assert take(connection) == urgent


def test_a_message_for_later_holds_nobody_up(connection: sqlite3.Connection) -> None:
    later = queue(connection, "later", due_at=9000, not_before=9000)
    now = queue(connection, "now")
    assert take(connection) == now
    outbox.finish(connection, now)
    assert take(connection) is None
    assert schedule.next_due(connection) == 9000
    assert schedule.wake_due(connection, Milliseconds(9000)) == 1
    assert take(connection) == later


def test_a_message_that_is_tried_again_keeps_its_place(connection: sqlite3.Connection) -> None:
    first, second = queue(connection, "a"), queue(connection, "b")
    take(connection)
    outbox.defer(connection, first, 5000, "congestion")
    assert take(connection) is None
    schedule.wake_due(connection, Milliseconds(5000))
    assert take(connection) == first
    work = outbox.work(connection, first)
    assert work is not None
    assert work.attempts == 1
    outbox.finish(connection, first)
    assert take(connection) == second


def test_a_held_message_lets_the_next_one_through(connection: sqlite3.Connection) -> None:
    first, second = queue(connection, "a"), queue(connection, "b")
    take(connection)
    outbox.hold(connection, first, "uncertain")
    assert take(connection) == second


def test_only_modems_of_the_route_take_a_message(connection: sqlite3.Connection) -> None:
    seq = queue(connection, "a", route="south,north")
    assert outbox.routes(connection) == ["south,north"]
    assert take(connection, "west", "") is None
    assert take(connection, "north", "", "south,north") == seq


def test_routes_are_each_told_once(connection: sqlite3.Connection) -> None:
    for number, route in enumerate(["b", "", "b", "a", "", "c"]):
        queue(connection, f"m{number}", destination=f"+{number}", route=route)
    assert outbox.routes(connection) == ["", "a", "b", "c"]


def test_a_message_is_gone_on_with_at_the_part_that_is_not_out(
    connection: sqlite3.Connection,
) -> None:
    seq = queue(connection, "long", parts=3)
    take(connection)
    submissions.mark_submitting(connection, seq, 1, "north", "sim", 10)
    submissions.mark_sent(connection, seq, 1, 77, 20)
    work = outbox.work(connection, seq)
    assert work is not None
    assert (work.sequence, work.total, work.tpdu, work.last) == (2, 3, b"\x01", False)


def test_what_a_crash_interrupted_is_told_with_the_part_that_may_be_out(
    connection: sqlite3.Connection,
) -> None:
    untouched = queue(connection, "untouched", destination="+1")
    halfway = queue(connection, "halfway", destination="+2", parts=2)
    queue(connection, "waiting", destination="+3")
    take(connection), take(connection)
    submissions.mark_submitting(connection, halfway, 1, "north", "sim", 10)
    both = [(untouched, None, None), (halfway, 1, "north")]
    assert outbox.interrupted(connection, None) == both
    assert outbox.interrupted(connection, "north") == both
    assert outbox.interrupted(connection, "south") == []


def test_what_waits_expires_and_what_is_under_way_does_not(connection: sqlite3.Connection) -> None:
    under_way = queue(connection, "under way", destination="+1", expires_at=100)
    take(connection)
    waiting = queue(connection, "waiting", destination="+2", expires_at=100)
    queue(connection, "later", destination="+3", expires_at=200)
    assert schedule.expired(connection, Milliseconds(100)) == [(waiting, False)]
    late = schedule.expired(connection, Milliseconds(10**6))
    assert under_way not in [seq for seq, _ in late]


def test_the_limits_count_submissions_of_one_modem_in_a_window(
    connection: sqlite3.Connection,
) -> None:
    for number, (modem, at) in enumerate(
        [("north", 100), ("north", 200), ("south", 150), ("north", 300)]
    ):
        seq = queue(connection, f"m{number}", destination=f"+{number}")
        submissions.mark_submitting(connection, seq, 1, modem, "sim", at)
    assert submissions.submitted_since(connection, "north", 100) == (2, 200)
    assert submissions.last_submitted(connection, "north") == 300
    assert submissions.last_submitted(connection, "west") is None
    submissions.mark_part(connection, seq, 1, State.QUEUED, "modem lost", counted=False)
    assert submissions.last_submitted(connection, "north") == 200


def test_a_part_is_found_by_sim_and_reference_newest_first(connection: sqlite3.Connection) -> None:
    seqs = []
    for number, (sim, at) in enumerate([("sim", 100), ("sim", 200), ("other", 300), ("sim", 50)]):
        seq = queue(connection, f"m{number}", destination=f"+{number}")
        submissions.mark_submitting(connection, seq, 1, "north", sim, at)
        submissions.mark_sent(connection, seq, 1, 9, at)
        seqs.append(seq)
    (validity,) = connection.execute("SELECT DISTINCT validity FROM outbound").fetchone()
    found = submissions.sent_parts(connection, "sim", 9, now=validity + 80, grace=30)
    assert [part.message for part in found] == [seqs[1], seqs[0]]


def test_the_answer_goes_to_whoever_sent_last_through_that_sim(
    connection: sqlite3.Connection,
) -> None:
    for id_, handler in (("one", "crm"), ("two", "alarm")):
        seq = queue(connection, id_, handler=handler)
        messages.update(connection, seq, sent_at=5, sim="sim-1")
    queue(connection, "not out", handler="never")
    assert correspondence.handler_of(connection, "sim-1", ("+1",), since=0) == ("two", "alarm")
    assert correspondence.handler_of(connection, "sim-2", ("+1",), since=0) is None


def test_a_message_that_may_be_out_can_be_answered(connection: sqlite3.Connection) -> None:
    seq = queue(connection, "one", handler="crm")
    messages.set_state(connection, seq, State.SUBMITTING, sim="sim-1")
    assert correspondence.handler_of(connection, "sim-1", ("+1",), since=0) == ("one", "crm")
    messages.set_state(connection, seq, State.UNCERTAIN, possible_duplicate=1)
    messages.set_state(connection, seq, State.QUEUED)
    assert correspondence.handler_of(connection, "sim-1", ("+1",), since=0) == ("one", "crm")


def test_the_same_key_finds_the_first_message(connection: sqlite3.Connection) -> None:
    seq = queue(connection, "a", key="order 7")
    assert orders.by_key(connection, "order 7") == (seq, None)
    assert orders.by_key(connection, "order 8") is None
    with pytest.raises(sqlite3.IntegrityError):
        queue(connection, "b", key="order 7")


def test_a_jump_of_the_wall_clock_moves_only_what_was_asked_for_a_wall_time(
    connection: sqlite3.Connection,
) -> None:
    asked = queue(connection, "asked", destination="+1", due_at=100_000, not_before=1_000_000)
    retried = queue(connection, "retried", destination="+2")
    take(connection)
    outbox.defer(connection, retried, 50_000, "congestion")
    schedule.reschedule(connection, wall=970_000, now=2_000)
    assert schedule.wake_due(connection, Milliseconds(32_000)) == 1
    assert take(connection) == asked


def test_a_report_that_comes_first_waits_for_its_part(connection: sqlite3.Connection) -> None:
    inbox.add_part(connection, RawPart("p", "sim", "north", "00AA", Milliseconds(1)))
    unmatched_reports.add(connection, "p", "sim", "+1", 42, 500)
    assert unmatched_reports.of_sim(connection, "another") == []
    assert unmatched_reports.of_sim(connection, "sim") == [("p", "+1", "00AA")]
    assert unmatched_reports.due(connection, 499) == []
    assert unmatched_reports.due(connection, 500) == [("p", "north", "sim", "00AA")]
    unmatched_reports.drop(connection, "p")
    assert unmatched_reports.of_sim(connection, "sim") == []


def test_who_leaves_from_behind_gives_no_second_one_a_turn(connection: sqlite3.Connection) -> None:
    first = queue(connection, "first")
    outbox.finish(connection, first)
    second, third = queue(connection, "second"), queue(connection, "third")
    outbox.reopen(connection, first, 0)
    outbox.finish(connection, third)
    assert [take(connection) for _ in range(2)] == [second, None]
    outbox.finish(connection, second)
    assert take(connection) == first


def test_what_was_held_and_may_go_on_waits_for_the_one_that_took_its_turn(
    connection: sqlite3.Connection,
) -> None:
    held, other = queue(connection, "held"), queue(connection, "other")
    assert take(connection) == held
    outbox.hold(connection, held, "silence")
    assert take(connection) == other
    outbox.free(connection, held)
    assert take(connection) is None
    outbox.finish(connection, other)
    assert take(connection) == held
