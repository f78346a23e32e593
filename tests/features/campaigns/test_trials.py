"""Campaigns that try several texts: who gets which, what counts, what the rest get."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, Conflict, Invalid, NotFound
from gsmd.simulator.phone import Phone, PhoneMessage
from tests.features.scenes import LONG, scene
from tests.rig import PATIENCE, Rig, rig

GOOD, PLAIN = "Roses for {peer}?", "Flowers for {peer}?"
VARIANTS = [{"name": "good", "text": GOOD}, {"name": "plain", "text": PLAIN}]


def numbers(count: int) -> list[str]:
    return [f"+336200{number:05}" for number in range(count)]


def to_good_ones(answer: str) -> Callable[[Phone, PhoneMessage], None]:
    """People who answer the good text only."""

    def hear(phone: Phone, message: PhoneMessage) -> None:
        if (message.text or "").startswith("Roses"):
            phone.send(message.originator, answer)

    return hear


def listening(it: Rig, people: Sequence[str], hear: Callable[[Phone, PhoneMessage], None]) -> None:
    for number in people:
        phone = it.network.phone(number)
        phone.listeners.append(partial(hear, phone))


async def begun(client: AsyncClient, people: Sequence[str], **more: Any) -> str:
    """The id of a campaign to them."""
    await client.call("lists.add", list="all", members=list(people))
    plan = {"list": "all", "variants": VARIANTS, "window": "1h", **more}
    return str((await client.call("campaigns.create", **plan))["id"])


async def results(
    client: AsyncClient, id_: str, until: Callable[[Mapping[str, Any]], bool]
) -> dict[str, Any]:
    """What a campaign has come to, once that is so."""
    async with asyncio.timeout(LONG), client.events("campaign.", "message.") as events:
        stream = aiter(events)
        while True:
            found: dict[str, Any] = await client.call("campaigns.results", id=id_)
            if until(found):
                return found
            await anext(stream)


async def came_in(client: AsyncClient, count: int) -> None:
    """Wait until so many messages have."""
    async with asyncio.timeout(LONG), client.events("message.") as events:
        while len((await client.list(direction="inbound", limit=1000)).messages) < count:
            await anext(aiter(events))


def variant(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    (one,) = [each for each in found["variants"] if each["name"] == name]
    return dict(one)


def sent(found: Mapping[str, Any]) -> int:
    return sum(each["sent"] for each in (*found["variants"], found["rest"]))


def texts_of(it: Rig, people: Sequence[str]) -> dict[str, list[str]]:
    return {
        number: [message.text or "" for message in it.network.phone(number).received]
        for number in people
    }


async def test_the_better_text_goes_to_the_rest_and_everybody_gets_one(tmp_path: Path) -> None:
    people = numbers(60)
    async with scene(tmp_path) as (it, client, _):
        listening(it, people, to_good_ones("Yes"))
        id_ = await begun(client, people, window="1s", share=0.5)
        found = await results(client, id_, lambda each: sent(each) == 60)
        campaign = await client.call("campaigns.get", id=id_)
        got = texts_of(it, people)

    assert found["decision"]["winner"] == "good"
    assert found["decision"]["state"] == "decided"
    assert found["decision"]["ahead"] > found["decision"]["bound"] == 2.2414
    assert [variant(found, each)["sent"] for each in ("good", "plain")] == [15, 15]
    assert [variant(found, each)["answered"] for each in ("good", "plain")] == [15, 0]
    assert variant(found, "good")["rate"] == 1
    assert found["rest"]["name"] == "good"
    assert found["rest"]["sent"] == found["rest"]["recipients"] == 30
    assert {len(texts) for texts in got.values()} == {1}
    assert Counter(texts[0][:5] for texts in got.values()) == {"Roses": 45, "Flowe": 15}
    assert campaign["text"] == GOOD
    assert campaign["decision"] == found["decision"]


async def test_until_it_is_decided_the_rest_get_nothing_however_clear_it_looks(
    tmp_path: Path,
) -> None:
    people = numbers(40)
    async with scene(tmp_path) as (it, client, _):
        listening(it, people, to_good_ones("Yes"))
        id_ = await begun(client, people, share=0.5)
        found = await results(
            client,
            id_,
            lambda each: variant(each, "good")["answered"] == variant(each, "plain")["sent"] == 10,
        )
        campaign = await client.call("campaigns.get", id=id_)
        got = texts_of(it, people)

    assert found["decision"]["state"] == "running"
    assert found["decision"]["winner"] is None
    assert (found["decision"]["counted"], found["decision"]["horizon"]) == (0, 20)
    assert variant(found, "good")["rate"] == 1
    assert variant(found, "good")["low"] == 0.7225
    assert found["rest"] == {
        **found["rest"], "name": None, "text": "", "recipients": 20, "sent": 0, "rate": None,
    }  # fmt: skip
    assert (campaign["state"], campaign["pending"]) == ("running", 20)
    assert sum(map(len, got.values())) == 20


async def test_where_no_difference_shows_the_rest_get_what_was_said(tmp_path: Path) -> None:
    people = numbers(10)
    async with scene(tmp_path) as (it, client, _):
        id_ = await begun(client, people, window="0.2s", share=0.4, text="Just flowers.")
        found = await results(client, id_, lambda each: sent(each) == 10)
        got = texts_of(it, people)

    assert found["decision"]["state"] == "no_difference"
    assert found["decision"]["winner"] is None
    assert (found["rest"]["name"], found["rest"]["text"]) == (None, "Just flowers.")
    assert sum(texts == ["Just flowers."] for texts in got.values()) == 6


async def test_a_stop_is_no_answer_and_the_guardrail_stops_what_drives_people_away(
    tmp_path: Path,
) -> None:
    people = numbers(40)
    async with scene(tmp_path) as (it, client, _):
        listening(it, people, to_good_ones("STOP"))
        id_ = await begun(client, people, share=0.5)
        found = await results(client, id_, lambda each: each["rest"]["sent"] == 20)

    assert found["decision"]["winner"] == "plain"
    assert found["decision"]["reason"] == "opt_outs"
    assert variant(found, "good")["stopped"]
    assert variant(found, "good")["answered"] == 0
    assert variant(found, "good")["opted_out"] == variant(found, "good")["sent"]


async def test_who_leaves_the_list_by_its_keyword_has_not_answered(tmp_path: Path) -> None:
    people = numbers(2)
    keywords = {"table": [{"word": "LEAVE", "unsubscribe": "all", "reply": "Goodbye."}]}
    async with scene(tmp_path, keywords=keywords) as (it, client, _):
        id_ = await begun(client, people, share=1)
        await results(client, id_, lambda each: sent(each) == 2)
        it.network.phone(people[0]).send(it.sim.number, "leave")
        found = await results(
            client, id_, lambda each: any(one["opted_out"] for one in each["variants"])
        )

    assert sum(each["opted_out"] for each in found["variants"]) == 1
    assert sum(each["answered"] for each in found["variants"]) == 0


async def test_a_keyword_counts_once_for_each_recipient_whatever_else_they_say(
    tmp_path: Path,
) -> None:
    people = numbers(4)
    async with scene(tmp_path) as (it, client, _):
        id_ = await begun(client, people, goal="keyword:JOIN", share=1)
        await results(client, id_, lambda each: sent(each) == 4)
        for number, text in zip(people, ("What?", "Join!", "join", "Jointly"), strict=True):
            it.network.phone(number).send(it.sim.number, text)
        it.network.phone(people[1]).send(it.sim.number, "JOIN again")
        it.network.phone("+33699999999").send(it.sim.number, "JOIN")
        await came_in(client, 6)
        found = await client.call("campaigns.results", id=id_)

    assert sum(each["answered"] for each in found["variants"]) == 4
    assert sum(each["converted"] for each in found["variants"]) == 2


async def test_what_is_bought_counts_for_the_text_that_led_to_it(tmp_path: Path) -> None:
    people = numbers(4)
    async with scene(tmp_path) as (_, client, _phone):
        id_ = await begun(client, people, goal="conversion:order", share=1)
        await results(client, id_, lambda each: sent(each) == 4)
        buys = {"peer": people[0], "goal": "order"}
        first = await client.call("conversions.add", **buys, value=12.5, key="order 1")
        again = await client.call("conversions.add", **buys, value=12.5, key="order 1")
        await client.call("conversions.add", **buys, value=7.5, key="order 2")
        other = await client.call("conversions.add", peer=people[1], goal="visit")
        (message,) = (await client.list(peer=people[2], direction="outbound")).messages
        by_message = await client.call("conversions.add", message=message.id, goal="Order")
        nobody = await client.call("conversions.add", peer="+33699999999", goal="order")
        found = await client.call("campaigns.results", id=id_)
        person = await client.call("people.get", peer=people[0])
        with pytest.raises(NotFound):
            await client.call("conversions.add", message="nothing", goal="order")
        with pytest.raises(Invalid):
            await client.call("conversions.add", peer="somebody", goal="order")
        for wrong in ({}, {"peer": people[0], "message": message.id}):
            with pytest.raises(Invalid):
                await client.call("conversions.add", goal="order", **wrong)
        await client.call("people.forget", peer=people[0])
        forgotten = await client.call("people.get", peer=people[0])
        kept = await client.call("campaigns.results", id=id_)

    assert first == again
    assert [each["id"] for each in first["campaigns"]] == [id_]
    assert first["campaigns"][0]["variant"] in {"good", "plain"}
    assert other["campaigns"] == nobody["campaigns"] == []
    assert [each["id"] for each in by_message["campaigns"]] == [id_]
    assert sum(each["converted"] for each in found["variants"]) == 2
    assert sum(each["value"] for each in found["variants"]) == 20
    assert [(each["goal"], each["value"]) for each in person["conversions"]] == [
        ("order", 12.5),
        ("order", 7.5),
    ]
    assert forgotten["conversions"] == []
    assert kept == found


async def test_what_comes_after_the_window_does_not_count(tmp_path: Path) -> None:
    people = numbers(2)
    async with scene(tmp_path) as (it, client, _):
        id_ = await begun(client, people, window="0.1s", share=1)
        await results(client, id_, lambda each: each["decision"]["state"] != "running")
        it.network.phone(people[0]).send(it.sim.number, "Sorry, I was away")
        await came_in(client, 1)
        found = await client.call("campaigns.results", id=id_)

    assert [each["answered"] for each in found["variants"]] == [0, 0]
    assert sum(each["counted"] for each in found["variants"]) == 2


async def test_a_dry_run_says_how_little_so_many_can_show(tmp_path: Path) -> None:
    async with scene(tmp_path) as (_, client, _phone):
        await client.call("lists.add", list="all", members=numbers(400))
        plan = {"list": "all", "variants": VARIANTS, "share": 1}
        forecast = await client.call("campaigns.create", **plan, dry_run=True)
        few = await client.call("campaigns.create", **{**plan, "share": 0.01}, dry_run=True)
        all_of_them = await client.call("campaigns.list")

    assert (forecast["recipients"], forecast["tried"], forecast["parts"]) == (400, 400, 400)
    assert 0.09 < forecast["least_difference"] < 0.12
    assert (few["tried"], few["least_difference"]) == (4, None)
    assert all_of_them["campaigns"] == []


async def test_a_campaign_with_one_text_has_nothing_to_compare(tmp_path: Path) -> None:
    async with scene(tmp_path) as (_, client, _phone):
        await client.call("lists.add", list="all", members=numbers(1))
        campaign = await client.call("campaigns.create", list="all", text="Hi")
        with pytest.raises(Conflict):
            await client.call("campaigns.results", id=campaign["id"])
        with pytest.raises(NotFound):
            await client.call("campaigns.results", id="nothing")

    assert (campaign["variants"], campaign["decision"]) == ([], None)


async def test_who_has_texts_tried_learns_of_a_field_that_one_of_them_needs(
    tmp_path: Path,
) -> None:
    people = [{"peer": "+33620000001", "fields": {"name": "Ana"}}, "+33620000002"]
    variants = [{"name": "a", "text": "Hi {name}"}, {"name": "b", "text": "Hi"}]
    async with scene(tmp_path) as (_, client, _phone):
        await client.call("lists.add", list="all", members=people)
        plan = {"list": "all", "variants": variants}
        forecast = await client.call("campaigns.create", **plan, dry_run=True)

    assert forecast["skipped"] == {"missing_field": 1}


async def test_a_cancelled_trial_sends_nothing_more_and_still_tells_what_it_saw(
    tmp_path: Path,
) -> None:
    people = numbers(10)
    async with scene(tmp_path) as (it, client, _):
        id_ = await begun(client, people, window="0.3s", share=0.4, per_minute=1)
        await it.network.phone(people[0]).expect(0, PATIENCE)
        await client.call("campaigns.cancel", id=id_)
        found = await results(client, id_, lambda each: each["decision"]["state"] != "running")

    assert found["decision"]["state"] == "no_difference"
    assert found["rest"]["sent"] == 0
    assert len(it.network.submitted) <= 1


async def test_a_trial_goes_on_where_the_daemon_was_ended(tmp_path: Path) -> None:
    people = numbers(30)
    async with rig(tmp_path) as it:
        listening(it, people, to_good_ones("Yes"))
        async with it.running() as client:
            id_ = await begun(client, people, window="2s", share=0.6)
            early = await results(client, id_, lambda each: sent(each) >= 5)
        async with it.running() as client:
            found = await results(client, id_, lambda each: sent(each) == 30)
        got = texts_of(it, people)

    assert early["seed"] == found["seed"]
    assert found["decision"]["state"] != "running"
    assert sum(each["sent"] for each in found["variants"]) == 18
    assert found["rest"]["sent"] == 12
    assert {len(texts) for texts in got.values()} == {1}
    for each in found["variants"]:
        assert each["answered"] <= sum(texts[0][:5] == each["text"][:5] for texts in got.values())
