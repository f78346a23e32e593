"""Finding a modem by whatever is known of it, as soon as it is there."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from gsmd.clock import SystemClock
from gsmd.config import Match, ModemConfig
from gsmd.modem import Modem, ModemState
from gsmd.modem.port import discovery
from gsmd.modem.port.discovery import Finder, directories_to
from gsmd.modem.port.inotify import DirectoryWatch
from gsmd.modem.port.sysfs import serial_devices
from tests.modem.conftest import QUICK
from tests.modem.machine import Machine
from tests.modem.recorder import Recorder
from tests.modem.scripted import DEAF, MARKS, ScriptedModem


def finder(machine: Machine, **match: object) -> Finder:
    return Finder(
        ModemConfig(name="north", match=Match(**match)),  # type: ignore[arg-type]  # whatever a test wants
        QUICK,
        partial(serial_devices, machine.dev, machine.sys),
        machine.dev,
    )


def two_dongles(machine: Machine) -> None:
    for place, usb in (("1-1", "12d1:1506"), ("1-2", "2c7c:0125")):
        dongle = machine.usb(place, usb, "modem", ("ff", "ff"))
        for number in (0, 1):
            machine.port(f"ttyUSB{number + 2 * (place == '1-2')}", dongle / f"{place}:1.{number}")


async def test_a_usb_id_and_an_interface_lead_to_a_port(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    two_dongles(machine)
    assert await finder(machine, usb="2C7C:0125", interface=1).find() == str(
        machine.dev / "ttyUSB3"
    )
    assert await finder(machine, usb="2c7c:0125").find() == str(machine.dev / "ttyUSB2")
    assert await finder(machine, usb="2c7c:0125", interface=7).find() is None


async def test_a_path_is_a_path_once_it_is_there(tmp_path: Path) -> None:
    config = ModemConfig(name="north", port=str(tmp_path / "ttyUSB0"))
    assert await Finder(config, QUICK).find() is None
    (tmp_path / "ttyUSB0").write_text("")
    assert await Finder(config, QUICK).find() == str(tmp_path / "ttyUSB0")


async def test_an_imei_leads_to_the_port_of_the_modem_that_has_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    async with (
        ScriptedModem({"AT+CGSN": "111111111111111\r\n\r\nOK"}) as other,
        ScriptedModem({"AT+CGSN": "222222222222222\r\n\r\nOK"}) as ours,
    ):
        machine.port("ttyUSB0", target=other.path)
        machine.port("ttyUSB1", target=ours.path)
        found = finder(machine, imei="222222222222222")
        assert await found.find() == str(machine.dev / "ttyUSB1")
        asked = len(other.heard)
        assert await found.find() == str(machine.dev / "ttyUSB1")
        assert len(other.heard) == asked  # a stranger is not asked again


async def test_an_iccid_leads_to_the_port_of_the_modem_with_that_sim(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    answers = {"AT+CCID": "+CCID: 8933010000000000001F\r\n\r\nOK"}
    async with ScriptedModem() as other, ScriptedModem(answers) as ours:
        machine.port("ttyUSB0", target=other.path)
        machine.port("ttyUSB1", target=ours.path)
        found = finder(machine, iccid="8933010000000000001")
        assert await found.find() == str(machine.dev / "ttyUSB1")


async def test_a_modem_that_answers_late_is_found_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "_FIRST_LOOK", 0.05)
    monkeypatch.setattr(discovery, "QUICK", QUICK)
    machine = Machine(tmp_path)
    async with ScriptedModem(DEAF) as ours:
        machine.port("ttyUSB0", target=ours.path)
        found = finder(machine, imei="490154203237518")
        assert await found.find() is None
        appearing = asyncio.create_task(found.appearance())
        await ours.hears("AT+CMEE?", 2)
        ours.answers |= MARKS
        async with asyncio.timeout(10):
            assert await appearing == str(machine.dev / "ttyUSB0")


async def test_a_new_device_is_noticed_without_polling(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    found = finder(machine, usb="12d1:1506")
    appearing = asyncio.create_task(found.appearance())
    await asyncio.sleep(0.05)
    assert not appearing.done()
    dongle = machine.usb("1-1", "12d1:1506", "modem", ("ff",))
    (machine.sys / "class" / "tty" / "ttyUSB0").mkdir()
    (machine.sys / "class" / "tty" / "ttyUSB0" / "device").symlink_to(dongle / "1-1:1.0")
    (machine.dev / "ttyUSB0").write_text("")
    async with asyncio.timeout(5):
        assert await appearing == str(machine.dev / "ttyUSB0")


async def test_what_is_on_the_way_to_a_link_and_to_its_target_is_watched(tmp_path: Path) -> None:
    link = tmp_path / "dir" / "modem"
    assert directories_to(link) == [tmp_path]
    link.parent.mkdir()
    assert directories_to(link) == [link.parent]
    target = tmp_path / "gone" / "tty"
    link.symlink_to(target)
    assert directories_to(link) == [link.parent, tmp_path]


async def test_a_path_several_directories_away_is_noticed(tmp_path: Path) -> None:
    port = tmp_path / "a" / "b" / "c" / "modem"
    found = Finder(ModemConfig(name="north", port=str(port)), QUICK)
    appearing = asyncio.create_task(found.appearance())
    await asyncio.sleep(0)
    port.parent.mkdir(parents=True)
    await asyncio.sleep(0)
    port.write_text("")
    async with asyncio.timeout(5):
        assert await appearing == str(port)


async def test_where_the_kernel_cannot_tell_it_is_looked_for_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: DirectoryWatch) -> DirectoryWatch:
        raise OSError(24, "no instance left")

    monkeypatch.setattr(DirectoryWatch, "__enter__", refuse)
    port = tmp_path / "modem"
    found = Finder(ModemConfig(name="north", port=str(port)), QUICK)
    assert await found.appearance() is None
    port.write_text("")
    assert await found.appearance() == str(port)


async def test_waiting_leaves_no_descriptor_behind(tmp_path: Path) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = descriptors()
    found = Finder(ModemConfig(name="north", port=str(tmp_path / "modem")), QUICK)
    appearing = asyncio.create_task(found.appearance())
    await asyncio.sleep(0.01)
    appearing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appearing
    assert descriptors() == before


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ({"imei": "490154203237518"}, "a modem with IMEI 490154203237518"),
        ({"usb": "12d1:1506", "interface": 0}, "a modem with USB id 12d1:1506, interface 0"),
    ],
)
def test_what_is_sought_is_said_in_words(match: dict[str, object], words: str) -> None:
    config = ModemConfig(name="north", match=Match(**match))  # type: ignore[arg-type]  # from the table
    assert Finder(config, QUICK).sought == words


async def test_while_ports_are_asked_for_an_imei_the_modem_is_said_to_be_absent() -> None:
    config = ModemConfig(name="north", match=Match(imei="222222222222222"))
    heard = Recorder()
    finder = Finder(config, QUICK, devices=list)
    modem = Modem(config, heard, clock=SystemClock(), timeouts=QUICK, finder=finder)
    task = asyncio.create_task(modem.run())
    async with asyncio.timeout(5):
        await heard.until(lambda: len(heard.states) > 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    sought = "a modem with IMEI 222222222222222"
    assert heard.states[:2] == [
        (ModemState.ABSENT, f"asking each port for {sought}"),
        (ModemState.ABSENT, f"waiting for {sought}"),
    ]
