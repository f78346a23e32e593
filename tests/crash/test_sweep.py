"""Samples of the crash sweeps (`make crash` and `make crash-disk` run all of them)."""

from pathlib import Path

import pytest

from tests.crash.sweep import Scene, sweep, undisturbed
from tests.faults.lives import forge
from tests.faults.sqlite_files import Unavailable, reachable

KINDS = {
    f"{what} {moment}" for what in ("commit", "write", "read") for moment in ("before", "after")
}


async def test_wherever_the_daemon_dies_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async with forge() as smith:
        scene = Scene("kills", "both-ways", "generic:30")
        done = await sweep(tmp_path / "sweep", smith, scene, every=19)
    assert done.faults == []
    assert done.points >= 15
    # which points a sample meets is up to how a life goes; the whole sweep meets all kinds
    assert set(done.reached) <= KINDS
    assert len(done.reached) >= 4


async def test_where_every_answer_comes_after_its_time_out_nothing_is_sent_again(
    tmp_path: Path,
) -> None:
    async with forge() as smith:
        scene = Scene("kills", "late-references", "generic:30")
        verdict = await undisturbed(tmp_path, smith, scene, ())
    assert (verdict.faults, verdict.duplicates) == ([], 0)


async def test_nor_is_it_unmarked_wherever_the_daemon_dies_meanwhile(tmp_path: Path) -> None:
    async with forge() as smith:
        scene = Scene("kills", "late-references", "generic:30")
        done = await sweep(tmp_path / "sweep", smith, scene, every=37)
    assert done.faults == []
    assert done.points >= 5


async def test_nor_is_what_was_handed_over_and_had_no_slot(tmp_path: Path) -> None:
    async with forge() as smith:
        scene = Scene("kills", "handed-over", "generic:30")
        done = await sweep(tmp_path / "sweep", smith, scene, every=53)
    assert done.faults == []
    assert done.points >= 4


async def test_what_becomes_of_a_message_is_told_at_least_once_and_never_after_it_was_acknowledged(
    tmp_path: Path,
) -> None:
    async with forge() as smith:
        scene = Scene("kills", "receipts", "generic:30")
        done = await sweep(tmp_path / "sweep", smith, scene, every=23)
    assert done.faults == []
    assert done.points >= 5


@pytest.mark.parametrize(
    ("hits", "every"),
    [
        ("power-cuts", 113),
        ("failures", 347),
        ("failures-and-cuts", 397),
        ("failures-and-kills", 449),
        ("kills-and-cuts", 3001),
    ],
)
async def test_however_the_disk_fails_nothing_is_lost_or_doubled_and_it_goes_on_by_itself(
    tmp_path: Path, hits: str, every: int
) -> None:
    try:
        reachable()
    except Unavailable as why:
        pytest.skip(str(why))
    async with forge() as smith:
        scene = Scene(hits, "without-a-key", "generic:30")
        done = await sweep(tmp_path / "sweep", smith, scene, every)
    assert done.faults == []
    assert done.points >= 8
