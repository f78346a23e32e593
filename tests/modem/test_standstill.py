"""SIMs that are said to be missing and networks that are not found, until somebody interferes."""

from collections.abc import Callable

import msgspec
import pytest

from gsmd.modem import ModemState, Timeouts
from gsmd.modem.standstill import Means, Standstill, of_the_search, of_the_sim
from gsmd.simulator import Registration, SimulatedModem

from .conftest import QUICK, Drive

IMPATIENT = msgspec.structs.replace(QUICK, standstill=0.3)
HOUR = 3600.0


class Clock:
    """The loop's clock, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = 0.0
        monkeypatch.setattr(Standstill, "_now", staticmethod(lambda: self.time))

    def taken_until(self, standstill: Standstill, end: float) -> list[tuple[float, Means]]:
        """What is tried until ``end``, and when."""
        tried = []
        while self.time + standstill.due_in() <= end:
            self.time += max(standstill.due_in(), 0.0)
            means = standstill.take()
            assert means is not None
            tried.append((self.time, means))
        return tried


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_ever_stronger_means_are_tried_within_minutes_and_then_rarely(clock: Clock) -> None:
    search = of_the_search(Timeouts(), hard_reset=True)
    search.stands()
    tried = clock.taken_until(search, HOUR)
    means = [Means.OPERATOR, Means.RADIO, Means.RESTART, Means.HARD_RESET]
    assert tried[:4] == list(zip((90.0, 180.0, 270.0, 360.0), means, strict=True))
    assert [at for at, _ in tried[4:]] == [540.0, 900.0, 1620.0, 3060.0]
    day = clock.taken_until(search, 24 * HOUR)
    assert len(day) <= 14


def test_a_sim_that_is_missing_has_the_modem_restarted(clock: Clock) -> None:
    sim = of_the_sim(Timeouts(), hard_reset=False)
    sim.stands()
    assert clock.taken_until(sim, 100.0) == [(90.0, Means.RESTART)]


def test_a_state_that_is_over_begins_with_the_mildest_means_again(clock: Clock) -> None:
    search = of_the_search(Timeouts(), hard_reset=False)
    search.stands()
    clock.taken_until(search, 200.0)
    clock.time = 200.0
    search.over()
    assert search.due_in() == float("inf")
    search.stands()
    assert clock.taken_until(search, 300.0) == [(290.0, Means.OPERATOR)]


def test_a_modem_that_was_just_opened_is_given_time(clock: Clock) -> None:
    sim = of_the_sim(Timeouts(), hard_reset=False)
    sim.stands()
    clock.time = 89.0
    sim.opened()
    assert sim.due_in() == 90.0


def stuck(**faults: str) -> Callable[[SimulatedModem], None]:
    """A modem that is stuck from the start."""

    def prepare(device: SimulatedModem) -> None:
        for name, value in faults.items():
            setattr(device.faults, name, value)
        device.radio.update()

    return prepare


@pytest.mark.parametrize("helps", ["operator", "radio", "restart"])
async def test_a_search_without_end_is_ended(simulate: Drive, helps: str) -> None:
    run = await simulate(
        until=ModemState.REGISTERING,
        timeouts=IMPATIENT,
        prepare=stuck(stuck_search=helps),
    )
    await run.ready()
    assert run.modem.counters.resets == (helps == "restart")


async def test_a_sim_that_is_not_seen_until_a_restart_is_seen(simulate: Drive) -> None:
    run = await simulate(
        until=ModemState.SIM_MISSING,
        timeouts=IMPATIENT,
        prepare=stuck(stuck_sim="restart"),
    )
    await run.ready()
    assert run.modem.counters.resets == 1


async def test_a_network_that_comes_by_itself_is_left_alone(simulate: Drive) -> None:
    run = await simulate(
        until=ModemState.REGISTERING,
        timeouts=msgspec.structs.replace(QUICK, standstill=5.0),
        prepare=lambda device: device.radio.grant(Registration.SEARCHING),
    )
    run.device.radio.grant(Registration.HOME)
    await run.ready()
    assert run.modem.counters.restarts == 0
