"""A few of the kills of ``make crash-smpp``, with gsmd as an ESME."""

from pathlib import Path

from tests.gateways.smpp.upstream.killed import converse


async def test_a_gateway_that_is_killed_loses_and_doubles_nothing_in_silence(
    tmp_path: Path,
) -> None:
    stage = await converse(tmp_path, points=(13, 22, 17, 26))
    assert stage.lives > 3


async def test_a_daemon_that_is_killed_under_it_neither(tmp_path: Path) -> None:
    await converse(tmp_path, pdus=(1, 3), points=(20,))
