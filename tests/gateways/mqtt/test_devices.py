"""Devices behind SMS: commands as texts, answers as values."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gsmd import devices as rules
from gsmd.client.errors import GsmdError
from gsmd.config import ConfigError, parse
from gsmd.config.mqtt import DeviceCommand, DeviceConfig
from gsmd.gateways.database import Database
from gsmd.gateways.mqtt import commands, tables
from gsmd.gateways.mqtt.devices import Devices
from gsmd.gateways.mqtt.topics import Topics
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.process import expressions
from tests.gateways.mqtt.scene import Scene, scene
from tests.tools import needs

VAN = "+33600000077"


def device(**more: Any) -> dict[str, Any]:
    return {
        "name": "van",
        "number": VAN,
        "commands": [
            {"name": "position", "text": "{password} getinfo"},
            {"name": "speed", "text": "{password} setlimit {value}"},
            {"name": "wake", "data": "0a01", "port": 16001},
        ],
        "parse": [r"lat:(?P<lat>-?[0-9.]+) lon:(?P<lon>-?[0-9.]+)", r"door (?P<door>open|shut)"],
        **more,
    }


def answers(it: Scene) -> None:
    """The van tells where it is when it is asked."""
    van = it.phone(VAN)

    def hear(sms: Any) -> None:
        if sms.text == "secret getinfo":
            van.send(it.rig.sim.number, "lat:48.85 lon:-2.5")

    van.listeners.append(hear)


@needs("mosquitto")
async def test_a_command_is_a_text_and_its_answer_is_the_state(tmp_path: Path) -> None:
    secret = tmp_path / "van.pass"
    secret.write_text("secret\n")
    async with scene(tmp_path, devices=[device(password_file=str(secret))]) as it:
        answers(it)
        it.program.publish("gsmd/device/van/command", "position")
        accepted = await it.program.until("gsmd/sent")
        assert accepted.json["device"] == "van"
        assert accepted.json["command"] == "position"
        state = await it.program.until("gsmd/device/van", lambda h: "lat" in h.json)
        assert state.json["lat"] == 48.85
        assert state.json["lon"] == -2.5
        assert state.json["command"] == "position"
        assert state.json["command_state"] == "answered"
        assert not any(b"secret" in h.payload for h in it.program.on("gsmd/device/#"))


@asynccontextmanager
async def known(directory: Path) -> AsyncIterator[tuple[Devices, dict[str, Any]]]:
    """The van alone, and its state as the broker has it."""
    database = await Database.open(directory / "mqtt.sqlite", tables.STEPS)
    state: dict[str, Any] = {}

    async def retain(_: str, octets: bytes) -> None:
        state.clear()
        state.update(json.loads(octets))

    devices = Devices(database, retain, Topics("gsmd"))
    devices.adopt([DeviceConfig(name="van", number=VAN, parse=("door (?P<door>open|shut)",))], {})
    try:
        yield devices, state
    finally:
        await database.close()


ASKED = {"device": "van", "command": "position"}


def answer_to(message: str) -> dict[str, Any]:
    text = {"text": "door open", "data": None, "created_at": "2026-01-02T03:04:05.678Z"}
    return {"id": "answer", "peer": VAN, "in_reply_to": message, **text}


async def test_an_expression_that_takes_for_ever_finds_nothing_and_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expressions, "SECONDS", 1)
    async with known(tmp_path) as (devices, state):
        costly = DeviceConfig(name="van", number=VAN, parse=(r"^(?P<v>(a+)+)$",))
        devices.adopt([costly], {})
        made_for_it = {**answer_to("1"), "text": "a" * 40 + "!"}
        hearing = asyncio.create_task(devices.received(made_for_it, {}))
        await asyncio.sleep(0)
        assert not hearing.done()
        await hearing
        assert "v" not in state
        assert state["text"].endswith("!")


async def test_a_report_that_comes_after_the_answer_takes_nothing_back(tmp_path: Path) -> None:
    async with known(tmp_path) as (devices, state):
        await devices.accepted({"id": "1", "state": "queued"}, ASKED)
        await devices.ended({"id": "1", "state": "sent"}, ASKED)
        assert state["command_state"] == "sent"
        await devices.received(answer_to("1"), ASKED)
        for late in (devices.ended, devices.accepted):
            await late({"id": "1", "state": "delivered"}, ASKED)
        assert (state["command_state"], state["door"]) == ("answered", "open")


async def test_what_becomes_of_an_earlier_command_is_not_said_of_the_last(tmp_path: Path) -> None:
    async with known(tmp_path) as (devices, state):
        await devices.accepted({"id": "1", "state": "queued"}, {**ASKED, "command": "wake"})
        await devices.accepted({"id": "2", "state": "queued"}, ASKED)
        await devices.ended({"id": "1", "state": "failed"}, {**ASKED, "command": "wake"})
        await devices.received(answer_to("1"), {**ASKED, "command": "wake"})
        told = (state["command"], state["command_state"], state["message"], state["door"])
        assert told == ("position", "queued", "2", "open")


@needs("mosquitto")
async def test_what_a_device_says_by_itself_is_merged_into_its_state(tmp_path: Path) -> None:
    secret = tmp_path / "van.pass"
    secret.write_text("secret")
    async with scene(tmp_path, devices=[device(password_file=str(secret))]) as it:
        await it.comes("lat:1.5 lon:2", VAN)
        await it.program.until("gsmd/device/van", lambda h: h.json.get("lat") == 1.5)
        await it.comes("door open", VAN)
        state = await it.program.until("gsmd/device/van", lambda h: "door" in h.json)
        assert (state.json["lat"], state.json["door"]) == (1.5, "open")
        await it.gateway.drain()
        it.program.heard.clear()
        async with it.at_work(devices=[device(password_file=str(secret))]):
            await it.comes("door shut", VAN)
            state = await it.program.until(
                "gsmd/device/van", lambda h: h.json.get("door") == "shut"
            )
            assert state.json["lat"] == 1.5


@needs("mosquitto")
async def test_a_value_and_octets_are_sent(tmp_path: Path) -> None:
    secret = tmp_path / "van.pass"
    secret.write_text("secret")
    async with scene(tmp_path, devices=[device(password_file=str(secret))]) as it:
        command = {"command": "speed", "value": 90}
        it.program.publish("gsmd/north/command/van", command)
        it.program.publish("gsmd/device/van/command", "wake")
        await it.program.until_count("gsmd/sent", 2, lambda h: h.json.get("state") == "delivered")
        received = it.phone(VAN).received
        assert [sms.text for sms in received if sms.text] == ["secret setlimit 90"]
        (octets,) = [sms for sms in received if not sms.text]
        assert octets.data == b"\x0a\x01"
        assert octets.ports is not None
        assert octets.ports.destination == 16_001


NO_COMMANDS: list[tuple[str, Any, str]] = [
    ("gsmd/device/bus/command", "position", "no_such_device"),
    ("gsmd/device/van/command", "fly", "no_such_command"),
    ("gsmd/device/van/command", "speed", "no_value"),
    ("gsmd/device/van/command", "{", "not_json"),
    ("gsmd/device/van/command", b"\xff", "not_json"),
    ("gsmd/device/van/command", '{"command": ["speed"]}', "not_a_command"),
    ("gsmd/device/van/command", '{"command": "speed", "value": {"a": 1}}', "not_a_command"),
]


@needs("mosquitto")
async def test_what_is_no_command_is_answered_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "van.pass").write_text("secret")
    described = device(password_file=str(tmp_path / "van.pass"))
    async with scene(tmp_path, devices=[described]) as it:
        for count, (topic, payload, reason) in enumerate(NO_COMMANDS, 1):
            it.program.publish(topic, payload)
            await it.program.until_count("gsmd/sent", count)
            told = it.program.on("gsmd/sent")[-1].json
            assert told["error"]["data"]["reason"] == reason
            assert "device" in told


def test_what_looks_like_a_number_is_one() -> None:
    def read(text: str) -> Any:
        return rules.values({"v": text})["v"]

    found = [read(text) for text in ("7", "-7", "007", "48.85", "1e5", "1.", "\u0661", "on")]
    assert found == [7, -7, "007", 48.85, "1e5", "1.", "\u0661", "on"]


def test_the_password_is_not_filled_into_a_value() -> None:
    told = DeviceCommand(name="say", text="{password} {value}")
    described = DeviceConfig(
        name="d", number="+331", commands=(told,), password_file=Path("/dev/null")
    )
    sent = commands.to_send(described, "say", "{password}", "secret")
    assert sent["text"] == "secret {password}"


def test_a_command_that_is_not_known_is_refused() -> None:
    with pytest.raises(GsmdError, match="it has: none"):
        commands.to_send(DeviceConfig(name="d", number="+331"), "x", None, None)


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        ('[{name: d, number: "+331", commands: [{name: a}]}]', "one of text and data"),
        ('[{name: d, number: "+331", commands: [{name: a, text: "{password}"}]}]', "a file"),
        (
            '[{name: d, number: "+331", commands: [{name: a, text: x}, {name: a, text: y}]}]',
            "each name once",
        ),
        ('[{name: d, number: "+331", commands: [{name: a, data: 0g}]}]', "octets in hex"),
    ],
)
def test_mistakes_in_a_device_are_told(devices: str, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        parse(f"modems: []\nmqtt: {{devices: {devices}}}", "test.yaml", HANDLER_KINDS)


@pytest.mark.parametrize("name", ["bridge", "send", "sent", "device"])
def test_a_modem_cannot_be_called_as_a_topic_is(name: str) -> None:
    with pytest.raises(ConfigError, match="no topic"):
        parse(f"modems: [{{name: {name}, port: /dev/x}}]\nmqtt: {{}}", "test.yaml", HANDLER_KINDS)
