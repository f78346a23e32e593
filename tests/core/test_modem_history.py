"""How modems were, over time."""

from pathlib import Path
from typing import Any

import pytest

from gsmd.config import Config, InboundConfig, ModemConfig
from gsmd.modem import ModemState
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.modems import HISTORY, ModemHistoryParams, ModemHistoryRow
from gsmd.protocol.types import Moment
from tests.clocks import NOON, HandClock
from tests.core.bench import Bench

HOUR = 3600


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    config = Config(
        state_dir=tmp_path,
        modems=(ModemConfig(name="north", port="/dev/null"),),
        inbound=InboundConfig(retention=None),
    )
    return Bench(tmp_path, config, HandClock(NOON))


async def history(bench: Bench, **more: Any) -> list[ModemHistoryRow]:
    await bench.settled()
    told = await bench.ask(HISTORY, ModemHistoryParams(modem="north", **more))
    assert told.modem == "north"
    return told.rows


async def test_a_change_is_a_row_at_once_and_the_same_again_is_none(bench: Bench) -> None:
    await bench.start()
    before = await history(bench)
    assert before[-1].state == "ready"
    bench.clock.advance(60)
    bench.modem.vanish()
    bench.modem._tell()
    bench.clock.advance(60)
    await bench.modem.appear()
    rows = await history(bench)
    assert [row.state for row in rows[len(before) :]] == ["absent", "ready"]
    assert (rows[-1].at - rows[-2].at).total_seconds() == 60
    await bench.stop()


async def test_an_hour_is_a_row_however_little_happens(bench: Bench) -> None:
    await bench.start()
    before = await history(bench)
    for _ in range(3):
        bench.clock.advance(HOUR)
        await bench.app._modem_history.hour()
    rows = await history(bench)
    assert [row.state for row in rows[len(before) :]] == ["ready"] * 3
    assert len(await history(bench, since=Moment.fromisoformat("2026-01-01T13:30:00Z"))) == 2
    await bench.stop()


async def test_a_modem_that_comes_and_goes_all_the_time_has_a_bounded_number_of_rows(
    bench: Bench,
) -> None:
    await bench.start()
    for _ in range(200):
        bench.clock.advance(1)
        bench.modem.vanish()
        bench.clock.advance(1)
        await bench.modem.appear()
    rows = await history(bench)
    assert len([row for row in rows if row.state != "off"]) == 60
    bench.clock.advance(HOUR)
    await bench.app._modem_history.hour()
    bench.clock.advance(1)
    bench.modem.vanish()
    assert [row.state for row in (await history(bench))[-2:]] == ["ready", "absent"]
    await bench.stop()


async def test_where_gsmd_was_off_it_says_so(bench: Bench) -> None:
    await bench.start()
    bench.clock.advance(HOUR)
    await bench.stop()
    bench.clock.advance(2 * HOUR)
    await bench.start()
    rows = await history(bench)
    assert rows[0].state == "off"  # before the first run
    (off,) = [row for row in rows[1:] if row.state == "off"]
    assert off.at.isoformat() == "2026-01-01T13:00:00+00:00"
    assert rows[-1].state == "ready"
    await bench.stop()


async def test_old_rows_go(bench: Bench) -> None:
    await bench.start()
    assert len(await history(bench)) > 1
    bench.clock.advance(401 * 24 * HOUR + 12 * HOUR)  # midnight
    await bench.app._modem_history.hour()
    (kept,) = await bench.database.read(
        lambda c: c.execute("SELECT count(*) FROM modem_history").fetchone()
    )
    assert kept == 1
    await bench.stop()


async def test_a_modem_that_never_was_is_told_apart_from_one_of_which_nothing_is_known(
    bench: Bench,
) -> None:
    await bench.start()
    with pytest.raises(Refused) as caught:
        await bench.ask(HISTORY, ModemHistoryParams(modem="south"))
    assert (caught.value.code, caught.value.data["reason"]) == (Code.NOT_FOUND, "no_such_modem")
    await bench.stop()


def test_the_state_of_the_modem_is_one_that_modems_have() -> None:
    assert "off" not in {str(state) for state in ModemState}
