"""Figures stay right whatever becomes of a message, before it is summed up and after."""

import random
import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import phonenumbers
import pytest

from gsmd.clock import Milliseconds
from gsmd.features.statistics import table
from gsmd.features.statistics.rules import percentiles
from gsmd.features.statistics.table import QUARTER, Span
from gsmd.protocol.message import Direction, Failure, State, direction_of
from gsmd.store.tables import messages
from gsmd.store.tables.messages import milliseconds
from tests.store.tables.records import connection, insert

__all__ = ["connection"]

START = datetime(2026, 1, 1, tzinfo=UTC)
BEGIN = milliseconds(START)
EVER = Span(0, 2**60)
LATER = Milliseconds(BEGIN + 30 * 24 * 3_600_000)


PEERS = {
    "+33612345678": "FR",
    "+4915112345678": "DE",
    "+12025550123": "US",
    "+14165550123": "CA",
    "+77011234567": "KZ",
    "+79161234567": "RU",
    "+99999": "",
    "38200": "",
    "BANK": "",
}
NARROWED: list[dict[str, Any]] = [
    {"tag": "news"},
    {"modem": "north"},
    {"tag": "news", "modem": "north"},
]

Fate = tuple[str, str, str, str, str]
"""Direction, state, tag, modem and country of a message."""


