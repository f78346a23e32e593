"""How long first answers took, by quarters of an hour: many lengths, so they are read and parsed many at a time."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from gsmd.features.statistics.spans import Span, Times, condition, cover, quarters_of
from gsmd.features.statistics.summing import QUARTER, reached
from gsmd.protocol.selftest import TAG

G = TypeVar("G")


def answers(
    connection: sqlite3.Connection, span: Span, kind: str, group: Callable[[int], G]
) -> dict[G, Times]:
    """How long the first answers took, by a ``group`` that quarters of an hour belong to.

    ``kind``: ``response``, their answers to our messages of then, or ``reply``, ours to theirs.
    """
    found: defaultdict[G, list[tuple[str, str]]] = defaultdict(list)
    for quarter, slots, counts in _answer_rows(connection, span, kind):
        found[group(quarter)].append((slots, counts))
    told = ((name, _sum_of(lists)) for name, lists in found.items())
    return {name: times for name, times in told if times}


def _sum_of(lists: Iterable[tuple[str, str]]) -> Times:
    """Lengths and how often each comes, both with commas between them, taken together: parsed all at once."""
    slots, counts = (_numbers(",".join(texts)) for texts in zip(*lists, strict=True))
    if counts.count(1) == len(counts):  # every length once, as usual
        return list(Counter(sorted(slots)).items())  # in that order
    total = Counter(slots)
    for slot, count in zip(slots, counts, strict=True):
        total[slot] += count - 1
    return sorted((+total).items())


def _numbers(text: str) -> list[int]:
    return msgspec.json.decode(f"[{text}]", type=list[int])


def _answer_rows(
    connection: sqlite3.Connection, span: Span, kind: str
) -> list[tuple[int, str, str]]:
    """``(quarter, lengths, counts)`` of answers: one row a quarter, as fetching them one by one would take long."""
    done = reached(connection)
    values = quarters_of(span, done.until)
    cover(values, done.figures if span.tag != TAG else 0, "")
    narrowed = f" AND kind = '{kind}'{condition(span)}"
    lists = "group_concat(slot), group_concat(count)"
    live = f"SELECT created_at / {QUARTER}, {lists} FROM message_timed WHERE"
    summary = f"SELECT quarter, {lists} FROM summary_time WHERE"
    parts = (
        [f"{summary} quarter IN ({_ANSWERED}){narrowed} GROUP BY quarter"]
        if span.tag is not None or span.modem is not None
        else [
            f"SELECT quarter, slots, counts FROM figure_answers WHERE {_TOLD} AND kind = '{kind}' AND slots != ''",
            f"{summary} quarter IN ({_CHANGED} AND kind = '{kind}'){narrowed} GROUP BY quarter",
        ]
    )
    parts += [
        f"{summary} quarter >= :first AND quarter < :told{narrowed} GROUP BY quarter",
        f"{summary} quarter >= :told_end AND quarter < :last{narrowed} GROUP BY quarter",
        f"{summary} quarter >= :early AND quarter < :end{narrowed} GROUP BY quarter",
        f"{live} created_at >= :since AND created_at < :head{narrowed} GROUP BY 1",
        f"{live} created_at >= :tail AND created_at < :until{narrowed} GROUP BY 1",
    ]
    return connection.execute(" UNION ALL ".join(parts), {**span._asdict(), **values}).fetchall()


_TOLD = "quarter >= :told AND quarter < :told_end"
_ANSWERED = (
    f"SELECT quarter FROM figure WHERE dimension = '' AND value = '' AND {_TOLD} AND answered > 0"
)
"""The quarters with messages that were answered: most of what there is to know of times is about others."""

_CHANGED = f"SELECT quarter FROM figure_answers WHERE slots IS NULL AND {_TOLD}"
"""Those whose row of all answers is not what it was."""
