"""One-time codes, votes and campaigns of all boxes together."""

import asyncio
import re
from functools import partial
from pathlib import Path

import pytest

from gsmd.fleet.order import BadOrder
from gsmd.fleet.subjects import CODES, kv
from gsmd.simulator import Phone
from tests.gateways.fleet.scene import ANNA, scene, until
from tests.tools import needs

pytestmark = needs("nats-server")

BETTY = "+33612345679"
POLL = {"polls": [{"name": "lunch", "options": [{"name": "pizza"}, {"name": "salad"}]}]}


async def test_a_code_is_texted_by_any_box_and_good_once_wherever_it_is_checked(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, "north") as it:
        id_ = await it.fleet.codes.start(ANNA)
        await it.state(f"code-{id_}", "sent")
        (sms,) = it.phone().received
        found = re.search(r"\d{6}", sms.text or "")
        assert found is not None
        kept = await it.fleet.link.last(f"KV_{CODES}", kv(CODES, id_))
        assert kept is not None
        assert found[0].encode() not in kept.data
        assert await it.fleet.codes.check("nothing-of-the-kind", "1") == (False, "unknown")
        assert await it.fleet.codes.check(id_, "wrong") == (False, "wrong")
        both = await asyncio.gather(*(it.fleet.codes.check(id_, found[0]) for _ in range(2)))
        assert sorted(both) == [(False, "used"), (True, None)]


async def test_who_guesses_too_often_or_too_late_is_not_let_in(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:
        id_ = await it.fleet.codes.start(ANNA, attempts=2)
        await it.state(f"code-{id_}", "sent")
        code = re.sub(r"\D", "", it.phone().received[0].text or "")
        guesses = await asyncio.gather(*(it.fleet.codes.check(id_, "no") for _ in range(2)))
        assert sorted(str(each.reason) for each in guesses) == ["too_many_attempts", "wrong"]
        assert await it.fleet.codes.check(id_, code) == (False, "too_many_attempts")
        late = await it.fleet.codes.start(ANNA, lifetime=0.001)
        assert await it.fleet.codes.check(late, "1") == (False, "expired")


@pytest.mark.parametrize(("counts", "winner"), [("first", "pizza"), ("last", "salad")])
async def test_a_number_that_votes_at_two_boxes_has_one_vote(
    tmp_path: Path, counts: str, winner: str
) -> None:
    polls = [{**POLL["polls"][0], "counts": counts}]
    async with scene(tmp_path, "north", "south", daemon={"polls": polls}) as it:
        north, south = it.boxes["north"], it.boxes["south"]
        for box, text in ((north, "pizza"), (south, "salad")):
            sim = box.rig.modems["m1"].sim
            assert sim is not None
            it.phone().send(sim.number, text)
            async with asyncio.timeout(60):
                while not (await box.client.polls.votes("lunch")).votes:
                    await asyncio.sleep(0.02)
        sim = south.rig.modems["m1"].sim
        assert sim is not None
        it.phone(BETTY).send(sim.number, "salad")
        wanted = {winner: 1} if winner != "salad" else {}
        async with asyncio.timeout(60):
            while (found := await it.fleet.tally("lunch"))["tally"] != {
                **wanted,
                "salad": 2 - len(wanted),
            }:
                await asyncio.sleep(0.05)
        assert found["votes"] == 2


async def test_a_vote_at_the_engine_that_nobody_can_read_gives_way_to_the_next(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, "north", daemon=POLL) as it:
        await it.fleet.link.store("sms.vote.lunch.33612345678", b"pizza")
        sim = it.boxes["north"].rig.modems["m1"].sim
        assert sim is not None
        it.phone().send(sim.number, "salad")
        async with asyncio.timeout(60):
            while (await it.fleet.tally("lunch"))["tally"] != {"salad": 1}:
                await asyncio.sleep(0.05)


async def test_a_box_that_was_away_tells_later_who_voted_there(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", daemon=POLL) as it:
        north = it.boxes["north"]
        await north.agent_stops()
        sim = north.rig.modems["m1"].sim
        assert sim is not None
        it.phone().send(sim.number, "pizza")
        async with asyncio.timeout(60):
            while not (await north.client.polls.votes("lunch")).votes:
                await asyncio.sleep(0.02)
        await north.agent_starts()
        async with asyncio.timeout(60):
            while (await it.fleet.tally("lunch"))["tally"] != {"pizza": 1}:
                await asyncio.sleep(0.05)


async def test_a_campaign_is_spread_over_boxes_and_nobody_gets_it_twice(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south") as it:
        people = [(f"+336123456{n:02}", {"name": f"anna{n}"}) for n in range(12)]
        first = await it.fleet.campaigns.put_in("spring", "Hello {name}", [*people, people[0]])
        again = await it.fleet.campaigns.put_in("spring", "Hello {name}", people)
        assert (first.recipients, first.state, again.recipients) == (12, "done", 12)
        found = [await it.state(f"spring-{peer[1:]}", "sent") for peer, _ in people]
        assert {each["box"] for each in found} <= {"north", "south"}
        async with asyncio.timeout(60):
            while await it.fleet.campaigns.waiting("spring"):
                await asyncio.sleep(0.05)
        for number, (peer, _) in enumerate(people):
            assert [sms.text for sms in it.phone(peer).received] == [f"Hello anna{number}"]


async def test_a_long_id_of_a_campaign_and_numbers_with_blanks_leave_nobody_out_or_with_two(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, "north") as it:
        id_ = "spring" * 10
        spellings = [ANNA, BETTY, f"{ANNA[:3]} 6 {ANNA[4:]}"]
        found = await it.fleet.campaigns.put_in(id_, "Hello", spellings)
        assert found.recipients == 2
        for number in (ANNA, BETTY):
            await until(partial(_has_some, it.phone(number)))
        async with asyncio.timeout(60):
            while await it.fleet.campaigns.waiting(id_):
                await asyncio.sleep(0.05)
        assert [len(it.phone(number).received) for number in (ANNA, BETTY)] == [1, 1]


def _has_some(phone: Phone) -> bool:
    return bool(phone.received)


async def test_what_waits_of_a_campaign_that_is_cancelled_is_not_sent(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:
        north = it.boxes["north"]
        await north.agent_stops()
        await it.fleet.campaigns.put_in("spring", "Hello", [ANNA, BETTY])
        assert await it.fleet.campaigns.waiting("spring") == 2
        assert await it.fleet.campaigns.cancel("spring")
        assert await it.fleet.campaigns.waiting("spring") == 0
        late = await it.fleet.send(ANNA, "Hello", campaign="spring", key="spring-late")
        await north.agent_starts()
        assert (await it.state(late, "failed"))["reason"] == "cancelled"
        assert not it.phone().received
        with pytest.raises(BadOrder, match="any SIM"):
            await it.fleet.send(ANNA, "Hello", campaign="spring", sim="8900101000000000")
        with pytest.raises(BadOrder, match="per_minute"):
            await it.fleet.campaigns.put_in("summer", "Hello", [ANNA], per_minute=0)
        with pytest.raises(BadOrder, match="cancelled"):
            await it.fleet.campaigns.put_in("spring", "Hello", [ANNA])
        assert not await it.fleet.campaigns.cancel("summer")
