"""Serial ports from outside: whether they are there, may be opened, and nobody else has them."""

import grp
import os
import stat
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from gsmd.config import ModemConfig
from gsmd.modem.port.port_users import port_users
from gsmd.modem.port.sysfs import SerialDevice, UsbDevice, serial_devices, usb_devices
from gsmd.protocol.findings import Finding, Severity

RULES = "install udev/60-gsmd.rules, or: systemctl disable --now ModemManager"
"""Advice about ModemManager."""


def examine_port(
    config: ModemConfig,
    devices: Sequence[SerialDevice] | None = None,
    usb: Sequence[UsbDevice] | None = None,
) -> list[Finding]:
    """The device of one modem: whether it is there, may be opened, and nobody else has it."""
    devices = serial_devices() if devices is None else devices
    usb = usb_devices() if usb is None else usb
    if config.port is None:
        return _unmatched(config, devices, usb)
    if not Path(config.port).exists():
        return _absent(config.name, config.port, devices, usb)
    return [*_permission(config.name, config.port), *_held(config.name, config.port)]


def examine_ports(
    devices: Sequence[SerialDevice] | None = None,
    usb: Sequence[UsbDevice] | None = None,
    *,
    driven: Collection[str] = (),
) -> list[Finding]:
    """Every port that may be a modem's, where no configuration says which are.

    ``driven`` are those of a daemon that runs: nothing is wrong with them. Ports of the board itself (ttyS, ttyAMA)
    are left out, there may be anything or nothing at them.
    """
    devices = serial_devices() if devices is None else devices
    usb = usb_devices() if usb is None else usb
    known = {Path(path).resolve() for path in driven}
    free = [
        each for each in devices if not each.built_in and Path(each.path).resolve() not in known
    ]
    findings = [
        finding
        for each in free
        for finding in (*_permission(each.path, each.path), *_held(each.path, each.path))
    ]
    if playing := _playing_drives(usb):
        findings.append(_as_drive("usb", playing.replace(" is:", " is there:")))
    elif not free and not driven:
        findings.append(_no_port(devices, usb))
    return findings


def _no_port(devices: Sequence[SerialDevice], usb: Sequence[UsbDevice]) -> Finding:
    what = "there is no serial port that a USB modem would have"
    if makers := _named(each for each in usb if each.is_modem_maker):
        return Finding(
            Severity.PROBLEM,
            "ports",
            what,
            f"{makers} may lack a driver, or be in a mode for networking only",
            "look what the kernel says of it: journalctl -k | grep -i -e usb -e tty",
        )
    built_in = ", ".join(each.path for each in devices) or "none"
    return Finding(
        Severity.PROBLEM,
        "ports",
        what,
        f"no USB device of a maker of modems is there either; ports of the board itself: {built_in}",
        "plug a modem in; one at a port of the board itself is found by: gsmd probe --built-in",
    )


def _unmatched(
    config: ModemConfig, devices: Sequence[SerialDevice], usb: Sequence[UsbDevice]
) -> list[Finding]:
    match = config.match
    assert match is not None
    fitting = [each for each in devices if match.usb is None or each.usb == match.usb.lower()]
    if not fitting:
        sought = f"a USB device {match.usb}" if match.usb else "any serial port"
        return _absent(config.name, sought, devices, usb)
    if match.interface is not None and match.interface not in {each.interface for each in fitting}:
        there = ", ".join(str(each.interface) for each in fitting)
        return [
            Finding(
                Severity.PROBLEM,
                config.name,
                f"USB device {match.usb} has no serial port at interface {match.interface}",
                f"its ports are at {there}",
                "put the interface that answers AT into the configuration; gsmd probe tells it",
            )
        ]
    return [
        finding
        for each in fitting
        for finding in (*_permission(config.name, each.path), *_held(config.name, each.path))
    ]


def _absent(
    name: str, sought: str, devices: Sequence[SerialDevice], usb: Sequence[UsbDevice]
) -> list[Finding]:
    if playing := _playing_drives(usb):
        return [_as_drive(name, f"{sought} is not there, but {playing}")]
    there = ", ".join(each.by_id or each.path for each in devices) or "none"
    return [
        Finding(
            Severity.PROBLEM,
            name,
            f"{sought} is not there",
            f"serial ports of this machine: {there}",
            "plug the modem in, or correct the port; a name in /dev/serial/by-id stays the same",
        )
    ]


def _playing_drives(usb: Sequence[UsbDevice]) -> str:
    names = _named(each for each in usb if each.is_storage_only and each.is_modem_maker)
    return f"a modem that plays a CD drive is: {names}" if names else ""


def _named(usb: Iterable[UsbDevice]) -> str:
    return ", ".join(f"{each.usb} ({each.product or 'no name'})" for each in usb)


def _as_drive(name: str, what: str) -> Finding:
    return Finding(
        Severity.PROBLEM,
        name,
        what,
        "many dongles start as mass storage and become modems only when told to",
        "install usb-modeswitch, then plug the dongle out and in again",
    )


def _permission(name: str, port: str) -> list[Finding]:
    if os.access(port, os.R_OK | os.W_OK):
        return []
    status = Path(port).stat()
    try:
        group = grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        group = str(status.st_gid)
    return [
        Finding(
            Severity.PROBLEM,
            name,
            f"no permission to open {port}",
            f"it belongs to the group {group}, mode {stat.filemode(status.st_mode)}",
            f"run gsmd as a member of that group: usermod -aG {group} <user>, then log in again",
        )
    ]


def _held(name: str, port: str) -> list[Finding]:
    found = []
    for user in port_users(port):
        is_manager = user.name == "ModemManager"
        found.append(
            Finding(
                Severity.PROBLEM,
                name,
                f"{port} is held by {user}",
                "two programs on one port take each other's answers",
                RULES if is_manager else f"stop {user.name}, or use another port of the modem",
            )
        )
    return found
