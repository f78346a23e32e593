"""The daemon killed in the middle, again and again: no double vote, no double welcome, no lost opt-out."""

import asyncio
import signal
from pathlib import Path
from typing import Any

from gsmd.client import AsyncClient
from gsmd.simulator.phone import Phone
from tests.rig import Rig, rig
from tests.service.daemon import running

PATIENCE = 60.0
"""Seconds for the whole of it: each life begins with a new Python."""

KILLED_AFTER = (3, 10, 17)
"""Messages that phones have got when the daemon is killed."""

CONFIGURATION: dict[str, Any] = {
    "keywords": {
        "table": [
            {"word": "JOIN", "subscribe": "news", "reply": "Welcome!"},
            {"word": "VOTE", "poll": "talent"},
        ]
    },
    "polls": [
        {"name": "talent", "options": [{"name": "Anna"}, {"name": "Ben"}], "counts": "first"}
    ],
    "outbound": {"when_uncertain": "hold"},
}


def crowd(it: Rig, prefix: str, text: str, count: int = 8) -> list[Phone]:
    """Phones that each have texted something."""
    phones = [it.network.phone(f"{prefix}{number:04}") for number in range(count)]
    for phone in phones:
        phone.send(it.sim.number, text)
    return phones


async def got(it: Rig, count: int) -> None:
    """Wait until phones have got so many messages in all."""
    news = asyncio.Event()
    listener = lambda *_: news.set()  # noqa: E731 -- it has no name
    it.network.listeners.append(listener)
    try:
        while sum(len(phone.received) for phone in it.network.phones) < count:
            await news.wait()
            news.clear()
    finally:
        it.network.listeners.remove(listener)


async def test_each_vote_welcome_and_goodbye_happens_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, asyncio.timeout(PATIENCE):
        voters = crowd(it, "+3361111", "VOTE Anna")
        joiners = crowd(it, "+3362222", "JOIN")
        leavers = crowd(it, "+3363333", "STOP")
        for count in KILLED_AFTER:
            async with running(it, **CONFIGURATION) as (daemon, _):
                await got(it, count)
                daemon.signal(signal.SIGKILL)
                await daemon.ended()
        async with running(it, **CONFIGURATION), AsyncClient(it.socket) as client:
            await handled(client, 24)
            poll = await client.call("polls.get", poll="talent")
            members = (await client.call("lists.get", list="news"))["members"]
            optouts = (await client.call("optout.list"))["optouts"]
            outbound = (await client.list(direction="outbound", limit=100)).messages

    assert poll["tally"] == [8, 0]
    assert {member["peer"] for member in members} == {phone.number for phone in joiners}
    assert {entry["peer"] for entry in optouts} == {phone.number for phone in leavers}
    assert len(outbound) == 24, "one answer each, and never two"
    assert all(len(phone.received) <= 1 for phone in (*voters, *joiners, *leavers))


async def handled(client: AsyncClient, count: int) -> None:
    while True:
        async with client.events("message.") as events:
            done = await client.list(direction="inbound", state="handled", limit=100)
            if len(done.messages) >= count:
                return
            await anext(aiter(events))
