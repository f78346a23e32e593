"""Every statement of the hot paths goes through an index, whatever the planner would fancy."""

import sqlite3

import pytest

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Direction, State
from gsmd.store.tables import (
    correspondence,
    deliveries,
    delivery_listing,
    events,
    inbox,
    listing,
    messages,
    orders,
    outbox,
    receipts,
    schedule,
    submissions,
    unmatched_reports,
)
from gsmd.store.tables.events import New
from gsmd.store.tables.inbox import AssemblyKey, RawPart
from gsmd.store.tables.listing import Filters
from tests.store.tables.records import connection, insert
from tests.store.tables.test_outbox import queue

__all__ = ["connection"]

NOW = Milliseconds(1000)


def inbound(connection: sqlite3.Connection) -> None:
    inbox.add_part(connection, RawPart("p", "sim", "north", "00", NOW))
    inbox.open_assemblies(connection, AssemblyKey("sim", "+1", 1, 8, 2))
    seq = insert(connection, "m")
    inbox.settle_part(connection, "p", seq)
    correspondence.handler_of(connection, "sim", ("+1", "1"), 0)
    deliveries.add(connection, "crm", seq, "+1", NOW)
    deliveries.lease(connection, "crm", 8, NOW)
    deliveries.finish(connection, "crm", seq, NOW)
    deliveries.all_settled(connection, seq)
    delivery_listing.backlog(connection, "crm")
    messages.set_state(connection, seq, State.HANDLED)
    inbox.history(connection, seq)
    delivery_listing.history(connection, seq)


def outbound(connection: sqlite3.Connection) -> None:
    seq = queue(connection, "a", route="north", key="k")
    orders.by_key(connection, "k")
    schedule.expired(connection, NOW)
    outbox.lease(connection, "north", outbox.routes(connection))
    outbox.work(connection, seq)
    outbox.is_leased(connection, seq, "north")
    submissions.mark_submitting(connection, seq, 1, "north", "sim", 1)
    messages.set_state(connection, seq, State.SUBMITTING)
    submissions.submitted_since(connection, "north", 0)
    submissions.last_submitted(connection, "north")
    submissions.mark_sent(connection, seq, 1, 5, 1)
    submissions.sent_parts(connection, "sim", 5, 0, 0)
    submissions.unanswered_parts(connection, "sim", 0, 9)
    unmatched_reports.of_sim(connection, "sim")
    outbox.waits_for(connection, ["north"])
    submissions.under_way(connection, "sim")
    outbox.finish(connection, seq)
    receipts.wish(connection, seq)
    deliveries.add_receipt(connection, "crm", seq, messages.get(connection, seq), NOW)
    for lease in deliveries.lease(connection, "crm", 8, NOW):
        deliveries.finish(connection, "crm", lease.seq, NOW, lease.number)
    outbox.interrupted(connection, None)
    schedule.release_deferred(connection)
    deliveries.release_all(connection)


def time_passing(connection: sqlite3.Connection) -> None:
    inbox.next_due(connection)
    inbox.due_assemblies(connection, NOW)
    schedule.next_due(connection)
    schedule.wake_due(connection, NOW)
    unmatched_reports.due(connection, NOW)
    deliveries.next_due(connection)
    deliveries.wake_due(connection, NOW)


def telling(connection: sqlite3.Connection) -> None:
    seq = insert(connection, "told")
    events.write(connection, NOW, [New(seq, "thing.done", "{}"), New(seq + 1, "thing.done", "{}")])
    events.since(connection, 0, 9)
    events.history(connection, seq)
    events.span(connection)
    for later in range(3):
        events.write(connection, NOW, [New(None, f"thing.{later}", "{}")])
    events.forget(connection, Milliseconds(NOW + 1), 2)
    events.purge(connection, Milliseconds(NOW + 1), 2)


def looking(connection: sqlite3.Connection) -> None:
    messages.find(connection, "a")
    messages.starting_with(connection, "a")
    for filters in (
        Filters(),
        Filters(direction=Direction.OUTBOUND),
        Filters(direction=Direction.INBOUND, until=NOW),
        Filters(direction=Direction.INBOUND, state=State.RECEIVED, search="x"),
        Filters(peer="+1", tag="x", modem="north", since=NOW),
        Filters(state=State.SENT, until=NOW),
        Filters(search="x", since=NOW, until=NOW),
    ):
        listing.step(connection, filters, 5, listing.Place(NOW, 9))
    delivery_listing.dead_letters(connection, "crm", 5, None)


@pytest.mark.parametrize(
    "path", [inbound, outbound, time_passing, telling, looking], ids=lambda path: path.__name__
)
def test_no_statement_scans_a_table_or_sorts(connection: sqlite3.Connection, path: object) -> None:
    statements: list[str] = []
    deliveries.register(connection, "crm", NOW, configured=True)
    connection.set_trace_callback(statements.append)
    assert callable(path)
    path(connection)
    connection.set_trace_callback(None)
    bad = [
        f"{step[3]}: {statement}"
        for statement in statements
        if statement.split()[0] in {"SELECT", "UPDATE", "DELETE", "INSERT", "WITH"}
        for step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        if _is_slow(step[3])
    ]
    assert not bad, "\n".join(bad)


def _is_slow(step: str) -> bool:
    harmless = (
        "CONSTANT ROW",
        "SCAN each",
        "SCAN handler",
        "SCAN told",  # in the order of its key, as far as its limit
        "SUBQUERY",
        "sqlite_sequence",
        "SCAN (",
    )
    if step.startswith("SCAN") and not any(word in step for word in harmless):
        # a walk along a partial index is as long as what it holds
        return "INDEX" not in step
    return (
        "TEMP B-TREE FOR ORDER BY" in step
        or step == "SEARCH delivery USING PRIMARY KEY (handler=?)"
    )
