"""Statistics: what was sent, what came of it, what was answered and how soon."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from gsmd.core.ledger import Ledger
from gsmd.core.requests import Code, Refused
from gsmd.store import messages, statistics
from gsmd.store.statistics import GROUPS, Span

_PARTS = (0.5, 0.9, 0.99)
_SENT = ("sent", "delivered")
"""States in which the network has the message."""


class Times(msgspec.Struct, frozen=True):
    """Seconds within which half, nine tenths and 99 of 100 were done; None if there were none."""

    p50: float | None
    p90: float | None
    p99: float | None


class Reason(msgspec.Struct, frozen=True):
    """Why messages failed, and how many."""

    reason: str
    count: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one hour, day, modem, tag or keyword. ``answered`` only by tag."""

    group: str | None
    accepted: int
    sent: int
    delivered: int
    failed: int
    received: int
    answered: int | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a span of time.

    ``outbound`` and ``inbound`` count by state. ``delivery_rate`` is the part of what the network
    took that arrived, as far as reports tell; ``response_rate`` the part that was answered.
    """

    since: datetime | None
    until: datetime
    outbound: dict[str, int]
    inbound: dict[str, int]
    accepted: int
    sent: int
    delivered: int
    failed: int
    received: int
    answered: int
    delivery_rate: float | None
    response_rate: float | None
    sending_time: Times
    delivery_time: Times
    reply_time: Times
    failures: Sequence[Reason]
    groups: Sequence[Group]


class Statistics:
    """Asks the store."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def get(
        self,
        since: datetime | None,
        until: datetime | None,
        *,
        by: str | None = None,
        tag: str | None = None,
        modem: str | None = None,
    ) -> Figures:
        """Figures of a span, all of it if nothing is given. Errors: `Refused`."""
        if by is not None and by not in GROUPS:
            raise Refused(
                Code.INVALID, f"by is one of {', '.join(GROUPS)}", reason="by", field="by"
            )
        end = self._ledger.clock.wall() + 1 if until is None else messages.milliseconds(until)
        begin = 0 if since is None else messages.milliseconds(since)
        span = Span(begin, end, tag, modem)
        return await self._ledger.read(lambda c: _figures(c, span, by))


def _figures(connection: sqlite3.Connection, span: Span, by: str | None) -> Figures:
    states: dict[str, Counter[str]] = {"outbound": Counter(), "inbound": Counter()}
    for direction, state, count in statistics.counts(connection, span):
        states[direction][state] += count
    outbound = states["outbound"]
    sent = sum(outbound[state] for state in _SENT)
    replies = statistics.reply_times(connection, span)
    answered = sum(count for _, count in replies)
    return Figures(
        since=messages.moment(span.since) if span.since else None,
        until=messages.moment(span.until),
        outbound=dict(outbound),
        inbound=dict(states["inbound"]),
        accepted=outbound.total(),
        sent=sent,
        delivered=outbound["delivered"],
        failed=outbound["failed"] + outbound["expired"],
        received=states["inbound"].total(),
        answered=answered,
        delivery_rate=_rate(outbound["delivered"], sent + outbound["failed"] + outbound["expired"]),
        response_rate=_rate(answered, sent),
        sending_time=_times(statistics.sending_times(connection, span)),
        delivery_time=_times(statistics.delivery_times(connection, span)),
        reply_time=_times(replies),
        failures=[Reason(*row) for row in statistics.failures(connection, span)],
        groups=[] if by is None else _groups(connection, span, by),
    )


def _groups(connection: sqlite3.Connection, span: Span, by: str) -> list[Group]:
    counted: dict[Any, Counter[str]] = {}
    for group, direction, state, count in statistics.grouped(connection, span, by):
        figures = counted.setdefault(group, Counter())
        if direction == "inbound":
            figures["received"] += count
        else:
            figures[state] += count
    answered = statistics.answered_by_tag(connection, span) if by == "tag" else None
    return [
        Group(
            group=_name(group, by),
            accepted=figures.total() - figures["received"],
            sent=sum(figures[state] for state in _SENT),
            delivered=figures["delivered"],
            failed=figures["failed"] + figures["expired"],
            received=figures["received"],
            answered=None if answered is None else answered.get(group, 0),
        )
        for group, figures in counted.items()
        if group is not None or by not in {"tag", "keyword"}
    ]


def _name(group: Any, by: str) -> str | None:
    if by not in {"hour", "day"}:
        return None if group is None else str(group)
    at = messages.moment(int(group))
    return at.strftime("%Y-%m-%d" if by == "day" else "%Y-%m-%dT%H:00Z")


def _times(times: Sequence[tuple[int, int]]) -> Times:
    found = statistics.percentiles(times, _PARTS)
    return Times(*(None if each is None else each / 1000 for each in found))


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
