"""The gateway and the daemon die at any moment of pull, settle and send with a key: nothing is lost, nothing doubled."""

from pathlib import Path

import pytest

from tests.faults.lives import forge
from tests.features.killed.stage import perform
from tests.gateways.web.killed.play import RestPlay


@pytest.mark.parametrize(
    ("gateway", "daemon"),
    [([1, 2, 3, 4], []), ([5, 7, 9, 11, 13], []), ([6], [40, 25]), ([4, 8], [60])],
    ids=["gateway at the first points", "gateway later", "both", "both later"],
)
async def test_whenever_gateway_or_daemon_dies_everything_happens_once(
    tmp_path: Path, gateway: list[int], daemon: list[int]
) -> None:
    play = RestPlay(gateway)
    async with forge() as it:
        outcome = await perform(play, tmp_path / "stage", it, daemon)
    assert outcome.faults == []
    assert len(outcome.reached) == len(daemon)
    assert play.gateways is not None
    assert play.gateways.deaths >= len(gateway)
