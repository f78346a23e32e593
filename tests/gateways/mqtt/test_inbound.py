"""Messages that come in, and what is retained of modems."""

from pathlib import Path

from gsmd import pdu
from tests.gateways.mqtt.mosquitto import program
from tests.gateways.mqtt.scene import ANNA, scene
from tests.tools import needs

pytestmark = needs("mosquitto")


async def test_a_message_is_published_and_acknowledged(tmp_path: Path) -> None:
    async with scene(tmp_path, contacts={"anna": ANNA}) as it:
        await it.comes("Balance, please 🎉")
        told = await it.program.until("gsmd/north/received")
        assert told.json["event_type"] == "sms"
        assert told.json["from"] == told.json["peer"] == ANNA
        assert told.json["contact"] == "anna"
        assert told.json["text"] == "Balance, please 🎉"
        assert told.json["keyword"] == "BALANCE"
        assert not told.retain
        keyword = await it.program.until("gsmd/north/keyword")
        assert keyword.payload == b"BALANCE"
        message = await it.client.wait(told.json["id"], "handled", timeout=30)
        assert message.state == "handled"


async def test_octets_are_published_as_they_are(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        ports = pdu.Ports(destination=16_001, source=7)
        it.phone().send_data(it.rig.sim.number, b"\x00\xff\x10", ports=ports)
        octets = await it.program.until("gsmd/north/data/16001")
        assert octets.payload == b"\x00\xff\x10"
        told = await it.program.until("gsmd/north/received")
        assert told.json["event_type"] == "data"
        assert told.json["data"] == "00ff10"


async def test_only_what_matches_is_published(tmp_path: Path) -> None:
    async with scene(tmp_path, match={"keyword": "ALARM"}) as it:
        await it.comes("something else")
        await it.comes("alarm in the cellar")
        told = await it.program.until("gsmd/north/received")
        assert told.json["text"] == "alarm in the cellar"


async def test_what_comes_while_the_broker_is_away_is_published_later(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.broker.kill()
        await it.comes("kept")
        async with it.client.events("message.received", after=0) as events:
            await anext(events)
        await it.broker.start()
        told = await it.program.until("gsmd/north/received")
        assert told.json["text"] == "kept"


async def test_a_gateway_that_starts_without_a_broker_collects_what_comes(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        await it.gateway.drain()
        it.broker.kill()
        async with it.at_work():
            await it.comes("kept")
            await it.broker.start()
            told = await it.program.until("gsmd/north/received")
            assert told.json["text"] == "kept"


async def test_what_the_broker_refuses_is_kept_by_the_daemon(tmp_path: Path) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic readwrite #\ntopic deny gsmd/north/received\n")
    async with scene(tmp_path, "allow_anonymous true", f"acl_file {rules}") as it:
        it.phone().send(it.rig.sim.number, "hello")
        async with it.client.events("message.received", after=0) as events:
            id_ = (await anext(events)).fields["id"]
        async with it.client.events("delivery.", "handler.", after=0) as events:
            while "refuses" not in str((await anext(events)).fields):
                pass
        assert (await it.client.get(id_)).state == "received"


async def test_a_call_is_told(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.rig.modems["north"].voice.ring(ANNA)
        told = await it.program.until("gsmd/north/received")
        assert told.json["event_type"] == "call"
        assert told.json["from"] == ANNA


async def test_the_state_of_a_modem_is_retained(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, program(it.broker, "gsmd/#", name="late") as late:
        state = await late.until("gsmd/north")
        assert state.retain
        assert state.json["state"] == "ready"
        assert state.json["signal_dbm"] < 0
        assert state.json["sim_slots"] > 0
        assert (await late.until("gsmd/bridge/state")).payload == b"online"
        assert (await late.until("gsmd/bridge/info")).json["modems"] == 1
        modems = await late.until("gsmd/bridge/modems")
        assert modems.json[0]["name"] == "north"


async def test_a_gateway_that_dies_and_one_that_ends_are_offline(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.gateway._broker._wire.abort()
        await it.program.until("gsmd/bridge/state", lambda h: h.payload == b"offline")
        it.program.heard.clear()
        await it.program.until("gsmd/bridge/state", lambda h: h.payload == b"online")
        await it.gateway.drain()
        await it.program.until("gsmd/bridge/state", lambda h: h.payload == b"offline")
        await it.program.until("gsmd/north/availability", lambda h: h.payload == b"offline")


async def test_nothing_is_online_any_more_once_the_gateway_has_said_goodbye(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.gateway._states.tell_again()
        await it.gateway.drain()
        it.gateway._states.tell_again()
        await it.program.until("gsmd/bridge/state", lambda h: h.payload == b"offline")
        async with program(it.broker, "gsmd/#", name="late") as late:
            assert (await late.until("gsmd/bridge/state")).payload == b"offline"
            assert (await late.until("gsmd/north/availability")).payload == b"offline"


async def test_a_modem_that_is_gone_leaves_nothing_behind(tmp_path: Path) -> None:
    async with scene(tmp_path, modems=("north", "south")) as it:
        await it.daemon_stops()
        it.rig.lines.pop("south")
        await it.daemon_starts()
        gone = await it.program.until("gsmd/south", lambda h: not h.payload)
        assert not gone.payload
        await it.program.until("homeassistant/device/+/config", lambda h: not h.payload)
