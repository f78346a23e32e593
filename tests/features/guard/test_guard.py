"""Machines that talk to machines, senders that nobody can answer, floods."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from gsmd.simulator.phone import PhoneMessage
from tests.features.scenes import PHONE, asked, scene, settled
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
