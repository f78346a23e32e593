"""Long messages: parts in any order, reused references, parts that never come or come late."""

import itertools
from pathlib import Path

import pytest

from gsmd.config import InboundConfig
from gsmd.protocol.message import State
from tests.core.bench import LONG, bench, deliver

DAY = 24 * 3600
THREE = "Trois parties, dont chacune a son tour dans la suite des choses. " * 6


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_parts_come_together_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    async with bench(tmp_path) as it:
        for number in order:
            it.modem.arrive(*deliver(THREE, only=(number,)))
        (message,) = await it.inbox()
        assert (message.text, message.parts, message.complete) == (THREE, 3, True)


@pytest.mark.parametrize("width", [8, 16])
async def test_both_widths_of_the_reference_join(tmp_path: Path, width: int) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(LONG, reference=200, width=width))
        assert (await it.inbox())[0].text == LONG


async def test_references_of_different_width_are_different(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(LONG, reference=7, width=8, only=(1,)))
        it.modem.arrive(*deliver(LONG, reference=7, width=16, only=(2,)))
        await it.until(lambda: not it.modem.slots)
        assert not await it.inbox(0)


async def test_a_part_that_comes_twice_counts_once(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(LONG, only=(1,)), *deliver(LONG, only=(1,)))
        await it.until(lambda: not it.modem.slots)
        assert not await it.inbox(0)
        it.modem.arrive(*deliver(LONG, only=(2,)))
        assert (await it.inbox())[0].text == LONG


async def test_two_senders_may_use_the_same_reference(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        one, other = deliver(LONG, "+3361"), deliver(LONG.upper(), "+3362")
        it.modem.arrive(one[0], other[0], other[1], one[1])
        found = {message.peer: message.text for message in await it.inbox(2)}
        assert found == {"+3361": LONG, "+3362": LONG.upper()}


async def test_a_reference_used_again_days_later_is_another_message(tmp_path: Path) -> None:
    async with bench(tmp_path, inbound=InboundConfig(incomplete_after=30 * DAY)) as it:
        it.modem.arrive(*deliver(LONG, only=(1,)))
        await it.until(lambda: not it.modem.slots)
        it.modem.arrive(*deliver(LONG.upper(), at=3 * DAY))
        (message,) = await it.inbox()
        assert message.text == LONG.upper()
        it.modem.arrive(*deliver(LONG, at=20, only=(2,)))
        assert (await it.inbox(2))[1].text == LONG


async def test_a_reference_used_again_at_once_takes_the_nearer_parts(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        first, second = deliver(LONG), deliver(LONG.upper(), at=600)
        it.modem.arrive(first[0], second[0], second[1], first[1])
        texts = {message.text for message in await it.inbox(2)}
        assert texts == {LONG, LONG.upper()}


async def test_parts_survive_a_restart(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(LONG, only=(2,)))
        await it.until(lambda: not it.modem.slots)
        await it.restart()
        it.modem.arrive(*deliver(LONG, only=(1,)))
        assert (await it.inbox())[0].text == LONG


async def test_what_stays_incomplete_is_published_marked_and_completed_by_a_late_part(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        it.modem.arrive(*deliver(LONG, only=(2,)))
        await it.until(lambda: not it.modem.slots)
        await it.pass_time(DAY - 60)
        await it.settled()
        assert not worker.got
        await it.pass_time(120)
        (got,) = await worker.gets(1)
        incomplete = got.message
        assert (incomplete.complete, incomplete.parts) == (False, 2)
        assert incomplete.text is not None
        assert LONG.endswith(incomplete.text)
        it.modem.arrive(*deliver(LONG, only=(1,)))
        await it.until(lambda: it.told("message.completed"))
        whole = await it.app.messages.get(incomplete.id)
        assert (whole.text, whole.complete) == (LONG, True)
        await it.settled()
        assert len(await it.inbox()) == len(worker.got) == 1
        history = await it.app.messages.show(whole.id)
        assert [part.sequence for part in history.parts] == [1, 2]


async def test_what_is_incomplete_stays_due_through_a_restart_and_a_wrong_clock(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(LONG, only=(1,)))
        await it.until(lambda: not it.modem.slots)
        await it.stop()
        it.clock.advance(2 * DAY)
        await it.start()
        (message,) = await it.inbox()
        assert not message.complete


async def test_parts_that_cannot_be_joined_are_kept_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_parts: object) -> None:
        raise ZeroDivisionError

    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(THREE, only=(1, 3)))
        await it.until(lambda: not it.modem.slots)
        monkeypatch.setattr("gsmd.core.inbound.pdu.join", broken)
        await it.pass_time(DAY + 60)
        kept = await it.inbox(2, state=State.UNDECODABLE)
        assert {message.data for message in kept} == set(deliver(THREE, only=(1, 3)))


async def test_a_hundred_that_are_due_at_once_are_all_published(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.capacity = 200
        it.modem.arrive(
            *(frame for n in range(130) for frame in deliver(LONG, f"+3360{n:04}", only=(1,)))
        )
        await it.until(lambda: not it.modem.slots)
        await it.pass_time(DAY + 60)
        assert len(await it.inbox(130, limit=1000)) == 130
