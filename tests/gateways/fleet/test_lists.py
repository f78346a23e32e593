"""Who says STOP at one box hears nothing more from any; what comes in anywhere reaches the engine."""

import asyncio
import json
from pathlib import Path

from tests.gateways.fleet.scene import ANNA, scene
from tests.tools import needs

pytestmark = needs("nats-server")


async def test_a_stop_at_one_box_holds_at_all(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south") as it:
        north, south = it.boxes["north"], it.boxes["south"]
        sim = north.rig.modems["m1"].sim
        assert sim is not None
        it.phone().send(sim.number, "STOP")
        async with asyncio.timeout(60):
            while not (await south.client.optout.list()).optouts:
                await asyncio.sleep(0.02)
        found = await it.state(await it.fleet.send(ANNA, "buy"), "failed")
        assert found["reason"] == "opted_out"
        it.phone().send(sim.number, "START")
        async with asyncio.timeout(60):
            while (await south.client.optout.list()).optouts:
                await asyncio.sleep(0.02)
        await it.state(await it.fleet.send(ANNA, "welcome"), "sent")
        assert "buy" not in [sms.text for sms in it.phone().received]


async def test_a_box_that_was_away_tells_later_who_said_stop_there(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south") as it:
        north, south = it.boxes["north"], it.boxes["south"]
        await north.agent_stops()
        await north.client.optout.add(ANNA)
        await north.client.blocks.add("ACME*")
        await north.agent_starts()
        async with asyncio.timeout(60):
            while not (await south.client.optout.list()).optouts:
                await asyncio.sleep(0.02)
            while not (await south.client.blocks.list()).blocks:
                await asyncio.sleep(0.02)
        assert [each.source for each in (await south.client.optout.list()).optouts] == ["fleet"]


async def test_the_register_is_asked_even_if_the_box_has_not_read_it_yet(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:
        body = {"about": ANNA, "wish": "stop", "at": "2026-01-01T00:00:00.000Z", "box": "elsewhere"}
        north = it.boxes["north"].agent
        north._optouts._read_one = _nothing  # type: ignore[method-assign]  # as if the hint were late
        await it.fleet.link.store("sms.reg.optout.33612345678", json.dumps(body).encode())
        found = await it.state(await it.fleet.send(ANNA, "buy"), "failed")
        assert found["reason"] == "opted_out"
        assert not it.phone().received


async def _nothing(subject: str) -> None:
    del subject


async def test_what_comes_in_stands_at_the_engine_once(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:
        sim = it.boxes["north"].rig.modems["m1"].sim
        assert sim is not None
        it.phone().send(sim.number, "good morning")
        async with asyncio.timeout(60):
            while (found := await it.fleet.link.last("SMS_INBOX", "sms.inbox.north.*.*")) is None:
                await asyncio.sleep(0.02)
        told = json.loads(found.data)
        assert told["text"] == "good morning"
        assert told["box"] == "north"
        assert told["sim"] == sim.iccid
        assert found.subject == f"sms.inbox.north.{sim.iccid}.{told['id']}"
        assert not await it.fleet.link.create(found.subject, b"again")


async def test_a_box_with_another_disk_learns_who_said_stop_at_it(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:
        north = it.boxes["north"]
        await north.client.optout.add(ANNA)
        async with asyncio.timeout(60):
            while await it.fleet.link.last("SMS_REG", "sms.reg.optout.33612345678") is None:
                await asyncio.sleep(0.02)
        await north.agent_stops()
        await north.daemon_stops()
        for file in (north.rig.directory / "state").glob("gsmd.db*"):
            file.unlink()
        await north.daemon_starts()
        assert not (await north.client.optout.list()).optouts
        await north.agent_starts()
        async with asyncio.timeout(60):
            while not (await north.client.optout.list()).optouts:
                await asyncio.sleep(0.02)


async def test_what_one_box_can_never_carry_out_does_not_keep_it_from_its_work(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, "north", daemon={"guard": {"block": ["ACME*"]}}) as it:
        told = {"at": "2026-01-01T00:00:00.000Z", "box": "elsewhere"}
        given = {"about": "+33612345679", "wish": "given", "list": "news", **told}
        for place, record in (
            ("block.1", {"about": "ACME*", "wish": "unblock", **told}),
            ("optout.x3f", {"about": "?", "wish": "stop", **told}),
            ("consent.33612345679.news", {**given, "at": "one day"}),
            ("optout.33612345679", {"about": "+33612345679", "wish": "stop", **told}),
        ):
            await it.fleet.link.store(f"sms.reg.{place}", json.dumps(record).encode())
        north = it.boxes["north"]
        async with asyncio.timeout(60):
            while not (await north.client.optout.list()).optouts:
                await asyncio.sleep(0.02)
        await north.at_work()
        await it.state(await it.fleet.send(ANNA, "hello"), "sent")


LISTS = {
    "lists": [{"name": "news", "shown": "JOIN and you get our news."}],
    "keywords": {
        "table": [
            {"word": "JOIN", "subscribe": "news", "reply": "Welcome."},
            {"word": "LEAVE", "unsubscribe": "news", "reply": "Bye."},
        ]
    },
}


async def test_who_agrees_or_leaves_at_one_box_does_so_at_all(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south", daemon=LISTS) as it:
        north, south = it.boxes["north"], it.boxes["south"]
        sims = [box.rig.modems["m1"].sim for box in (north, south)]
        assert sims[0] is not None
        assert sims[1] is not None
        found = await it.state(await it.fleet.send(ANNA, "too early", consent=["news"]), "failed")
        assert found["reason"] == "no_consent"
        sticky = await it.fleet.send(ANNA, "too early", consent=["news"], sim=sims[0].iccid)
        found = await it.state(sticky, "failed")
        assert found["events"][-1]["reason"] == "no_consent"
        it.phone().send(sims[0].number, "JOIN")
        async with asyncio.timeout(60):
            while not (known := await south.client.consents.get(ANNA)):
                await asyncio.sleep(0.02)
        assert (known[0].list, known[0].state) == ("news", "given")
        assert known[0].shown == "JOIN and you get our news."
        assert [each.peer for each in (await south.client.lists.get("news")).members] == [ANNA]
        await it.state(await it.fleet.send(ANNA, "the news", consent=["news"]), "sent")
        it.phone().send(sims[1].number, "LEAVE")
        async with asyncio.timeout(60):
            while (await north.client.consents.get(ANNA))[0].state != "withdrawn":
                await asyncio.sleep(0.02)
        found = await it.state(await it.fleet.send(ANNA, "too late", consent=["news"]), "failed")
        assert found["reason"] == "no_consent"


async def test_a_box_that_was_away_tells_later_who_agreed_there(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south", daemon=LISTS) as it:
        north, south = it.boxes["north"], it.boxes["south"]
        await north.agent_stops()
        await north.client.consents.add("news", ANNA, shown="on paper")
        await north.agent_starts()
        async with asyncio.timeout(60):
            while not (known := await south.client.consents.get(ANNA)):
                await asyncio.sleep(0.02)
        assert known[0].shown == "on paper"
        await south.client.optout.add(ANNA)
        async with asyncio.timeout(60):
            while (await north.client.consents.get(ANNA))[0].state != "withdrawn":
                await asyncio.sleep(0.02)
