"""What may be seen of a port from outside is named, with what to do."""

import os
from pathlib import Path

import pytest

from gsmd.cli import port_examination
from gsmd.cli.port_examination import examine_port, examine_ports
from gsmd.config import Match, ModemConfig
from gsmd.modem.port.port_users import PortUser
from gsmd.modem.port.sysfs import serial_devices, usb_devices
from gsmd.protocol.findings import Severity
from tests.modem.machine import Machine


def test_a_port_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    there = machine.port("ttyUSB1")
    config = ModemConfig(name="north", port=str(machine.dev / "ttyUSB0"))
    (finding,) = examine_port(config, serial_devices(machine.dev, machine.sys), [])
    assert str(there) in finding.why


def test_a_dongle_in_the_wrong_usb_mode_is_known(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.usb("1-1", "12d1:1446", "HUAWEI Mobile", ("08",))
    config = ModemConfig(name="north", match=Match(usb="12d1:1506"))
    (finding,) = examine_port(config, [], usb_devices(machine.sys))
    assert "usb-modeswitch" in finding.to_do


def test_a_wrong_interface_is_told_with_the_right_ones(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    dongle = machine.usb("1-1", "12d1:1506", "modem", ("ff", "ff"))
    machine.port("ttyUSB0", dongle / "1-1:1.0")
    machine.port("ttyUSB1", dongle / "1-1:1.1")
    config = ModemConfig(name="north", match=Match(usb="12d1:1506", interface=4))
    (finding,) = examine_port(config, serial_devices(machine.dev, machine.sys), [])
    assert "0, 1" in finding.why


def test_a_port_without_permission_names_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path)
    port = machine.port("ttyUSB0")
    monkeypatch.setattr(os, "access", lambda *_: False)
    (finding,) = examine_port(ModemConfig(name="north", port=str(port)), [], [])
    assert "usermod -aG" in finding.to_do


def test_modem_manager_on_the_port_is_named_with_its_pid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path)
    port = machine.port("ttyUSB0")
    monkeypatch.setattr(
        port_examination, "port_users", lambda _path: [PortUser(612, "ModemManager")]
    )
    (finding,) = examine_port(ModemConfig(name="north", port=str(port)), [], [])
    assert "ModemManager (pid 612)" in finding.what
    assert "60-gsmd.rules" in finding.to_do


def ports_of(machine: Machine, *driven: Path) -> list[tuple[str, str]]:
    """The subjects of the findings without a configuration, and all that is said of each."""
    found = examine_ports(
        serial_devices(machine.dev, machine.sys),
        usb_devices(machine.sys),
        driven=[str(path) for path in driven],
    )
    return [(each.subject, f"{each.what} {each.why} {each.to_do}") for each in found]


def test_ports_in_order_have_no_findings(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.port("ttyUSB0")

    assert ports_of(machine) == []


def test_a_port_that_somebody_holds_is_told_unless_it_is_the_daemons_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path)
    own, other = machine.port("ttyUSB0"), machine.port("ttyUSB1")
    monkeypatch.setattr(
        port_examination, "port_users", lambda _path: [PortUser(612, "ModemManager")]
    )

    ((subject, said),) = ports_of(machine, machine.by_id("usb-modem", own.name))

    assert subject == str(other)
    assert "ModemManager (pid 612)" in said


def test_without_permission_each_port_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path)
    ports = [str(machine.port(f"ttyACM{number}")) for number in range(2)]
    monkeypatch.setattr(os, "access", lambda *_: False)

    found = ports_of(machine)

    assert [subject for subject, _ in found] == ports
    assert all("usermod -aG" in said for _, said in found)


def test_ports_of_the_board_itself_are_no_modems_and_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path)
    serial = machine.port("ttyS0")
    monkeypatch.setattr(os, "access", lambda *_: False)

    ((subject, said),) = ports_of(machine)

    assert subject == "ports"
    assert str(serial) in said
    assert "--built-in" in said


def test_a_dongle_that_plays_a_drive_is_told_beside_ports_in_order(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.port("ttyUSB0")
    machine.usb("1-1", "12d1:1446", "HUAWEI Mobile", ("08",))

    ((subject, said),) = ports_of(machine)

    assert subject == "usb"
    assert "12d1:1446 (HUAWEI Mobile)" in said
    assert "usb-modeswitch" in said


def test_a_modem_without_serial_ports_may_lack_its_driver(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.usb("1-1", "2c7c:0125", "EC25", ("02", "0a"))

    ((subject, said),) = ports_of(machine)

    assert subject == "ports"
    assert "2c7c:0125 (EC25) may lack a driver" in said


def test_no_port_is_no_trouble_where_a_daemon_drives_one(tmp_path: Path) -> None:
    assert ports_of(Machine(tmp_path), tmp_path / "pty") == []


def test_a_port_that_cannot_be_used_is_a_problem(tmp_path: Path) -> None:
    machine = Machine(tmp_path)

    (finding,) = examine_ports(serial_devices(machine.dev, machine.sys), [])
    assert finding.severity is Severity.PROBLEM
