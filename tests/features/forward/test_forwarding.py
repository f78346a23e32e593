"""Forwarding, and the handlers that take what nobody else took."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from tests.features.scenes import PHONE, scene, settled
from tests.rig import PATIENCE, rig

BOSS = "+33687654321"


async def test_messages_go_on_to_another_number_with_their_sender(tmp_path: Path) -> None:
    handlers = [{"name": "boss", "forward": BOSS, "match": {"keyword": "URGENT"}}]
    async with scene(tmp_path, handlers=handlers) as (it, client, phone):
        phone.send(it.sim.number, "urgent: fire")
        phone.send(it.sim.number, "hello")
        (message,) = await it.network.phone(BOSS).expect(1, PATIENCE)
        (status,) = await client.handlers()

    assert message.text == f"{PHONE}: urgent: fire"
    assert (status.transport, status.connected) == ("forward", True)


async def test_what_comes_from_where_it_would_go_is_not_forwarded(tmp_path: Path) -> None:
    handlers = [{"name": "boss", "forward": BOSS}]
    async with (
        scene(tmp_path, handlers=handlers) as (it, client, _),
        client.events("forward.refused") as events,
    ):
        it.network.phone(BOSS).send(it.sim.number, "who is this?")
        refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "loop"
    assert not it.network.phone(BOSS).received


async def test_what_nobody_took_goes_to_the_handler_for_that(tmp_path: Path) -> None:
    handlers = [
        {"name": "orders", "socket": True, "match": {"keyword": "ORDER"}},
        {"name": "rest", "forward": BOSS, "match": {"unclaimed": True}},
    ]
    keywords = {"table": [{"word": "INFO", "reply": "Open."}]}
    async with scene(tmp_path, handlers=handlers, keywords=keywords) as (it, client, phone):
        async with client.listen("orders") as messages:
            for text in ("order 1", "info", "what else?"):
                phone.send(it.sim.number, text)
            order = await anext(aiter(messages))
            await order.acknowledge()
        (rest,) = await it.network.phone(BOSS).expect(1, PATIENCE)
        (open_,) = await phone.expect(1, PATIENCE)

    assert order.text == "order 1"
    assert rest.text == f"{PHONE}: what else?"
    assert open_.text == "Open."


ANSWERED = [{"name": "boss", "forward": BOSS, "answers": True}]


async def test_an_answer_to_what_was_forwarded_goes_to_whoever_wrote_it(tmp_path: Path) -> None:
    async with scene(tmp_path, handlers=ANSWERED) as (it, client, phone):
        boss = it.network.phone(BOSS)
        phone.send(it.sim.number, "Is it open?")
        await boss.expect(1, PATIENCE)
        boss.send(it.sim.number, "Until six.")
        (answer,) = await phone.expect(1, PATIENCE)
        phone.send(it.sim.number, "Thanks!")
        boss_got = await boss.expect(2, PATIENCE)
        (outbound,) = (await client.list(peer=PHONE, direction="outbound")).messages
        asked_first = (await client.list(peer=PHONE, direction="inbound")).messages[-1]

    assert answer.text == "Until six."
    assert [message.text for message in boss_got] == [f"{PHONE}: Is it open?", f"{PHONE}: Thanks!"]
    assert outbound.in_reply_to == asked_first.id


async def test_of_two_conversations_the_latest_is_meant_or_the_one_that_is_named(
    tmp_path: Path,
) -> None:
    other = "+33611119876"
    async with scene(tmp_path, handlers=ANSWERED) as (it, _, phone):
        boss = it.network.phone(BOSS)
        phone.send(it.sim.number, "first")
        await boss.expect(1, PATIENCE)
        it.network.phone(other).send(it.sim.number, "second")
        await boss.expect(2, PATIENCE)
        for text in ("to the latest", "5678 to the first", f"> {PHONE}: quoted", "9876: bye"):
            boss.send(it.sim.number, text)
        first = await phone.expect(2, PATIENCE)
        second = await it.network.phone(other).expect(2, PATIENCE)

    assert [message.text for message in second] == ["to the latest", "bye"]
    assert [message.text for message in first] == ["to the first", "quoted"]


async def test_each_modem_keeps_its_own_conversations(tmp_path: Path) -> None:
    async with rig(tmp_path, ("north", "south")) as it, it.running(handlers=ANSWERED) as client:
        await it.ready(client)
        phone, boss = it.network.phone(PHONE), it.network.phone(BOSS)
        south = it.modems["south"].sim
        assert south is not None
        phone.send(south.number, "hello south")
        (sent_on,) = await boss.expect(1, PATIENCE)
        boss.send(south.number, "south here")
        (answer,) = await phone.expect(1, PATIENCE)

    assert sent_on.originator == south.number
    assert answer.originator == south.number


async def test_who_opted_out_gets_no_answer_and_it_is_told(tmp_path: Path) -> None:
    async with scene(tmp_path, handlers=ANSWERED) as (it, client, phone):
        boss = it.network.phone(BOSS)
        phone.send(it.sim.number, "first")
        await boss.expect(1, PATIENCE)
        await client.call("optout.add", peer=PHONE)
        async with client.events("forward.refused") as events:
            boss.send(it.sim.number, "hello?")
            refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "not_answered"
    assert not phone.received


async def test_two_machines_do_not_talk_through_a_forward(tmp_path: Path) -> None:
    guard = {"same_exchange": 2}
    async with scene(tmp_path, handlers=ANSWERED, guard=guard) as (it, client, phone):
        start = datetime.now(UTC).replace(microsecond=0)
        ticks = count()  # equal texts within one second are one message to a SIM
        it.network.wall = lambda: start + timedelta(seconds=next(ticks))
        phone.reply_with(lambda _: "I am away.")
        it.network.phone(BOSS).reply_with(lambda _: "I am away, too.")
        async with client.events("reply.refused") as events:
            phone.send(it.sim.number, "I am away.")
            async with asyncio.timeout(4 * PATIENCE):
                refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "loop"
    assert len(phone.received) == 2


async def test_who_is_forgotten_is_forgotten_in_what_was_forwarded_too(tmp_path: Path) -> None:
    async with scene(tmp_path, handlers=ANSWERED) as (it, client, phone):
        phone.send(it.sim.number, "my secret")
        await it.network.phone(BOSS).expect(1, PATIENCE)
        (sent_on,) = (await client.list(direction="outbound")).messages
        await client.wait(sent_on.id, "sent", PATIENCE)
        await settled(client, 1)
        await client.call("people.forget", peer=PHONE)
        left = (await client.list()).messages

    assert left == []
