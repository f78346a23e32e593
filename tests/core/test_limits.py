"""How much a modem may send."""

import sqlite3

from gsmd.clock import Milliseconds
from gsmd.config import Limits
from gsmd.core.limits import is_limited, until_allowed
from tests.store.tables.records import connection

__all__ = ["connection"]

NOW = Milliseconds(10_000)


def test_without_limits_anything_goes(connection: sqlite3.Connection) -> None:
    assert not is_limited(Limits())
    assert until_allowed(connection, "north", Limits(), NOW, NOW) == (0.0, "")


def test_the_interval_counts_from_when_the_part_really_went(
    connection: sqlite3.Connection,
) -> None:
    every = Limits(interval=3.0)
    assert is_limited(every)
    assert until_allowed(connection, "north", every, NOW, None)[0] == 0
    let_go_at = Milliseconds(NOW - 500)
    assert until_allowed(connection, "north", every, NOW, let_go_at) == (2.5, "one part every 3 s")
