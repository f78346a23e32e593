"""STOP and START, played by phones through the network."""

from pathlib import Path

import pytest

from gsmd.client import AsyncClient, RefusedError
from gsmd.protocol.message import State
from tests.rig import PATIENCE, Rig, rig

PHONE = "+33612345678"


async def stopped(it: Rig, client: AsyncClient, text: str = "STOP") -> None:
    phone = it.network.phone(PHONE)
    before = len(phone.received)
    phone.send(it.sim.number, text)
    await phone.expect(before + 1, PATIENCE)


async def test_stop_is_confirmed_once_and_start_brings_messages_back(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        phone = it.network.phone(PHONE)
        await stopped(it, client, "Stopp!")
        with pytest.raises(RefusedError) as refused:
            await client.send(PHONE, "news")
        phone.send(it.sim.number, "STOP")  # once more: nothing to confirm
        phone.send(it.sim.number, "start")
        await phone.expect(2, PATIENCE)
        await client.send(PHONE, "news")
        await phone.expect(3, PATIENCE)
        log = (await client.call("optout.log"))["changes"]

    assert refused.value.reason == "opted_out"
    assert refused.value.code == 1
    assert [message.text for message in phone.received] == [
        "Sie bekommen keine Nachrichten mehr von uns. Um sie wieder zu bekommen: START",
        "You get our messages again. To end them: STOP",
        "news",
    ]
    assert [(each["wish"], each["source"], each["note"]) for each in log] == [
        ("start", "message", "start"),
        ("stop", "message", "STOP"),
        ("stop", "message", "Stopp!"),
    ]


async def test_who_opted_out_is_refused_however_the_number_is_written(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running(outbound={"country": "FR"}) as client:
        await client.call("optout.add", peer="06 12 34 56 78", note="by phone")
        for number in ("+33612345678", "0612345678", "0033 6 12345678"):
            with pytest.raises(RefusedError, match="opted out"):
                await client.send(number, "news")
        (entry,) = (await client.call("optout.list"))["optouts"]
        await client.call("optout.remove", peer=PHONE)
        nothing = await client.call("optout.list")

    assert (entry["peer"], entry["source"], entry["note"]) == (PHONE, "request", "by phone")
    assert nothing == {"optouts": [], "next": None}


async def test_an_override_goes_out_all_the_same(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        await client.call("optout.add", peer=PHONE)
        await client.send(PHONE, "Your parcel is there", override=True)
        (message,) = await it.network.phone(PHONE).expect(1, PATIENCE)

    assert message.text == "Your parcel is there"


async def test_what_waited_when_they_opted_out_is_not_sent(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        it.sim.pin = "1234"  # cannot send yet
        async with it.running() as client:
            waiting = await client.send(PHONE, "news")
            await client.call("optout.add", peer=PHONE)
        it.sim.pin = None
        async with it.running() as client:
            failed = await client.wait(waiting.id, State.FAILED, PATIENCE)
            with pytest.raises(RefusedError, match="opted out"):
                await client.retry(waiting.id)

    assert failed.state is State.FAILED
    assert failed.error is not None
    assert failed.error.reason == "opted_out"
    assert not it.network.phone(PHONE).received


async def test_replies_of_handlers_do_not_reach_those_who_opted_out(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        phone = it.network.phone(PHONE)
        await client.call("optout.add", peer=PHONE)
        async with client.listen("crm") as messages, client.events("reply.refused") as events:
            phone.send(it.sim.number, "hello")
            message = await anext(aiter(messages))
            await message.reply("hello yourself")
            refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "opted_out"
    assert not phone.received


async def test_stop_counts_even_if_the_daemon_dies_before_it_has_answered(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        phone = it.network.phone(PHONE)
        phone.send(it.sim.number, "STOP")
        async with it.running() as client:
            await it.ready(client)
        async with it.running() as client:
            await phone.expect(1, PATIENCE)
            with pytest.raises(RefusedError, match="opted out"):
                await client.send(PHONE, "news")

    assert len(phone.received) == 1


async def test_opting_out_can_be_switched_off(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running(optout={"enabled": False}) as client:
        async with client.listen("crm") as messages:
            it.network.phone(PHONE).send(it.sim.number, "STOP")
            message = await anext(aiter(messages))
            await message.acknowledge()
        await client.send(PHONE, "news")
        (sent,) = await it.network.phone(PHONE).expect(1, PATIENCE)

    assert sent.text == "news"


async def test_stop_is_told_to_whoever_sent_the_newsletter(tmp_path: Path) -> None:
    handlers = [{"name": "news", "socket": True, "match": {"keyword": "NEWS"}}]
    async with rig(tmp_path) as it, it.running(handlers=handlers) as client:
        phone = it.network.phone(PHONE)
        newsletter = await client.send(PHONE, "The roses are in.", handler="news")
        await phone.expect(1, PATIENCE)
        async with client.listen("news") as messages:
            phone.send(it.sim.number, "STOP")
            message = await anext(aiter(messages))
            await message.acknowledge()
        await phone.expect(2, PATIENCE)
        with pytest.raises(RefusedError, match="opted out"):
            await client.send(PHONE, "news")

    assert (message.text, message.in_reply_to) == ("STOP", newsletter.id)
