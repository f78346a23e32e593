"""The time that waiting goes by: only forward, whatever the wall clock and the power do."""

from gsmd.store.ledger import Timeline
from tests.clocks import NOON, HandClock

DAY = 24 * 3600


def test_it_goes_on_through_a_jump_of_the_wall_clock() -> None:
    clock = HandClock()
    timeline = Timeline(clock, None)
    before = timeline.now()
    clock.jump(-10 * DAY)
    clock.advance(5)
    assert timeline.now() - before == 5000


def test_it_adds_the_time_that_gsmd_was_off() -> None:
    clock = HandClock()
    saved = Timeline(clock, None).saved(force=True)
    clock.advance(DAY)
    assert Timeline(clock, saved).now() == 1 + DAY * 1000


def test_a_wall_clock_set_while_gsmd_was_off_does_not_count_if_the_machine_ran_on() -> None:
    clock = HandClock(boot_id="first")
    saved = Timeline(clock, None).saved(force=True)
    clock.advance(60)
    clock.jump(300 * DAY)
    timeline = Timeline(clock, saved)
    assert timeline.now() == 1 + 60_000
    timeline.clock_was_set()
    assert timeline.now() == 1 + 60_000


def test_after_another_start_of_the_machine_the_wall_clock_tells_how_long_it_was_off() -> None:
    saved = Timeline(HandClock(boot_id="first"), None).saved(force=True)
    booted = HandClock(wall=NOON + DAY * 1000, boot_id="second")
    assert Timeline(booted, saved).now() == 1 + DAY * 1000


def test_after_a_start_in_1970_it_adds_that_time_once_the_clock_is_set() -> None:
    clock = HandClock()
    saved = Timeline(clock, None).saved(force=True)
    booted = HandClock(wall=0)
    timeline = Timeline(booted, saved)
    assert timeline.now() == 1
    booted.advance(60)
    booted.jump((NOON + DAY * 1000) / 1000)
    timeline.clock_was_set()
    assert timeline.now() == 1 + DAY * 1000 + 60_000
    timeline.clock_was_set()
    assert timeline.now() == 1 + DAY * 1000 + 60_000


def test_it_never_goes_back_when_the_wall_clock_did() -> None:
    clock = HandClock()
    saved = Timeline(clock, None).saved(force=True)
    clock.jump(-DAY)
    assert Timeline(clock, saved).now() >= 1