class Life:
    """Messages to which things happen at random, and what they come to in the end."""

    def __init__(self, connection: sqlite3.Connection, seed: int) -> None:
        self.connection = connection
        self.chance = random.Random(seed)
        self.now: int = BEGIN
        self.there: list[int] = []
        self.gone: list[Fate] = []

    def step(self) -> None:
        self.now += self.chance.randrange(QUARTER // 2)
        do = self.chance.choices(
            [self.come, self.change, self.answer, self.go, self.sum_up], [6, 6, 2, 1, 1]
        )
        do[0]()

    def come(self) -> None:
        state = self.chance.choice(list(State))
        late = self.chance.random() < 0.1  # the clock went back
        at = START + timedelta(milliseconds=self.now - BEGIN - late * 20 * QUARTER)
        fields: dict[str, object] = {
            "direction": direction_of(state),
            "state": state,
            "tag": self.chance.choice(["news", None]),
            "modem": self.chance.choice(["north", "south", None]),
            "created_at": at,
            "peer": self.chance.choice(list(PEERS)),
        }
        self.there.append(insert(self.connection, f"m{self.now}", **fields))

    def change(self) -> None:
        if not self.there:
            return
        seq = self.chance.choice(self.there)
        before = messages.get(self.connection, seq)
        state = self.chance.choice([s for s in State if direction_of(s) == before.direction])
        failed = Failure("cms", self.chance.choice(["busy", "barred"]))
        at = milliseconds(before.created_at)
        columns: dict[str, object] = {"state": str(state), "modem": "east"}
        if state is State.FAILED:
            columns["error"] = f'{{"reason":"cms","message":"{failed.message}"}}'
        if state in {State.SENT, State.DELIVERED}:
            columns["sent_at"] = at + self.chance.randrange(100_000)
        if state is State.DELIVERED:
            columns["delivered_at"] = at + 100_000 + self.chance.randrange(10**8)
        messages.update(self.connection, seq, **columns)

    def answer(self) -> None:
        if self.there:
            asked = messages.get(self.connection, self.chance.choice(self.there))
            self.there.append(
                insert(
                    self.connection,
                    f"a{self.now}",
                    in_reply_to=asked.id,
                    created_at=START + timedelta(milliseconds=self.now - BEGIN),
                )
            )

    def go(self) -> None:
        if self.there:
            seq = self.there.pop(self.chance.randrange(len(self.there)))
            self.gone += _rows(self.connection, [seq])
            self.connection.execute("DELETE FROM message WHERE seq = ?", (seq,))

    def sum_up(self) -> None:
        now = Milliseconds(self.now + self.chance.randrange(3_600_000))
        table.summarise(self.connection, now, self.chance.choice([1, 5, 100]))
        table.fill(self.connection, self.chance.choice([1, 24]))

    def truth(self) -> Counter[Fate]:
        return Counter([*self.gone, *_rows(self.connection, self.there)])


def _rows(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[Fate]:
    return [
        (each.direction, each.state, each.tag or "", each.modem or "", PEERS.get(each.peer, "FR"))
        for each in (messages.get(connection, seq) for seq in seqs)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_are_those_of_all_messages_there_ever_were(
    connection: sqlite3.Connection, seed: int
) -> None:
    life = Life(connection, seed)
    for _ in range(300):
        life.step()
    truth = life.truth()
    for by, place in (("tag", 2), ("modem", 3), ("country", 4)):
        counted: Counter[tuple[str, str, str]] = Counter()
        for key, number in truth.items():
            counted[key[place], key[0], key[1]] += number
        found = table.counts(connection, EVER, by)
        assert {row[:3]: row.number for row in found} == dict(counted)
    assert sum(row.number for row in table.counts(connection, EVER, "day")) == truth.total()
    before = _everything(connection)
    while table.summarise(connection, LATER, 50):
        pass
    assert _everything(connection) == before
    while table.fill(connection, 24):
        pass
    assert _everything(connection) == before


def _everything(connection: sqlite3.Connection) -> list[object]:
    """All figures of all there is, of a part, and of parts that are told from different tables."""
    spans = [EVER, Span(BEGIN + 5 * QUARTER + 1, BEGIN + 200 * QUARTER + 7)]
    spans += [each._replace(**one) for each in spans[:2] for one in NARROWED]
    told: list[object] = []
    for span in spans:
        told += [table.counts(connection, span, by) for by in (None, *table.GROUPS, "country")]
        told += [table.times_by(connection, span, by, "response") for by in table.GROUPS]
        told += [table.times_by(connection, span, by, "delivery") for by in ("tag", "modem")]
        told += [table.by_quarter(connection, span), table.times(connection, span)]
        told += [
            table.answers(connection, span, "reply", lambda quarter: quarter),
            table.failures(connection, span),
        ]
    return told


def test_a_store_from_before_there_were_countries_and_figures_is_taken_up_step_by_step(
    connection: sqlite3.Connection,
) -> None:
    life = Life(connection, 7)
    for _ in range(200):
        life.step()
    while table.summarise(connection, LATER, 50):
        pass
    before = _everything(connection)
    for name in ("summary_country", "figure", "figure_time"):
        connection.execute(f"DELETE FROM {name}")
    connection.execute("UPDATE summarised SET countries = 0, figures = 0")
    left = sum(row.number for row in table.counts(connection, EVER))
    there = len(life.there)
    life.change()  # in the middle of it as well
    assert table.summarise(connection, LATER, 10)
    assert table.fill(connection, 24)
    for _ in range(20):
        life.change()
    while table.summarise(connection, LATER, 10):
        pass
    while table.fill(connection, 24):
        pass
    assert sum(row.number for row in table.counts(connection, EVER)) == left
    # of what was deleted before, nobody knows the country any more
    countries = Counter(PEERS.get(messages.get(connection, seq).peer, "FR") for seq in life.there)
    found: Counter[str] = Counter()
    for row in table.counts(connection, EVER, "country"):
        found[row.group] += row.number
    assert found == countries
    assert found.total() == there
    assert len(_everything(connection)) == len(before)


@pytest.mark.parametrize("filled", [False, True])
def test_tests_of_ourselves_count_for_their_tag_alone(
    connection: sqlite3.Connection, *, filled: bool
) -> None:
    insert(connection, "mine", tag="gsmd.selftest", modem="north", created_at=START)
    insert(connection, "theirs", modem="north", created_at=START)
    if filled:
        assert not table.summarise(connection, LATER, 100)
        while table.fill(connection, 100):
            pass
    for by in (None, "day", "modem", "keyword", "country"):
        assert sum(row.number for row in table.counts(connection, EVER, by)) == 1
    assert [row.group for row in table.counts(connection, EVER, "tag")] == [""]
    assert sum(row.number for row in table.counts(connection, EVER._replace(modem="north"))) == 1
    assert (
        sum(row.number for row in table.counts(connection, EVER._replace(tag="gsmd.selftest"))) == 1
    )


def test_a_country_is_that_of_the_longest_beginning_of_a_number_and_names_have_none(
    connection: sqlite3.Connection,
) -> None:
    for number, (peer, country) in enumerate(PEERS.items()):
        insert(connection, f"m{number}", peer=peer, created_at=START)
        assert (country in {row.group for row in table.counts(connection, EVER, "country")}) is True


def test_countries_are_those_that_phonenumbers_tells(connection: sqlite3.Connection) -> None:
    shared = {"GG", "IM", "JE", "VA", "SJ", "CC", "CX", "EH", "YT", "AX", "BL", "MF"}
    """Their numbers begin as those of the country that they share a code with."""
    expected = {}
    for region in phonenumbers.SUPPORTED_REGIONS - shared:
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if number is not None:
            spelt = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            expected[spelt] = region
    for spelt in expected:
        insert(connection, spelt, peer=spelt, created_at=START)
    found = dict(
        connection.execute("SELECT peer, country FROM message JOIN message_located USING (seq)")
    )
    assert len(expected) > 200
    assert {each: found[each] for each in expected if found[each] != expected[each]} == {}


def test_a_span_is_exact_also_within_what_is_summed_up(connection: sqlite3.Connection) -> None:
    for second in range(0, 7200, 10):
        insert(connection, f"m{second}", created_at=START + timedelta(seconds=second))
    assert not table.summarise(connection, LATER, 10_000)
    for since, until in ((0, 7200), (5, 31), (899, 901), (100, 5000), (3600, 7200), (900, 1800)):
        (row,) = table.counts(connection, Span(BEGIN + since * 1000, BEGIN + until * 1000))
        assert row.number == len([s for s in range(0, 7200, 10) if since <= s < until])


def test_what_is_over_is_summed_up_once_and_a_little_at_a_time(
    connection: sqlite3.Connection,
) -> None:
    for minute in range(0, 120, 5):
        insert(connection, f"m{minute}", created_at=START + timedelta(minutes=minute))
    now = Milliseconds(BEGIN + 2 * 3_600_000)
    steps = 1
    while table.summarise(connection, now, 4):
        steps += 1
    assert steps == 4  # three messages a quarter, a quarter a step, and the last hour not at all
    before = connection.total_changes
    assert not table.summarise(connection, now, 4)
    assert connection.total_changes == before


def test_the_first_answer_counts_theirs_and_ours(connection: sqlite3.Connection) -> None:
    ours = insert(
        connection,
        "q",
        direction=Direction.OUTBOUND,
        state=State.SENT,
        tag="news",
        created_at=START,
    )
    messages.update(connection, ours, sent_at=BEGIN + 1000)
    for seconds in (60, 90):
        at = START + timedelta(seconds=seconds)
        insert(connection, f"a{seconds}", in_reply_to="q", created_at=at)
    theirs = insert(connection, "info", created_at=START)
    messages.update(connection, theirs, keyword="INFO")
    reply = insert(
        connection, "r", direction=Direction.OUTBOUND, state=State.QUEUED, in_reply_to="info"
    )
    messages.update(connection, reply, state="sent", sent_at=BEGIN + 3000)

    for _ in range(2):
        by_tag = table.times_by(connection, EVER, "tag", "response")
        by_keyword = table.times_by(connection, EVER, "keyword", "reply")
        assert (by_tag, by_keyword) == ({"news": [(57600, 1)]}, {"INFO": [(3000, 1)]})
        answered = {
            row.group: row.answered
            for row in table.counts(connection, EVER, "keyword")
            if row.direction == "inbound"
        }
        assert answered["INFO"] == 1
        table.summarise(connection, LATER, 100)


@pytest.mark.parametrize("filled", [False, True])
def test_the_answers_to_what_has_no_tag_are_not_those_to_what_has_one(
    connection: sqlite3.Connection, *, filled: bool
) -> None:
    for id_, tag, seconds in (("tagged", "news", 60), ("plain", None, 90)):
        ours = insert(
            connection,
            id_,
            direction=Direction.OUTBOUND,
            state=State.SENT,
            tag=tag,
            created_at=START,
        )
        messages.update(connection, ours, sent_at=BEGIN + 1000)
        at = START + timedelta(seconds=seconds)
        insert(connection, f"to {id_}", in_reply_to=id_, created_at=at)
    if filled:
        assert not table.summarise(connection, LATER, 100)
        while table.fill(connection, 100):
            pass

    def times(tag: str | None) -> list[int]:
        (found,) = table.times_by(connection, EVER._replace(tag=tag), "day", "response").values()
        return [length for length, _ in found]

    (tagged,), (plain,) = times("news"), times("")

    assert tagged < plain
    assert times(None) == [tagged, plain]


def test_failures_are_counted_by_reason(connection: sqlite3.Connection) -> None:
    for number, why in enumerate(["busy", "barred", "busy"]):
        insert(
            connection,
            f"m{number}",
            direction=Direction.OUTBOUND,
            state=State.FAILED,
            error=Failure("cms", why),
        )
    for _ in range(2):
        assert table.failures(connection, EVER) == [("busy", 2), ("barred", 1)]
        table.summarise(connection, LATER, 100)


def test_hours_and_days_are_those_of_this_machines_zone(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        insert(connection, "a", created_at=datetime(2026, 1, 1, 18, 29, tzinfo=UTC))
        insert(connection, "b", created_at=datetime(2026, 1, 1, 18, 31, tzinfo=UTC))
        for _ in range(2):
            days = [row.group for row in table.counts(connection, EVER, "day")]
            hours = [row.group for row in table.counts(connection, EVER, "hour")]
            assert days == ["2026-01-01", "2026-01-02"]
            assert hours == ["2026-01-01T23:19800", "2026-01-02T00:19800"]
            table.summarise(connection, LATER, 100)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_percentiles_are_the_times_below_which_so_many_lie() -> None:
    times = [(100, 50), (200, 40), (5000, 10)]

    assert percentiles(times, (0.5, 0.9, 0.99)) == [100, 200, 5000]
    assert percentiles([], (0.5,)) == [None]


def test_no_figure_reads_more_messages_than_are_not_summed_up(
    connection: sqlite3.Connection,
) -> None:
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    span = Span(0, 2**50, "x", "north")
    for by in (None, *table.GROUPS):
        table.counts(connection, span, by)
    table.failures(connection, span)
    table.times(connection, span)
    table.times_by(connection, span, "tag", "response")
    connection.set_trace_callback(None)
    plans = [
        step[3]
        for statement in statements
        for step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        if " message" in step[3] or " summary" in step[3]
    ]
    assert plans
    assert all(
        "INDEX message_created (created_at>" in plan or "PRIMARY KEY (quarter>" in plan
        for plan in plans
    ), plans
