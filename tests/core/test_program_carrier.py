"""Programs as carriers: whole messages, each outcome on disk, nothing lost, nothing doubled in silence."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gsmd.config import Backoff, CarrierConfig, Limits, OutboundConfig, Route
from gsmd.core.carrier import NotSubmitted, SubmissionRefused, SubmissionUncertain
from gsmd.protocol import carriers as rows
from gsmd.protocol import modems, verify
from gsmd.protocol.carriers import Kept, ReceiveParams, Reported, ReportParams
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import Direction, Kind, Message, Ports, State
from gsmd.protocol.messages import MessageListParams, SendParams
from gsmd.protocol.types import Moment, Nothing
from tests.core.bench import LONG, PHONE, Bench, bench
from tests.core.fake_modem import refused
from tests.core.program import Program, attached

ALONE: dict[str, Any] = {
    "modems": (),
    "carriers": (CarrierConfig(name="provider"),),
    "routes": (Route(to="*", modems=("provider",)),),
    "outbound": OutboundConfig(retry=Backoff(first=10, max=100), report=True),
}
HOLD = OutboundConfig(retry=Backoff(first=10, max=100), when_uncertain="hold")


def report(state: Any = "delivered", reference: str = "r1", **more: Any) -> ReportParams:
    return ReportParams(carrier="provider", reference=reference, state=state, **more)


async def told(it: Bench, given: ReportParams) -> Reported:
    return await it.ask(rows.REPORT, given)


async def received(it: Bench, text: str = "hello", key: str = "1", **more: Any) -> Kept:
    given = {"from_": PHONE, "text": text, **more}
    return await it.ask(rows.RECEIVE, ReceiveParams(carrier="provider", key=key, **given))


async def status(it: Bench) -> Any:
    (found,) = (await it.ask(modems.LIST, Nothing())).carriers
    return found


def why(it: Bench, message: Message) -> Any:
    return it.app.messages.show(message.id)


# going out


async def test_a_long_text_goes_out_whole_and_once(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        program = attached(it, Program())
        sent = await it.reaches(await it.send(LONG, tag="news"), State.SENT)
        (given,) = program.got
        assert (given.id, given.to, given.text, given.data) == (sent.id, PHONE, LONG, None)
        assert (given.attempt, given.parts, given.report, given.tag) == (1, 2, True, "news")
        assert given.validity == pytest.approx(86_400, abs=1)
        assert sent.modem == "provider"
        assert not given.possible_duplicate
        story = await it.app.messages.show(sent.id)
        assert {part.state for part in story.parts} == {"sent"}


async def test_what_it_is_given_has_the_secret_that_is_kept_nowhere(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        program = attached(it, Program())
        await it.ask(verify.START, verify.CodeParams(to=PHONE))
        (given,) = await program.gets(1)
        assert given.text is not None
        assert any(word.strip(".").isdigit() for word in given.text.split())
        (kept,) = await it.outbox()
        assert "***" in (kept.text or "")


async def test_data_with_ports_goes_out_as_it_is(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        program = attached(it, Program())
        await it.app.messages.send(SendParams(to=PHONE, data="00FF", ports=Ports(5000, 7)))
        (given,) = await program.gets(1)
        assert (given.text, given.data, given.ports) == (None, "00ff", Ports(5000, 7))


async def test_no_more_is_with_it_than_it_has_room_for(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        gate = asyncio.Event()
        program = Program(max_in_flight=2)
        program.answer = lambda _: gate
        attached(it, program)
        for number in range(5):
            await it.send(to=f"+3361200000{number}")
        await program.gets(2)
        await it.settled()
        found = await status(it)
        assert (len(program.got), found.in_flight, found.max_in_flight) == (2, 2, 2)
        gate.set()
        await program.gets(5)
        await it.until(lambda: len(it.told("message.sent")) == 5)


async def test_messages_to_one_number_go_one_after_the_other(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        gate = asyncio.Event()
        program = Program()
        program.answer = lambda _: gate
        attached(it, program)
        await it.send("first")
        second = await it.send("second")
        await program.gets(1)
        await it.settled()
        assert len(program.got) == 1
        gate.set()
        await it.reaches(second, State.SENT)
        assert [each.text for each in program.got] == ["first", "second"]


async def test_a_permanent_refusal_fails_the_message_and_another_is_tried_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **ALONE) as it:
        program = Program()
        program.answer = lambda each: SubmissionRefused(
            "no such number", permanent=each.text == "bad", retry_after=30
        )
        attached(it, program)
        bad = await it.reaches(await it.send("bad", "+33612000001"), State.FAILED)
        assert bad.error is not None
        assert (bad.error.reason, bad.error.message) == ("refused", "no such number")
        good = await it.send("good", "+33612000002")
        await program.gets(2)
        await it.until(lambda: len(it.about(good, "message.queued")) == 2)
        assert it.about(good, "message.queued")[-1].fields["again_in"] == 30
        program.answer = program.usual
        await it.pass_time(31)
        await it.reaches(good, State.SENT)
        assert program.got[-1].attempt == 2


async def test_one_that_cannot_send_now_is_left_alone_and_the_next_in_the_route_takes_over(
    tmp_path: Path,
) -> None:
    config = {
        **ALONE,
        "modems": ("north",),
        "routes": (Route(to="*", modems=("provider", "north")),),
    }
    async with bench(tmp_path, **config) as it:
        program = Program()
        program.answer = lambda _: NotSubmitted("the line is down", 60)
        attached(it, program)
        sent = await it.reaches(await it.send(), State.SENT)
        assert sent.modem == "north"
        assert len(program.got) == 1
        assert (await status(it)).reason == "carrier provider: the line is down"


async def test_fail_over_from_a_modem_to_a_carrier_and_back(tmp_path: Path) -> None:
    config = {
        **ALONE,
        "modems": ("north",),
        "routes": (Route(to="*", modems=("north", "provider")),),
    }
    async with bench(tmp_path, **config) as it:
        program = attached(it, Program())
        assert (await it.reaches(await it.send(), State.SENT)).modem == "north"
        it.modem.vanish()
        assert (await it.reaches(await it.send(), State.SENT)).modem == "provider"
        await it.modem.appear()
        assert (await it.reaches(await it.send(), State.SENT)).modem == "north"
        assert len(program.got) == 1


async def test_a_carrier_gets_only_what_names_it(tmp_path: Path) -> None:
    config = {**ALONE, "modems": ("north",), "routes": ()}
    async with bench(tmp_path, **config) as it:
        program = attached(it, Program())
        assert (await it.reaches(await it.send(), State.SENT)).modem == "north"
        assert (await it.reaches(await it.send(modem="provider"), State.SENT)).modem == "provider"
        assert len(program.got) == 1


async def test_without_modem_and_route_nothing_is_accepted_that_names_nobody(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **{**ALONE, "routes": ()}) as it:
        with pytest.raises(Refused, match="no route"):
            await it.send()


async def test_limits_hold_for_carriers_and_count_whole_messages(tmp_path: Path) -> None:
    limited = CarrierConfig(name="provider", limits=Limits(per_hour=2))
    async with bench(tmp_path, **{**ALONE, "carriers": (limited,)}) as it:
        program = attached(it, Program())
        for number in range(3):
            last = await it.send(LONG, to=f"+3361200000{number}")
        await program.gets(2)
        await it.until(lambda: len(it.told("message.sent")) == 2)
        await it.settled()
        waiting = (await why(it, last)).waiting_for
        assert waiting == "carrier provider: the limit of 2 parts an hour is reached"
        assert (await status(it)).limits == "2 an hour"
        await it.pass_time(3601)
        await it.reaches(last, State.SENT)


# who is attached


async def test_what_waits_says_that_nobody_is_attached_and_goes_out_once_somebody_is(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **ALONE) as it:
        message = await it.send()
        assert (await why(it, message)).waiting_for == "carrier provider is not attached"
        assert (await status(it)).state == "away"
        attached(it, Program())
        await it.reaches(message, State.SENT)
        found = await status(it)
        assert (found.state, found.user, found.pid, found.reason) == ("attached", "anna", 4711, "")
        assert found.counters.sent == 1


async def test_a_second_program_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        first = attached(it, Program())
        with pytest.raises(Refused, match="attached already, by process 4711 of anna"):
            attached(it, Program())
        it.app.carriers.detach("provider", first)
        second = attached(it, Program())
        await it.reaches(await it.send(), State.SENT)
        assert (len(first.got), len(second.got)) == (0, 1)


@pytest.mark.parametrize(("name", "code"), [("nobody", 2), ("north", 6)])
async def test_what_is_no_carrier_is_refused(tmp_path: Path, name: str, code: int) -> None:
    async with bench(tmp_path) as it:
        with pytest.raises(Refused) as caught:
            attached(it, Program(name))
        assert caught.value.code == code


async def test_detaching_gives_back_what_was_not_begun_and_the_rest_is_still_answered(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **ALONE) as it:
        gate = asyncio.Event()
        program = Program(max_in_flight=1)
        program.answer = lambda _: gate
        attached(it, program)
        begun, waiting = await it.send(to="+33612000001"), await it.send(to="+33612000002")
        await program.gets(1)
        it.app.carriers.detach("provider", program, "its line is down")
        (status,) = it.app.carriers.status()
        assert status.reason == "carrier provider is not attached: its line is down"
        gate.set()
        await it.reaches(begun, State.SENT)
        assert (await it.app.messages.get(waiting.id)).state is State.QUEUED
        other = attached(it, Program())
        assert it.app.carriers.status()[0].reason == ""
        await it.reaches(waiting, State.SENT)
        assert [each.id for each in other.got] == [waiting.id]


async def test_at_the_end_what_is_with_it_is_waited_for(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        gate = asyncio.Event()
        program = Program()
        program.answer = lambda _: gate
        attached(it, program)
        message = await it.send()
        await program.gets(1)
        ending = asyncio.create_task(it.stop())
        await asyncio.sleep(0)
        gate.set()
        await ending
        await it.start()
        assert (await it.app.messages.get(message.id)).state is State.SENT


async def test_other_limits_leave_the_program_attached_and_a_carrier_that_goes_lets_go(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **ALONE) as it:
        program = attached(it, Program())
        limited = (CarrierConfig(name="provider", limits=Limits(per_day=9)),)
        await it.app.reload(msgspec.structs.replace(it.config, carriers=limited))
        await it.reaches(await it.send(), State.SENT)
        assert len(program.got) == 1
        other = (CarrierConfig(name="other"),)
        to_other = (Route(to="*", modems=("other",)),)
        await it.app.reload(msgspec.structs.replace(it.config, carriers=other, routes=to_other))
        assert [each.name for each in it.app._fleet.programs()] == ["other"]


# not knowing


async def test_no_answer_is_uncertain_and_what_comes_again_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        program = Program()
        program.answer = lambda _: SubmissionUncertain("it went away")
        attached(it, program)
        message = await it.send(LONG)
        await it.until(lambda: it.about(message, "message.uncertain"))
        program.answer = program.usual
        await it.pass_time(15)
        sent = await it.reaches(message, State.SENT)
        assert sent.possible_duplicate
        assert [each.possible_duplicate for each in program.got] == [False, True]
        assert {each.id for each in program.got} == {message.id}
        assert [each.attempt for each in program.got] == [1, 2]


async def test_uncertain_is_held_where_that_is_wished_and_a_report_by_id_resolves_it(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **{**ALONE, "outbound": HOLD}) as it:
        program = Program()
        program.answer = lambda _: SubmissionUncertain("it went away")
        attached(it, program)
        message = await it.reaches(await it.send(LONG), State.UNCERTAIN)
        about = await told(it, report("sent", "x7", id_=message.id))
        assert about.message == message.id
        sent = await it.reaches(message, State.SENT)
        assert not sent.possible_duplicate
        await told(it, report("delivered", "x7"))
        await it.reaches(message, State.DELIVERED)
        assert len(program.got) == 1


async def test_a_report_by_id_about_a_message_of_somebody_else_changes_nothing(
    tmp_path: Path,
) -> None:
    config = {**ALONE, "modems": ("north",)}
    async with bench(tmp_path, **config) as it:
        message = await it.reaches(await it.send(modem="north"), State.SENT)
        assert (await told(it, report("failed", "x7", id_=message.id))).message is None
        assert (await it.app.messages.get(message.id)).state is State.SENT


async def test_a_program_that_is_silent_makes_it_uncertain_gets_no_more_and_its_late_answer_counts(
    tmp_path: Path,
) -> None:
    impatient = (CarrierConfig(name="provider", submit_timeout=0.05),)
    async with bench(tmp_path, **{**ALONE, "carriers": impatient, "outbound": HOLD}) as it:
        gate = asyncio.Event()
        program = Program(max_in_flight=1)
        program.answer = lambda _: gate
        attached(it, program)
        message, other = await it.send(to="+33612000001"), await it.send(to="+33612000002")
        await it.reaches(message, State.UNCERTAIN)
        await it.settled()
        assert (await it.app.messages.get(other.id)).state is State.QUEUED
        gate.set()
        late = await it.reaches(message, State.SENT)
        assert not late.possible_duplicate
        await it.reaches(other, State.SENT)


async def test_after_a_crash_what_was_with_it_may_be_out(tmp_path: Path) -> None:
    async with bench(tmp_path, **{**ALONE, "outbound": HOLD}) as it:
        program = Program()
        program.answer = lambda _: asyncio.Event()
        attached(it, program)
        message = await it.send(LONG)
        await program.gets(1)
        await it.restart()
        found = await it.app.messages.get(message.id)
        assert (found.state, len(program.got)) == (State.UNCERTAIN, 1)
        assert found.error is not None
        assert found.error.message == "gsmd ended while provider was sending it"


# reports


async def test_a_report_finds_the_whole_message_by_its_reference(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        attached(it, Program())
        message = await it.reaches(await it.send(LONG), State.SENT)
        assert (
            await told(it, report(at=Moment.fromisoformat("2026-01-01T12:00:05+00:00")))
        ).message == message.id
        delivered = await it.reaches(message, State.DELIVERED)
        assert delivered.delivered_at is not None
        await told(it, report("failed"))
        assert (await it.app.messages.get(message.id)).state is State.DELIVERED
        assert len(it.about(message, "message.report")) == 1


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED])
async def test_a_report_of_failure_says_why_and_delivered_later_is_the_truth(
    tmp_path: Path, state: State
) -> None:
    async with bench(tmp_path, **ALONE) as it:
        attached(it, Program())
        message = await it.reaches(await it.send(LONG), State.SENT)
        for _ in range(2):
            await told(it, report(str(state), code=27, reason="absent subscriber"))
        bad = await it.reaches(message, state)
        assert bad.error is not None
        assert bad.error.message.endswith("absent subscriber (code 27)")
        assert len(it.about(message, "message.report")) == 1
        await told(it, report())
        await it.reaches(message, State.DELIVERED)


async def test_a_report_that_is_faster_than_the_answer_is_kept_for_it(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        gate = asyncio.Event()
        program = Program()
        program.answer = lambda _: gate
        attached(it, program)
        message = await it.send()
        await program.gets(1)
        assert (await told(it, report())).message is None
        gate.set()
        await it.reaches(message, State.DELIVERED)


async def test_a_report_by_id_while_it_is_submitted_counts_when_the_answer_is_lost(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **ALONE) as it:
        program = Program()
        program.answer = lambda _: asyncio.Event()
        attached(it, program)
        message = await it.send()
        await program.gets(1)
        await told(it, report("delivered", "x7", id_=message.id))
        await it.restart()
        await it.reaches(message, State.DELIVERED)
        assert len(program.got) == 1


async def test_a_report_that_nothing_fits_is_let_go_after_a_while_and_told(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        await told(it, report("failed", "unheard of", code="x"))
        await it.pass_time(901)
        await it.until(lambda: it.told("carrier.stray_report"))
        assert it.told("carrier.stray_report")[0].fields["reference"] == "unheard of"


# coming in


async def test_what_comes_in_is_a_message_once_for_each_key(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        first = await received(it, LONG, at=Moment.fromisoformat("2026-01-01T12:00:05+02:00"))
        again = await received(it, LONG)
        (message,) = await it.inbox()
        assert (first, again) == (Kept(message.id), Kept(message.id, known=True))
        assert (message.text, message.peer, message.modem) == (LONG, PHONE, "provider")
        assert (message.kind, message.alphabet) == (Kind.TEXT, "gsm7")
        assert message.service_centre_timestamp is not None
        other = await received(it, LONG, key="2")
        assert other.id != first.id
        page = await it.app.messages.list(MessageListParams(direction=Direction.INBOUND))
        assert len(page.messages) == 2
        assert (await status(it)).counters.received == 2


async def test_the_key_is_known_after_a_crash(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        first = await received(it)
        await it.restart()
        assert await received(it) == Kept(first.id, known=True)


async def test_it_goes_to_handlers_and_answers_what_was_sent(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        worker = await it.worker("crm")
        attached(it, Program())
        question = await it.reaches(await it.send("yes or no?"), State.SENT)
        await received(it, "yes", from_="+33 6 12 34 56 78", to="+33700000000")
        (delivery,) = await worker.gets(1)
        assert (delivery.message.text, delivery.message.peer) == ("yes", PHONE)
        assert delivery.message.in_reply_to == question.id


@pytest.mark.parametrize("name", ["Bank", "a name that no SMS could have", "+1+2", "12345"])
async def test_whoever_it_comes_from_it_is_taken(tmp_path: Path, name: str) -> None:
    async with bench(tmp_path, **ALONE) as it:
        await received(it, "世界 🎉", from_=name)
        (message,) = await it.inbox()
        assert (message.peer, message.alphabet) == (name, "ucs2")


async def test_data_comes_in_and_what_is_no_hex_is_refused(tmp_path: Path) -> None:
    async with bench(tmp_path, **ALONE) as it:
        given = ReceiveParams(carrier="provider", from_=PHONE, key="1", data="00 FF")
        await it.ask(rows.RECEIVE, given)
        (message,) = await it.inbox()
        assert (message.kind, message.text, message.data) == (Kind.DATA, None, "00ff")
        bad = ReceiveParams(carrier="provider", from_=PHONE, key="2", data="0")
        with pytest.raises(Refused, match="hex"):
            await it.ask(rows.RECEIVE, bad)


async def test_a_modems_refusal_leaves_the_message_to_no_carrier_that_the_route_does_not_name(
    tmp_path: Path,
) -> None:
    config = {**ALONE, "modems": ("north",), "routes": ()}
    async with bench(tmp_path, **config) as it:
        program = attached(it, Program())
        it.modem.script.append(refused(1))
        await it.reaches(await it.send(), State.FAILED)
        assert program.got == []
