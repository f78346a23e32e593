"""When gsmd was at work, and when it was not."""

import sqlite3

from gsmd.clock import Milliseconds
from gsmd.store.tables import meta, runs
from tests.store.tables.records import connection

__all__ = ["connection"]

HOUR = 3_600_000
NOON = 1_767_268_800_000


def began(connection: sqlite3.Connection, at: int, seen: int | None = None) -> None:
    """A run begins, when the store was last seen alive at ``seen``."""
    if seen is not None:
        meta.put(connection, "timeline", f"1000 {seen}")
    runs.begin(connection, Milliseconds(at))


def test_before_the_first_run_gsmd_was_off_and_in_the_last_one_it_still_runs(
    connection: sqlite3.Connection,
) -> None:
    began(connection, NOON)
    assert runs.gaps(connection, NOON - HOUR, NOON + HOUR) == [(NOON - HOUR, NOON)]
    assert runs.gaps(connection, NOON + HOUR, NOON + 2 * HOUR) == []


def test_a_run_that_ended_without_a_word_lasted_until_it_last_wrote(
    connection: sqlite3.Connection,
) -> None:
    began(connection, NOON)
    began(connection, NOON + 5 * HOUR, seen=NOON + 2 * HOUR)
    began(connection, NOON + 9 * HOUR, seen=NOON + 6 * HOUR)
    off = [(NOON + 2 * HOUR, NOON + 5 * HOUR), (NOON + 6 * HOUR, NOON + 9 * HOUR)]
    assert runs.gaps(connection, NOON, NOON + 10 * HOUR) == off
    assert runs.gaps(connection, NOON + 3 * HOUR, NOON + 4 * HOUR) == [
        (NOON + 3 * HOUR, NOON + 4 * HOUR)
    ]


def test_a_restart_is_no_gap_and_makes_no_row(connection: sqlite3.Connection) -> None:
    began(connection, NOON)
    for minute in range(10):
        began(connection, NOON + minute * 60_000, seen=NOON + minute * 60_000 - 500)
    assert connection.execute("SELECT count(*) FROM run").fetchone() == (1,)
    assert runs.gaps(connection, NOON, NOON + HOUR) == []


def test_a_run_that_began_before_the_clock_was_set_is_dated_anew(
    connection: sqlite3.Connection,
) -> None:
    began(connection, NOON)
    began(connection, 5000, seen=NOON + HOUR)
    runs.date_anew(connection, Milliseconds(10**12), NOON + 3 * HOUR - 5000)
    assert runs.gaps(connection, NOON, NOON + 4 * HOUR) == [(NOON + HOUR, NOON + 3 * HOUR)]
