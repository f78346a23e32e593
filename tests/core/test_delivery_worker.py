"""Handing over: until it is acknowledged, in order, within bounds, whoever comes and goes."""

import asyncio
from pathlib import Path

import pytest

from gsmd.config import HandlerConfig, Retry
from gsmd.core.app import App
from gsmd.handlers.base import HandlerError, HandlerGone
from gsmd.handlers.program import ProgramSettings
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import Direction, Reply, State
from gsmd.store.engine.errors import StoreError
from tests.core.bench import PHONE, Bench, Worker, bench, deliver

FAST = Retry(first=10, max=40, attempts=4)
CRM = (HandlerConfig(name="crm", settings=SocketSettings(), retry=FAST),)


async def arrive(it: Bench, *texts: str, peer: str = PHONE) -> None:
    it.modem.arrive(*(frame for n, text in enumerate(texts) for frame in deliver(text, peer, at=n)))
    await it.until(lambda: not it.modem.slots)


async def test_an_acknowledged_message_is_handled(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        await arrive(it, "one")
        await worker.gets(1)
        (message,) = await it.inbox()
        await it.reaches(message, State.HANDLED)


async def test_a_refused_message_comes_again_after_a_growing_time_with_jitter(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: HandlerError("database down")
        await arrive(it, "one")
        waits = []
        for number in (1, 2, 3):
            await worker.gets(number)
            await it.until(lambda n=number: len(it.told("delivery.failed")) == n)  # type: ignore[misc] # mypy does not see defaults of lambdas
            again_in = it.told("delivery.failed")[-1].fields["again_in"]
            waits.append(again_in)
            await it.pass_time(again_in - 1)
            await it.settled()
            assert len(worker.got) == number
            await it.pass_time(2)
        await worker.gets(4)
        assert [delivery.attempt for delivery in worker.got] == [1, 2, 3, 4]
        for wait, plain in zip(waits, (10, 20, 40), strict=True):
            assert 0.8 * plain <= wait <= 1.2 * plain
        await it.reaches(worker.got[0].message, State.DEAD)


async def test_the_handlers_own_wish_for_the_next_try_counts(tmp_path: Path) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: HandlerError("busy", retry_after=300)
        await arrive(it, "one")
        await it.until(lambda: it.told("delivery.failed"))
        assert it.told("delivery.failed")[0].fields["again_in"] == 300


async def test_dead_letters_are_listed_with_their_reason_and_come_again_when_redriven(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: HandlerError("never", permanent=True)
        await arrive(it, "one")
        await it.reaches((await it.inbox())[0], State.DEAD)
        (letter,) = await it.app.handlers.dead("crm", 10, None)
        assert (letter.reason, letter.attempts, letter.message.text) == ("never", 1, "one")
        worker.answer = lambda _delivery: None
        assert await it.app.handlers.redrive("crm", None) == 1
        await it.reaches(letter.message, State.HANDLED)
        assert await it.app.handlers.dead("crm", 10, None) == []


async def test_what_is_redriven_is_tried_as_often_as_before_and_every_hand_over_counted(
    tmp_path: Path,
) -> None:
    handlers = (
        HandlerConfig(name="crm", settings=SocketSettings(), retry=Retry(first=10, attempts=2)),
    )
    async with bench(tmp_path, handlers=handlers) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: HandlerError("down")
        await arrive(it, "one")
        for times in (1, 2):
            await it.until(lambda n=times: len(it.told("delivery.failed")) == n)  # type: ignore[misc] # mypy does not see defaults of lambdas
            await it.pass_time(15)
            await it.until(lambda n=times: len(it.told("message.dead")) == n)  # type: ignore[misc] # as above
            if times == 1:
                await it.app.handlers.redrive("crm", None)
        assert [delivery.attempt for delivery in worker.got] == [1, 2, 3, 4]


async def test_dead_letters_of_nobody_cannot_be_redriven(tmp_path: Path) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        assert await it.app.handlers.redrive("crm", None) == 0
        with pytest.raises(Refused, match="no handler is called 'nobody'"):
            await it.app.handlers.redrive("nobody", None)


async def test_retry_of_an_inbound_message_redrives_it(tmp_path: Path) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: HandlerError("never", permanent=True)
        await arrive(it, "one")
        dead = await it.reaches((await it.inbox())[0], State.DEAD)
        worker.answer = lambda _delivery: None
        await it.app.messages.retry(dead.id)
        await it.reaches(dead, State.HANDLED)


async def test_a_message_that_one_handler_gave_up_on_is_dead_once_the_others_are_done(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        bad, good = await it.worker("bad"), await it.worker("good")
        bad.answer = lambda _delivery: HandlerError("never", permanent=True)
        good.gate = asyncio.Event()
        await arrive(it, "one")
        await it.until(lambda: it.told("delivery.dead"))
        (message,) = await it.inbox()
        assert message.state is State.RECEIVED
        good.gate.set()
        await it.reaches(message, State.DEAD)


async def test_a_peers_messages_keep_their_order_and_others_do_not_wait(tmp_path: Path) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        worker = await it.worker()
        worker.answer = lambda d: HandlerError("later") if d.message.text == "a1" else None
        await arrive(it, "a1", "a2", peer="+3361")
        await arrive(it, "b1", peer="+3362")
        await worker.gets(2)
        await it.settled()
        assert worker.texts == ["a1", "b1"]
        worker.answer = lambda _delivery: None
        await it.pass_time(15)
        await worker.gets(4)
        assert worker.texts == ["a1", "b1", "a1", "a2"]


async def test_no_more_is_handed_over_than_there_is_room_for(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker(room=3)
        worker.gate = asyncio.Event()
        for number in range(9):
            await arrive(it, "x", peer=f"+3360{number}")
        await worker.gets(3)
        await it.settled()
        assert len(worker.got) == 3
        worker.gate.set()
        await worker.gets(9)
        assert worker.most_open == 3


async def test_several_workers_under_one_name_share_the_work(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        workers = [await it.worker(room=1) for _ in range(3)]
        for worker in workers:
            worker.gate = asyncio.Event()
        for number in range(3):
            await arrive(it, f"m{number}", peer=f"+3360{number}")
        for worker in workers:
            await worker.gets(1)
        assert sorted(str(worker.texts[0]) for worker in workers) == ["m0", "m1", "m2"]
        for worker in workers:
            assert worker.gate is not None
            worker.gate.set()


async def test_a_slow_handler_holds_up_no_other(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        slow, quick = await it.worker("slow", room=1), await it.worker("quick", room=1)
        slow.gate = asyncio.Event()
        await arrive(it, "1", "2", "3")
        await quick.gets(3)
        assert len(slow.got) == 1
        slow.gate.set()
        await slow.gets(3)


async def test_a_handler_that_takes_too_long_gets_it_again(tmp_path: Path) -> None:
    config = HandlerConfig(name="crm", settings=SocketSettings(timeout=0.02), retry=FAST)
    async with bench(tmp_path, handlers=(config,)) as it:
        worker = await it.worker()
        worker.gate = asyncio.Event()
        await arrive(it, "one")
        await it.until(lambda: it.told("delivery.failed"))
        assert "did not answer within" in it.told("delivery.failed")[0].fields["reason"]
        worker.gate.set()
        await it.pass_time(15)
        await worker.gets(2)


async def test_a_worker_that_goes_gives_back_what_it_had_and_the_hand_over_counted(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        first = await it.worker(room=1)
        first.answer = lambda _delivery: HandlerGone("connection lost")
        first.gate = asyncio.Event()
        await arrive(it, "one")
        await first.gets(1)
        it.app.handlers.unsubscribe("crm", first)
        first.gate.set()
        await it.until(lambda: it.told("delivery.interrupted"))
        second = await it.worker()
        (again,) = await second.gets(1)
        assert again.attempt == 2
        assert second.pending == 1


async def test_a_hand_over_cut_off_by_a_crash_counts(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        worker.gate = asyncio.Event()
        await arrive(it, "one")
        await worker.gets(1)
        await it.restart()
        again = await it.worker()
        assert (await again.gets(1))[0].attempt == 2


async def test_an_acknowledgement_on_disk_is_never_handed_over_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        await arrive(it, "one")
        await it.reaches((await it.inbox())[0], State.HANDLED)
        assert len(worker.got) == 1
        await it.restart()
        again = await it.worker()
        await it.settled()
        assert (again.pending, again.got) == (0, [])


async def test_a_handler_that_was_away_gets_everything_in_order(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.app.handlers.unsubscribe("crm", await it.worker())
        await arrive(it, *(f"day {n}" for n in range(7)))
        await it.pass_time(7 * 24 * 3600)
        back = await it.worker()
        assert back.pending == 7
        await back.gets(7)
        assert back.texts == [f"day {n}" for n in range(7)]


async def test_a_backlog_is_not_held_in_memory(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.app.handlers.unsubscribe("crm", await it.worker())
        it.modem.capacity = 400
        await_all = [f for n in range(300) for f in deliver("x", f"+3360{n:03}")]
        it.modem.arrive(*await_all)
        await it.until(lambda: not it.modem.slots)
        worker = await it.worker(room=1000)
        delivering = it.app._registry.get("crm")
        assert delivering is not None
        most = 0

        def measure(_delivery: object) -> None:
            nonlocal most
            most = max(most, len(delivering._ready))

        worker.answer = measure
        await worker.gets(300)
        assert most <= 64


async def test_a_new_name_collects_from_now_on_or_from_where_it_asks(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await arrive(it, "1", "2", "3")
        second = (await it.inbox(3))[1]
        now = await it.worker("now")
        beginning = await it.worker("all", from_="beginning")
        middle = await it.worker("middle", from_=second.id)
        assert (now.pending, beginning.pending, middle.pending) == (0, 3, 2)
        await beginning.gets(3)
        await middle.gets(2)
        assert beginning.texts == ["1", "2", "3"]
        assert middle.texts == ["2", "3"]


async def test_what_arrives_while_a_handler_joins_is_not_missed(tmp_path: Path) -> None:
    """The name goes to disk and an arrival follows in the same commit, before the worker is there."""
    async with bench(tmp_path) as it:
        worker = Worker(8)
        joining = asyncio.create_task(it.app.handlers.subscribe("new", worker, "beginning"))
        arriving = asyncio.create_task(it.modem.listener.direct(it.modem, deliver()[0]))
        await asyncio.gather(joining, arriving)
        await worker.gets(1)
        assert worker.texts == ["hello"]


async def test_a_reply_is_queued_with_the_acknowledgement_through_the_same_modem(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, ("north", "south")) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: Reply("answer")
        it.modems["south"].arrive(*deliver("question"))
        (reply,) = await it.outbox()
        await it.reaches(reply, State.SENT)
        assert it.modems["south"].texts == ["answer"]
        assert it.modems["north"].texts == []
        question = (await it.inbox())[0]
        assert (reply.in_reply_to, reply.peer) == (question.id, PHONE)


async def test_a_reply_given_twice_is_sent_once(tmp_path: Path) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: Reply("answer")
        await arrive(it, "question")
        (reply,) = await it.outbox()
        await it.reaches(reply, State.SENT)
        question = (await it.inbox())[0]
        await it.database.write(lambda c: c.execute("UPDATE delivery SET queue = 'dead'").rowcount)
        await it.database.write(
            lambda c: (
                c.execute("UPDATE message SET state = 'dead' WHERE id = ?", (question.id,)).rowcount
            )
        )
        await it.app.handlers.redrive("crm", None)
        await worker.gets(2)
        await it.reaches(question, State.HANDLED)
        assert len(await it.outbox()) == 1


@pytest.mark.parametrize("peer", ["Vodafone", "36111"])
async def test_a_sender_that_takes_no_answers_gets_none_and_it_is_noted(
    tmp_path: Path, peer: str
) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: Reply("thanks")
        await arrive(it, "offer", peer=peer)
        message = await it.reaches((await it.inbox())[0], State.HANDLED)
        history = await it.app.messages.show(message.id)
        assert "reply.refused" in [event.type for event in history.events]
        assert not await it.outbox(0)


async def test_a_reply_that_cannot_be_stored_does_not_block_the_queue(tmp_path: Path) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        worker = await it.worker(room=1)
        worker.answer = lambda d: Reply("\ud800") if d.message.text == "1" else None
        await arrive(it, "1", peer="+3361")
        await arrive(it, "2", peer="+3362")
        await worker.gets(2)
        await it.until(lambda: it.told("delivery.failed") or it.told("reply.refused"))


async def test_while_the_store_refuses_an_acknowledgement_is_not_forgotten(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        worker.gate = asyncio.Event()
        await arrive(it, "one")
        await worker.gets(1)
        refused = 0

        def refuse(moment: str) -> None:
            nonlocal refused
            if moment == "before" and refused < 3:
                refused += 1
                raise StoreError("disk full")

        it.database._writer._on_commit = refuse
        worker.gate.set()
        await it.reaches((await it.inbox())[0], State.HANDLED)
        assert (refused, len(worker.got)) == (3, 1)


async def test_a_worker_that_the_store_gave_nothing_asks_again_by_itself(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.app.handlers.unsubscribe("crm", await it.worker())
        await arrive(it, "one")
        refused = 0

        def refuse(moment: str) -> None:
            nonlocal refused
            if moment == "before" and refused < 3:
                refused += 1
                raise StoreError("disk full")

        it.database._writer._on_commit = refuse
        worker = await it.worker()
        await worker.gets(1)
        assert refused == 3


async def test_a_handler_taken_out_of_the_configuration_gets_nothing_new(tmp_path: Path) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        await it.worker()
        await it.stop()
        it.config = type(it.config)(
            state_dir=it.config.state_dir, modems=it.config.modems, inbound=it.config.inbound
        )
        await it.start()
        await arrive(it, "one")
        assert (await it.inbox())[0].direction is Direction.INBOUND
        back = await it.worker()
        await it.settled()
        assert (back.pending, back.got) == (0, [])


async def test_a_program_cannot_take_the_name_of_another_kind_of_handler(tmp_path: Path) -> None:
    from gsmd.protocol.errors import Refused

    program = HandlerConfig(name="balance", settings=ProgramSettings(run=("/bin/true",)))
    async with bench(tmp_path, handlers=(program,)) as it:
        app: App = it.app
        with pytest.raises(Refused, match="not a socket handler"):
            await app.handlers.subscribe("balance", Worker(1))
