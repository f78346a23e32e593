"""The table of consents: however many there are, one person's and one list's are found by an index."""

import sqlite3

from gsmd.features.consent import table
from tests.store.tables.records import connection

__all__ = ["connection"]


def test_what_a_stop_ends_and_a_lists_page_are_found_without_a_walk_through_all(
    connection: sqlite3.Connection,
) -> None:
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    table.end(connection, None, ["+1", "1"], 0, "stop")
    table.end(connection, "news", ["+1", "1"], 0, "leave")
    table.end(connection, "news", None, 0, "request")
    table.page(connection, "news", 0, 10)
    table.current(connection, "news", ["+1", "1"])
    table.asked(connection, ["+1"], 0)
    table.is_given(connection, ["news"], ["+1"])
    connection.set_trace_callback(None)
    steps = [
        step[3]
        for each in statements
        if not each.startswith("BEGIN")
        for step in connection.execute(f"EXPLAIN QUERY PLAN {each}")
    ]

    assert len([step for step in steps if step.startswith("SEARCH consent")]) == 7
    assert not [step for step in steps if step.startswith("SCAN consent")]
