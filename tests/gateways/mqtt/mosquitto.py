"""A real broker, and programs that talk with it through a client that is none of ours (paho)."""

import asyncio
import json
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from paho.mqtt.client import Client, MQTTMessage, topic_matches_sub
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.tools import path

PATIENCE = 60.0


class Mosquitto:
    """The broker on a port of its own, with its persistence in ``directory``; it can be killed and started again."""

    def __init__(self, directory: Path, *settings: str) -> None:
        directory.mkdir(exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
        self._configuration = directory / "mosquitto.conf"
        plain = (
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {directory}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            "max_queued_messages 0",
            "user root",
        )
        lines = (*plain, *(settings or ("allow_anonymous true",)))
        self._configuration.write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, if it is not at work, and wait until it can be reached."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            [path("mosquitto"), "-c", str(self._configuration)], stderr=subprocess.DEVNULL
        )
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                assert self._process.poll() is None, "mosquitto did not start"
                await asyncio.sleep(0.02)

    @property
    def died(self) -> int | None:
        """The exit code if it ended and nobody asked it to."""
        return None if self._process is None else self._process.poll()

    def kill(self) -> None:
        """As a power cut would."""
        self._end(lambda process: process.kill())

    def stop(self) -> None:
        """In good order."""
        self._end(lambda process: process.terminate())

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self._process is not None:
            how(self._process)
            self._process.wait()
            self._process = None


@asynccontextmanager
async def mosquitto(directory: Path, *settings: str) -> AsyncIterator[Mosquitto]:
    """A broker at work."""
    broker = Mosquitto(directory / "mosquitto", *settings)
    await broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class Heard(NamedTuple):
    topic: str
    payload: bytes
    retain: bool
    properties: Any

    @property
    def json(self) -> Any:
        return json.loads(self.payload)


class Program:
    """A program at the broker that hears ``topics``; everything it heard is in ``heard``."""

    def __init__(self, port: int, topics: tuple[str, ...], name: str, **more: Any) -> None:
        self.heard: list[Heard] = []
        self.connections = 0
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._subscribed = asyncio.Event()
        self._topics = topics
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5
        )
        if "user" in more:
            self._client.username_pw_set(more["user"], more["password"])
        if "ca" in more:
            self._client.tls_set(more["ca"])
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        lasting = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        lasting.SessionExpiryInterval = 3600
        self._client.connect_async(
            "localhost" if "ca" in more else "127.0.0.1",
            port,
            clean_start=False,
            properties=lasting,
        )
        self._client.loop_start()

    def publish(
        self, topic: str, payload: Any, *, qos: int = 1, retain: bool = False, **properties: Any
    ) -> None:
        """Publish; at QoS 1 until the broker has it, whatever becomes of the broker."""
        more = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        for name, value in properties.items():
            setattr(more, name, value)
        octets = payload if isinstance(payload, str | bytes) else json.dumps(payload)
        self._client.publish(topic, octets, qos, retain, more)

    async def until(self, topic: str, fits: Callable[[Heard], bool] = lambda _: True) -> Heard:
        """The first that came on a topic (a filter) and fits."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for each in self.on(topic):
                    if fits(each):
                        return each
                self._news.clear()
                await self._news.wait()

    async def until_count(
        self, topic: str, count: int, fits: Callable[[Heard], bool] = lambda _: True
    ) -> None:
        """Until so many came on a topic (a filter) that fit."""
        async with asyncio.timeout(PATIENCE):
            while sum(fits(each) for each in self.on(topic)) < count:
                self._news.clear()
                await self._news.wait()

    async def more(self) -> None:
        """Wait until anything else comes."""
        self._news.clear()
        await self._news.wait()

    def on(self, topic: str) -> list[Heard]:
        """All that came on a topic (a filter)."""
        return [each for each in self.heard if topic_matches_sub(topic, each.topic)]

    async def subscribed(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._subscribed.wait()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: Client, *_: Any) -> None:
        self.connections += 1
        if self._topics:
            client.subscribe([(each, 1) for each in self._topics])
        else:
            self._loop.call_soon_threadsafe(self._subscribed.set)

    def _on_subscribe(self, *_: Any) -> None:
        self._loop.call_soon_threadsafe(self._subscribed.set)

    def _on_message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        heard = Heard(message.topic, message.payload, message.retain, message.properties)
        self._loop.call_soon_threadsafe(self._take, heard)

    def _take(self, heard: Heard) -> None:
        self.heard.append(heard)
        self._news.set()


@asynccontextmanager
async def program(
    broker: Mosquitto, *topics: str, name: str = "program", **more: Any
) -> AsyncIterator[Program]:
    """A program that is connected and hears these topics."""
    found = Program(broker.port, topics, name, **more)
    try:
        await found.subscribed()
        yield found
    finally:
        await asyncio.to_thread(found.close)
