"""Tasks of a gateway: what it cannot do without ends it, and nothing outlives it."""

import asyncio
import sqlite3

import pytest

from gsmd.gateways.gateway import CannotServe
from gsmd.gateways.work import Work


async def fail(error: Exception) -> None:
    raise error


async def test_what_is_waited_for_ends_the_waiting() -> None:
    work, drained = Work(), asyncio.Event()
    drained.set()
    await work.until(drained)


async def test_vital_work_that_fails_ends_the_gateway_with_its_error() -> None:
    work = Work()
    work.start(fail(KeyError("name")))
    with pytest.raises(KeyError):
        await work.until(asyncio.Event())


async def test_a_disk_that_cannot_be_written_is_said_in_a_sentence() -> None:
    work = Work()
    work.start(fail(sqlite3.OperationalError("database or disk is full")))
    with pytest.raises(CannotServe, match="disk is full"):
        await work.until(asyncio.Event())


async def test_one_thing_of_many_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    work, drained = Work(), asyncio.Event()
    await asyncio.wait({work.start(fail(KeyError("name")), vital=False)})
    drained.set()
    await work.until(drained)
    assert "a defect" in caplog.text


async def test_a_cancellation_that_a_library_swallows_is_made_again() -> None:
    swallowed = asyncio.Event()

    async def go_on() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            swallowed.set()
        await asyncio.Event().wait()

    work = Work()
    stopped, ended = (work.start(go_on()) for _ in range(2))
    await asyncio.sleep(0)
    work.stop(stopped)
    await asyncio.wait({stopped})
    await work.end()
    assert swallowed.is_set()
    assert stopped.cancelled()
    assert ended.cancelled()


async def test_nothing_goes_on_behind_its_end() -> None:
    work = Work()
    task = work.start(asyncio.Event().wait())
    await work.end()
    assert task.cancelled()
    drained = asyncio.Event()
    drained.set()
    await work.until(drained)
