"""What becomes of a message that goes out is told to the handler in whose name it went, until that says so."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import parse
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.handlers.base import Delivery, HandlerError
from gsmd.modem import SubmitUncertain
from gsmd.protocol import people
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.inbox import PullParams, Settlement
from gsmd.protocol.message import Direction, Reply, State
from gsmd.protocol.messages import SendParams
from gsmd.protocol.params import read
from gsmd.store.tables.messages import moment
from tests.core.bench import PHONE, Bench, bench, deliver, status_report
from tests.core.fake_modem import refused


def states(got: list[Delivery]) -> list[tuple[str, int]]:
    return [(str(each.receipt.state), each.receipt.number) for each in got if each.receipt]


async def reported(it: Bench, tp_status: int = 0) -> None:
    """The network says what became of the message that went out last."""
    at = moment(it.clock.wall())
    it.modem.arrive(status_report(it.modem.reference, tp_status=tp_status, at=at))


async def test_the_end_of_a_message_is_handed_to_its_handler(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        crm = await it.worker()
        message = await it.send(handler="crm", receipt=True, report=True)
        await it.reaches(message, State.SENT)
        await reported(it)
        (told,) = await crm.gets(1)
        assert told.message == await it.reaches(message, State.DELIVERED)
        assert told.receipt is not None
        assert (told.receipt.state, told.receipt.number) == (State.DELIVERED, 1)
        assert told.receipt.at == told.message.delivered_at


async def test_sent_is_the_end_where_no_report_was_asked_for(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        crm = await it.worker()
        await it.send(handler="crm", receipt=True)
        assert states(await crm.gets(1)) == [("sent", 1)]
        assert crm.got[0].message.direction is Direction.OUTBOUND


async def test_nobody_is_told_who_did_not_ask(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        crm = await it.worker()
        await it.reaches(await it.send(handler="crm"), State.SENT)
        await it.reaches(await it.send(handler="crm", receipt=False), State.SENT)
        await it.settled()
        assert crm.got == []


@pytest.mark.parametrize("how", ["refused", "expired", "cancelled", "too late to begin"])
async def test_a_message_that_never_went_out_has_an_end_too(tmp_path: Path, how: str) -> None:
    async with bench(tmp_path) as it:
        crm = await it.worker()
        wish: dict[str, Any] = {"handler": "crm", "receipt": True}
        match how:
            case "refused":
                it.modem.refuse = lambda _submit: refused(21)
                await it.send(**wish)
            case "expired":
                it.modem.vanish()
                await it.send(validity=60, **wish)
                await it.pass_time(61)
            case "too late to begin":
                it.modem.vanish()
                await it.send(send_within=60, **wish)
                await it.pass_time(61)
            case _:
                it.modem.vanish()
                await it.app.messages.cancel((await it.send(**wish)).id)
        (told,) = await crm.gets(1)
        assert told.receipt is not None
        ends = {"refused": State.FAILED, "cancelled": State.CANCELLED}
        assert told.message.state is told.receipt.state is ends.get(how, State.EXPIRED)
        assert it.modem.sent == []


async def test_on_the_way_it_is_told_if_asked_for(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        crm = await it.worker()
        it.modem.script.append(SubmitUncertain("no answer"))
        message = await it.send(handler="crm", receipt="sent", report=True)
        await it.until(lambda: it.about(message, "message.uncertain"))
        await it.pass_time(200)
        await it.reaches(message, State.SENT)
        await reported(it)
        assert states(await crm.gets(3)) == [("uncertain", 1), ("sent", 2), ("delivered", 3)]


async def test_a_later_truth_is_another_receipt_and_each_tells_what_was_so_then(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        message = await it.send(handler="crm", receipt=True, report=True)
        await it.reaches(message, State.SENT)
        await reported(it, 0x41)
        await it.reaches(message, State.FAILED)
        await reported(it)
        await it.reaches(message, State.DELIVERED)

        crm = await it.worker()
        failed, delivered = await crm.gets(2)
        assert states(crm.got) == [("failed", 1), ("delivered", 2)]
        assert (failed.message.state, delivered.message.state) == ("failed", "delivered")
        assert failed.message.error is not None
        assert failed.message.delivered_at is None
        assert delivered.message.error is None


async def test_it_is_told_after_any_restart_until_it_is_acknowledged_and_then_never_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        message = await it.send(handler="crm", receipt=True)
        await it.reaches(message, State.SENT)
        await it.restart()
        crm = await it.worker()
        crm.gate = asyncio.Event()
        await crm.gets(1)
        await it.restart()
        again = await it.worker()
        assert [each.attempt for each in await again.gets(1)] == [2]
        await it.until(lambda: it.told("delivery.done"))
        await it.restart()
        last = await it.worker()
        await it.settled()
        assert last.got == []
        assert last.pending == 0


async def test_a_failed_one_comes_again_becomes_a_dead_letter_and_is_redriven(
    tmp_path: Path,
) -> None:
    config = parse(
        "modems: [{name: north, port: /dev/null}]\n"
        "handlers: [{name: crm, socket: true, retry: {first: 1s, attempts: 2}}]",
        "gsmd.yaml",
        HANDLER_KINDS,
    )
    async with bench(tmp_path, handlers=config.handlers) as it:
        crm = await it.worker()
        crm.answer = lambda _: HandlerError("database down")
        message = await it.send(handler="crm", receipt=True)
        await crm.gets(1)
        await it.until(lambda: it.told("delivery.failed"))
        await it.pass_time(60)
        await it.until(lambda: it.told("delivery.dead"))

        (dead,) = await it.app.handlers.dead("crm", 10, None)
        assert dead.message.id == message.id
        assert dead.receipt
        assert dead.receipt.state is State.SENT
        assert (await it.app.messages.get(message.id)).state is State.SENT
        history = await it.app.messages.show(message.id)
        (progress,) = history.deliveries
        assert (progress.handler, progress.state, progress.receipt) == ("crm", "dead", dead.receipt)

        crm.answer = lambda _: None
        assert await it.app.handlers.redrive("crm", message.id) == 1
        await crm.gets(3)
        await it.until(lambda: it.told("delivery.done"))
        assert (await it.app.messages.get(message.id)).state is State.SENT


async def test_there_is_no_answer_to_a_receipt(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        crm = await it.worker()
        crm.answer = lambda _: Reply("thanks")
        await it.send(handler="crm", receipt=True)
        await it.until(lambda: it.told("delivery.done"))
        await it.settled()
        assert it.modem.texts == ["hello"]
        assert it.told("delivery.done")[0].fields["receipt"] == "sent"
        assert "reply" not in it.told("delivery.done")[0].fields


async def test_neither_a_receipt_nor_a_message_of_the_same_peer_waits_for_the_other(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        crm = await it.worker()
        crm.gate = asyncio.Event()
        it.modem.arrive(*deliver("one", PHONE))
        await crm.gets(1)
        await it.send(handler="crm", receipt=True)
        await crm.gets(2)
        await it.send("second", handler="crm", receipt=True)
        await crm.gets(3)
        assert states(crm.got) == [("sent", 1), ("sent", 1)]


async def test_receipts_of_one_message_come_one_after_the_other(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        crm = await it.worker()
        crm.gate = asyncio.Event()
        message = await it.send(handler="crm", receipt="sent", report=True)
        await crm.gets(1)
        await reported(it)
        await it.reaches(message, State.DELIVERED)
        await it.settled()
        assert states(crm.got) == [("sent", 1)]
        crm.gate.set()
        assert states(await crm.gets(2)) == [("sent", 1), ("delivered", 2)]


async def test_it_is_pulled_and_settled_like_any(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        message = await it.send(handler="crm", receipt=True)
        await it.reaches(message, State.SENT)
        (pulled,) = (await it.app.pulling.pull(PullParams("crm"))).messages
        assert pulled.receipt
        assert (pulled.message.id, pulled.receipt.state) == (message.id, State.SENT)
        settled = await it.app.pulling.settle([Settlement(pulled.lease)])
        assert settled.settled == 1
        assert (await it.app.pulling.pull(PullParams("crm"))).messages == []


async def test_a_handler_that_wants_receipts_gets_them_for_all_that_goes_in_its_name(
    tmp_path: Path,
) -> None:
    config = parse(
        "modems: [{name: north, port: /dev/null}]\n"
        "handlers: [{name: crm, socket: true, receipts: true}, {name: other, socket: true}]",
        "gsmd.yaml",
        HANDLER_KINDS,
    )
    async with bench(tmp_path, handlers=config.handlers) as it:
        crm, other = await it.worker("crm"), await it.worker("other")
        crm.answer = lambda each: None if each.receipt else Reply("your answer")
        it.modem.arrive(*deliver("question"))
        await crm.gets(2)
        await it.send("in its name", handler="crm")
        await it.send("not wanted", handler="crm", receipt=False)
        await it.send("of another", handler="other")
        await crm.gets(3)
        await it.until(lambda: len(it.modem.sent) == 4)
        await it.settled()
        assert crm.texts == ["question", "your answer", "in its name"]
        assert other.texts == ["question"]


async def test_a_receipt_has_to_go_to_somebody_who_takes_it(tmp_path: Path) -> None:
    with pytest.raises(Refused) as shapeless:
        read(SendParams, {"to": PHONE, "text": "hello", "receipt": True})
    assert shapeless.value.code == Code.INVALID_PARAMS
    config = parse(
        "modems: [{name: north, port: /dev/null}]\nhandlers: [{name: boss, forward: '+33612000001'}]",
        "gsmd.yaml",
        HANDLER_KINDS,
    )
    async with bench(tmp_path, handlers=config.handlers) as it:
        with pytest.raises(Refused) as caught:
            await it.send(handler="boss", receipt=True)
        assert caught.value.data == {"reason": "takes_no_receipts", "field": "handler"}


async def test_who_is_forgotten_leaves_no_receipt_and_purging_waits_for_one(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await it.app.pulling.pull(PullParams("crm"))
        message = await it.send(handler="crm", receipt=True)
        nobody = await it.send("to nobody", handler="nobody there", receipt=True)
        await it.reaches(message, State.SENT)
        await it.reaches(nobody, State.SENT)
        await it.pass_time(3600)
        assert await it.app.upkeep.purge(60) == 1  # nobody ever collected under that name
        await it.ask(people.FORGET, people.PersonParams(PHONE))
        assert (await it.worker()).pending == 0
