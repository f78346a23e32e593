"""Carrying: what each kind of failure leads to, limits, routes, and a modem that is never idle."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from gsmd.at import AtError, FinalResult
from gsmd.config import Backoff, OutboundConfig, Route
from gsmd.modem import ModemState, ModemUnavailable, SubmitRefused, SubmitUncertain
from gsmd.pdu import Submit
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import State
from gsmd.store.engine.errors import StoreError
from tests.core.bench import LONG, bench, status_report
from tests.core.fake_modem import AnswerLost, refused

FAST = Backoff(first=10, max=100)
HOLD = OutboundConfig(retry=FAST, when_uncertain="hold")


def only(text: str, cms: int) -> Callable[[Submit], Exception | None]:
    """A network that refuses one text."""
    return lambda submit: refused(cms) if submit.user_data.text == text else None


# failures


async def test_a_permanent_refusal_fails_at_once_with_its_code(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.refuse = only("hello", 28)
        message = await it.reaches(await it.send(), State.FAILED)
        assert message.error is not None
        assert (message.error.reason, message.error.cms) == ("refused", 28)
        assert "unidentified subscriber" in message.error.message


async def test_a_passing_refusal_is_tried_again_with_growing_pauses_and_then_fails(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=OutboundConfig(retry=FAST, attempts=3)) as it:
        it.modem.refuse = only("hello", 42)
        message = await it.send()
        waits = []
        for number in (1, 2):
            await it.until(lambda n=number: len(it.told("message.queued")) == n + 1)  # type: ignore[misc] # mypy does not see defaults of lambdas
            waits.append(it.told("message.queued")[-1].fields["again_in"])
            await it.pass_time(waits[-1] + 0.1)
        await it.reaches(message, State.FAILED)
        assert 8 <= waits[0] <= 12
        assert 16 <= waits[1] <= 24


NO_REASON = [500, 255, 350, 999]
"""Codes that mean "unknown", or that nobody has described."""


@pytest.mark.parametrize("cms", NO_REASON)
async def test_refused_without_a_reason_while_others_go_through_it_fails_after_five_tries(
    tmp_path: Path, cms: int
) -> None:
    async with bench(tmp_path) as it:
        it.modem.refuse = only("bad", cms)
        await it.reaches(await it.send("first", "+33600000002"), State.SENT)
        start = it.clock.monotonic()
        bad = await it.send("bad", "+33600000001")
        for tries in range(2, 6):
            await it.until(lambda n=tries: len(it.about(bad, "message.queued")) == n)  # type: ignore[misc] # mypy does not see defaults of lambdas
            await it.reaches(await it.send(f"other {tries}", "+33600000002"), State.SENT)
            await it.pass_time(it.about(bad, "message.queued")[-1].fields["again_in"] + 0.1)
        await it.reaches(bad, State.FAILED)
        assert len(it.about(bad, "message.submitting")) == 5
        assert it.clock.monotonic() - start >= 120_000


@pytest.mark.parametrize("cms", NO_REASON)
async def test_while_nothing_goes_through_a_refusal_without_a_reason_costs_no_try(
    tmp_path: Path, cms: int
) -> None:
    async with bench(tmp_path, outbound=OutboundConfig(retry=FAST, attempts=2)) as it:
        it.modem.refuse = lambda _submit: refused(cms)
        alarm = await it.send("alarm")
        for tries in range(2, 12):
            await it.until(lambda n=tries: len(it.about(alarm, "message.queued")) >= n)  # type: ignore[misc] # as above
            await it.pass_time(it.about(alarm, "message.queued")[-1].fields["again_in"] + 0.1)
        it.modem.refuse = lambda _submit: None
        await it.until(lambda: len(it.about(alarm, "message.submitting")) >= 11)
        await it.pass_time(150)
        await it.reaches(alarm, State.SENT)


async def test_refusals_without_a_reason_do_not_keep_an_urgent_message_waiting(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.refuse = lambda submit: refused(500) if submit.user_data.text != "good" else None
        for number in range(3):
            await it.send("bad", f"+3360000000{number}")
        await it.until(lambda: len(it.told("message.submitting")) >= 2)
        await it.settled()
        await it.reaches(await it.send("good", "+33600000009", priority=5), State.SENT)


async def test_after_ctrl_z_a_refusal_that_is_not_sure_makes_the_next_try_a_possible_duplicate(
    tmp_path: Path,
) -> None:
    for number, (result, marked) in enumerate(
        [
            (FinalResult("+CMS ERROR: 500", ok=False, cms=500, source="cms"), True),
            (FinalResult("+CME ERROR: 30", ok=False, cme=30, source="cme"), True),
            (FinalResult("+CMS ERROR: 41", ok=False, cms=41, source="cms"), False),
        ]
    ):
        async with bench(tmp_path / str(number)) as it:
            error = SubmitRefused(AtError("AT+CMGS=20", (), result), text_given=True)
            it.modem.script.append(error)
            message = await it.send()
            await it.until(lambda: len(it.about(message, "message.queued")) == 2)  # noqa: B023 # called at once
            await it.pass_time(20)
            message = await it.reaches(message, State.SENT)
            assert message.possible_duplicate is marked


@pytest.mark.parametrize("cms", [1, 42, 500, 310, 331])
async def test_one_bad_message_delays_no_other(tmp_path: Path, cms: int) -> None:
    async with bench(tmp_path) as it:
        it.modem.refuse = only("bad", cms)
        it.modem.vanish()
        bad = await it.send("bad", "+33600000001")
        good = [await it.send(f"good {n}", f"+3360000001{n}") for n in range(5)]
        await it.modem.appear()
        for message in good:
            await it.reaches(message, State.SENT)
        for _ in range(6):
            await it.settled()
            await it.send("another", "+33600000002")
            await it.pass_time(120)
        failed = await it.reaches(bad, State.FAILED)
        assert failed.error is not None
        assert failed.error.cms == cms


async def test_trouble_of_the_modem_costs_the_messages_no_try(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=OutboundConfig(retry=FAST, attempts=2)) as it:
        it.modem.refuse = lambda _submit: refused(310)
        first, second = await it.send("1", "+33600000001"), await it.send("2", "+33600000002")
        sender = it.app._fleet._runners["north"].sender
        await it.until(lambda: sender.pausing)
        for _ in range(4):
            it.modem.vanish()
            await it.until(lambda: not sender.pausing)
            await it.pass_time(120)
            await it.modem.appear()
            await it.until(lambda: sender.pausing)
        it.modem.refuse = lambda _submit: None
        it.modem.vanish()
        await it.until(lambda: not sender.pausing)
        await it.pass_time(120)
        await it.modem.appear()
        await it.reaches(first, State.SENT)
        await it.reaches(second, State.SENT)


async def test_a_modem_that_goes_before_the_prompt_costs_no_try_and_nothing_is_double(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=OutboundConfig(retry=FAST, attempts=2)) as it:
        it.modem.script.extend([ModemUnavailable("lost")] * 5)
        message = await it.reaches(await it.send(), State.SENT)
        assert not message.possible_duplicate
        assert it.modem.texts == ["hello"]


async def test_a_defect_while_submitting_holds_up_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(ZeroDivisionError("a defect"))
        await it.reaches(await it.send("1", "+33600000001"), State.UNCERTAIN)
        await it.reaches(await it.send("2", "+33600000002"), State.SENT)


# no answer


async def test_without_an_answer_it_is_sent_again_and_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        message = await it.send()
        await it.until(lambda: it.told("message.uncertain"))
        await it.pass_time(15)
        message = await it.reaches(message, State.SENT)
        assert message.possible_duplicate


async def test_without_an_answer_it_is_held_if_that_is_asked_for_until_somebody_decides(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.extend([SubmitUncertain("silence"), SubmitUncertain("silence")])
        one = await it.reaches(await it.send("1", "+33600000001"), State.UNCERTAIN)
        other = await it.reaches(await it.send("2", "+33600000002"), State.UNCERTAIN)
        assert not one.possible_duplicate
        await it.pass_time(3600)
        await it.settled()
        assert it.modem.sent == []
        await it.app.messages.retry(one.id)
        assert (await it.reaches(one, State.SENT)).possible_duplicate
        assert (await it.app.messages.cancel(other.id)).state is State.CANCELLED
        assert it.modem.texts == ["1"]


async def test_what_is_held_does_not_hold_up_the_number(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(SubmitUncertain("silence"))
        await it.reaches(await it.send("1"), State.UNCERTAIN)
        await it.reaches(await it.send("2"), State.SENT)


async def test_after_so_many_tries_without_an_answer_it_is_held(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=OutboundConfig(retry=FAST, attempts=2)) as it:
        it.modem.script.extend([SubmitUncertain("silence")] * 2)
        message = await it.send()
        await it.until(lambda: it.told("message.uncertain"))
        await it.pass_time(15)
        message = await it.reaches(message, State.UNCERTAIN)
        assert message.possible_duplicate


# an answer that comes late


async def test_an_answer_that_comes_late_settles_the_message_and_nothing_is_sent_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.append(AnswerLost())
        message = await it.send()
        await it.until(lambda: it.told("message.uncertain"))
        it.modem.answer_late(17)
        message = await it.reaches(message, State.SENT)
        assert not message.possible_duplicate
        await it.pass_time(3600)
        await it.settled()
        assert it.modem.texts == ["hello"]
        it.modem.arrive(status_report(17))
        await it.reaches(message, State.DELIVERED)


async def test_the_other_parts_follow_through_the_same_modem(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south")) as it:
        it.modems["south"].vanish()
        it.modem.script.append(AnswerLost())
        message = await it.send(LONG)
        await it.until(lambda: it.told("message.uncertain"))
        it.modem.answer_late(17)
        message = await it.reaches(message, State.SENT)
        assert not message.possible_duplicate
        assert "".join(str(text) for text in it.modem.texts) == LONG


async def test_what_was_held_for_want_of_an_answer_is_sent_by_a_late_one(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(AnswerLost())
        message = await it.reaches(await it.send(), State.UNCERTAIN)
        it.modem.answer_late(17)
        await it.reaches(message, State.SENT)


async def test_a_late_answer_after_a_restart_of_gsmd_is_the_last_submissions(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(AnswerLost())
        message = await it.reaches(await it.send(), State.UNCERTAIN)
        await it.restart()
        it.modem.answer_late(17)
        await it.reaches(message, State.SENT)


async def test_once_it_was_sent_again_a_late_answer_takes_the_mark_off_no_more(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=OutboundConfig(retry=FAST, attempts=2)) as it:
        it.modem.script.extend([AnswerLost(), AnswerLost()])
        message = await it.send()
        await it.until(lambda: it.told("message.uncertain"))
        await it.pass_time(15)
        await it.until(lambda: len(it.told("message.uncertain")) == 2)
        it.modem.answer_late(17)
        assert (await it.reaches(message, State.SENT)).possible_duplicate


async def test_a_late_answer_after_another_message_went_out_is_nobodys(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.script.append(AnswerLost())
        lost = await it.reaches(await it.send("1", "+33600000001"), State.UNCERTAIN)
        await it.reaches(await it.send("2", "+33600000002"), State.SENT)
        it.modem.answer_late(17)
        await it.settled()
        assert (await it.app.messages.get(lost.id)).state is State.UNCERTAIN


async def test_a_late_answer_to_what_is_being_sent_again_is_not_another_messages(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.extend([AnswerLost(), AnswerLost()])
        older = await it.send("older", "+33600000001")
        await it.until(lambda: len(it.told("message.uncertain")) == 1)
        await it.pass_time(13)
        await it.until(lambda: len(it.told("message.uncertain")) == 2)
        gate = asyncio.Event()
        it.modem.script.extend([AnswerLost(), gate])
        newer = await it.send("newer", "+33600000002")
        await it.until(lambda: len(it.told("message.uncertain")) == 3)
        await it.pass_time(13)
        await it.reaches(newer, State.SUBMITTING)
        it.modem.answer_late(17)
        await it.settled()
        assert (await it.app.messages.get(older.id)).state is State.QUEUED
        gate.set()
        assert (await it.reaches(newer, State.SENT)).possible_duplicate


async def test_a_late_answer_is_written_before_a_message_can_be_taken_to_be_sent_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.append(AnswerLost())
        message = await it.send()
        await it.until(lambda: it.told("message.uncertain"))
        it.modem.vanish(ModemState.RECOVERING)
        await it.pass_time(15)
        await it.settled()
        it.modem.answer_late(17)
        await it.modem.appear()
        await it.reaches(message, State.SENT)
        await it.settled()
        assert it.modem.texts == ["hello"]


@pytest.mark.parametrize(("when_uncertain", "state"), [("resend", "queued"), ("hold", "uncertain")])
async def test_what_a_crash_caught_on_its_way_is_uncertain(
    tmp_path: Path, when_uncertain: Literal["resend", "hold"], state: str
) -> None:
    config = OutboundConfig(retry=FAST, when_uncertain=when_uncertain)
    async with bench(tmp_path, outbound=config) as it:
        it.modem.script.append(asyncio.Event())
        message = await it.send()
        await it.modem.submitting.wait()
        await it.restart()
        found = await it.app.messages.get(message.id)
        assert (found.state, found.possible_duplicate) == (state, state == "queued")


async def test_what_a_modem_had_only_taken_ahead_is_plainly_queued_after_a_crash(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, outbound=HOLD) as it:
        it.modem.vanish()
        it.modem.script.append(asyncio.Event())
        await it.send("1", "+33600000001")
        ahead = await it.send("2", "+33600000002")
        await it.modem.appear()
        await it.modem.submitting.wait()
        await it.restart()
        message = await it.reaches(ahead, State.SENT)
        assert not message.possible_duplicate


async def test_what_a_modem_had_only_taken_ahead_goes_through_another_when_it_is_lost(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, ("north", "south"), outbound=HOLD) as it:
        north, south = it.modems["north"], it.modems["south"]
        for modem in (north, south):
            modem.vanish()
        gate = asyncio.Event()
        north.script.append(gate)
        north.refuse = lambda _submit: SubmitUncertain("it is gone")
        await it.send("1", "+33600000001")
        ahead = await it.send("2", "+33600000002")
        await north.appear()
        await north.submitting.wait()
        await south.appear()
        north.vanish()
        await it.settled()
        assert south.texts == []  # it has looked, and found nothing
        gate.set()
        await it.reaches(ahead, State.SENT)
        assert south.texts == ["2"]


# long messages


async def test_a_long_message_goes_on_at_the_part_that_failed(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.extend([None, refused(42)])
        message = await it.send(LONG)
        await it.until(lambda: len(it.told("message.queued")) == 2)
        await it.pass_time(15)
        message = await it.reaches(message, State.SENT)
        assert not message.possible_duplicate
        assert "".join(str(text) for text in it.modem.texts) == LONG


async def test_all_its_parts_go_through_one_modem(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south")) as it:
        it.modems["south"].vanish()
        it.modem.script.extend([None, ModemUnavailable("lost")])
        message = await it.send(LONG)
        await it.until(lambda: len(it.modem.sent) == 1)
        it.modem.vanish()
        await it.modems["south"].appear()
        await it.settled()
        assert it.modems["south"].sent == []
        await it.modem.appear()
        await it.reaches(message, State.SENT)
        assert len(it.modem.sent) == 2


async def test_with_another_sim_in_the_modem_it_starts_over_and_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.extend([None, ModemUnavailable("the SIM was changed")])
        message = await it.send(LONG)
        await it.until(lambda: len(it.modem.sent) == 1)
        it.modem.vanish()
        it.modem.sim = "another"
        await it.modem.appear()
        message = await it.reaches(message, State.SENT)
        assert message.possible_duplicate
        sequences = [
            s.user_data.concatenation.sequence for s in it.modem.sent if s.user_data.concatenation
        ]
        assert sequences == [1, 1, 2]


# limits


async def test_the_interval_is_kept_from_part_to_part_and_across_restarts(tmp_path: Path) -> None:
    async with bench(tmp_path, limits={"interval": 3.0}) as it:
        start = it.clock.monotonic()
        await it.send(LONG)
        await it.send("after", "+33600000001")
        await it.until(lambda: len(it.modem.sent) == 1)
        times = it.modem.times
        for _ in range(2):
            await it.settled()
            assert len(it.modem.sent) <= 1
            await it.pass_time(1)
        await it.restart()
        await it.settled()
        assert it.modem.sent == []
        for _ in range(6):
            await it.pass_time(1)
            await it.settled()
        times += it.modem.times
        assert [(at - start) // 1000 for at in times] == [0, 3, 6]


@pytest.mark.parametrize(("limit", "window"), [("per_hour", 3600), ("per_day", 86400)])
async def test_no_more_than_the_limit_in_any_window(
    tmp_path: Path, limit: str, window: int
) -> None:
    week = OutboundConfig(validity=7 * 86400)
    async with bench(tmp_path, limits={limit: 2}, outbound=week) as it:
        messages = [await it.send(str(n), f"+3360000000{n}") for n in range(5)]
        await it.reaches(messages[1], State.SENT)
        await it.restart()
        await it.pass_time(window - 10)
        await it.settled()
        assert it.modem.sent == []
        await it.pass_time(11)
        await it.until(lambda: len(it.modem.sent) == 2)
        await it.settled()
        assert len(it.modem.sent) == 2


async def test_a_limit_that_is_reached_leaves_the_rest_to_another_modem(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south"), limits={"per_hour": 1}) as it:
        for number in range(2):
            await it.send(str(number), f"+3360000000{number}")
        await it.until(lambda: len(it.modem.sent) == len(it.modems["south"].sent) == 1)


async def test_a_try_that_never_went_out_is_not_counted(tmp_path: Path) -> None:
    async with bench(tmp_path, limits={"per_day": 1}) as it:
        it.modem.script.append(ModemUnavailable("lost"))
        await it.reaches(await it.send(), State.SENT)


# routes

TO_FRANCE = Route(to="+33", modems=("north", "south"))


async def test_the_first_modem_of_the_route_that_is_free_takes_it(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south"), routes=(TO_FRANCE,)) as it:
        for number in range(3):
            await it.reaches(await it.send(str(number)), State.SENT)
        assert (len(it.modem.sent), len(it.modems["south"].sent)) == (3, 0)
        it.modem.vanish(ModemState.REGISTERING)
        await it.reaches(await it.send("failover"), State.SENT)
        assert it.modems["south"].texts == ["failover"]


async def test_while_the_first_is_busy_the_next_takes_it(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south"), routes=(TO_FRANCE,)) as it:
        gate = asyncio.Event()
        it.modem.script.append(gate)
        await it.send("long", "+33600000001")
        await it.modem.submitting.wait()
        await it.reaches(await it.send("short", "+33600000002"), State.SENT)
        assert it.modems["south"].texts == ["short"]
        gate.set()


async def test_a_busy_modem_takes_nothing_ahead_that_a_free_one_could_send(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south")) as it:
        for modem in it.modems.values():
            modem.vanish()
            modem.script.append(asyncio.Event())
        for number in range(2):
            await it.send(str(number), f"+3360000000{number}")
        for modem in it.modems.values():
            await modem.appear()
        for modem in it.modems.values():
            async with asyncio.timeout(5):
                await modem.submitting.wait()


async def test_no_route_is_a_refusal_and_a_named_modem_needs_none(tmp_path: Path) -> None:
    async with bench(tmp_path, routes=(Route(to="+33", modems=("north",)),)) as it:
        with pytest.raises(Refused) as refusal:
            await it.send(to="+4915112345678")
        assert refusal.value.data["reason"] == "no_route"
        await it.reaches(await it.send(to="+4915112345678", modem="north"), State.SENT)


async def test_a_message_for_a_named_modem_waits_for_it(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south")) as it:
        it.modem.vanish()
        message = await it.send(modem="north")
        await it.settled()
        assert it.modems["south"].sent == []
        await it.modem.appear()
        await it.reaches(message, State.SENT)


# a modem that is never idle


async def test_in_a_burst_each_message_takes_one_commit_and_the_link_stays_open(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        for number in range(20):
            await it.send(str(number), f"+336000000{number:02}")
        before = it.database.commits
        await it.modem.appear()
        await it.until(lambda: len(it.modem.sent) == 20)
        await it.settled()
        assert it.database.commits - before <= 20 + 12
        assert it.modem.more == [True] * 19 + [False]


async def test_the_next_is_under_way_before_the_last_is_on_disk(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        for number in range(3):
            await it.send(str(number), f"+3360000000{number}")
        started = []
        submit = it.modem.submit

        async def watched(*args: Any, **more: Any) -> int:
            states = [m.state for m in await it.outbox(3)]
            started.append(states.count(State.SENT))
            return await submit(*args, **more)

        it.modem.submit = watched  # type: ignore[method-assign]  # stands in for the real one
        await it.modem.appear()
        await it.until(lambda: len(it.modem.sent) == 3)
        assert started[1] <= 1


async def test_a_store_that_refuses_stops_sending_before_ctrl_z_and_it_goes_on_by_itself(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        messages = [await it.send(str(n), f"+3360000000{n}") for n in range(3)]
        refusals = 0

        def refuse(moment: str) -> None:
            nonlocal refusals
            if moment == "before" and refusals < 12:
                refusals += 1
                raise StoreError("disk full")

        it.database._writer._on_commit = refuse
        await it.modem.appear()
        for message in messages:
            assert not (await it.reaches(message, State.SENT)).possible_duplicate
        assert it.modem.texts == ["0", "1", "2"]
        assert refusals == 12


async def test_what_the_network_took_is_not_forgotten_while_the_store_refuses(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        gate = asyncio.Event()
        it.modem.script.append(gate)
        message = await it.send()
        await it.modem.submitting.wait()
        refusals = 0

        def refuse(moment: str) -> None:
            nonlocal refusals
            if moment == "before" and refusals < 5:
                refusals += 1
                raise StoreError("disk full")

        it.database._writer._on_commit = refuse
        gate.set()
        found = await it.reaches(message, State.SENT)
        assert (found.possible_duplicate, it.modem.texts) == (False, ["hello"])


async def test_a_sender_that_fails_itself_leaves_nothing_leased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.core.supervising._RESTART", 0.01)
    async with bench(tmp_path, outbound=HOLD) as it:
        outbound = it.app._outbound
        real = outbound.sent

        def broken(*args: object) -> None:
            monkeypatch.setattr(outbound, "sent", real)
            raise ZeroDivisionError("a defect")

        monkeypatch.setattr(outbound, "sent", broken)
        await it.reaches(await it.send("1"), State.UNCERTAIN)
        await it.reaches(await it.send("2"), State.SENT)


async def test_draining_finishes_the_part_under_way_and_takes_no_other(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        gate = asyncio.Event()
        it.modem.script.append(gate)
        messages = [await it.send(str(n), f"+3360000000{n}") for n in range(3)]
        await it.modem.appear()
        await it.modem.submitting.wait()
        draining = asyncio.create_task(it.app.drain())
        await asyncio.sleep(0)
        gate.set()
        await draining
        states = [(await it.app.messages.get(message.id)).state for message in messages]
        assert states == [State.SENT, State.QUEUED, State.QUEUED]
