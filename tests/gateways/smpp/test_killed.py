"""A few of the kills of ``make crash-smpp``: the gateway at points of its lives, the daemon at PDUs, both."""

from pathlib import Path

from tests.gateways.smpp.killed import converse


async def test_a_gateway_that_is_killed_loses_and_doubles_nothing_that_was_answered(
    tmp_path: Path,
) -> None:
    stage = await converse(tmp_path, points=(35, 58, 45, 30))
    assert stage.lives > 3


async def test_a_daemon_that_is_killed_under_it_neither(tmp_path: Path) -> None:
    await converse(tmp_path, pdus=(2, 6), points=(70,))
