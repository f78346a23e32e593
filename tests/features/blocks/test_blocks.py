"""Senders that nobody wants to hear of: kept, and given to nobody."""

from pathlib import Path

import pytest

from gsmd.client import Conflict, Invalid
from tests.features.scenes import PHONE, asked, gsmd, scene
from tests.rig import rig

ECHO = {"default": "This number reads no messages."}


async def test_blocked_senders_are_kept_and_given_to_nobody(tmp_path: Path) -> None:
    guard = {"block": ["+33899*", "*win*"]}
    async with scene(tmp_path, keywords=ECHO, guard=guard) as (it, client, phone):
        async with client.events("message.blocked") as events:
            it.network.phone("+33899123456").send(it.sim.number, "buy")
            phone.send(it.sim.number, "buy", originator="BigWin")
            await anext(aiter(events))
            await anext(aiter(events))
        kept = (await client.list(direction="inbound")).messages
        histories = [await client.show(message.id) for message in kept]

    assert {message.peer for message in kept} == {"+33899123456", "BigWin"}
    assert [history.deliveries for history in histories] == [[], []]
    assert all(
        "message.blocked" in {event.type for event in history.events} for history in histories
    )


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
