"""What arrives: on disk before it is deleted, once, whatever it is."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from gsmd import pdu
from gsmd.config import HandlerConfig, InboundConfig, MatchRule
from gsmd.handlers.socket import SocketSettings
from gsmd.modem import ModemState, ModemUnavailable
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import Kind, Message, Reply, State
from gsmd.protocol.messages import MessageListParams
from gsmd.store.engine.errors import StoreError
from tests.core.bench import CENTRE, LONG, PHONE, bench, deliver, status_report


async def test_a_message_is_on_disk_before_it_is_deleted(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.database._writer._on_commit = lambda moment: it.modem.log.append(f"commit {moment}")
        it.modem.arrive(*deliver())
        await it.until(lambda: not it.modem.slots)
        before = it.modem.log[: it.modem.log.index("delete 1")]
        read = max(at for at, step in enumerate(before) if step in {"read 1", "list"})
        assert "commit after" in before[read:]


async def test_a_store_that_refuses_empties_no_sim_and_goes_on_by_itself(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        stored: list[int] = []

        def refuse(moment: str) -> None:
            if moment == "before" and len(stored) < 3:
                stored.append(len(it.modem.slots))
                raise StoreError("disk full")

        it.modem.arrive(*deliver())
        it.database._writer._on_commit = refuse
        (message,) = await it.inbox()
        assert stored == [1, 1, 1]
        assert message.text == "hello"
        await it.until(lambda: not it.modem.slots)


async def test_what_a_modem_hands_over_unstored_is_tried_until_the_store_takes_it(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        refused: list[str] = []

        def refuse(moment: str) -> None:
            if moment == "before" and len(refused) < 3:
                refused.append(moment)
                raise StoreError("disk I/O error")

        await it.settled()
        it.database._writer._on_commit = refuse
        await it.modem.listener.direct(it.modem, deliver()[0])
        (message,) = await it.inbox()
        assert len(refused) == 3
        assert message.text == "hello"


async def test_a_slot_that_cannot_be_deleted_is_read_again_and_known(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.undeletable.add(1)
        worker = await it.worker()
        it.modem.arrive(*deliver())
        await worker.gets(1)
        sweeps = it.modem.sweeps
        it.app._fleet._runners["north"].collector.sweep()
        await it.until(lambda: it.modem.sweeps > sweeps)
        await it.settled()
        assert len(await it.inbox()) == len(worker.got) == 1


async def test_a_modem_that_goes_before_the_deletion_makes_no_second_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()

        async def gone(_entries: Any) -> Any:
            it.modem.vanish()
            raise ModemUnavailable("unplugged")

        with monkeypatch.context() as patch:
            patch.setattr(it.modem, "delete", gone)
            it.modem.arrive(*deliver())
            await it.inbox()
            await it.until(lambda: it.modem.state is ModemState.ABSENT)
        await it.modem.appear()
        await it.until(lambda: not it.modem.slots)
        await it.settled()
        assert len(await it.inbox()) == len(worker.got) == 1


async def test_the_same_tpdu_in_two_slots_is_one_message(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(), *deliver(), hint=False)
        it.modem.listener.storage_full(it.modem)
        await it.until(lambda: not it.modem.slots)
        assert len(await it.inbox()) == 1


async def test_what_the_network_brings_again_is_known_though_nothing_waits_behind_it_by_then(
    tmp_path: Path,
) -> None:
    """TP-MMS tells of the queue, not of the message (3GPP TS 23.040 §9.2.3.2)."""
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(more_messages=True), *deliver(more_messages=False))
        await it.until(lambda: not it.modem.slots)
        assert len(await it.inbox()) == 1


async def test_the_same_text_a_second_later_is_another_message(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver(), *deliver(at=1))
        assert len(await it.inbox(2)) == 2


async def test_what_is_wrong_with_the_store_is_told_until_it_takes_something_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        assert await it.app.upkeep.trouble() is None

        def refuse(moment: str) -> None:
            if moment == "before":
                raise StoreError("disk full")

        it.database._writer._on_commit = refuse
        with pytest.raises(Refused, match="disk full"):
            await it.send()
        assert await it.app.upkeep.trouble() == "disk full"
        it.database._writer._on_commit = None
        assert await it.app.upkeep.trouble() is None


async def test_what_no_urc_announced_is_found_at_the_next_look(tmp_path: Path) -> None:
    async with bench(tmp_path, inbound=InboundConfig(sweep_every=0.02)) as it:
        it.modem.arrive(*deliver(), hint=False)
        assert await it.inbox()


async def test_a_hint_that_names_the_wrong_slot_makes_gsmd_look_everywhere(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await it.until(lambda: it.modem.sweeps)
        it.modem.arrive(*deliver(), hint=False)
        it.modem.listener.arrived(it.modem, "SM", 17)
        assert await it.inbox()


async def test_many_hints_at_once_become_one_sweep_that_knows_which_storages_they_were_about(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        await it.until(lambda: "list" in it.modem.log)
        it.modem.arrive(*deliver(), hint=False)
        for storage, index in (("SM", 1), ("SM", 2), ("SR", 1)):
            it.modem.listener.arrived(it.modem, storage, index)
        assert await it.inbox()
        assert it.modem.named == {"SM", "SR"}


async def test_a_full_storage_that_cannot_be_emptied_is_not_read_for_ever(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.undeletable.add(1)
        sweep = it.modem.sweep

        async def full(named: Collection[str] = ()) -> Any:
            entries = await sweep(named)
            it.modem.listener.storage_full(it.modem)
            return entries

        it.modem.sweep = full  # type: ignore[method-assign]  # stands in for the real one
        it.modem.arrive(*deliver(), hint=False)
        it.modem.listener.storage_full(it.modem)
        await it.inbox()
        await it.settled()
        seen = it.modem.sweeps
        await it.settled()
        assert it.modem.sweeps == seen


async def test_many_at_once_are_one_listing_and_one_commit(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await it.until(lambda: it.modem.sweeps)
        await it.settled()
        listings, commits = it.modem.sweeps, it.database.commits
        it.modem.arrive(*(frame for n in range(20) for frame in deliver(f"text {n}", at=n)))
        await it.inbox(20)
        await it.until(lambda: not it.modem.slots)
        assert it.modem.sweeps == listings + 1
        assert it.database.commits - commits <= 3


async def test_what_cannot_be_decoded_is_kept_told_and_out_of_the_way(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        it.modem.arrive("0001FF", "not hex at all", *deliver())
        kept = await it.inbox(2, state=State.UNDECODABLE)
        assert {message.data for message in kept} == {"0001FF", "not hex at all"}
        assert all(message.error and message.error.message for message in kept)
        await worker.gets(1)
        await it.until(lambda: not it.modem.slots)
        assert worker.texts == ["hello"]
        assert len(it.told("message.undecodable")) == 2


async def test_a_damaged_message_keeps_its_sender_time_and_text_and_is_marked(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker()
        (frame,) = deliver("the number is 4711")
        it.modem.arrive(frame[:-8])
        (delivery,) = await worker.gets(1)
        message = delivery.message
        assert (message.peer, message.text, message.complete) == (PHONE, "the number is", False)
        assert message.service_centre_timestamp is not None
        assert message.error is not None
        assert message.error.reason == "damaged"
        assert "user_data.length" in message.error.message
        history = await it.app.messages.show(message.id)
        assert [(part.pdu, part.error) for part in history.parts] == [
            (frame[:-8], message.error.message)
        ]
        await it.until(lambda: not it.modem.slots)


async def test_a_long_message_with_a_damaged_part_is_whole_but_for_that_and_marked(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        first, second = deliver(LONG)
        it.modem.arrive(second[:-8], first)
        (message,) = await it.inbox()
        assert message.text is not None
        assert LONG.startswith(message.text)
        assert len(LONG) - len(message.text) == 4
        assert (message.parts, message.complete) == (2, False)
        assert message.error is not None
        assert message.error.reason == "damaged"


@pytest.mark.parametrize("where", ["read_arrival", "kind_of", "join"])
async def test_a_defect_in_decoding_costs_no_message_and_stops_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with bench(tmp_path) as it:
        real = getattr(pdu, where)

        def broken(*args: Any, **more: Any) -> Any:
            result = real(*args, **more)
            if "bad" in repr(args):
                raise ZeroDivisionError("a defect")
            return result

        if where == "read_arrival":
            (marked,) = deliver("bad")

            def broken(*args: Any, **more: Any) -> Any:
                if args[0] == marked:
                    raise ZeroDivisionError("a defect")
                return real(*args, **more)

        monkeypatch.setattr(pdu, where, broken)
        it.modem.arrive(*deliver("bad"), *deliver("good"))
        (good,) = await it.inbox(1, state=State.RECEIVED)
        (bad,) = await it.inbox(1, state=State.UNDECODABLE)
        assert good.text == "good"
        assert bad.error is not None
        assert bad.error.message == "ZeroDivisionError: a defect"
        await it.until(lambda: not it.modem.slots)


async def test_a_submit_in_the_storage_is_kept_as_what_cannot_be_understood(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        (submit,) = pdu.compose("draft", destination=PHONE)
        it.modem.arrive(pdu.Frame(CENTRE, submit.encode()).hex())
        assert len(await it.inbox(1, state=State.UNDECODABLE)) == 1


async def test_notices_have_their_kind_and_what_they_say(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        ports = pdu.Ports(2948, 9200)
        push = "0106226170706c69636174696f6e2f766e642e7761702e6d6d732d6d65737361676500af84"
        it.modem.arrive(*deliver(None, data=bytes.fromhex(push), ports=ports))
        (message,) = await it.inbox()
        assert message.ports is not None
        assert (message.kind, message.ports.destination) == (Kind.NOTICE, 2948)


async def test_the_id_is_the_same_whoever_reads_it_first(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        async with bench(tmp_path / name) as it:
            it.modem.arrive(*deliver(LONG, only=(2, 1)) if name == "two" else deliver(LONG))
            ids.append((await it.inbox())[0].id)
    assert ids[0] == ids[1]


async def test_an_answer_goes_to_the_handler_that_asked_whatever_it_matches(tmp_path: Path) -> None:
    asks = HandlerConfig(
        name="asks", settings=SocketSettings(), match=MatchRule(keyword=("NEVER",))
    )
    async with bench(tmp_path, handlers=(asks,)) as it:
        worker = await it.worker("asks")
        question = await it.send("Yes or no?", handler="asks")
        await it.reaches(question, State.SENT)
        it.modem.arrive(*deliver("yes", at=60))
        (got,) = await worker.gets(1)
        assert got.message.in_reply_to == question.id


async def test_the_reply_in_a_conversation_that_a_handler_began_goes_on_with_it(
    tmp_path: Path,
) -> None:
    asks = HandlerConfig(
        name="asks", settings=SocketSettings(), match=MatchRule(keyword=("NEVER",))
    )
    async with bench(tmp_path, handlers=(asks,)) as it:
        worker = await it.worker("asks")
        worker.answer = lambda _delivery: Reply("and how old are you?")
        question = await it.send("What is your name?", handler="asks")
        await it.reaches(question, State.SENT)
        it.modem.arrive(*deliver("Bo", at=60))
        _, reply = await it.outbox(2)
        await it.reaches(reply, State.SENT)
        it.modem.arrive(*deliver("42", at=120))
        await worker.gets(2)
        assert worker.texts == ["Bo", "42"]


async def test_the_answer_to_a_keyword_brings_nothing_that_its_handler_does_not_match(
    tmp_path: Path,
) -> None:
    handlers = tuple(
        HandlerConfig(
            name=word.lower(), settings=SocketSettings(), match=MatchRule(keyword=(word,))
        )
        for word in ("BALANCE", "WEATHER")
    )
    async with bench(tmp_path, handlers=handlers) as it:
        balance, weather = await it.worker("balance"), await it.worker("weather")
        balance.answer = weather.answer = lambda _delivery: Reply("here you are")
        it.modem.arrive(*deliver("balance"))
        (reply,) = await it.outbox()
        await it.reaches(reply, State.SENT)
        it.modem.arrive(*deliver("weather", at=60))
        await it.reaches((await it.inbox(2))[1], State.HANDLED)
        assert (balance.texts, weather.texts) == (["balance"], ["weather"])
        assert len(await it.outbox(2)) == 2


async def test_an_answer_through_another_sim_is_no_answer(tmp_path: Path) -> None:
    asks = HandlerConfig(
        name="asks", settings=SocketSettings(), match=MatchRule(keyword=("NEVER",))
    )
    async with bench(tmp_path, ("north", "south"), handlers=(asks,)) as it:
        question = await it.send("Yes or no?", handler="asks", modem="north")
        await it.reaches(question, State.SENT)
        it.modems["south"].arrive(*deliver("yes", at=60))
        (message,) = await it.inbox()
        assert message.in_reply_to is None


async def test_a_message_that_was_never_stored_is_on_disk_when_the_modem_may_confirm_it(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        await it.modem.listener.direct(it.modem, deliver()[0])
        stored = await it.app.messages.list(MessageListParams())
        assert [message.text for message in stored.messages] == ["hello"]


async def test_a_reader_that_is_cancelled_halfway_leaves_nothing_in_nobodys_hands(
    tmp_path: Path,
) -> None:

    async with bench(tmp_path) as it:
        worker = await it.worker()
        task = asyncio.create_task(it.modem.listener.direct(it.modem, deliver()[0]))
        await asyncio.sleep(0)
        task.cancel()
        await worker.gets(1)
        assert worker.texts == ["hello"]


async def test_a_live_tail_that_fails_disturbs_nobody(tmp_path: Path) -> None:
    def broken(_message: Message) -> None:
        raise ZeroDivisionError

    async with bench(tmp_path) as it:
        heard: list[Message] = []
        it.app.handlers.tail(broken)
        it.app.handlers.tail(heard.append)
        it.modem.arrive(*deliver())
        await it.until(lambda: heard)


async def test_without_a_handler_a_message_stays_received(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver())
        assert (await it.inbox())[0].state is State.RECEIVED


async def test_a_stray_report_goes_only_to_handlers_that_ask_for_reports(tmp_path: Path) -> None:
    reports = HandlerConfig(
        name="reports", settings=SocketSettings(), match=MatchRule(kind=("report",))
    )
    async with bench(tmp_path, handlers=(reports,)) as it:
        asked, other = await it.worker("reports"), await it.worker("other")
        it.modem.arrive(status_report(77))
        await it.until(lambda: not it.modem.slots)
        await it.pass_time(400)
        (got,) = await asked.gets(1)
        assert got.message.kind is Kind.REPORT
        await it.settled()
        assert not other.got
