"""Time, retention and trouble with the store."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gsmd.config import InboundConfig
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import State
from gsmd.protocol.messages import SendParams
from gsmd.store.engine.errors import StoreError, StoreFull, StoreReadOnly
from tests.clocks import NOON, HandClock
from tests.core.bench import Bench, bench, deliver

DAY = 24 * 3600
KEPT = InboundConfig(retention=90 * DAY)


async def arrived(it: Bench, *texts: str) -> None:
    it.modem.arrive(*(frame for text in texts for frame in deliver(text)))
    await it.until(lambda: not it.modem.slots)


# a start in 1970


async def test_messages_of_1970_are_dated_anew_when_the_clock_is_set(tmp_path: Path) -> None:
    async with bench(tmp_path, clock=HandClock(wall=60_000), inbound=KEPT) as it:
        await it.worker()
        await arrived(it, "early")
        message = (await it.inbox())[0]
        assert message.created_at.year == 1970
        await it.reaches(message, State.HANDLED)
        assert await it.app.upkeep.purge(90 * DAY) == 0
        it.clock.jump(NOON / 1000)
        await it.pass_time(1)
        await it.until(lambda: it.told("clock.jumped"))
        assert (await it.app.messages.get(message.id)).created_at.year == 2026
        assert await it.app.upkeep.purge(90 * DAY) == 0


async def test_what_is_asked_for_a_time_goes_then_although_the_clock_was_not_set(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, clock=HandClock(wall=60_000)) as it:
        when = datetime(2026, 1, 1, 13, tzinfo=UTC)
        message = await it.send(not_before=when)
        it.clock.jump(NOON / 1000 - 60)
        await it.pass_time(60)
        await it.until(lambda: it.told("clock.jumped"))
        await it.pass_time(3500)
        await it.settled()
        assert it.modem.sent == []
        await it.pass_time(120)
        await it.reaches(message, State.SENT)


# retention


async def test_old_and_finished_messages_go_and_the_others_stay(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        await arrived(it, "old")
        await worker.gets(1)
        await it.reaches((await it.inbox())[0], State.HANDLED)
        it.app.handlers.unsubscribe("crm", worker)
        it.modem.arrive(*deliver("pending", at=5))
        await it.inbox(2)
        await it.pass_time(91 * DAY)
        it.modem.arrive(*deliver("young", at=91 * DAY))
        await it.inbox(3)
        await it.until(lambda: not it.modem.slots)
        assert await it.app.upkeep.purge(90 * DAY) == 1
        assert [message.text for message in await it.inbox()] == ["pending", "young"]


async def test_what_came_before_the_clock_was_set_forward_is_not_old_for_that(
    tmp_path: Path,
) -> None:
    """As on a Pi that was off for months, and starts with the time of its last shutdown."""
    async with bench(tmp_path, clock=HandClock(boot_id="one")) as it:
        await it.worker()
        await arrived(it, "just now")
        await it.reaches((await it.inbox())[0], State.HANDLED)
        it.clock.jump(200 * DAY)
        assert await it.app.upkeep.purge(90 * DAY) == 0
        it.clock.jump(-300 * DAY)
        await it.crash()
        it.clock.jump(300 * DAY)
        await it.restart()
        assert await it.app.upkeep.purge(90 * DAY) == 0
        await it.pass_time(91 * DAY)
        assert await it.app.upkeep.purge(90 * DAY) == 1


async def test_what_a_modem_still_holds_is_not_forgotten(tmp_path: Path) -> None:
    """Read once more after it was forgotten, it would be a new message."""
    async with bench(tmp_path) as it:
        worker = await it.worker()
        it.modem.undeletable.add(1)
        it.modem.arrive(*deliver("stuck"))
        await it.reaches((await it.inbox())[0], State.HANDLED)
        for _ in range(2):
            await it.pass_time(91 * DAY)
            sweeps = it.modem.sweeps
            it.app._fleet._runners["north"].collector.sweep()
            await it.until(lambda n=sweeps: it.modem.sweeps > n)  # type: ignore[misc] # mypy does not see defaults of lambdas
            await it.settled()
            await it.app.upkeep.purge(90 * DAY)
        assert len(worker.got) == 1


async def test_a_purge_of_many_lets_others_have_their_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.core.housekeeping._PURGE_BATCH", 3)
    async with bench(tmp_path) as it:
        await it.worker()
        for number in range(10):
            it.modem.arrive(*deliver(str(number), f"+3360000000{number}", at=number))
            it.clock.advance(0.01)
            await it.inbox(number + 1)
        await it.until(lambda: len(it.told("message.handled")) == 10)
        await it.pass_time(91 * DAY)
        commits = it.database.commits
        assert await it.app.upkeep.purge(90 * DAY) == 10
        assert it.database.commits - commits >= 4


# a store in trouble


@pytest.mark.parametrize(
    ("error", "reason"),
    [(StoreFull, "store_full"), (StoreReadOnly, "store_read_only"), (StoreError, "store")],
)
async def test_while_the_disk_refuses_sending_is_refused_and_reading_works(
    tmp_path: Path, error: type[StoreError], reason: str
) -> None:
    async with bench(tmp_path) as it:
        before = await it.reaches(await it.send("before"), State.SENT)
        await it.settled()
        full = True

        def refuse(moment: str) -> None:
            if full and moment == "before":
                raise error(f"{it.path}: what SQLite says")

        it.database._writer._on_commit = refuse
        with pytest.raises(Refused, match="what SQLite says") as refusal:
            await it.app.messages.send(SendParams(to="+33600000001", text="x"))
        assert refusal.value.data["reason"] == reason
        assert (await it.app.messages.get(before.id)).text == "before"
        full = False
        await it.reaches(await it.send("after"), State.SENT)


async def test_it_closes_even_if_the_store_refuses(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await it.settled()

        def refuse(moment: str) -> None:
            if moment == "before":
                raise StoreFull("full")

        it.database._writer._on_commit = refuse
        await it.stop()
        await it.start()


async def test_a_defect_in_housekeeping_is_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.core.housekeeping._JUMP", 10)
    async with bench(tmp_path) as it:
        outbound = it.app._outbound
        real, failed = outbound.expire, []

        def broken(transaction: object) -> None:
            failed.append(transaction)
            monkeypatch.setattr(outbound, "expire", real)
            raise ZeroDivisionError

        it.modem.vanish()
        message = await it.send(validity=60)
        monkeypatch.setattr(outbound, "expire", broken)
        await it.pass_time(61)
        await it.reaches(message, State.EXPIRED)
        assert failed
