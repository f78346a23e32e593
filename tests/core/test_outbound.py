"""What is sent: accepted on disk, when it is due, in order, and never after its time."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import Backoff, InboundConfig, OutboundConfig
from gsmd.modem import ModemUnavailable, SubmitUncertain
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import State
from gsmd.store.tables.messages import moment
from tests.core.bench import LONG, PHONE, Bench, bench
from tests.core.fake_modem import refused

HOUR = 3600
SLOW = OutboundConfig(retry=Backoff(first=10, max=100), validity=HOUR)


async def busy(it: Bench) -> asyncio.Event:
    """Let the modem take a first message and keep it; what is sent now waits together."""
    gate = asyncio.Event()
    it.modem.script.append(gate)
    await it.send("first", "+33600000099")
    await it.modem.submitting.wait()
    return gate


async def test_accepted_means_on_disk(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        accepted = await it.send()
        await it.restart()
        await it.reaches(accepted, State.SENT)
        assert it.modem.texts == ["hello"]


async def test_the_more_urgent_goes_first_then_the_older(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        gate = await busy(it)
        for text, priority in (("a", 0), ("b", 5), ("c", 0), ("d", 5)):
            await it.send(text, f"+3360000000{ord(text) % 10}", priority=priority)
        gate.set()
        await it.until(lambda: len(it.modem.sent) == 5)
        assert it.modem.texts == ["first", "b", "d", "a", "c"]


async def test_what_was_taken_ahead_lets_the_more_urgent_pass(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        gate = asyncio.Event()
        it.modem.script.append(gate)
        for number in range(3):
            await it.send(f"{number}", f"+3360000000{number}")
        await it.modem.appear()
        await it.modem.submitting.wait()
        await it.send("urgent", "+33600000009", priority=9)
        gate.set()
        await it.until(lambda: len(it.modem.sent) == 4)
        assert it.modem.texts == ["0", "urgent", "1", "2"]


async def test_order_per_destination_is_kept_whatever_happens_to_the_first(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.append(refused(42))
        one = await it.send("1")
        await it.until(lambda: it.told("message.submitting"))
        await it.send("2")
        await it.send("other", "+33600000001")
        await it.until(lambda: it.modem.texts == ["other"])
        await it.pass_time(15)
        await it.reaches(one, State.SENT)
        await it.until(lambda: it.modem.texts == ["other", "1", "2"])


async def test_not_before_its_time(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        later = await it.send(not_before=moment(it.clock.wall() + HOUR * 1000))
        await it.send("now")
        await it.until(lambda: it.modem.texts == ["now"])
        assert (
            await it.app.messages.show(later.id)
        ).waiting_for == "not before 2026-01-01 13:00:00+00:00"
        await it.pass_time(HOUR - 1)
        await it.settled()
        assert it.modem.texts == ["now"]
        await it.pass_time(2)
        await it.reaches(later, State.SENT)


async def test_the_validity_of_what_is_to_go_later_begins_then(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=SLOW) as it:
        later = await it.send(not_before=moment(it.clock.wall() + 5 * HOUR * 1000))
        await it.pass_time(5 * HOUR + 1)
        await it.reaches(later, State.SENT)
        assert it.modem.sent[0].validity is not None
        assert it.modem.sent[0].validity.relative == timedelta(hours=1)


async def test_what_waited_too_long_is_never_sent(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=SLOW) as it:
        it.modem.vanish()
        head, behind = await it.send("1"), await it.send("2")
        await it.pass_time(HOUR + 1)
        for message in (head, behind):
            found = await it.reaches(message, State.EXPIRED)
            assert found.error is not None
            assert found.error.reason == "expired"
        await it.modem.appear()
        await it.settled()
        assert it.modem.sent == []


async def test_it_expires_while_gsmd_is_off_too(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=SLOW) as it:
        it.modem.vanish()
        message = await it.send()
        await it.stop()
        it.clock.advance(2 * HOUR)
        await it.start()
        await it.reaches(message, State.EXPIRED)
        assert it.modem.sent == []


async def test_it_is_not_sent_if_its_time_ends_between_taking_and_submitting(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=SLOW) as it:
        gate = await busy(it)
        ahead = await it.send("ahead")
        it.modem.script.append(ModemUnavailable("busy"))
        it.clock.advance(HOUR + 1)
        gate.set()
        await it.reaches(ahead, State.EXPIRED)
        assert it.modem.texts == ["first"]


async def test_the_network_hears_what_remains_of_the_validity(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=SLOW) as it:
        await it.reaches(await it.send("fresh"), State.SENT)
        it.modem.vanish()
        await it.send("late")
        await it.pass_time(HOUR - 600)
        await it.modem.appear()
        await it.until(lambda: len(it.modem.sent) == 2)
        validities = [submit.validity and submit.validity.relative for submit in it.modem.sent]
        assert validities == [timedelta(hours=1), timedelta(minutes=10)]


async def test_the_same_key_returns_the_first_message_across_restarts(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        first, second = await asyncio.gather(
            it.send("one", key="order 7"), it.send("one", key="order 7", validity=HOUR)
        )
        assert first.id == second.id
        await it.reaches(first, State.SENT)
        await it.restart()
        assert (await it.send("one", key="order 7")).id == first.id
        await it.settled()
        assert it.modem.sent == []


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"to": "nobody"}, "bad_number"),
        ({"to": ""}, "bad_number"),
        ({"text": ""}, "empty"),
        ({"text": None, "data": "0g"}, "bad_hex"),
        ({"text": "x" * 50_000}, "too_long"),
        ({"text": "half a \ud83d character"}, "not_encodable"),
        ({"modem": "west"}, "no_such_modem"),
        ({"validity": 0}, "bad_validity"),
        ({"validity": 1e300}, "bad_validity"),
        ({"validity": float("nan")}, "bad_validity"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_the_reason(
    tmp_path: Path, request_: dict[str, Any], reason: str
) -> None:
    async with bench(tmp_path) as it:
        with pytest.raises(Refused) as refusal:
            await it.send(**request_)
        assert (refusal.value.code, refusal.value.data["reason"]) == (Code.INVALID, reason)
        assert not await it.outbox(0)


# cancelling and trying again


async def test_cancelled_while_it_waits_it_is_never_sent(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        message = await it.send()
        assert (await it.app.messages.cancel(message.id)).state is State.CANCELLED
        await it.modem.appear()
        await it.settled()
        assert it.modem.sent == []


async def test_cancelled_while_a_modem_has_taken_it_ahead_it_is_never_sent(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        gate = asyncio.Event()
        it.modem.script.append(gate)
        await it.send("first", "+33600000001")
        ahead = await it.send("ahead", "+33600000002")
        await it.send("after", "+33600000003")
        await it.modem.appear()
        await it.modem.submitting.wait()
        await it.app.messages.cancel(ahead.id)
        gate.set()
        await it.until(lambda: it.modem.texts == ["first", "after"])
        assert (await it.app.messages.get(ahead.id)).state is State.CANCELLED


async def test_cancelled_between_two_tries_the_next_to_the_same_number_moves_up(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.append(refused(42))
        first = await it.send("1")
        await it.until(lambda: len(it.told("message.queued")) == 2)
        await it.send("2")
        await it.app.messages.cancel(first.id)
        await it.until(lambda: it.modem.texts == ["2"])


async def test_it_is_too_late_to_cancel_what_is_on_its_way_or_out(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        gate = asyncio.Event()
        it.modem.script.append(gate)
        message = await it.send()
        await it.reaches(message, State.SUBMITTING)
        for _ in ("on its way", "out"):
            with pytest.raises(Refused) as refusal:
                await it.app.messages.cancel(message.id)
            assert refusal.value.data["reason"] == "too_late"
            gate.set()
            await it.reaches(message, State.SENT)


async def test_retried_by_hand_it_begins_anew_in_its_place_and_with_its_whole_validity(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=SLOW) as it:
        it.modem.script.append(refused(1))
        failed = await it.reaches(await it.send("1"), State.FAILED)
        it.modem.vanish()
        await it.send("2")
        await it.pass_time(HOUR / 2)
        await it.app.messages.retry(failed.id)
        await it.pass_time(HOUR / 2 + 1)
        await it.modem.appear()
        await it.until(lambda: it.modem.texts == ["1"])  # the other one expired
        assert it.modem.sent[0].validity is not None
        assert it.modem.sent[0].validity.relative == timedelta(minutes=30)


async def test_retried_by_hand_it_does_not_pass_by_what_goes_to_the_same_number(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, ("north", "south")) as it:
        it.modem.refuse = it.modems["south"].refuse = lambda submit: (
            refused(1) if submit.user_data.text == "1" else None
        )
        failed = await it.reaches(await it.send("1"), State.FAILED)
        it.modem.refuse = it.modems["south"].refuse = lambda _submit: None
        gate = asyncio.Event()
        it.modem.script.append(gate)
        it.modems["south"].script.append(gate)
        await it.send("2")
        await it.until(lambda: len(it.told("message.submitting")) == 2)
        await it.app.messages.retry(failed.id)
        await it.settled()
        assert (await it.app.messages.get(failed.id)).state is State.QUEUED
        gate.set()
        await it.reaches(failed, State.SENT)


async def test_what_is_sent_cannot_be_sent_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        message = await it.reaches(await it.send(), State.SENT)
        with pytest.raises(Refused) as refusal:
            await it.app.messages.retry(message.id)
        assert refusal.value.data["reason"] == "not_failed"


# waiting, and why


async def test_waiting_ends_at_the_state_or_where_it_can_never_come(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        sent = await it.app.messages.wait((await it.send("1")).id, State.SENT, 5)
        assert sent.state is State.SENT
        nobody_tells = await it.app.messages.wait(sent.id, State.DELIVERED, 5)
        assert nobody_tells.state is State.SENT
        it.modem.script.append(refused(1))
        lost = await it.app.messages.wait((await it.send("2")).id, State.DELIVERED, 5)
        assert lost.state is State.FAILED


async def test_waiting_too_long_is_refused_with_the_state_it_is_in(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        with pytest.raises(Refused) as refusal:
            await it.app.messages.wait((await it.send()).id, State.SENT, 0.01)
        assert (refusal.value.code, refusal.value.data["state"]) == (Code.TIMEOUT, "queued")


async def test_show_says_why_a_message_waits(tmp_path: Path) -> None:
    async with bench(tmp_path, limits={"interval": 60.0}) as it:
        await it.reaches(await it.send("0"), State.SENT)
        head, behind = await it.send("1"), await it.send("2")
        await it.until(lambda: it.app._fleet._runners["north"].sender.pausing)
        why = [(await it.app.messages.show(m.id)).waiting_for for m in (head, behind)]
        assert why[0] == "north: one part every 60 s"
        assert why[1] == "an earlier message to the same number goes first"
        it.modem.vanish()
        await it.until(lambda: not it.app._fleet._runners["north"].sender.pausing)
        assert (await it.app.messages.show(head.id)).waiting_for == "north is absent: unplugged"


async def test_a_caller_that_goes_away_does_not_leave_its_message_lying(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        task = asyncio.create_task(it.send())
        await asyncio.sleep(0)
        task.cancel()
        await it.until(lambda: it.modem.texts == ["hello"])


async def test_a_jump_of_the_wall_clock_changes_nothing_but_what_is_due_by_it(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=SLOW, inbound=InboundConfig(retention=None)) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        retried = await it.send("retried")
        await it.until(lambda: len(it.told("message.queued")) == 2)
        asked = await it.send("asked", "+33600000001", not_before=moment(it.clock.wall() + 10**8))
        it.clock.jump(-30 * 24 * HOUR)
        await it.pass_time(12)
        await it.reaches(retried, State.SENT)
        it.clock.jump(31 * 24 * HOUR + 10**5)
        await it.pass_time(1)
        await it.reaches(asked, State.SENT)
        assert len(it.told("clock.jumped")) == 2
        assert it.modem.texts == ["retried", "asked"]


async def test_long_messages_go_out_whole_and_in_order(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        message = await it.reaches(await it.send(LONG), State.SENT)
        assert message.parts == 2
        numbers = [submit.user_data.concatenation for submit in it.modem.sent]
        assert [n and (n.sequence, n.total) for n in numbers] == [(1, 2), (2, 2)]
        assert "".join(str(text) for text in it.modem.texts) == LONG
        assert {str(submit.destination) for submit in it.modem.sent} == {PHONE}
