"""Listings: the right messages in the right order, whichever index is walked and however small the steps."""

import random
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from gsmd.protocol.message import Direction, Message, State, direction_of
from gsmd.store.tables import listing
from gsmd.store.tables.listing import Filters
from gsmd.store.tables.messages import milliseconds
from tests.store.tables.records import connection, insert, message

__all__ = ["connection"]

START = datetime(2026, 1, 1, tzinfo=UTC)


def store(connection: sqlite3.Connection, count: int) -> list[Message]:
    """Messages of all kinds, some at the same millisecond, some with a clock that stood wrong; newest first."""
    chance = random.Random(7)
    made = []
    for number in range(count):
        state = chance.choice(list(State))
        fields: dict[str, object] = {
            "state": state,
            "direction": direction_of(state),
            "peer": chance.choice(["+1", "+2", "+3"]),
            "modem": chance.choice(["north", "south", None]),
            "tag": chance.choice(["news", None]),
            "text": chance.choice(["Hello", "100%_x off", None]),
            "created_at": START + timedelta(seconds=number // 2 - 50 * (number % 17 == 0)),
        }
        insert(connection, f"m{number}", **fields)
        made.append(message(f"m{number}", **fields))
    return made[::-1]


def pages(
    connection: sqlite3.Connection, filters: Filters, limit: int, window: int = listing.WINDOW
) -> list[str]:
    """All that a listing has, page after page."""
    found: list[str] = []
    place = None
    while True:
        step = listing.step(connection, filters, limit, place, window)
        assert len(step.found) <= limit
        found += [each.id for _, each in step.found]
        place = step.place
        if place is None:
            return found


def fits(each: Message, filters: Filters) -> bool:
    at = milliseconds(each.created_at)
    equal = (
        getattr(filters, name) in {None, getattr(each, name)}
        for name in ("direction", "state", "peer", "modem", "tag")
    )
    return (
        all(equal)
        and (filters.since is None or at >= filters.since)
        and (filters.until is None or at < filters.until)
        and (filters.search is None or filters.search.lower() in (each.text or "").lower())
    )


@pytest.mark.parametrize("window", [3, 40, listing.WINDOW])
def test_every_combination_of_filters_lists_what_fits_all_of_them(
    connection: sqlite3.Connection, window: int
) -> None:
    everything = store(connection, 300)
    chance = random.Random(window)
    at = [milliseconds(each.created_at) for each in everything]
    values: dict[str, list[object]] = {
        "direction": list(Direction),
        "state": [State.SENT, State.HANDLED, State.FAILED],
        "peer": ["+1", "+9"],
        "modem": ["south"],
        "tag": ["news"],
        "since": [at[250]],
        "until": [at[60]],
        "search": ["hello", "%_X", "O"],
    }
    for _ in range(120):
        given = {
            name: chance.choice(choices)
            for name, choices in values.items()
            if chance.random() < 0.35
        }
        filters = Filters(**given)  # type: ignore[arg-type] # each is of its filter's type
        wanted = [each.id for each in everything if fits(each, filters)]
        assert pages(connection, filters, chance.choice([1, 7, 50]), window) == wanted, filters


def test_what_came_last_is_listed_first_though_the_clock_went_back(
    connection: sqlite3.Connection,
) -> None:
    """As on a Pi that starts with a date in the future, or in the past."""
    for number, day in enumerate([100, 101, 5, 6, 7, 103, 102]):
        insert(connection, f"m{number}", created_at=START + timedelta(days=day))
    for limit in (1, 2, 3, 10):
        assert pages(connection, Filters(), limit) == [f"m{n}" for n in range(6, -1, -1)]
    late = Filters(since=milliseconds(START + timedelta(days=7)))
    assert pages(connection, late, 2) == ["m6", "m5", "m4", "m1", "m0"]
    early = Filters(until=milliseconds(START + timedelta(days=7)), peer="+33612345678")
    assert pages(connection, early, 1) == ["m3", "m2"]


def test_a_step_looks_at_no_more_rows_than_it_may(connection: sqlite3.Connection) -> None:
    for number in range(300):
        insert(connection, f"m{number}")
    step = listing.step(connection, Filters(search="nowhere"), 10, None, 100)
    assert step.found == []
    assert step.place is not None
    assert listing.step(connection, Filters(search="nowhere"), 10, None, 300).place is not None
    assert listing.step(connection, Filters(search="nowhere"), 10, None, 301).place is None


def test_a_state_of_the_other_direction_is_nowhere(connection: sqlite3.Connection) -> None:
    store(connection, 30)
    filters = Filters(direction=Direction.INBOUND, state=State.SENT)
    assert listing.step(connection, filters, 10, None) == ([], None)


def test_the_filter_with_the_shortest_walk_leads(connection: sqlite3.Connection) -> None:
    for number in range(50):
        insert(connection, f"many{number}", peer="+1", state=State.HANDLED)
    insert(connection, "rare", peer="+1", state=State.DEAD)
    step = listing.step(connection, Filters(peer="+1", state=State.DEAD), 10, None, 2)
    assert [each.id for _, each in step.found] == ["rare"]
    assert step.place is None
