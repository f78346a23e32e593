"""A disk that really fills up: nothing is taken off the SIM, sending is refused, and then it goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gsmd.protocol.errors import Refused
from gsmd.protocol.message import Message, State
from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreError
from tests.core.bench import Bench, bench, deliver
from tests.disks import fill, small_disk

SIZE = "16m"  # room for the log as it may grow between two checkpoints


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, SIZE) as disk:
        yield disk


async def send_until_refused(it: Bench, accepted: list[Message]) -> None:
    """What is left of the log takes a few."""
    for number in range(100):
        message = await it.send("x", f"+336000001{number:02}")
        accepted += [message]


async def test_with_a_full_disk_nothing_is_lost_and_with_room_it_goes_on_by_itself(
    small: Path,
) -> None:
    async with bench(small) as it:
        it.modem.capacity = 200
        worker = await it.worker()
        it.modem.vanish()
        accepted = [await it.send(str(n), f"+3360000000{n}") for n in range(5)]
        filler = fill(small)
        await it.modem.appear()
        frames = [frame for n in range(100) for frame in deliver(f"text {n}", at=n)]
        it.modem.arrive(*frames)
        with pytest.raises(Refused) as refusal:
            await send_until_refused(it, accepted)
        assert refusal.value.data["reason"] == "store_full"
        assert it.modem.slots
        filler.unlink()
        await worker.gets(100)
        await it.until(lambda: not it.modem.slots)
        for message in accepted:
            sent = await it.reaches(message, State.SENT)
            assert not sent.possible_duplicate
        assert len({delivery.message.id for delivery in worker.got}) == 100


async def test_full_at_the_start_it_says_so_and_with_room_it_starts(small: Path) -> None:
    filler = fill(small)
    with pytest.raises(StoreError):
        await Database.open(small / "gsmd.db")
    filler.unlink()
    await (await Database.open(small / "gsmd.db")).close()
