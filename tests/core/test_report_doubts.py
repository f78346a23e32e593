"""A report whose number fits one part, and which may be about another: none is given another's word."""

import asyncio
from datetime import timedelta
from pathlib import Path

from gsmd.modem import SubmitUncertain
from gsmd.protocol.message import Message, State
from tests.core.bench import LONG, PHONE, Bench, bench, status_report
from tests.core.fake_modem import refused
from tests.core.test_reports import HOLD, ON, now, report, sent

OTHER = "+33699999999"
FAILED = 0x42


async def on_its_way(it: Bench, text: str = "young", **more: str) -> tuple[Message, asyncio.Event]:
    """A message that the modem has in hand, and what lets the modem answer."""
    gate = asyncio.Event()
    it.modem.script.append(gate)
    it.modem.submitting.clear()
    message = await it.send(text, **more)
    await it.modem.submitting.wait()
    return message, gate


async def state_of(it: Bench, message: Message) -> State:
    return (await it.app.messages.get(message.id)).state


async def test_a_report_ahead_of_its_answer_is_not_taken_for_that_of_one_that_got_no_answer(
    tmp_path: Path,
) -> None:
    """Else what never went out would be told as delivered, and what did would never be."""
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        lost = await it.reaches(await it.send("lost"), State.UNCERTAIN)
        await it.pass_time(300)
        young, gate = await on_its_way(it)
        await report(it, 1)
        gate.set()
        await it.reaches(young, State.DELIVERED)
        assert await state_of(it, lost) is State.UNCERTAIN


async def test_a_report_ahead_of_its_answer_is_not_taken_for_that_of_an_older_one_with_its_number(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        silent = await sent(it, "silent")
        await it.pass_time(7200)
        it.modem.reference = 0
        young, gate = await on_its_way(it)
        await report(it, 1)
        gate.set()
        await it.reaches(young, State.DELIVERED)
        assert await state_of(it, silent) is State.SENT


async def test_nor_for_another_word_on_one_that_is_delivered(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        old = await sent(it, "old")
        await report(it, 1)
        await it.reaches(old, State.DELIVERED)
        await it.pass_time(7200)
        it.modem.reference = 0
        young, gate = await on_its_way(it)
        await report(it, 1)
        gate.set()
        await it.reaches(young, State.DELIVERED)
        assert len(it.about(old, "message.report")) == 1


async def test_each_part_of_a_long_message_gets_its_report_however_many_were_before_it(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        for reference in (1, 2):
            await it.reaches(await sent(it, "old"), State.SENT)
            await report(it, reference)
        await it.pass_time(7200)
        it.modem.reference = 0
        gates = [asyncio.Event(), asyncio.Event()]
        it.modem.script.extend(gates)
        message = await it.send(LONG)
        for part, gate in enumerate(gates, 1):
            await it.until(lambda part=part: len(it.about(message, "message.submitting")) == part)  # type: ignore[misc] # the number of now
            await report(it, part)
            gate.set()
        await it.reaches(message, State.DELIVERED)


async def test_a_report_that_waited_in_vain_finds_the_one_that_got_no_answer(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        lost = await it.reaches(await it.send("lost"), State.UNCERTAIN)
        taken = now(it)
        young, gate = await on_its_way(it)
        it.modem.arrive(status_report(41, at=taken))
        await it.until(lambda: not it.modem.slots)
        assert await state_of(it, lost) is State.UNCERTAIN
        gate.set()
        await it.reaches(lost, State.DELIVERED)
        assert await state_of(it, young) is State.SENT


async def test_it_does_so_too_when_what_was_under_way_is_refused(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        silent = await sent(it, "silent")
        taken = now(it)
        await it.pass_time(120)
        gate = asyncio.Event()
        real = it.modem.submit

        async def slow_refusal(*args: object, **more: object) -> int:
            it.modem.submit = real  # type: ignore[method-assign] # once only
            it.modem.script.append(gate)
            await real(*args, **more)  # type: ignore[arg-type] # they are passed on
            raise refused(38)

        it.modem.submit = slow_refusal  # type: ignore[method-assign] # stands in for the real one
        it.modem.submitting.clear()
        await it.send("young")
        await it.modem.submitting.wait()
        it.modem.arrive(status_report(1, at=taken - timedelta(seconds=90)))
        await it.until(lambda: not it.modem.slots)
        assert await state_of(it, silent) is State.SENT
        gate.set()
        await it.reaches(silent, State.DELIVERED)


async def test_what_goes_to_somebody_else_holds_up_no_report(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        silent = await sent(it, "silent")
        taken = now(it)
        await it.pass_time(7200)
        _, gate = await on_its_way(it, to=OTHER)
        it.modem.arrive(status_report(1, PHONE, at=taken - timedelta(hours=1)))
        await it.reaches(silent, State.DELIVERED)
        gate.set()


async def test_what_is_under_way_holds_up_no_report_that_can_be_about_one_part_only(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        first = await sent(it, "first")
        _, gate = await on_its_way(it)
        await report(it, 1)
        await it.reaches(first, State.DELIVERED)
        gate.set()


async def test_what_is_said_again_is_not_said_of_an_older_one_that_nothing_was_said_of(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        silent = await sent(it, "silent")
        await it.pass_time(7200)
        it.modem.reference = 0
        young = await sent(it, "young")
        await report(it, 1, FAILED)
        await it.reaches(young, State.FAILED)
        await report(it, 1)
        await it.reaches(young, State.DELIVERED)
        assert await state_of(it, silent) is State.SENT


async def test_a_refusal_that_means_nothing_for_sure_is_put_right_by_a_report(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        it.modem.script.append(refused(500, text_given=True))
        message = await it.send()
        await it.until(lambda: len(it.told("message.queued")) == 2)
        await it.until(it.modem.submitting.is_set)
        await report(it, 41)
        await it.reaches(message, State.DELIVERED)
        await it.pass_time(3600)
        await it.settled()
        assert it.modem.sent == []


async def test_and_is_not_taken_for_the_word_on_another_one_without_an_answer(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        lost = await it.reaches(await it.send("lost"), State.UNCERTAIN)
        it.modem.script.append(refused(500, text_given=True))
        young = await it.send("young")
        await it.until(lambda: len(it.about(young, "message.queued")) >= 2)
        await report(it, 41)
        await it.settled()
        assert await state_of(it, lost) is State.UNCERTAIN
