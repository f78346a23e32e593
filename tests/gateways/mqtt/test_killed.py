"""Broker, daemon and gateway die at random during messages both ways: nothing is lost. ``make mqtt-killed`` has more of it."""

from pathlib import Path

import pytest

from tests.gateways.mqtt.killing import stage
from tests.tools import needs

pytestmark = needs("mosquitto")


@pytest.mark.parametrize(
    "victims",
    [("daemon", "gateway", "broker"), ("daemon", "gateway")],
    ids=["all", "not the broker"],
)
async def test_whoever_dies_nothing_is_lost_and_what_is_repeated_has_the_same_id(
    tmp_path: Path, victims: tuple[str, ...]
) -> None:
    async with stage(tmp_path, seed=7, count=30) as it:
        assert await it.play(victims, 120) == []
        assert sum(it.deaths.values()) > 0
