"""A disk that cannot be written, a daemon that refuses: the gateway gets over it, or says that it ends."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, NoDaemon
from gsmd.gateways.gateway import CannotServe, Surroundings
from gsmd.gateways.mqtt import broker as broker_module
from gsmd.gateways.mqtt import tables
from gsmd.gateways.mqtt.gateway import MqttGateway
from tests.gateways.mqtt.fake_broker import PATIENCE, fake_broker
from tests.gateways.mqtt.scene import ANNA, Scene
from tests.gateways.mqtt.test_redelivery import stage
from tests.rig import rig

ALARM = {"to": ANNA, "text": "alarm"}


async def test_what_cannot_be_kept_is_acknowledged_once_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = tables.add, iter(range(2))

    def add(connection: sqlite3.Connection, request: tables.Request) -> int:
        for _ in failures:
            raise sqlite3.OperationalError("database or disk is full")
        return real(connection, request)

    monkeypatch.setattr(tables, "add", add)
    monkeypatch.setattr(broker_module, "_AGAIN", 0.05)
    async with stage(tmp_path) as (it, broker):
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent", 2)
        assert len((await it.client.list(direction="outbound")).messages) == 1


async def test_messages_come_in_after_the_daemon_refused_to_hand_them_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = AsyncClient.listen, iter(range(2))

    def listen(self: AsyncClient, *args: Any, **more: Any) -> Any:
        for _ in failures:
            raise NoDaemon("it is being started")
        return real(self, *args, **more)

    monkeypatch.setattr(AsyncClient, "listen", listen)
    async with stage(tmp_path) as (it, broker):
        await it.comes("hello")
        (told,) = await broker.told("gsmd/north/received")
        assert told["text"] == "hello"


async def test_an_answer_that_cannot_be_kept_ends_the_gateway_and_the_broker_says_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(tables, "answer", answer)
    async with rig(tmp_path) as built, fake_broker() as broker:
        it = Scene(built, broker)
        await it.daemon_starts()
        surroundings = Surroundings(daemon=built.socket, state_dir=tmp_path / "mqtt")
        gateway = MqttGateway(it.config(), surroundings)
        serving = asyncio.create_task(gateway.serve(lambda: None))
        await broker.connected(1)
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(CannotServe, match="disk is full"):
                await serving
            assert await broker.goodbye() == 0x04  # disconnect with will message
        await it.daemon_stops()
