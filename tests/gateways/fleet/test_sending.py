"""A message that is put in at the engine goes out at one box, once, and everybody can see what became of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from gsmd.gateways.fleet import tables
from gsmd.gateways.fleet.queue_entry import QueueEntry
from gsmd.protocol.message import iso
from tests.gateways.fleet.scene import ANNA, scene, until
from tests.tools import needs

pytestmark = needs("nats-server")

BETTY = "+33612345679"


async def test_each_message_goes_out_once_and_the_register_says_so(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south") as it:
        wanted = {
            await it.fleet.send(ANNA, f"hello {n}", key=f"order-{n}"): f"hello {n}"
            for n in range(8)
        }
        again = await it.fleet.send(ANNA, "hello 0", key="order-0")
        assert again == "order-0"
        found = [await it.state(id_, "sent") for id_ in wanted]
        assert {each["box"] for each in found} <= {"north", "south"}
        assert {each["attempt"] for each in found} == {1}
        assert sorted(sms.text or "" for sms in it.phone().received) == sorted(wanted.values())
        assert all(each["sim"].startswith("8900") for each in found)
        status = await it.fleet.status()
        assert status["boxes"] == 2
        assert status["uncertain"] == 0


async def test_who_repeats_a_message_long_after_its_end_sends_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:
        id_ = await it.fleet.send(ANNA, "hello", key="order-1")
        await it.state(id_, "sent")
        # as after the time in which the engine itself knows an id
        await it.fleet.link.store(
            "sms.out.default.now.order-1", b'{"to": "+33612345678", "text": "hello"}'
        )
        await it.state(await it.fleet.send(ANNA, "the next"), "sent")
        assert [sms.text for sms in it.phone().received] == ["hello", "the next"]


async def test_what_nobody_can_send_fails_and_says_why(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:
        await it.fleet.link.store("sms.out.default.now.bad-1", b'{"to": "+33612345678"}')
        assert "text" in (await it.state("bad-1", "failed"))["reason"]
        await it.fleet.link.store(
            "sms.out.default.now.bad-2", b'{"to": "nobody at all", "text": "x"}'
        )
        assert (await it.state("bad-2", "failed"))["reason"]
        it.phone().rejects = True
        refused = await it.fleet.send(ANNA, "hello")
        await it.state(refused, "sent", "failed")


async def test_a_message_for_a_sim_goes_through_it_and_its_end_is_an_event(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south") as it:
        sim = it.boxes["south"].rig.modems["m1"].sim
        assert sim is not None
        for number in range(3):
            await it.fleet.send(ANNA, f"hello {number}", sim=sim.iccid, key=f"pinned-{number}")
        for number in range(3):
            found = await it.state(f"pinned-{number}", "sent")
            assert found["events"][-1]["box"] == "south"
        assert [sms.text for sms in it.phone().received] == ["hello 0", "hello 1", "hello 2"]


async def test_a_message_for_a_sim_is_forgotten_by_the_engine_once_the_box_has_written_whose_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str | None] = []
    settle = QueueEntry.settle

    async with scene(tmp_path, "north") as it:
        north = it.boxes["north"]
        sim = north.rig.modems["m1"].sim
        assert sim is not None

        async def look_first(self: QueueEntry) -> None:
            (message,) = (await north.client.list()).messages
            database = north.agent._database
            written.append(await database.read(partial(tables.fleet_id, message=message.id)))
            await settle(self)

        monkeypatch.setattr(QueueEntry, "settle", look_first)
        await it.fleet.send(ANNA, "hello", sim=sim.iccid, key="pinned")
        await until(lambda: written)
        assert written == ["pinned"]


async def test_what_a_box_that_ends_has_not_begun_goes_to_another(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south") as it:
        north, south = it.boxes["north"], it.boxes["south"]
        await south.agent_stops()
        await north.daemon_stops()
        port = str(north.rig.directory / "m1")
        slow = [{"name": "m1", "port": port, "limits": {"interval": "1h"}}]
        await north.daemon_starts(modems=slow)
        await north.at_work()
        await it.state(await it.fleet.send(ANNA, "the first"), "sent")
        second = await it.fleet.send(ANNA, "the second")
        await it.state(second, "permit")
        await north.agent_stops()
        await it.state(second, "released")
        await south.agent_starts()
        found = await it.state(second, "sent")
        assert (found["box"], found["attempt"]) == ("south", 2)
        assert [sms.text for sms in it.phone().received] == ["the first", "the second"]


async def test_boxes_tell_of_themselves_and_their_sims(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south", modems=2) as it:
        async with asyncio.timeout(60):
            while True:
                boxes = await it.fleet.boxes()
                if [len(each["sims"]) for each in boxes] == [2, 2]:
                    break
                await asyncio.sleep(0.05)
        assert [each["box"] for each in boxes] == ["north", "south"]
        assert {each["state"] for each in boxes} == {"at work"}
        await it.boxes["north"].agent_stops()
        stopped = next(each for each in await it.fleet.boxes() if each["box"] == "north")
        assert stopped["state"] == "stopped"


@pytest.mark.parametrize("pool", ["france", "default"])
async def test_a_box_takes_the_messages_of_its_pools_only(tmp_path: Path, pool: str) -> None:
    async with scene(tmp_path, "north") as it:
        id_ = await it.fleet.send(ANNA, "hello", pool=pool)
        other = await it.fleet.send(BETTY, "hello")
        await it.state(other, "sent")
        state = (await it.fleet.show(id_) or {})["state"]
        assert (state == "queued") == (pool == "france")


async def test_who_gives_a_message_back_does_not_give_it_more_time(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", use_within=1) as it:
        north = it.boxes["north"]
        await north.daemon_stops()
        port = str(north.rig.directory / "m1")
        slow = [{"name": "m1", "port": port, "limits": {"interval": "1h"}}]
        await north.daemon_starts(modems=slow)
        await north.at_work()
        await it.state(await it.fleet.send(ANNA, "the first"), "sent")
        late = await it.fleet.send(ANNA, "the second", send_within=2)
        assert (await it.state(late, "failed"))["reason"] == "expired"
        assert [sms.text for sms in it.phone().received] == ["the first"]


async def test_a_message_for_a_sim_is_not_sent_before_or_after_its_time(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:
        north = it.boxes["north"]
        sim = north.rig.modems["m1"].sim
        assert sim is not None
        await north.agent_stops()
        late = await it.fleet.send(ANNA, "late", sim=sim.iccid, send_within=0.01)
        tomorrow = iso(datetime.now(UTC) + timedelta(days=1))
        await it.fleet.send(ANNA, "early", sim=sim.iccid, key="early", not_before=tomorrow)
        await it.fleet.send(ANNA, "in time", sim=sim.iccid, key="in-time")
        await north.agent_starts()
        await it.state("in-time", "sent")
        found = await it.state(late, "failed")
        assert found["events"][-1]["reason"] == "expired"
        assert [sms.text for sms in it.phone().received] == ["in time"]
