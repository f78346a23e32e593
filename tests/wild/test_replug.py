"""A modem pulled out and put back under another name is at work again at once, without a restart."""

import asyncio
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient
from gsmd.config import ModemConfig
from gsmd.modem import Modem, Timeouts
from gsmd.modem.port.discovery import Finder
from gsmd.modem.port.sysfs import serial_devices
from gsmd.protocol.message import State
from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem
from tests.modem.machine import Machine
from tests.rig import Rig

from .patience import PATIENCE
from .trial import NUMBER, PHONE, ready

WHOLE = "GSMD_WILD" in os.environ
AWAY = 5.0 if WHOLE else 0.3
LIMIT = 2.0
"""Seconds until it is ready: the goal, held where a machine has time for nothing else."""

BY_ID = "usb-Simulated_modem-if00"
WAYS: dict[str, dict[str, Any]] = {
    "by-id name": {"port": f"serial/by-id/{BY_ID}"},
    "IMEI": {"match": {"imei": "490154203237518"}},
    "USB id and interface": {"match": {"usb": "12d1:1506", "interface": 0}},
}


def building(machine: Machine) -> Callable[..., Modem]:
    """Modems with the time-outs they have in production, found among that machine's ports."""

    def build(config: ModemConfig, *core: Any, **more: Any) -> Modem:
        devices = partial(serial_devices, machine.dev, machine.sys)
        finder = Finder(config, Timeouts(), devices, machine.dev)
        return Modem(config, *core, finder=finder, **more)

    return build


def configured(machine: Machine, way: str) -> dict[str, Any]:
    modem = {"name": "north", **WAYS[way]}
    if "port" in modem:
        modem["port"] = str(machine.dev / modem["port"])
    return {"modems": [modem], "handlers": [{"name": "crm", "socket": True}]}


def named(machine: Machine, port: str) -> None:
    """What udev does when a device appears."""
    link = machine.dev / "serial" / "by-id" / BY_ID
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(machine.dev / port)


async def until_absent(client: AsyncClient) -> None:
    async with client.events("modem.state") as events:
        while (await client.modem("north")).state != "absent":
            await events.receive(PATIENCE)


@pytest.mark.parametrize("way", WAYS)
async def test_back_under_another_name_it_goes_on(
    tmp_path: Path, way: str, record_property: Callable[[str, object], None]
) -> None:
    machine = Machine(tmp_path)
    dongle = machine.usb("1-1", "12d1:1506", "modem", ("ff",))
    for port in ("ttyUSB0", "ttyUSB1"):
        entry = machine.sys / "class" / "tty" / port
        entry.mkdir()
        (entry / "device").symlink_to(dongle / "1-1:1.0")
    network = Network()
    modem = SimulatedModem(Sim(NUMBER), network, "huawei")
    rig = Rig(tmp_path, network, build_modem=building(machine))
    async with (
        asyncio.timeout(PATIENCE),
        PtyModem(modem, link=machine.dev / "ttyUSB0") as line,
    ):
        named(machine, "ttyUSB0")
        async with rig.running(**configured(machine, way)) as client:
            await ready(client, "north")
            (machine.dev / "serial" / "by-id" / BY_ID).unlink()
            line.unplug()
            await until_absent(client)
            network.phone(PHONE).send(NUMBER, "while it was away")
            waiting = await client.send(PHONE, "when it is back")
            await asyncio.sleep(AWAY)
            plugged = time.perf_counter()
            line.replug(machine.dev / "ttyUSB1")
            named(machine, "ttyUSB1")
            await ready(client, "north")
            recovery = time.perf_counter() - plugged
            async with client.listen("crm") as inbox:
                message = await inbox.receive(PATIENCE)
                await message.acknowledge()
            await client.wait(waiting.id, State.SENT, PATIENCE)
    record_property("recovery", ("huawei", f"replugged, found by {way}", recovery))
    assert message.text == "while it was away"
    assert [each.text for each in network.submitted] == ["when it is back"]
    assert recovery < LIMIT or not WHOLE
