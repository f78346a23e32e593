"""A sample of what `make crash-twoway` plays: the daemon dies twice in each, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from tests.features.killed.sweep import cast, sweep

PLAYS = cast(phones=30)


@pytest.mark.parametrize("name", PLAYS)
async def test_whenever_the_daemon_dies_everything_happens_once(tmp_path: Path, name: str) -> None:
    results = await sweep(tmp_path, {name: PLAYS[name]}, trials=1, points=100)

    assert results.faults == []
    assert results.deaths[name] >= 1
