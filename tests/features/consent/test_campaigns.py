"""Campaigns and consent: what is promotional goes only to those who agreed, and to nobody at night."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import CampaignsConfig, Keyword, KeywordsConfig
from gsmd.modem.state import ModemState
from gsmd.protocol.message import State
from tests.core.bench import Bench, bench, deliver
from tests.features.campaigns.test_campaigns import finished
from tests.features.consent.test_consent import NEWS
from tests.features.desk.scenes import call
from tests.features.scenes import PHONE, asked, scene
from tests.rig import PATIENCE

BY_HAND = "+33620000001"
WITHOUT_NAME = "+33620000002"
STOPPED = "+33620000003"
AWAKE: dict[str, Any] = {"campaigns": {"quiet": None, "quiet_in": {}}}
OFFER = {"list": ["news", "hours"], "text": "Roses, {name}!", "category": "promotional"}


def around_now(hours: int) -> str:
    """That many hours in each direction, as quiet hours of somebody in UTC."""
    now = datetime.now(UTC)
    begin, end = (now + sign * timedelta(hours=hours) for sign in (-1, 1))
    return f"{begin:%H:%M}-{end:%H:%M}"


async def look_after(it: Bench, campaign: str, seconds: float) -> None:
    """Let time pass, and have the campaign notice."""
    await it.pass_time(seconds)
    await call(it, "campaigns.pause", id=campaign)
    await call(it, "campaigns.resume", id=campaign)


async def test_a_promotional_campaign_goes_to_those_who_agreed_and_every_skip_is_counted(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, **NEWS, **AWAKE) as (it, client, phone):
        await asked(it, phone, "JOIN")
        await asked(it, phone, "YES")
        await client.lists.add("news", [{"peer": PHONE, "fields": {"name": "Ana"}}])
        await client.lists.add("hours", [PHONE])
        await client.lists.add("news", [{"peer": BY_HAND, "fields": {"name": "Ben"}}])
        await client.consents.add("news", WITHOUT_NAME)
        await client.consents.add("news", STOPPED, fields={"name": "Dan"})
        await client.optout.add(STOPPED)
        forecast = await client.call("campaigns.create", **OFFER, dry_run=True)
        begun = await client.call("campaigns.create", **OFFER)
        done = await finished(client, begun["id"])
        told = [message.text for message in phone.received]
        known = {**OFFER, "category": "transactional", "text": "We are closed today."}
        second = await finished(client, (await client.call("campaigns.create", **known))["id"])

    skipped = {"no_consent": 1, "missing_field": 1, "opted_out": 1, "duplicate": 1}
    assert (forecast["recipients"], forecast["skipped"]) == (1, skipped)
    assert (done["messages"], done["skipped"]) == ({"sent": 1}, skipped)
    assert (done["category"], second["category"]) == ("promotional", "transactional")
    assert told[-1] == "Roses, Ana!"
    assert second["messages"] == {"sent": 3}
    assert second["skipped"] == {"opted_out": 1, "duplicate": 1}


async def test_who_withdraws_while_it_goes_on_gets_nothing_of_it(tmp_path: Path) -> None:
    async with bench(tmp_path, campaigns=CampaignsConfig(quiet=None, quiet_in={})) as it:
        for number in (BY_HAND, STOPPED):
            await call(it, "consents.add", list="news", peer=number)
        later = "2026-01-01T13:00:00Z"  # an hour from now
        plan = {"list": "news", "text": "Hi", "category": "promotional", "not_before": later}
        begun = await call(it, "campaigns.create", **plan)
        await call(it, "consents.withdraw", peer=STOPPED)
        await look_after(it, begun.id, 3601)
        await it.until(lambda: it.told("campaign.done"))
        done = await call(it, "campaigns.get", id=begun.id)
        sent = await it.outbox(1)

    assert done.skipped == {"no_consent": 1}
    assert [message.peer for message in sent] == [BY_HAND]


@pytest.mark.parametrize("way", ["leave", "withdrawn", "taken off", "deleted"])
async def test_an_offer_that_waits_in_the_queue_is_taken_back_from_who_withdraws(
    tmp_path: Path, way: str
) -> None:
    keywords = KeywordsConfig(table=(Keyword(word=("LEAVE",), unsubscribe="news"),))
    quiet = CampaignsConfig(quiet=None, quiet_in={})
    async with bench(tmp_path, campaigns=quiet, keywords=keywords) as it:
        stays = [] if way == "deleted" else [BY_HAND]
        for number in (PHONE, *stays):
            await call(it, "consents.add", list="news", peer=number)
        it.modem.vanish(ModemState.REGISTERING)
        plan = {"list": "news", "text": "Hi", "category": "promotional"}
        begun = await call(it, "campaigns.create", **plan)
        both = {each.peer: each for each in await it.outbox(1 + len(stays))}
        if way == "leave":
            it.modem.arrive(*deliver("LEAVE", PHONE))
        elif way == "withdrawn":
            await call(it, "consents.withdraw", peer=PHONE)
        elif way == "taken off":
            await call(it, "lists.remove", list="news", peers=[PHONE])
        else:
            await call(it, "lists.delete", list="news")
        await it.reaches(both[PHONE], State.CANCELLED)
        done = await call(it, "campaigns.get", id=begun.id)

    assert done.skipped == {"no_consent": 1}
    assert done.messages == ({"queued": 1} if stays else {})


async def test_at_night_nobody_gets_an_offer_but_everybody_what_they_have_to_know(
    tmp_path: Path,
) -> None:
    night = {"campaigns": {"quiet": around_now(3), "quiet_in": {"GB": around_now(3), "IS": None}}}
    iceland, britain, france = "+3546111234", "+447400123456", PHONE
    async with scene(tmp_path, lists=NEWS["lists"], **night) as (it, client, _):
        for number in (iceland, britain, france):
            await client.consents.add("news", number, fields={"timezone": "UTC"})
        begun = await client.call(
            "campaigns.create", list="news", text="Roses!", category="promotional"
        )
        await it.network.phone(iceland).expect(1, PATIENCE)
        asleep = await client.call("campaigns.get", id=begun["id"])
        hours = around_now(1).split("-")
        day = f"{hours[1]}-{hours[0]}"
        awake = await client.call(
            "campaigns.create", list="news", text="Now", category="promotional", quiet=day
        )
        await finished(client, awake["id"])
        known = await client.call("campaigns.create", list="news", text="Closed today.")
        await finished(client, known["id"])
        told = [message.text for message in it.network.phone(france).received]

    assert (asleep["state"], asleep["pending"]) == ("running", 2)
    assert told == ["Now", "Closed today."]


async def test_what_waits_for_its_modem_until_they_sleep_is_sent_when_they_wake(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        member = {"peer": PHONE, "fields": {"timezone": "UTC"}}
        await call(it, "lists.add", list="all", members=[member])
        plan = {"list": "all", "text": "Roses!", "quiet": "13:00-14:00"}  # it is noon
        begun = await call(it, "campaigns.create", **plan)
        (message,) = await it.outbox(1)
        await it.pass_time(3600)
        await it.reaches(message, State.EXPIRED)
        await it.modem.appear()
        await look_after(it, begun.id, 60)
        await it.settled()
        asleep = await call(it, "campaigns.get", id=begun.id)
        nothing = [*it.modem.sent]
        await look_after(it, begun.id, 3600)
        await it.until(lambda: it.told("campaign.done"))
        done = await call(it, "campaigns.get", id=begun.id)

    assert (asleep.state, asleep.pending, nothing) == ("running", 1, [])
    assert done.messages == {"sent": 1}
    assert it.modem.texts == ["Roses!"]
