"""Status reports: each finds its part, however late or early, and no other."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import Backoff, OutboundConfig
from gsmd.modem import SubmitUncertain
from gsmd.protocol.message import Kind, Message, State
from tests.core.bench import LONG, PHONE, Bench, bench, status_report
from tests.core.fake_modem import AnswerLost

ON = OutboundConfig(report=True, retry=Backoff(first=10, max=100))
HOLD = OutboundConfig(report=True, when_uncertain="hold")
FAILED, EXPIRED, TEMPORARY = 0x42, 0x46, 0x20
DAY = 24 * 3600


def now(it: Bench) -> datetime:
    return datetime.fromtimestamp(it.clock.wall() / 1000, UTC)


async def sent(it: Bench, text: str = "hello", **more: Any) -> Message:
    return await it.reaches(await it.send(text, **more), State.SENT)


async def report(it: Bench, reference: int, tp_status: int = 0, peer: str = PHONE) -> None:
    """A report comes in, and is dealt with."""
    it.modem.arrive(status_report(reference, peer, tp_status, at=now(it)))
    await it.until(lambda: not it.modem.slots)


async def test_delivered_when_the_report_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await report(it, 1)
        message = await it.reaches(message, State.DELIVERED)
        assert message.delivered_at is not None
        (part,) = (await it.app.messages.show(message.id)).parts
        assert (part.tp_status, part.discharge_time is None) == (0, False)
        assert not await it.inbox(0)


@pytest.mark.parametrize(("tp_status", "state"), [(FAILED, State.FAILED), (EXPIRED, State.EXPIRED)])
async def test_a_report_of_failure_says_why(tmp_path: Path, tp_status: int, state: State) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await report(it, 1, tp_status)
        message = await it.reaches(message, state)
        assert message.error is not None
        assert (message.error.reason, bool(message.error.message)) == ("not_delivered", True)


async def test_a_passing_trouble_is_noted_and_the_word_after_it_counts(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await report(it, 1, TEMPORARY)
        await it.until(lambda: it.told("message.report"))
        history = await it.app.messages.show(message.id)
        assert (history.message.state, history.parts[0].tp_status) == (State.SENT, TEMPORARY)
        await report(it, 1, 0)
        await it.reaches(message, State.DELIVERED)


async def test_a_long_message_is_delivered_only_when_every_part_is(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it, LONG)
        await report(it, 2)
        await it.until(lambda: it.told("message.report"))
        assert (await it.app.messages.get(message.id)).state is State.SENT
        await report(it, 1)
        await it.reaches(message, State.DELIVERED)


async def test_a_report_of_the_first_part_may_come_before_the_second_is_out(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        gate = asyncio.Event()
        it.modem.script.extend([None, gate])
        message = await it.send(LONG)
        await it.until(lambda: len(it.told("message.submitting")) == 2)
        await report(it, 1)
        await it.until(lambda: it.told("message.report"))
        gate.set()
        await it.reaches(message, State.SENT)
        await report(it, 2)
        await it.reaches(message, State.DELIVERED)


async def test_a_report_may_come_before_the_answer_that_tells_the_reference(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        gate = asyncio.Event()
        it.modem.script.append(gate)
        message = await it.send()
        await it.modem.submitting.wait()
        await report(it, 1)
        gate.set()
        await it.reaches(message, State.DELIVERED)
        await it.pass_time(600)
        await it.settled()
        assert not await it.inbox(0)


async def test_a_report_days_later_after_a_restart(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await it.stop()
        it.clock.advance(6 * DAY)
        await it.start()
        await report(it, 1)
        await it.reaches(message, State.DELIVERED)


async def test_the_window_is_as_long_as_the_validity(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it, validity=30 * DAY)
        await it.pass_time(25 * DAY)
        await report(it, 1)
        await it.reaches(message, State.DELIVERED)


async def test_after_the_window_a_reference_means_something_else(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await it.pass_time(10 * DAY)
        await report(it, 1)
        await it.settled()
        assert (await it.app.messages.get(message.id)).state is State.SENT


async def test_with_another_sim_the_same_reference_is_another_message(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        it.modem.sim = "another"
        await report(it, 1)
        await it.settled()
        assert (await it.app.messages.get(message.id)).state is State.SENT


async def test_another_recipient_is_another_message(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await report(it, 1, peer="+33699999999")
        await it.settled()
        assert (await it.app.messages.get(message.id)).state is State.SENT


async def test_the_network_may_spell_the_number_as_at_home(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await report(it, 1, peer="0612345678")
        await it.reaches(message, State.DELIVERED)


async def test_of_two_with_one_reference_the_nearer_in_time_is_meant(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        old = await sent(it, "old")
        taken = now(it)
        await it.pass_time(2 * DAY)
        it.modem.reference = 0
        young = await sent(it, "young")
        it.modem.arrive(status_report(1, at=taken))
        await it.reaches(old, State.DELIVERED)
        assert (await it.app.messages.get(young.id)).state is State.SENT
        await report(it, 1)
        await it.reaches(young, State.DELIVERED)


async def test_nothing_takes_a_delivery_back(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it, LONG)
        await report(it, 1)
        await it.until(lambda: it.told("message.report"))
        await report(it, 1, FAILED)
        await it.until(lambda: len(it.told("message.report")) == 2)
        await report(it, 2)
        await it.reaches(message, State.DELIVERED)


async def test_a_late_delivery_puts_right_what_had_expired(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await report(it, 1, EXPIRED)
        await it.reaches(message, State.EXPIRED)
        await report(it, 1, 0)
        await it.reaches(message, State.DELIVERED)


async def test_a_report_for_nothing_we_know_is_kept_and_listed(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        await report(it, 99)
        await it.settled()
        assert not await it.inbox(0)
        await it.pass_time(600)
        (listed,) = await it.inbox()
        assert (listed.kind, listed.state, listed.peer) == (Kind.REPORT, State.HANDLED, PHONE)
        assert "delivered" in str(listed.text)
        assert len((await it.app.messages.show(listed.id)).parts) == 1


async def test_the_same_report_twice_counts_once(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        message = await sent(it)
        await report(it, 1)
        await report(it, 1)
        await it.reaches(message, State.DELIVERED)
        assert len(it.told("message.report")) == 1


# a report for what got no answer


async def test_a_report_shows_that_a_part_without_an_answer_went_out_and_it_is_not_sent_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        message = await it.send()
        await it.until(lambda: it.told("message.uncertain"))
        await report(it, 41)
        assert not (await it.reaches(message, State.DELIVERED)).possible_duplicate
        await it.pass_time(3600)
        await it.settled()
        assert it.modem.sent == []


async def test_it_may_come_before_the_modem_is_given_up(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        gate = asyncio.Event()
        real = it.modem.submit

        async def silent(*args: Any, **more: Any) -> int:
            await real(*args, **more)
            await gate.wait()
            raise SubmitUncertain("silence")

        it.modem.submit = silent  # type: ignore[method-assign]  # stands in for the real one
        message = await it.send()
        await it.modem.submitting.wait()
        await report(it, 41)
        gate.set()
        await it.reaches(message, State.DELIVERED)


async def test_of_a_long_message_only_what_is_not_out_is_sent(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        message = await it.reaches(await it.send(LONG), State.UNCERTAIN)
        await report(it, 41)
        await it.reaches(message, State.SENT)
        assert [str(text) in LONG[150:] for text in it.modem.texts] == [True]
        await report(it, 1)
        await it.reaches(message, State.DELIVERED)


@pytest.mark.parametrize(
    ("peer", "ago"), [("+33699999999", 0), (PHONE, 3600)], ids=["another number", "another time"]
)
async def test_a_report_about_something_else_confirms_nothing(
    tmp_path: Path, peer: str, ago: int
) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        message = await it.reaches(await it.send(), State.UNCERTAIN)
        it.modem.arrive(status_report(41, peer, at=now(it) - timedelta(seconds=ago)))
        await it.until(lambda: not it.modem.slots)
        await it.settled()
        assert (await it.app.messages.get(message.id)).state is State.UNCERTAIN


async def test_if_it_could_be_one_of_two_neither_is_confirmed(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.extend([SubmitUncertain("silence")] * 2)
        messages = [await it.reaches(await it.send(text), State.UNCERTAIN) for text in "ab"]
        await report(it, 41)
        await it.settled()
        assert [(await it.app.messages.get(m.id)).state for m in messages] == [State.UNCERTAIN] * 2


async def test_the_report_of_a_first_try_confirms_nothing_that_goes_to_the_same_number(
    tmp_path: Path,
) -> None:
    """Else a part that never went out would be taken for delivered."""
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        first = await it.reaches(await it.send("first"), State.UNCERTAIN)
        await it.app.messages.retry(first.id)
        await it.reaches(first, State.SENT)
        it.modem.script.append(SubmitUncertain("silence"))
        second = await it.reaches(await it.send("second"), State.UNCERTAIN)
        await report(it, 41)
        await it.settled()
        assert (await it.app.messages.get(second.id)).state is State.UNCERTAIN


async def test_once_it_is_known_which_part_is_out_the_next_one_can_be_known_too(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        for reference, text in ((41, "first"), (42, "second")):
            it.modem.script.append(SubmitUncertain("silence"))
            message = await it.reaches(await it.send(text), State.UNCERTAIN)
            await report(it, reference)
            await it.reaches(message, State.DELIVERED)


async def test_a_part_that_is_found_to_be_out_while_a_modem_has_it_in_hand_is_not_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(tmp_path, outbound=ON) as it:
        it.modem.script.append(AnswerLost())
        tried_at = now(it)
        message = await it.send(LONG)
        await it.until(lambda: it.told("message.uncertain"))
        submit = it.modem.submit

        async def told_just_before(*args: Any, **more: Any) -> int:
            monkeypatch.setattr(it.modem, "submit", submit)
            frame = status_report(77, at=tried_at)
            await it.modem.listener.direct(it.modem, frame)
            return await submit(*args, **more)

        monkeypatch.setattr(it.modem, "submit", told_just_before)
        await it.pass_time(15)
        message = await it.reaches(message, State.SENT)
        texts = it.modem.texts
        assert (len(texts), "".join(map(str, texts))) == (2, LONG)
        assert not message.possible_duplicate
