"""Votes: counted once, whoever does what; and a draw that can be checked."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gsmd.client import Conflict
from gsmd.features.polls.rules import commitment, draw, list_hash
from tests.features.scenes import LONG, asked, scene
from tests.rig import rig

OPTIONS = [{"name": "Anna", "word": ["ANA", "A"]}, {"name": "Ben"}, {"name": "Zoë & Co"}]
POLL = {"name": "song", "options": OPTIONS, "reply": "Thank you for {option}."}
VOTE = {"table": [{"word": "VOTE", "poll": "song"}]}


async def test_the_last_vote_of_a_number_counts(tmp_path: Path) -> None:
    async with scene(tmp_path, polls=[POLL], keywords=VOTE) as (it, client, phone):
        answers = [
            await asked(it, phone, text)
            for text in ("vote anna", "VOTE 2", "zoe & co", "vote carl")
        ]
        poll = await client.call("polls.get", poll="song")

    assert answers == [
        "Thank you for Anna.",
        "Thank you for Ben.",
        "Thank you for Zoë & Co.",
        "That is not among the choices: 1 Anna, 2 Ben, 3 Zoë & Co",
    ]
    assert poll["tally"] == [0, 0, 1]
    assert poll["votes"] == 1


async def test_the_first_vote_counts_where_that_is_wanted(tmp_path: Path) -> None:
    polls = [{**POLL, "counts": "first"}]
    async with scene(tmp_path, polls=polls) as (it, client, phone):
        answers = [await asked(it, phone, text) for text in ("Anna", "Ben")]
        poll = await client.call("polls.get", poll="song")

    assert answers == ["Thank you for Anna.", "You have voted already."]
    assert poll["tally"] == [1, 0, 0]


async def test_votes_count_while_a_poll_is_open_and_not_otherwise(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    polls = [
        {**POLL, "opens": (now + timedelta(hours=1)).isoformat()},
        {**POLL, "name": "old", "closes": (now - timedelta(hours=1)).isoformat()},
    ]
    table = {"table": [{"word": "VOTE", "poll": "song"}, {"word": "OLD", "poll": "old"}]}
    async with scene(tmp_path, polls=polls, keywords=table) as (it, client, phone):
        early = await asked(it, phone, "VOTE 1")
        late = await asked(it, phone, "OLD 1")
        states = [poll["state"] for poll in (await client.call("polls.list"))["polls"]]

    assert early == "The vote has not begun yet."
    assert late == "The vote is over."
    assert states == ["closed", "planned"]


async def test_a_talent_show_is_counted_right_with_the_daemon_ended_in_the_middle(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, ("north",)) as it:
        phones = [it.network.phone(f"+336200{number:05}") for number in range(60)]
        async with it.running(polls=[POLL], keywords=VOTE) as client:
            await it.ready(client)
            for number, phone in enumerate(phones):
                phone.send(it.sim.number, f"VOTE {number % 3 + 1}")
            await phones[0].expect(1, LONG)
        async with it.running(polls=[POLL], keywords=VOTE) as client:
            for phone in phones:
                await phone.expect(1, LONG)
            poll = await client.call("polls.close", poll="song")
            votes = (await client.call("polls.votes", poll="song", limit=100))["votes"]

    assert poll["tally"] == [20, 20, 20]
    assert len({vote["peer"] for vote in votes}) == len(votes) == 60
    assert [len(phone.received) for phone in phones] == [1] * 60


async def test_winners_are_drawn_so_that_anybody_can_check_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, _):
        created = await client.call("polls.create", poll="raffle", options=["yes", "no"])
        phones = [it.network.phone(f"+3362000000{number}") for number in range(5)]
        await asyncio.gather(*(asked(it, phone, "yes") for phone in phones))
        with pytest.raises(Conflict):
            await client.call("polls.draw", poll="raffle")
        await client.call("polls.close", poll="raffle")
        drawn = await client.call("polls.draw", poll="raffle", winners=2, option="yes")
        again = await client.call("polls.draw", poll="raffle", winners=2, option="yes")
        votes = (await client.call("polls.votes", poll="raffle"))["votes"]

    numbers = [vote["peer"] for vote in votes]
    assert "seed" not in json.dumps(created)
    assert commitment(drawn["seed"]) == created["commitment"]
    assert list_hash(numbers) == drawn["list_hash"]
    assert draw(drawn["seed"], numbers, 2) == drawn["winners"] == again["winners"]
    assert len(set(drawn["winners"])) == 2


async def test_a_second_poll_of_a_name_is_refused(tmp_path: Path) -> None:
    async with scene(tmp_path) as (_, client, phone):
        await client.call("polls.create", poll="one", options=["a", "b"])
        with pytest.raises(Conflict):
            await client.call("polls.create", poll="one", options=["a", "b"])
        await client.call("polls.delete", poll="one")
        assert (await client.call("polls.list"))["polls"] == []
    assert not phone.received


async def test_a_poll_that_left_the_configuration_is_closed_and_stays_so(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it:
        async with it.running(polls=[POLL]) as client:
            await asked(it, it.network.phone("+33620000001"), "anna")
        async with it.running() as client:
            poll = await client.call("polls.get", poll="song")
        async with it.running(polls=[POLL]) as client:
            later = await client.call("polls.get", poll="song")

    assert (poll["state"], poll["tally"]) == ("closed", [1, 0, 0])
    assert later["state"] == "closed"
