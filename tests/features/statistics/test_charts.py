"""Figures for charts: whole steps, gaps, hours of the week, how long things took, countries."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import Config, InboundConfig, ModemConfig
from gsmd.protocol import stats as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Direction, State
from gsmd.protocol.stats import (
    CountriesParams,
    Point,
    SeriesParams,
    SeriesStep,
    SpanParams,
    StatsParams,
)
from gsmd.protocol.types import Moment
from gsmd.store.tables import messages
from gsmd.store.tables.messages import milliseconds
from tests.clocks import NOON, HandClock
from tests.core.bench import Bench
from tests.store.tables.records import insert

HOUR = 3600
THURSDAY_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
async def bench(tmp_path: Path, _utc: None) -> AsyncIterator[Bench]:
    config = Config(
        state_dir=tmp_path,
        modems=(ModemConfig(name="north", port="/dev/null"),),
        inbound=InboundConfig(retention=None),
    )
    it = Bench(tmp_path, config, HandClock(NOON))
    await it.start()
    yield it
    if it.is_running:
        await it.stop()


def at(hours: float) -> Moment:
    return Moment.fromisoformat((THURSDAY_NOON + timedelta(hours=hours)).isoformat())


async def came(bench: Bench, hours: float, peer: str = "+33612345678", **more: object) -> None:
    """A message that came so many hours after the beginning."""
    fields = {"created_at": at(hours), "peer": peer, **more}
    number = len(bench.lives) + int(hours * 1000)
    await bench.database.write(lambda connection: insert(connection, f"m{number}{peer}", **fields))


async def went(bench: Bench, hours: float, peer: str, state: State, seconds: float = 1) -> None:
    """One of ours, and how soon it was sent, delivered and answered."""

    def write(connection: object) -> None:
        seq = insert(
            connection,  # type: ignore[arg-type] # a connection
            f"o{hours}{peer}",
            direction=Direction.OUTBOUND,
            state=state,
            peer=peer,
            created_at=at(hours),
        )
        begin = milliseconds(at(hours))
        if state is not State.FAILED:
            messages.update(
                connection,  # type: ignore[arg-type] # likewise
                seq,
                sent_at=begin + round(1000 * seconds),
                delivered_at=begin + round(3000 * seconds),
            )

    await bench.database.write(write)


async def _answered(bench: Bench, hours: float, minutes: int) -> None:
    """We answered what came so many hours after the beginning."""
    asked = milliseconds(at(hours))
    await bench.database.write(
        lambda c: c.execute(
            "UPDATE message SET answered_at = ? WHERE created_at = ?",
            (asked + minutes * 60_000, asked),
        )
    )


async def series(bench: Bench, step: SeriesStep, **more: Any) -> rows.Series:
    return await bench.ask(rows.SERIES, SeriesParams(step=step, **more))


def received(points: list[Point]) -> list[int | None]:
    return [point.received for point in points]


async def test_a_series_has_every_step_and_nothing_in_it_is_nought(bench: Bench) -> None:
    bench.clock.advance(5.5 * HOUR)
    for hours in (0.5, 3.1, 3.2, 5.2):
        await came(bench, hours)
    told = await series(bench, SeriesStep.HOUR, since=at(0.2))
    assert received(told.points) == [1, 0, 0, 2, 0, 1]
    assert told.since == at(0)
    assert [point.at for point in told.points] == [at(hour) for hour in range(6)]
    assert told.points[3].group == "2026-01-01T15:00+00:00"
    assert told.points[3].accepted == 0
    by_day = await series(bench, SeriesStep.ONE_DAY)
    assert [(point.group, point.received) for point in by_day.points] == [("2026-01-01", 4)]
    narrow = await series(bench, SeriesStep.QUARTER, since=at(3), until=at(3.5))
    assert received(narrow.points) == [2, 0]


async def test_where_gsmd_was_off_nothing_is_known(bench: Bench) -> None:
    bench.clock.advance(1.5 * HOUR)
    await bench.stop()
    bench.clock.advance(4 * HOUR)
    await bench.start()
    bench.clock.advance(1 * HOUR)
    told = await series(bench, SeriesStep.HOUR, since=at(-2), until=at(8))
    assert received(told.points) == [None, None, 0, 0, None, None, None, 0, 0]
    assert told.points[4].failed is None
    await came(bench, 3.5)  # whatever there is, is told
    told = await series(bench, SeriesStep.HOUR, since=at(-2), until=at(8))
    assert received(told.points) == [None, None, 0, 0, None, 1, None, 0, 0]


async def test_a_kill_is_a_gap_from_when_it_last_wrote(bench: Bench) -> None:
    bench.clock.advance(1.2 * HOUR)
    await bench.send("the last thing that was written")
    await bench.crash()
    bench.clock.advance(4 * HOUR)
    await bench.start()
    told = await series(bench, SeriesStep.HOUR, since=at(0))
    assert received(told.points) == [0, 0, None, None, None, 0]


async def test_more_steps_than_a_chart_can_show_are_refused_and_without_a_beginning_the_newest_told(
    bench: Bench,
) -> None:
    with pytest.raises(Refused) as caught:
        await series(bench, SeriesStep.QUARTER, since=at(-10_000), until=at(0))
    assert (caught.value.code, caught.value.data["field"]) == (Code.INVALID, "since")
    await came(bench, -10_000)
    told = await series(bench, SeriesStep.QUARTER)
    assert 1990 < len(told.points) <= 2000
    assert told.points[-1].at <= at(0)


async def test_a_series_of_nothing_is_the_present_step_and_what_is_to_come_is_none(
    bench: Bench,
) -> None:
    assert received((await series(bench, SeriesStep.MONTH)).points) == [0]
    assert (await series(bench, SeriesStep.DAY, since=at(48))).points == []


async def test_a_heatmap_has_every_hour_of_the_week_and_how_soon_we_answered(bench: Bench) -> None:
    bench.clock.advance(14 * 24 * HOUR)
    for days, minutes in ((0, 5), (7, 15), (8, None)):
        hours = 24 * days + 0.25
        await came(bench, hours)
        if minutes is not None:
            await _answered(bench, hours, minutes)
    told = await bench.ask(rows.HEATMAP, SpanParams())
    assert len(told.cells) == 168
    assert [(cell.weekday, cell.hour) for cell in told.cells[:25]] == [
        *((1, hour) for hour in range(24)),
        (2, 0),
    ]
    busy = [cell for cell in told.cells if cell.received]
    assert [(cell.weekday, cell.hour, cell.received, cell.answered) for cell in busy] == [
        (4, 12, 2, 2),
        (5, 12, 1, 0),
    ]
    assert busy[0].reply_time == pytest.approx(300, rel=0.06)
    assert busy[1].reply_time is None


@pytest.mark.parametrize("hours_later", [0.5, 100])
async def test_latency_is_told_by_percentiles_and_as_a_curve(
    bench: Bench, hours_later: float
) -> None:
    for number in range(10):
        await went(bench, number / 1000, f"+3361000000{number}", State.DELIVERED, 1 + number)
    bench.clock.advance(hours_later * HOUR)
    for _ in range(2):  # summed up on the way
        told = await bench.ask(rows.LATENCY, SpanParams())
        sent = told.accepted_to_sent
        assert (sent.count, sent.p50, sent.p90, sent.p99) == (10, 5.0, 8.8, 10.0)
        assert sent.curve[0] == (1.0, 0.1)
        assert sent.curve[-1][1] == 1.0
        assert told.sent_to_delivered.p50 == pytest.approx(10, rel=0.06)
        assert told.received_to_answered.count == 0
        assert told.received_to_answered.p50 is None
    figures = await bench.ask(rows.GET, StatsParams())
    assert figures.sending_time.p90 == sent.p90


async def test_countries_are_told_most_messages_first_and_beyond_the_limit_together(
    bench: Bench,
) -> None:
    for number in range(4):
        await went(bench, number / 1000, f"+3361000000{number}", State.DELIVERED)
    await went(bench, 0.1, "+33610000009", State.FAILED)
    await went(bench, 0.2, "+4915112345678", State.DELIVERED)
    await came(bench, 0.3, "+4915112345678")
    await came(bench, 0.4, "BANK")
    for later in (HOUR, 3 * HOUR):
        bench.clock.advance(later)
        told = await bench.ask(rows.COUNTRIES, CountriesParams())
        assert [(each.country, each.accepted, each.received) for each in told.countries] == [
            ("FR", 5, 0),
            ("DE", 1, 1),
            (None, 0, 1),
        ]
        france = told.countries[0]
        assert (france.delivered, france.failed, france.delivery_rate) == (4, 1, 0.8)
        assert (france.delivery_low, france.delivery_high) == (0.3755, 0.9638)
        assert told.others is None
        one = await bench.ask(rows.COUNTRIES, CountriesParams(limit=1))
        assert [each.country for each in one.countries] == ["FR"]
        assert one.others is not None
        assert (one.others.accepted, one.others.received) == (1, 2)


async def test_what_is_forgotten_or_purged_stays_a_count_of_its_country(bench: Bench) -> None:
    await came(bench, 0.1, "+4915112345678")
    await came(bench, 0.2, "+4915112345678")
    bench.clock.advance(HOUR)
    for _ in range(2):
        await bench.database.write(
            lambda c: c.execute("DELETE FROM message WHERE seq = (SELECT min(seq) FROM message)")
        )
        told = await bench.ask(rows.COUNTRIES, CountriesParams())
        assert [(each.country, each.received) for each in told.countries] == [("DE", 2)]
        bench.clock.advance(3 * HOUR)
        await bench.ask(rows.GET, StatsParams())
    kept = await bench.database.read(lambda c: "\n".join(c.iterdump()))
    assert "4915112345678" not in kept
