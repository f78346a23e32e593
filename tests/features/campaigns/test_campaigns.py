"""Lists and campaigns: to everybody once, whatever happens on the way."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, Conflict, Invalid, NotFound
from gsmd.core.app import App
from gsmd.features.campaigns.feature import Campaigns
from gsmd.features.consent.feature import Consents
from gsmd.features.lists.feature import Lists
from tests.features.scenes import LONG, scene
from tests.rig import PATIENCE, rig


def numbers(count: int) -> list[str]:
    return [f"+336200{number:05}" for number in range(count)]


async def finished(client: AsyncClient, id_: str, state: str = "done") -> dict[str, Any]:
    """The campaign once it is in that state and everything that it queued is out."""
    async with asyncio.timeout(LONG), client.events("campaign.", "message.") as events:
        while True:
            campaign: dict[str, Any] = await client.call("campaigns.get", id=id_)
            if campaign["state"] == state and not set(campaign["messages"]) & {
                "queued",
                "submitting",
            }:
                return campaign
            await anext(aiter(events))


async def test_everybody_on_the_list_gets_their_own_text_once(tmp_path: Path) -> None:
    people = [
        {"peer": "+33620000001", "fields": {"name": "Ana"}},
        {"peer": "+33620000002", "fields": {"name": "Ben"}},
        {"peer": "+33620000003"},
        {"peer": "+33620000004", "fields": {"name": "Dan"}},
    ]
    async with scene(tmp_path) as (it, client, _):
        added = await client.call("lists.add", list="news", members=[*people, "nobody"])
        await client.call("lists.add", list="more", members=["+33620000001", "+33620000005"])
        await client.call("optout.add", peer="+33620000004")
        text = "Hello {name}, your number is {peer}."
        plan = {"list": ["news", "more"], "text": text, "tag": "spring"}
        forecast = await client.call("campaigns.create", **plan, dry_run=True)
        begun = await client.call("campaigns.create", **plan)
        campaign = await finished(client, begun["id"])
        texts = {
            number: [message.text for message in it.network.phone(number).received]
            for number in (f"+3362000000{i}" for i in range(1, 6))
        }
        tagged = (await client.list(tag="spring")).messages

    assert added == {"added": 4, "known": 0, "refused": ["nobody"]}
    skipped = {"missing_field": 2, "opted_out": 1, "duplicate": 1}
    assert forecast == {"recipients": 2, "skipped": skipped, "parts": 2, "duration": None}
    assert campaign["skipped"] == skipped
    assert campaign["messages"] == {"sent": 2}
    assert texts == {
        "+33620000001": ["Hello Ana, your number is +33620000001."],
        "+33620000002": ["Hello Ben, your number is +33620000002."],
        "+33620000003": [],
        "+33620000004": [],
        "+33620000005": [],
    }
    assert len(tagged) == 2


async def test_a_campaign_to_five_hundred_goes_on_where_the_daemon_was_ended(
    tmp_path: Path,
) -> None:
    people = numbers(500)
    async with rig(tmp_path, ("north", "south")) as it:
        for number in people[:100]:
            it.network.phone(number).reply_with(lambda _: "Thanks")
        async with it.running() as client:
            await it.ready(client)
            await client.call("lists.add", list="all", members=people)
            begun = await client.call("campaigns.create", list="all", text="Hello {peer}")
            await it.network.phone(people[20]).expect(1, LONG)
        async with it.running() as client:
            campaign = await finished(client, begun["id"])
            for number in people:
                await it.network.phone(number).expect(1, LONG)
        doubled = it.network.submitted.doubled

    assert campaign["recipients"] == 500
    assert sum(campaign["messages"].values()) == 500
    assert [len(it.network.phone(number).received) for number in people] == [1] * 500
    assert not doubled


async def test_a_campaign_can_be_paused_resumed_and_cancelled(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, _):
        people = numbers(10)
        await client.call("lists.add", list="all", members=people)
        begun = await client.call("campaigns.create", list="all", text="Hi", per_minute=1)
        id_ = begun["id"]
        await it.network.phone(people[0]).expect(1, PATIENCE)
        paused = await client.call("campaigns.pause", id=id_)
        with pytest.raises(Conflict):
            await client.call("campaigns.pause", id=id_)
        resumed = await client.call("campaigns.resume", id=id_)
        cancelled = await client.call("campaigns.cancel", id=id_)
        with pytest.raises(Conflict):
            await client.call("campaigns.resume", id=id_)

    assert [each["state"] for each in (paused, resumed, cancelled)] == [
        "paused",
        "running",
        "cancelled",
    ]
    assert cancelled["pending"] == 9
    assert len(it.network.submitted) == 1


async def test_the_pace_is_kept(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, _):
        await client.call("lists.add", list="all", members=numbers(4))
        await it.ready(client)
        begun = await client.call("campaigns.create", list="all", text="Hi", per_minute=150)
        await finished(client, begun["id"])
        times = [submission.at for submission in it.network.submitted]

    assert times[-1] - times[0] > 0.9  # three pauses of 0.4 s, less what the first one waited


async def test_nobody_is_woken_and_everybody_gets_it_in_the_morning(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    begin, end = now - timedelta(hours=1), now + timedelta(hours=1)
    quiet = f"{begin:%H:%M}-{end:%H:%M}"
    people = [
        {"peer": "+33620000001", "fields": {"timezone": "UTC"}},
        {"peer": "+33620000002", "fields": {"timezone": "Asia/Kathmandu"}},
    ]
    async with scene(tmp_path) as (it, client, _):
        await client.call("lists.add", list="all", members=people)
        begun = await client.call("campaigns.create", list="all", text="Hi", quiet=quiet)
        await it.network.phone("+33620000002").expect(1, PATIENCE)
        campaign = await client.call("campaigns.get", id=begun["id"])

    assert campaign["state"] == "running"
    assert campaign["pending"] == 1
    assert not it.network.phone("+33620000001").received


async def test_what_cannot_be_a_campaign_is_refused(tmp_path: Path) -> None:
    async with scene(tmp_path) as (_, client, _phone):
        with pytest.raises(NotFound):
            await client.call("campaigns.create", list="nobody", text="Hi")
        with pytest.raises(NotFound):
            await client.call("campaigns.create", list="nobody", text="Hi", dry_run=True)
        await client.call("lists.create", list="all")
        for wrong in ({"quiet": "night"}, {"per_minute": 0}, {"text": ""}):
            with pytest.raises(Invalid):
                await client.call("campaigns.create", **{"list": "all", "text": "Hi", **wrong})
        assert (await client.call("campaigns.list"))["campaigns"] == []


async def test_without_a_campaign_nothing_is_written_for_one(tmp_path: Path) -> None:
    from gsmd.config import parse
    from gsmd.handler_kinds import HANDLER_KINDS
    from gsmd.protocol.events import Event
    from gsmd.store.engine.database import Database

    async with rig(tmp_path) as it:
        config = parse(it.configuration(), "test.yaml", HANDLER_KINDS)
        app = await App.open(config, await Database.open(tmp_path / "state" / "gsmd.db"))
        lists = Lists(config, app._ledger)
        consents = Consents(config, app._ledger, lists, lambda _modem: None)
        campaigns = Campaigns(config, app._ledger, lists, consents)
        task = asyncio.create_task(campaigns.run(app._host))
        try:
            while campaigns._at_work:
                await asyncio.sleep(0)
            app.events.emit(Event("message.sent", datetime.now(UTC), {}))
            assert not campaigns._wake.is_set()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await app.close()


async def test_a_campaign_with_a_key_is_begun_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, _):
        await client.call("lists.add", list="all", members=numbers(2))
        plan = {"list": "all", "text": "Hi", "key": "spring"}
        first = await client.call("campaigns.create", **plan)
        again = await client.call("campaigns.create", **plan)
        await finished(client, first["id"])
        all_of_them = (await client.call("campaigns.list"))["campaigns"]

    assert again["id"] == first["id"]
    assert len(all_of_them) == 1
    assert len(it.network.submitted) == 2
