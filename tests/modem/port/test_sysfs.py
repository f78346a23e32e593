"""The serial ports of a machine, as its files tell them."""

from pathlib import Path

from gsmd.modem.port.sysfs import serial_devices, usb_devices
from tests.modem.machine import Machine


def test_the_ports_of_a_dongle_are_known_by_their_interfaces(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    dongle = machine.usb("1-1", "12d1:1506", "HUAWEI Mobile", ("ff", "ff", "ff"))
    for number in (0, 1, 2):
        machine.port(f"ttyUSB{number}", dongle / f"1-1:1.{number}")
    by_id = machine.by_id("usb-HUAWEI-if02-port0", "ttyUSB2")
    found = serial_devices(machine.dev, machine.sys)
    assert [(each.usb, each.interface) for each in found] == [("12d1:1506", n) for n in (0, 1, 2)]
    assert found[2].by_id == str(by_id)
    assert found[0].product == "HUAWEI Mobile"


def test_ports_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    for number in (10, 2, 1):
        machine.port(f"ttyUSB{number}")
    names = [Path(each.path).name for each in serial_devices(machine.dev, machine.sys)]
    assert names == ["ttyUSB1", "ttyUSB2", "ttyUSB10"]


def test_a_port_of_the_board_has_no_usb_id(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.port("ttyS0")
    machine.port("tty1")  # a console
    (found,) = serial_devices(machine.dev, machine.sys)
    assert found.usb is None
    assert found.built_in


def test_a_machine_without_any_port_has_none(tmp_path: Path) -> None:
    assert serial_devices(tmp_path / "nothing", tmp_path / "nothing") == []
    assert usb_devices(tmp_path / "nothing") == []


def test_a_dongle_that_plays_a_cd_drive_is_told_from_a_memory_stick(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.usb("1-1", "12d1:1446", "HUAWEI Mobile", ("08", "08"))
    machine.usb("1-2", "0781:5567", "Cruzer Blade", ("08",))
    machine.usb("1-3", "12d1:1506", "HUAWEI Mobile", ("ff", "08"))
    kinds = [(each.is_storage_only, each.is_modem_maker) for each in usb_devices(machine.sys)]
    assert kinds == [(True, True), (True, False), (False, True)]
