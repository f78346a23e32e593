"""What a coroutine costs the loop, by a clock that is made up."""

import asyncio

import pytest

from gsmd.api.fairness.metering import metered


class Meter:
    def __init__(self) -> None:
        self.now = 0.0
        self.spent: list[float] = []

    def clock(self) -> float:
        return self.now


async def test_each_step_counts_and_waiting_does_not() -> None:
    meter, gate = Meter(), asyncio.Event()

    async def work() -> str:
        meter.now += 3
        await gate.wait()
        meter.now += 5
        return "done"

    task = asyncio.ensure_future(metered(work(), meter.spent.append, meter.clock))
    await asyncio.sleep(0)
    meter.now += 1000
    gate.set()
    assert await task == "done"
    assert meter.spent == [3, 5]


async def test_an_exception_comes_out_and_its_step_counts() -> None:
    meter = Meter()

    async def work() -> None:
        meter.now += 2
        raise KeyError("x")

    with pytest.raises(KeyError):
        await metered(work(), meter.spent.append, meter.clock)
    assert meter.spent == [2]


async def test_a_cancellation_reaches_the_coroutine() -> None:
    meter = Meter()
    cleaned = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    task = asyncio.ensure_future(metered(work(), meter.spent.append, meter.clock))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned


async def test_timeouts_and_shields_work_inside() -> None:
    meter = Meter()

    async def work() -> int:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        return await asyncio.shield(asyncio.sleep(0, 7))

    assert await metered(work(), meter.spent.append, meter.clock) == 7
