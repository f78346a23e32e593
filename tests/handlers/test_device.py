"""A device behind SMS as a handler: commands, answers, a file with its state."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from gsmd.cli import root
from gsmd.config import ConfigError, parse
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.handlers.base import Delivery, HandlerError
from gsmd.handlers.device import DeviceHandler, DeviceSettings, read, write
from gsmd.process import expressions
from gsmd.protocol.message import Direction, Receipt, State
from tests.handlers.messages import delivery, inbound
from tests.rig import PATIENCE, rig

VAN = "+33600000077"
PARSE = (r"lat:(?P<lat>-?[0-9.]+) lon:(?P<lon>-?[0-9.]+)", r"door (?P<door>open|shut)")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "van.json"


@pytest.fixture
def handler(path: Path) -> DeviceHandler:
    return DeviceHandler("van", DeviceSettings(device=VAN, state=path, parse=PARSE))


def says(text: str, **more: Any) -> Delivery:
    return delivery(text=text, peer=VAN, **more)


def became(state: State, id_: str = "asked", tag: str = "position") -> Delivery:
    message = inbound(id=id_, tag=tag, peer=VAN, direction=Direction.OUTBOUND, state=state)
    return Delivery("van", 1, message, Receipt(state=state, number=1, at=message.created_at))


async def test_what_a_device_texts_is_merged_into_its_state(
    handler: DeviceHandler, path: Path
) -> None:
    assert await handler.deliver(says("lat:48.85 lon:-2.5")) is None
    await handler.deliver(says("the door open"))
    state = read(path)
    assert (state["lat"], state["lon"], state["door"]) == (48.85, -2.5, "open")
    assert state["name"] == "van"
    assert state["text"] == "the door open"


@pytest.mark.parametrize("answered_first", [True, False])
async def test_a_command_is_answered_whatever_comes_first(
    handler: DeviceHandler, path: Path, answered_first: bool
) -> None:
    answer, sent = says("door shut", in_reply_to="asked"), became(State.SENT)
    for each in (answer, sent) if answered_first else (sent, answer):
        await handler.deliver(each)
    await handler.deliver(became(State.DELIVERED))
    state = read(path)
    assert (state["command"], state["command_state"]) == ("position", "answered")
    assert state["door"] == "shut"


async def test_what_others_text_is_not_of_the_device(handler: DeviceHandler, path: Path) -> None:
    await handler.deliver(delivery(text="door open", peer="+33699999999"))
    assert not path.exists()


async def test_an_expression_that_takes_for_ever_finds_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(expressions, "SECONDS", 1)
    costly = DeviceSettings(device=VAN, state=path, parse=(r"^(?P<v>(a+)+)$",))
    await DeviceHandler("van", costly).deliver(says("a" * 40 + "!"))
    assert "v" not in read(path)
    assert read(path)["text"].endswith("!")
    assert "takes too long" in caplog.text


async def test_a_search_that_others_end_is_no_answer_and_the_message_comes_again(
    handler: DeviceHandler, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    monkeypatch.setattr(expressions, "_PROGRAM", ended)
    with pytest.raises(HandlerError, match="ended from outside"):
        await handler.deliver(says("door open"))
    assert not path.exists()


async def test_a_file_that_is_no_state_is_written_anew(handler: DeviceHandler, path: Path) -> None:
    path.write_text("{")
    await handler.deliver(says("door open"))
    assert read(path)["door"] == "open"


async def test_where_nothing_can_be_written_the_message_comes_again(tmp_path: Path) -> None:
    settings = DeviceSettings(device=VAN, state=tmp_path / "no/van.json")
    with pytest.raises(HandlerError, match="No such file"):
        await DeviceHandler("van", settings).deliver(says("x"))


def configured(**more: Any) -> Any:
    handler = {"name": "van", "device": VAN, "state": "/van.json", **more}
    modems = [{"name": "north", "port": "/dev/ttyUSB0"}]
    text = yaml.safe_dump({"modems": modems, "handlers": [handler]})
    return parse(text, "test.yaml", HANDLER_KINDS)


def test_it_takes_what_its_number_texts_unless_the_configuration_says_otherwise() -> None:
    (found,) = configured().handlers
    assert found.match is not None
    assert found.match.from_ == (VAN,)
    (found,) = configured(match={"keyword": "VAN"}).handlers
    assert found.match is not None
    assert found.match.from_ is None


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ({"name": "a"}, "one of text and data"),
        ({"name": "a", "text": "{password}"}, "a file, for the"),
        ({"name": "a", "data": "0g"}, "octets in hex"),
    ],
)
def test_mistakes_in_a_command_are_told(command: dict[str, str], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        configured(commands=[command])


def test_its_state_is_json_that_others_can_read(path: Path) -> None:
    write(path, {"name": "van", "text": "é"})
    assert json.loads(path.read_text()) == {"name": "van", "text": "é"}


async def test_a_command_goes_out_and_its_answer_is_in_the_state(
    tmp_path: Path, path: Path
) -> None:
    (tmp_path / "van.pass").write_text("secret\n")
    described = {
        "name": "van",
        "device": VAN,
        "state": str(path),
        "password_file": str(tmp_path / "van.pass"),
        "commands": [{"name": "position", "text": "{password} getinfo"}],
        "parse": list(PARSE),
    }
    async with rig(tmp_path) as built, built.running(handlers=[described]) as client:
        await built.ready(client)
        file = tmp_path / "gsmd.yaml"
        file.write_text(built.configuration(handlers=[described]))
        van = built.network.phone(VAN)

        def hear(sms: Any) -> None:
            if sms.text == "secret getinfo":
                van.send(built.sim.number, "lat:48.85 lon:2.35")

        van.listeners.append(hear)
        arguments = ("--socket", str(built.socket), "device", "van", "position", "-c", str(file))
        code = await asyncio.to_thread(root.run, arguments)
        assert code == 0
        async with asyncio.timeout(PATIENCE):
            while not _answered(path):
                await asyncio.sleep(0.02)
        state = read(path)
        assert (state["command"], state["lat"], state["lon"]) == ("position", 48.85, 2.35)
        code = await asyncio.to_thread(root.run, (*arguments[:3], "van", "fly", "-c", str(file)))
        assert code == 1


def _answered(path: Path) -> bool:
    return (
        path.exists()
        and {"lat", "command"} <= set(state := read(path))
        and state["command_state"] == "answered"
    )
