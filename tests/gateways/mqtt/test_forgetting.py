"""Whoever is forgotten by the daemon is forgotten here: the state of a device, what was said with a send."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.gateways.mqtt.fake_broker import PATIENCE
from tests.gateways.mqtt.scene import ANNA
from tests.gateways.mqtt.test_redelivery import stage

VAN = "+33600000077"
DEVICES = [{"name": "van", "number": VAN, "parse": ["door (?P<door>open|shut)"]}]


async def test_a_device_that_is_forgotten_has_no_state_any_more(tmp_path: Path) -> None:
    async with stage(tmp_path, devices=DEVICES) as (it, broker):
        await it.comes("door open", VAN)
        (state,) = await broker.told("gsmd/device/van")
        assert state["door"] == "open"
        await it.client.people.forget(VAN)
        await broker.until(lambda: ("gsmd/device/van", b"", False) in broker.published)


async def test_what_was_said_with_a_send_is_forgotten_with_its_recipient(tmp_path: Path) -> None:
    path = tmp_path / "mqtt/mqtt.sqlite"

    def known() -> int:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT count(*) FROM request WHERE context LIKE '%Anna%'")
            return int(found.fetchone()[0])

    async with stage(tmp_path) as (it, broker):
        wanted = {"to": ANNA, "text": "x", "transaction": "for Anna"}
        await broker.push("gsmd/send", wanted, 1, duplicate=False)
        await broker.until(lambda: any(each["state"] == "sent" for each in broker.on("gsmd/sent")))
        assert known() == 1
        async with asyncio.timeout(PATIENCE):
            while (await it.client.people.forget(ANNA)).kept:  # its receipt is in our hands
                await asyncio.sleep(0.02)
            while known():
                await asyncio.sleep(0.02)


async def test_the_state_of_a_device_that_is_configured_no_more_goes(tmp_path: Path) -> None:
    async with stage(tmp_path, devices=DEVICES) as (it, broker):
        await it.comes("door open", VAN)
        await broker.told("gsmd/device/van")
        await it.gateway.drain()
        async with it.at_work():
            await broker.until(lambda: ("gsmd/device/van", b"", False) in broker.published)
