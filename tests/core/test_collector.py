"""When a modem's storage is looked into."""

from pathlib import Path

import pytest

from gsmd.config import InboundConfig
from gsmd.core import collector

from .bench import bench, deliver


async def test_a_slot_that_is_readable_a_moment_later_is_read_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "_AGAIN", (0.01, 0.02, 0.03))
    async with bench(tmp_path) as it:
        await it.until(lambda: "list" in it.modem.log)
        it.modem.listener.arrived(it.modem, "SM", 1)
        await it.until(lambda: it.modem.log.count("read 1") == 2)
        it.modem.arrive(*deliver(), hint=False)
        assert await it.inbox()


async def test_a_slot_in_which_nothing_ever_is_is_looked_at_four_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "_AGAIN", (0.01, 0.01, 0.01))
    async with bench(tmp_path) as it:
        await it.until(lambda: "list" in it.modem.log)
        it.modem.listener.arrived(it.modem, "SM", 3)
        await it.until(lambda: it.modem.log.count("read 3") == 4)
        it.modem.arrive(*deliver())
        assert await it.inbox()
        assert it.modem.log.count("read 3") == 4


async def test_a_modem_that_announces_nothing_is_looked_into_more_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "_UNANNOUNCED", 0.01)
    async with bench(tmp_path, inbound=InboundConfig(sweep_every=3600)) as it:
        it.modem.announces = False
        it.modem.listener.arrived(it.modem, "SM", -1)  # the pause that runs is the long one
        await it.until(lambda: it.modem.sweeps > 3)
        it.modem.arrive(*deliver(), hint=False)
        assert await it.inbox()
