"""Pages of conversations, newest message first, in bounded steps whatever is looked for.

First comes the rest that the table does not have yet (`gathering`): all of it is newer than the table. Then the table
is walked along the index that promises the shortest walk, so many rows a step; others read between the steps.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from gsmd.features.desk import table
from gsmd.features.desk.gathering import Gist
from gsmd.features.desk.table import Row
from gsmd.protocol.conversations import Attention
from gsmd.protocol.paging import BEYOND

FIRST_WINDOW, WINDOW = 2_000, 10_000
"""Rows that the first step looks at, and the longest."""

SEARCHED = 20
"""So many times fewer if the messages of each are searched."""

_FEW = 1_000
"""Conversations with a label up to which they are sorted, instead of walking all that there are."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions of a listing, as in `ConversationListParams`. ``among``: the peers that ``search`` finds, if known."""

    state: Attention | None = None
    assignee: str | None = None
    label: str | None = None
    unread_by: str | None = None
    search: str | None = None
    reader: str | None = None
    among: frozenset[str] | None = None


class Step(NamedTuple):
    """The conversations that one step found, and the place from where to go on; None at the end."""

    found: list[Row]
    place: int | None


def step(
    connection: sqlite3.Connection,
    choice: Choice,
    rest: Mapping[str, Gist],
    limit: int,
    after: int | None,
    window: int,
) -> Step:
    """Up to ``limit`` conversations behind the one whose newest message is ``after``."""
    after = BEYOND if after is None else after
    found = [row for row in _of_rest(connection, choice, rest) if row.last < after][:limit]
    if len(found) == limit:
        return Step(found, found[-1].last)
    values = _values(choice, after)
    walk = _sparse if _is_sparse(connection, choice) else _dense
    edge = None
    if walk is _dense:
        window = max(1, window // SEARCHED) if _is_walked(choice) else window
        edge = _edge(connection, choice, values, window)
    values["edge"] = -1 if edge is None else edge
    for row in walk(connection, choice, values):
        if row.peer not in rest:
            found.append(row)
            if len(found) == limit:
                return Step(found, row.last)
    return Step(found, edge)


def _of_rest(
    connection: sqlite3.Connection, choice: Choice, rest: Mapping[str, Gist]
) -> Iterator[Row]:
    """The conversations of the rest that fit, newest first."""
    kept = table.rows(connection, list(rest), choice.reader)
    labels = table.labels_of(connection, list(rest)) if choice.label else {}
    newest_first = sorted(rest.items(), key=lambda item: -item[1].last)
    for peer, gist in newest_first:
        row = added(kept.get(peer) or blank(peer), gist)
        if choice.state is not None and row.state != choice.state:
            continue
        if choice.assignee is not None and (row.assignee or "") != choice.assignee:
            continue
        if choice.label is not None and choice.label not in labels.get(peer, ()):
            continue
        if choice.unread_by is not None and not row.unread:
            continue
        if choice.among is not None and peer not in choice.among:
            continue
        if _is_walked(choice) and not _says(connection, peer, choice.search or ""):
            continue
        yield row


def blank(peer: str) -> Row:
    """A conversation that the table knows nothing of."""
    return Row(peer, 0, 0, 0, 0, 0, str(Attention.OPEN), None, None, None)


def added(row: Row, gist: Gist) -> Row:
    """A conversation with what the rest says of it."""
    total = Gist(row.last, row.heard, row.received, row.sent) + gist
    return row._replace(**total._asdict())


def _values(choice: Choice, after: int) -> dict[str, Any]:
    return {
        "state": None if choice.state is None else str(choice.state),
        "assignee": choice.assignee,
        "label": choice.label,
        "reader": choice.reader,
        "search": pattern(choice.search or ""),
        "after": after,
        "among": json.dumps(sorted(choice.among or ())),
    }


def _is_walked(choice: Choice) -> bool:
    """True if the messages themselves have to be searched."""
    return choice.search is not None and choice.among is None


def _indexed(choice: Choice) -> tuple[str, str]:
    """The index that is walked, and the condition that it is for."""
    if choice.assignee:
        return "conversation_assignee", "c.assignee = :assignee"
    if choice.state is not None:
        return "conversation_state", "c.state = :state"
    return "conversation_last", "1"


def _checks(choice: Choice) -> str:
    checks = {
        "c.state = :state": choice.state is not None,
        "c.assignee = :assignee": bool(choice.assignee),
        "c.assignee IS NULL": choice.assignee == "",
        "EXISTS (SELECT 1 FROM conversation_label AS l WHERE l.label = :label AND l.peer = c.peer)": choice.label
        is not None,
        "c.heard > coalesce(r.until, 0)": choice.unread_by is not None,
        _SAYS: _is_walked(choice),
    }
    return " AND ".join(["1", *(check for check, asked in checks.items() if asked)])


_SAYS = (
    "(c.peer LIKE :search ESCAPE '\\' OR EXISTS (SELECT 1 FROM message AS m INDEXED BY message_peer"
    " WHERE m.peer = c.peer AND m.text LIKE :search ESCAPE '\\'))"
)


def _says(connection: sqlite3.Connection, peer: str, search: str) -> bool:
    query = f"SELECT 1 FROM (SELECT :peer AS peer) AS c WHERE {_SAYS}"
    return (
        connection.execute(query, {"peer": peer, "search": pattern(search)}).fetchone() is not None
    )


def pattern(text: str) -> str:
    """The pattern of LIKE for a text that may stand anywhere."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _is_sparse(connection: sqlite3.Connection, choice: Choice) -> bool:
    if choice.among is not None:
        return True
    if choice.label is None:
        return False
    (count,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM conversation_label WHERE label = ? LIMIT {_FEW})",
        (choice.label,),
    ).fetchone()
    return int(count) < _FEW


def _edge(
    connection: sqlite3.Connection, choice: Choice, values: dict[str, Any], window: int
) -> int | None:
    index, condition = _indexed(choice)
    row = connection.execute(
        f"SELECT last FROM conversation AS c INDEXED BY {index} WHERE {condition} AND last < :after"
        " ORDER BY last DESC LIMIT 1 OFFSET :skipped",
        {**values, "skipped": window - 1},
    ).fetchone()
    return None if row is None else int(row[0])


def _dense(connection: sqlite3.Connection, choice: Choice, values: dict[str, Any]) -> Iterator[Row]:
    index, condition = _indexed(choice)
    for row in connection.execute(
        f"SELECT {table.COLUMNS} FROM conversation AS c INDEXED BY {index} {table.READER}"
        f" WHERE {condition} AND last < :after AND last >= :edge AND {_checks(choice)} ORDER BY last DESC",
        values,
    ):
        yield Row(*row)


def _sparse(
    connection: sqlite3.Connection, choice: Choice, values: dict[str, Any]
) -> Iterator[Row]:
    some = "SELECT peer FROM conversation_label WHERE label = :label"
    if choice.among is not None:
        some = "SELECT value AS peer FROM json_each(:among)"
    for row in connection.execute(
        f"SELECT {table.COLUMNS} FROM ({some}) AS some CROSS JOIN conversation AS c ON c.peer = some.peer"
        f" {table.READER} WHERE last < :after AND {_checks(choice)} ORDER BY last DESC",
        values,
    ):
        yield Row(*row)
