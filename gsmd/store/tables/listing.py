"""Pages of messages, newest first, in bounded steps however large the store and whatever is looked for.

A step walks one index from the newest entry down: the one that promises the shortest walk. What the
index does not tell is read from the rows, so many of them a step; the next step goes on from there.
Where the clock went back there is one walk for each era, the last one first.
"""

import heapq
import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Direction, Message, State, direction_of
from gsmd.store.tables import clock_history, messages
from gsmd.store.tables.clock_history import Era

FIRST_WINDOW, WINDOW = 300, 10_000
"""Rows that the first step looks at, and the longest: some 20 ms on a server, 0.2 s on a Pi."""

_SAMPLE = 1_000
"""Index entries that are counted to compare one index with another."""


class Place(NamedTuple):
    """A place in the order of a listing: behind the message with these."""

    created_at: Milliseconds
    seq: int


_ABOVE_ALL = Milliseconds(10**17)  # in the year 5138; a cursor has room for 18 digits
_TOP = Place(_ABOVE_ALL, 2**62)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions of a listing. ``since`` and ``until`` (not included) in milliseconds; ``search`` is a substring.

    ``spellings``: those of ``peer``, itself among them, where it has several in the store. ``among``: the numbers of all
    messages that ``search`` finds, where they are known.
    """

    direction: Direction | None = None
    state: State | None = None
    peer: str | None = None
    modem: str | None = None
    tag: str | None = None
    since: Milliseconds | None = None
    until: Milliseconds | None = None
    search: str | None = None
    spellings: tuple[str, ...] = ()
    among: tuple[int, ...] | None = None


class Step(NamedTuple):
    """The messages that one step found, and the place from where to go on; None at the end."""

    found: list[tuple[Place, Message]]
    place: Place | None


def step(
    connection: sqlite3.Connection,
    filters: Filters,
    limit: int,
    after: Place | None,
    window: int = WINDOW,
) -> Step:
    """Up to ``limit`` messages that fit all ``filters``, from behind ``after``.

    It looks at no more than ``window`` rows, so it may find fewer although there are more.
    """
    if filters.direction and filters.state and direction_of(filters.state) != filters.direction:
        return Step([], None)
    after = after or _TOP
    # a place that is a message's is in that message's era, one above all is at the end of one
    era = clock_history.era_before(
        connection, after.seq if after.created_at == _ABOVE_ALL else after.seq + 1
    )
    walk = _choose(connection, filters, after, era)
    found, place = (
        walk.look(connection, limit, window) if walk.checks else walk.read(connection, limit)
    )
    if place is None and era is not None and era.first:
        place = Place(_ABOVE_ALL, era.first)
    return Step(found, place)


class _Walk(msgspec.Struct, frozen=True, kw_only=True):
    """One index, or one per state side by side, within a span of time; and what is asked of each row.

    ``index``: how SQLite is told to find the rows.
    """

    index: str
    branches: Sequence[str]
    checks: Sequence[str]
    values: dict[str, Any]

    def read(self, connection: sqlite3.Connection, limit: int) -> Step:
        """The first so many rows."""
        found = self._rows(connection, self.branches, limit)
        return Step(found, found[-1][0] if len(found) == limit else None)

    def look(self, connection: sqlite3.Connection, limit: int, window: int) -> Step:
        """The messages among the first ``window`` rows that pass the checks."""
        (branch,) = self.branches
        edge = connection.execute(
            f"SELECT created_at, seq FROM message {self.index} WHERE {branch}"
            f" {_NEWEST_FIRST} LIMIT 1 OFFSET :skipped",
            {**self.values, "skipped": window - 1},
        ).fetchone()
        conditions = [branch, *self.checks]
        if edge is not None:
            conditions.append("created_at >= :edge_at AND (created_at > :edge_at OR seq >= :edge)")
            self.values.update(edge_at=edge[0], edge=edge[1])
        found = self._rows(connection, [" AND ".join(conditions)], limit)
        if len(found) == limit:
            return Step(found, found[-1][0])
        return Step(found, None if edge is None else Place(*edge))

    def count(self, connection: sqlite3.Connection) -> int:
        """The length of the walk, counted no further than `_SAMPLE`."""
        (branch,) = self.branches
        (count,) = connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM message {self.index} WHERE {branch} LIMIT {_SAMPLE})",
            self.values,
        ).fetchone()
        return int(count)

    def _rows(
        self, connection: sqlite3.Connection, branches: Sequence[str], limit: int
    ) -> list[tuple[Place, Message]]:
        places = heapq.nlargest(
            limit,
            (place for branch in branches for place in self._places(connection, branch, limit)),
        )
        rows = connection.execute(
            f"SELECT {messages.qualified('message')} FROM json_each(?) JOIN message ON seq = value",
            (json.dumps([place.seq for place in places]),),
        )
        found = {row[0]: messages.from_row(row) for row in rows}
        return [(place, found[place.seq]) for place in places]

    def _places(self, connection: sqlite3.Connection, branch: str, limit: int) -> list[Place]:
        rows = connection.execute(
            f"SELECT created_at, seq FROM message {self.index} WHERE {branch}"
            f" {_NEWEST_FIRST} LIMIT :limit",
            {**self.values, "limit": limit},
        )
        return [Place(*row) for row in rows]


_NEWEST_FIRST = "ORDER BY created_at DESC, seq DESC"

_INDEXED = {
    "peer": ("message_peer", "peer = :peer"),
    "tag": ("message_tag", "tag = :tag"),
    "state": ("message_state", "state = :state"),
    "modem": ("message_modem", "modem = :modem"),
}
"""Filters with an index of their own; those that mostly have the shortest walk first."""

_SPELT = "peer IN (SELECT value FROM json_each(:spellings))"
"""In place of one peer. The rows are sorted then: few peers have several spellings."""

_AMONG = "seq IN (SELECT value FROM json_each(:among))"

_CHECKED = {
    "direction": "direction = :direction",
    "search": "text LIKE :search ESCAPE '\\'",
}


def _choose(
    connection: sqlite3.Connection, filters: Filters, after: Place, era: Era | None
) -> _Walk:
    if filters.until is not None:
        after = min(after, Place(filters.until, 0))
    span, since = "created_at <= :at AND (created_at < :at OR seq < :after)", filters.since
    if era is not None:
        span += " AND seq >= :first AND seq < :end"
        since = Milliseconds(max(era.since, since or 0))
        after = min(after, Place(Milliseconds(era.until), 2**62))
    if since is not None:
        span += " AND created_at >= :since"
    values = {
        **msgspec.structs.asdict(filters),
        "search": _pattern(filters.search or ""),
        "spellings": json.dumps(filters.spellings),
        "among": json.dumps(filters.among),
        "since": since,
        "at": after.created_at,
        "after": after.seq,
        **({} if era is None else {"first": era.first, "end": era.end}),
    }
    walks = list(_walks(filters, span, values))
    return walks[0] if len(walks) == 1 else min(walks, key=lambda walk: walk.count(connection))


def _walks(filters: Filters, span: str, values: dict[str, Any]) -> Iterator[_Walk]:
    given = [name for name in _INDEXED if getattr(filters, name) is not None]
    checked = [
        check
        for name, check in _CHECKED.items()
        if getattr(filters, name) is not None and not (name == "direction" and filters.state)
    ]
    conditions = {name: _INDEXED[name][1] for name in given}
    if filters.spellings:
        conditions["peer"] = _SPELT
    if filters.among is not None:
        branch = " AND ".join([_AMONG, *conditions.values(), *checked, span])
        yield _Walk(index="NOT INDEXED", branches=[branch], checks=(), values=values)
        return
    for name in given:
        index, condition = _INDEXED[name][0], conditions[name]
        others = [conditions[other] for other in given if other != name]
        yield _Walk(
            index=f"INDEXED BY {index}",
            branches=[f"{condition} AND {span}"],
            checks=[*others, *checked],
            values=dict(values),
        )
    if given:
        return
    if filters.direction and filters.search is None:
        states = [state for state in State if direction_of(state) == filters.direction]
        branches = [f"state = '{state}' AND {span}" for state in states]
        yield _Walk(index="INDEXED BY message_state", branches=branches, checks=(), values=values)
    else:
        yield _Walk(
            index="INDEXED BY message_created", branches=[span], checks=checked, values=values
        )


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
