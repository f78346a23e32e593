"""Machines that talk to machines, senders that nobody can answer, floods."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from gsmd.client import Conflict, Invalid
from gsmd.features.guard.rules import Exchange, is_loop
from gsmd.simulator.phone import PhoneMessage
from tests.features.scenes import PHONE, asked, scene, settled
from tests.features.test_commands import gsmd
from tests.rig import PATIENCE, rig

ECHO = {"default": "This number reads no messages."}


async def test_two_robots_do_not_talk_for_ever(tmp_path: Path) -> None:
    async with scene(tmp_path, keywords=ECHO) as (it, client, phone):
        start = datetime.now(UTC).replace(microsecond=0)
        ticks = count()  # equal texts within one second are one message to a SIM
        it.network.wall = lambda: start + timedelta(seconds=next(ticks))
        phone.reply_with(lambda _: "I am away until Monday.")
        async with client.events("reply.refused") as events:
            phone.send(it.sim.number, "I am away until Monday.")
            async with asyncio.timeout(4 * PATIENCE):
                refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "loop"
    assert len(phone.received) == 10


async def test_a_robot_that_quotes_what_it_gets_is_noticed(tmp_path: Path) -> None:
    number = count(1)

    def quote(message: PhoneMessage) -> str:
        return f"Message {next(number)}: you wrote {message.text}"

    guard = {"same_exchange": 3}
    async with scene(tmp_path, keywords=ECHO, guard=guard) as (it, client, phone):
        phone.reply_with(quote)
        async with client.events("reply.refused") as events:
            phone.send(it.sim.number, "hello")
            async with asyncio.timeout(4 * PATIENCE):
                refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "loop"
    assert 3 <= len(phone.received) <= 5


async def test_a_flood_from_one_sender_gets_only_its_share_of_the_quota(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        modem = {"name": "north", "port": str(tmp_path / "north"), "limits": {"per_hour": 20}}
        async with it.running(modems=[modem], keywords=ECHO) as client:
            phone = it.network.phone(PHONE)
            for number in range(12):
                phone.send(it.sim.number, f"flood {number}")
            await settled(client, 12)
            await phone.expect(5, PATIENCE)
            other = await asked(it, it.network.phone("+33687654321"), "hello?")

    assert len(phone.received) == 5  # a quarter of twenty
    assert other == "This number reads no messages."


async def test_blocked_senders_are_kept_and_given_to_nobody(tmp_path: Path) -> None:
    guard = {"block": ["+33899*", "*win*"]}
    async with scene(tmp_path, keywords=ECHO, guard=guard) as (it, client, phone):
        async with client.events("message.blocked") as events:
            it.network.phone("+33899123456").send(it.sim.number, "buy")
            phone.send(it.sim.number, "buy", originator="BigWin")
            await anext(aiter(events))
            await anext(aiter(events))
        kept = (await client.list(direction="inbound")).messages
        stories = [await client.show(message.id) for message in kept]

    assert {message.peer for message in kept} == {"+33899123456", "BigWin"}
    assert [story.deliveries for story in stories] == [[], []]
    assert all("message.blocked" in {event.type for event in story.events} for story in stories)


async def test_who_is_blocked_by_hand_stays_so_until_it_is_taken_back(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        phone, other = it.network.phone(PHONE), it.network.phone("+33687654321")
        async with it.running(keywords=ECHO, outbound={"country": "FR"}) as client:
            added = await client.blocks.add("06 12 34 56 78", "too loud")
            again = await client.blocks.add(PHONE)
        async with it.running(keywords=ECHO) as client:
            async with client.events("message.blocked") as events:
                phone.send(it.sim.number, "hello?")
                await anext(aiter(events))
            others = await asked(it, other, "hello?")
            listed = await client.blocks.list()
            removed = await client.blocks.remove(PHONE)
            answered = await asked(it, phone, "hello again?")
            kept = (await client.list(peer=PHONE, direction="inbound")).messages
            log = await client.blocks.log()

    assert (added.pattern, added.added, again.added, removed.removed) == (PHONE, True, False, True)
    assert others == answered == "This number reads no messages."
    assert [(each.pattern, each.note) for each in listed.blocks] == [(PHONE, "too loud")]
    assert [message.text for message in kept] == ["hello again?", "hello?"]
    assert [change.wish for change in log.changes] == ["unblock", "block"]


async def test_patterns_block_and_cannot_mean_everybody(tmp_path: Path) -> None:
    guard = {"block": ["+44*"]}
    async with scene(tmp_path, guard=guard) as (it, client, phone):
        await client.blocks.add("+33 899*")
        await client.blocks.add("Big*")
        for everybody in ("*", "**", " "):
            with pytest.raises(Invalid):
                await client.blocks.add(everybody)
        with pytest.raises(Conflict):
            await client.blocks.remove("+44*")
        async with client.events("message.blocked") as events:
            it.network.phone("+33899123456").send(it.sim.number, "buy")
            phone.send(it.sim.number, "buy", originator="BIGWIN")
            await anext(aiter(events))
            await anext(aiter(events))
        shown = await gsmd(it, "block")

    assert [line.split("\t")[0] for line in shown.lines] == ["+33899*", "Big*", "+44*"]


async def test_a_stop_of_somebody_blocked_counts_and_is_not_answered(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, phone):
        await client.blocks.add(PHONE)
        async with client.events("optout.stop") as events:
            phone.send(it.sim.number, "STOP")
            await anext(aiter(events))
        entries = (await client.optout.list()).optouts
        outbound = (await client.list(direction="outbound")).messages

    assert [entry.peer for entry in entries] == [PHONE]
    assert outbound == []


async def test_what_the_sim_pays_for_is_counted_not_answers(tmp_path: Path) -> None:
    keywords = {"table": [{"word": "LONG", "reply": "Once upon a time. " * 15}]}
    async with scene(tmp_path, keywords=keywords, guard={"per_hour": 5}) as (it, client, phone):
        async with client.events("reply.refused") as events:
            for text in ("long", "long 2", "long 3"):
                phone.send(it.sim.number, text)
            refusal = await anext(aiter(events))
        (*answers,) = (await client.list(direction="outbound")).messages

    assert refusal.fields["reason"] == "too_many"
    assert [answer.parts for answer in answers] == [2, 2]


async def test_all_senders_together_get_no_more_than_is_allowed(tmp_path: Path) -> None:
    async with (
        scene(tmp_path, keywords=ECHO, guard={"total_per_hour": 3}) as (it, client, _),
        client.events("reply.refused") as events,
    ):
        for number in range(4):
            it.network.phone(f"+3361234567{number}").send(it.sim.number, f"hello {number}")
        refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "too_many_in_all"


@pytest.mark.parametrize("originator", ["36111", "Vodafone"])
async def test_services_get_no_answer_of_a_machine(tmp_path: Path, originator: str) -> None:
    async with (
        scene(tmp_path, keywords=ECHO) as (it, client, phone),
        client.events("reply.refused") as events,
    ):
        phone.send(it.sim.number, "your credit is low", originator=originator)
        refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "not_answerable"


async def test_our_own_numbers_get_no_answer_of_a_machine(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        modem = {"name": "north", "port": str(tmp_path / "north"), "number": PHONE}
        async with (
            it.running(modems=[modem], keywords=ECHO) as client,
            client.events("reply.refused") as events,
        ):
            it.network.phone(PHONE).send(it.sim.number, "hello")
            refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "own_number"


def test_a_person_who_asks_different_things_is_no_machine() -> None:
    before = [Exchange(f"balance {number}", "5.00") for number in range(20)]

    assert not is_loop(before, Exchange("balance 21", "5.00"), 10)
    assert not is_loop([Exchange("hi", "hi")] * 9, Exchange("hi", "hi"), 10)
    assert is_loop([Exchange("Hi!", "hello")] * 10, Exchange("hi", "hello"), 10)
