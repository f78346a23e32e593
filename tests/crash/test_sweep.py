"""A sample of the crash sweep (`make crash` runs all of it)."""

from pathlib import Path

from tests.crash.sweep import sweep

KINDS = {
    f"{what} {moment}" for what in ("commit", "write", "read") for moment in ("before", "after")
}


async def test_wherever_the_daemon_dies_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    done = await sweep(tmp_path, [("generic", 30)], every=7, enough=10_000)
    assert done.faults == []
    assert done.points >= 30
    assert set(done.reached) == KINDS
