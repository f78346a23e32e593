"""The control socket, the prompt, the thread and the command."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gsmd.simulator import Simulation, SimulatorThread
from gsmd.simulator.control import ControlSocket
from gsmd.simulator.prompt import respond
from gsmd.simulator.simulation import imei, with_check_digit
from gsmd.simulator.trouble import DRAFT, MODEM_FAULTS, NETWORK_FAULTS
from gsmd.simulator.verbs import VERBS, VerbError

PATIENCE = 10.0
PHONE = "+33611111111"
DOCUMENT = Path(__file__).parents[2] / "docs" / "simulator.md"


@pytest.fixture
async def simulation(tmp_path: Path) -> AsyncIterator[Simulation]:
    simulation = Simulation(tmp_path)
    simulation.add()
    simulation.add(profile="huawei", pin="1234", slots=5)
    async with simulation:
        yield simulation


@pytest.fixture
async def control(simulation: Simulation, tmp_path: Path) -> AsyncIterator["Control"]:
    path = tmp_path / "control.sock"
    async with ControlSocket(simulation, path):
        reader, writer = await asyncio.open_unix_connection(path)
        yield Control(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


class Control:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def raw(self, line: bytes) -> dict[str, Any]:
        self.writer.write(line + b"\n")
        async with asyncio.timeout(PATIENCE):
            answer: dict[str, Any] = json.loads(await self.reader.readline())
        return answer

    async def do(self, do: str, **parameters: Any) -> dict[str, Any]:
        named = {name.rstrip("_"): value for name, value in parameters.items()}
        return await self.raw(json.dumps({"do": do, **named}).encode())

    async def done(self, do: str, **parameters: Any) -> dict[str, Any]:
        answer = await self.do(do, **parameters)
        assert answer.pop("ok"), answer
        return answer


async def test_modems_are_listed_with_their_ports(control: Control, tmp_path: Path) -> None:
    one, two = (await control.done("list"))["modems"]
    assert one["link"] == str(tmp_path / "modem1")
    assert Path(one["port"]).is_char_device()
    assert (one["number"], one["registration"], one["slots"]) == ("+33600000001", "home", 30)
    assert (two["profile"], two["registration"], two["slots"]) == ("huawei", "none", 5)


async def test_a_phone_texts_a_modem(control: Control, simulation: Simulation) -> None:
    assert await control.done("text", from_=PHONE, to="modem1", text="Hello") == {"parts": 1}
    while not len(simulation.network.delivered):
        await asyncio.sleep(0)
    (message,) = (await control.done("stored", modem="modem1"))["messages"]
    assert (message["index"], message["status"], message["text"]) == (1, "REC UNREAD", "Hello")
    judged = await control.done("judge")
    assert (judged["delivered"], judged["delivered_twice"]) == (1, [])


async def test_phones_text_each_other_and_are_waited_for(control: Control) -> None:
    await control.done("echo", phone="+336", prefix="You said")
    await control.done("text", from_=PHONE, to="+336", text="Hi")
    answer = {"from": "+336", "text": "You said Hi", "data": None, "parts": 1}
    assert (await control.done("expect", phone=PHONE))["messages"] == [answer]
    assert {"phone": PHONE, **answer} in (await control.done("received"))["messages"]
    assert (await control.done("received", phone=PHONE))["messages"] == [{"phone": PHONE, **answer}]
    late = await control.do("expect", phone=PHONE, n=2, timeout=0.01)
    assert late == {"ok": False, "error": f"{PHONE} has 1 of 2 messages after 0.01 s"}


async def test_parts_and_octets_are_sent_as_wanted(control: Control) -> None:
    long = await control.done(
        "text", from_=PHONE, to="+336", text="x" * 200, parts=[2, 2, 1], width=16
    )
    assert long == {"parts": 3}
    assert await control.done("data", from_=PHONE, to="+336", data="00ff", port=2948) == {
        "parts": 1
    }
    assert await control.done("deliver", to="modem1", tpdu="04ff") == {}
    assert (await control.done("expect", phone="+336", n=2))["messages"][1]["data"] == "00ff"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"nonsense", "this is not JSON"),
        (b"[]", "a request is an object"),
        (b"{}", "there is no verb None"),
        (b'{"do": ["x"]}', "there is no verb"),
        (b'{"do": "dance"}', "there is no verb 'dance'"),
        (b'{"do": "text", "from": "+336"}', "to, text is missing: text FROM TO TEXT"),
        (
            b'{"do": "reboot", "modem": "modem9"}',
            "there is no modem 'modem9'; there is modem1, modem2",
        ),
        (b'{"do": "reboot", "modem": "modem1", "why": 1}', "reboot has no why"),
        (b'{"do": "fault", "modem": "modem1", "fault": "boredom"}', "there is no fault 'boredom'"),
        (
            b'{"do": "fault", "modem": "modem1", "fault": "hang", "value": "maybe"}',
            "hang is on or off",
        ),
        (
            b'{"do": "fault", "modem": "modem1", "fault": "late_reply", "value": "x"}',
            "could not convert",
        ),
        (
            b'{"do": "fault", "modem": "modem1", "fault": "error_style", "value": "x"}',
            "error_style is ",
        ),
        (b'{"do": "network", "fault": "boredom"}', "there is no fault"),
        (b'{"do": "registration", "modem": "modem1", "state": "lost"}', "there is no registration"),
        (b'{"do": "sim", "modem": "modem1", "state": "lost"}', "a SIM is absent, present"),
        (b'{"do": "phone", "phone": "+336", "state": "lost"}', "a phone is on, off"),
        (b'{"do": "text", "from": "", "to": "modem1", "text": "x"}', "'' is no phone number"),
        (
            b'{"do": "fail", "modem": "modem1", "command": "CMGS", "stage": "x"}',
            "stage is start or end",
        ),
        (b'{"do": "stored", "modem": "modem2"}', "+CMS ERROR: 311"),
        (b'{"do": "help", "verb": "dance"}', "there is no verb 'dance'"),
    ],
)
async def test_a_mistake_is_explained_and_the_connection_goes_on(
    control: Control, line: bytes, error: str
) -> None:
    answer = await control.raw(line)
    assert answer["ok"] is False
    assert error in answer["error"]
    assert (await control.done("list"))["modems"]


async def test_a_line_without_end_ends_the_connection(control: Control) -> None:
    control.writer.write(b"x" * (1 << 21))
    with pytest.raises((json.JSONDecodeError, ConnectionError)):
        await control.raw(b"")


@pytest.mark.parametrize("name", MODEM_FAULTS)
async def test_every_fault_is_switched_on_shown_and_cleared(control: Control, name: str) -> None:
    values = {
        "error_style": "bare",
        "report_style": "split",
        "ussd_style": "halves",
        "second_pin": "PUK2",
        "saved_character_set": "UCS2",
        "stuck_sim": "restart",
        "stuck_search": "radio",
        "wrong_storage": "ME",
        "noise": "00ff",
    }
    value = values.get(name, 7)
    if name in {
        "hang",
        "hang_until_closed",
        "wedged",
        "chatter",
        "silent_counts",
        "unlisted",
        "notices_elsewhere",
        "direct_and_stored",
        "acknowledges_itself",
        "calls_block_sms",
    }:
        value = "on"
    switched = await control.done(
        "fault", modem="modem1", fault=name.replace("_", "-"), value=value
    )
    assert (await control.done("faults", modem="modem1"))["faults"] == switched
    await control.done("clear", modem="modem1")
    assert (await control.done("faults", modem="modem1"))["faults"] == {}


@pytest.mark.parametrize("name", NETWORK_FAULTS)
async def test_every_network_fault_is_switched_on_and_off(control: Control, name: str) -> None:
    value = "on" if name == "swapped" else 3
    assert await control.done("network", fault=name, value=value) == {name: value == "on" or 3}
    assert await control.done("network", fault=name, value="off") == {name: 0}


async def test_faults_need_no_value_and_go_off(control: Control) -> None:
    assert await control.done("fault", modem="modem1", fault="noise") == {"noise": "00ff7ec0"}
    assert await control.done("fault", modem="modem1", fault="lost_prompt") == {"lost_prompt": 1}
    for name, good in (
        ("noise", ""),
        ("lost_prompt", 0),
        ("hang", False),
        ("error_style", "profile"),
    ):
        assert await control.done("fault", modem="modem1", fault=name, value="off") == {name: good}


async def test_failures_are_planned(control: Control, simulation: Simulation) -> None:
    await control.done("fail", modem="modem1", command="CMGS", error=38, times=3, stage="start")
    await control.done("fail", modem="modem1", command="CSQ", error="COMMAND_NOT_SUPPORT")
    planned = (await control.done("faults", modem="modem1"))["planned"]
    assert planned == ["+CMGS +CMS ERROR: 38 ×3", "+CSQ COMMAND NOT SUPPORT ×1"]


async def test_the_modem_is_unplugged_and_comes_back_elsewhere(
    control: Control, tmp_path: Path
) -> None:
    await control.done("unplug", modem="modem1")
    assert (await control.done("list"))["modems"][0]["port"] is None
    answer = await control.done("replug", modem="modem1", link="elsewhere")
    assert (tmp_path / "elsewhere").readlink() == Path(answer["port"])
    await control.done("reboot", modem="modem2")


async def test_the_sim_is_taken_out_swapped_locked_and_filled(
    control: Control, simulation: Simulation
) -> None:
    modem = simulation.modems["modem1"]
    sim = modem.sim
    assert await control.done("sim", modem="modem1", state="absent") == {"number": None}
    assert (await control.done("list"))["modems"][0]["number"] is None
    assert "has no SIM" in (await control.do("text", from_=PHONE, to="modem1", text="x"))["error"]
    await control.done("sim", modem="modem1", state="present")
    assert modem.sim is sim
    problems = []
    for state in ("locked", "blocked", "unlocked"):
        await control.done("sim", modem="modem1", state=state)
        problems.append(modem.sim_problem)
    assert problems == [11, 12, None]
    assert await control.done("fill", modem="modem1", leave=2) == {"free": 2}
    await control.done("empty", modem="modem1")
    assert modem.require_card().messages.used == 0
    await control.done("smsc", modem="modem1")
    assert modem.current_service_centre() == ""
    swapped = await control.done("sim", modem="modem1", state="swapped")
    assert swapped["number"] not in {None, "+33600000001", "+33600000002"}
    await control.done("slow", modem="modem1", seconds=60)
    assert modem.sim_busy


async def test_the_radio_the_line_and_calls_are_played_with(
    control: Control, simulation: Simulation
) -> None:
    modem = simulation.modems["modem1"]
    said: list[bytes] = []
    modem.output = said.append
    await control.done("signal", modem="modem1", value=5)
    await control.done("registration", modem="modem1", state="roaming")
    assert (modem.radio.signal, modem.radio.status) == (5, 5)
    await control.done("lte", modem="modem1")
    assert not modem.radio.carries_messages
    await control.done("lte", modem="modem1", state="off")
    await control.done("call", from_=PHONE, modem="modem1")
    await control.done("hangup", modem="modem1")
    await control.done("say", modem="modem1", line="+CREG: 2")
    await control.done("raw", modem="modem1", octets="00ff")
    assert b"".join(said) == b"\r\nRING\r\n\r\nNO CARRIER\r\n\r\n+CREG: 2\r\n\x00\xff"
    modem.settings.text_mode = 1
    await control.done("settings", modem="modem1")
    assert modem.settings.text_mode == 0
    await control.done("chat", modem="modem1", every=0)
    await control.done("pace", modem="modem1", baudrate=9600)
    assert simulation.lines["modem1"].baudrate == 9600
    await control.done("pace", modem="modem1", baudrate=0)
    await control.done("menu", code="*5#", text="Five")
    assert simulation.network.menus.enter("+336", "*5#") == (0, "Five")


async def test_a_phone_is_switched_off_and_rejects(
    control: Control, simulation: Simulation
) -> None:
    phone = simulation.network.phone("+336")
    await control.done("phone", phone="+336", state="off")
    await control.done("text", from_=PHONE, to="+336", text="x")
    assert (await control.done("judge"))["held"] == {"+336": 1}
    await control.done("phone", phone="+336", state="reject")
    await control.done("phone", phone="+336", state="on")
    assert phone.rejects
    await control.done("phone", phone="+336", state="accept")
    assert not phone.rejects


async def test_the_prompt_takes_the_same_verbs(simulation: Simulation) -> None:
    assert await respond(simulation, "") == ""
    assert await respond(simulation, "# nothing") == ""
    assert await respond(simulation, "dance") == "no: there is no verb 'dance'; help lists them"
    assert await respond(simulation, "text +336") == "no: text FROM TO TEXT"
    assert await respond(simulation, f"text {PHONE} +336 Hello there, you") == "parts: 1"
    assert await respond(simulation, "expect +336") == f"{PHONE}  'Hello there, you'"
    assert await respond(simulation, "received +336") == f"+336  {PHONE}  'Hello there, you'"
    assert await respond(simulation, "received +337") == "none"
    assert await respond(simulation, "fault modem1 hang") == "hang: True"
    assert await respond(simulation, "faults modem1") == "faults: hang=True  planned: none"
    assert await respond(simulation, "reboot modem1") == "ok"
    assert "modem1  generic" in await respond(simulation, "list")
    assert await respond(simulation, "help text") == (
        "text FROM TO TEXT  a phone sends a text to a modem or a number"
    )
    assert len((await respond(simulation, "help")).splitlines()) == len(VERBS)


def test_a_thread_runs_a_simulation_for_programs_without_a_loop(tmp_path: Path) -> None:
    with SimulatorThread(tmp_path, ["generic", "sim800"]) as simulator:
        simulator.do("text", from_=PHONE, to="+336", text="Hi")
        assert simulator.do("expect", phone="+336")["messages"][0]["text"] == "Hi"
        assert simulator.call(lambda: len(simulator.simulation.modems)) == 2
        assert (tmp_path / "modem2").exists()
        with pytest.raises(VerbError):
            simulator.do("dance")
    assert not (tmp_path / "modem2").exists()


def test_a_thread_that_cannot_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"), SimulatorThread(tmp_path / "nowhere"):
        pass


def test_a_name_is_given_once(tmp_path: Path) -> None:
    simulation = Simulation(tmp_path)
    simulation.add("north")
    with pytest.raises(ValueError, match="north"):
        simulation.add("north")


def test_serial_numbers_have_their_check_digit() -> None:
    assert with_check_digit("49015420323751") == "490154203237518"
    assert len(imei(1)) == 15
    assert imei(1) != imei(2)


def test_the_draft_that_fills_a_sim_is_a_submit() -> None:
    from gsmd import pdu

    frame = pdu.Frame.from_hex(DRAFT)
    assert frame.length == len(DRAFT) // 2 - 1
    assert isinstance(pdu.decode(frame.tpdu), pdu.Submit)


def test_every_verb_and_every_fault_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z_]+)", DOCUMENT.read_text(), re.MULTILINE))
    assert {*VERBS, *MODEM_FAULTS, *NETWORK_FAULTS} <= documented


def start(
    directory: Path, *arguments: str, stdin: int | None = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gsmd", "simulate", "--dir", directory, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONUNBUFFERED": "1"},
    )


def test_the_command_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with start(tmp_path, "--modems", "2", "--profile", "ec25", "--profile", "zte") as process:
        assert process.stdout is not None
        shown = ""
        while "control.sock" not in shown:
            shown += process.stdout.readline()
        assert re.search(r"modem2 .*/modem2 .*zte", shown)
        assert (tmp_path / "modem1").exists()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert not list(tmp_path.iterdir())


def test_commands_are_read_from_a_pipe(tmp_path: Path) -> None:
    with start(tmp_path, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"text {PHONE} +336 Hi\nexpect +336\nquit\n")
        process.stdin.close()
        shown = process.stdout.read()
        assert process.wait(PATIENCE) == 0
    assert f"+336 got from {PHONE}: Hi" in shown
    assert shown.rstrip().endswith("'Hi'")
