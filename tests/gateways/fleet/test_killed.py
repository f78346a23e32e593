"""Agents, daemons and the engine die at random: nothing is sent twice, nothing is without a word. ``make fleet-killed`` has more of it."""

from pathlib import Path

from tests.gateways.fleet.killing import stage
from tests.tools import needs

pytestmark = needs("nats-server")


async def test_whoever_dies_every_message_goes_out_once_or_is_said_to_be_uncertain(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, seed=7, count=12, boxes=2, modems=1) as it:
        it.longest, it.resolving = 1.0, 1.0
        assert await it.play(("daemon", "agent", "engine"), 120) == []
        assert sum(it.deaths.values()) > 0
        assert sum(it.uncertain.values()) <= 4 * 2 * sum(it.deaths.values())
