"""A few of the kills of ``make crash-smpp``: the gateway at points of its life, the daemon at a PDU, both."""

from pathlib import Path

import pytest

from tests.gateways.smpp.killed import converse


@pytest.mark.parametrize("point", [12, 35, 58, 81, 104])
async def test_a_gateway_that_is_killed_loses_and_doubles_nothing_that_was_answered(
    tmp_path: Path, point: int
) -> None:
    await converse(tmp_path, point=point)


@pytest.mark.parametrize(("pdu", "point"), [(2, 0), (6, 0), (4, 70)])
async def test_a_daemon_that_is_killed_under_it_neither(
    tmp_path: Path, pdu: int, point: int
) -> None:
    await converse(tmp_path, pdu=pdu, point=point)
