"""A broker that does just what a test wants: packets of MQTT 5 by hand (OASIS MQTT 5.0 §2, §3)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

PATIENCE = 60.0


class FakeBroker:
    """``remembers``: it tells the next client that it still has the session. ``silent``: it acknowledges nothing."""

    def __init__(self) -> None:
        self.port = 0
        self.remembers = False
        self.silent = False
        self.refuses: dict[str, int] = {}
        self.receive_maximum = 20
        self.connections = 0
        self.published: list[tuple[str, bytes, bool]] = []
        self.unacknowledged = 0
        self.most_at_once = 0
        self.acknowledged: list[int] = []
        self._writer: asyncio.StreamWriter | None = None
        self._news = asyncio.Condition()
        self.withheld: list[int] = []
        self.goodbyes: list[int] = []
        self.reasons: dict[int, int] = {}

    async def push(self, topic: str, content: Any, identifier: int, *, duplicate: bool) -> None:
        """Hand a publication over, at QoS 1; wait until it is acknowledged."""
        before = self.acknowledged.count(identifier)
        self.hand_over(topic, content, identifier, duplicate=duplicate)
        await self.until(lambda: self.acknowledged.count(identifier) > before)

    def hand_over(
        self, topic: str, content: Any, identifier: int = 0, *, duplicate: bool = False
    ) -> None:
        """The same, without waiting; without an ``identifier`` at QoS 0."""
        name = topic.encode()
        packet = identifier.to_bytes(2) if identifier else b""
        payload = content if isinstance(content, bytes) else json.dumps(content).encode()
        first = (0x32 if identifier else 0x30) | (8 if duplicate else 0)
        self._write(first, len(name).to_bytes(2) + name + packet + b"\0" + payload)

    async def told(self, topic: str, count: int = 1) -> list[Any]:
        """What was published on a topic, once there is so much."""
        await self.until(lambda: len(self.on(topic)) >= count)
        return self.on(topic)

    def on(self, topic: str) -> list[Any]:
        """What was published on a topic."""
        return [json.loads(payload) for name, payload, _ in self.published if name == topic]

    async def until(self, there: Callable[[], bool]) -> None:
        """Wait until the packets that came make it true."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(there)

    async def connected(self, count: int) -> None:
        """Wait until so many connections have subscribed."""
        await self.until(lambda: self.connections >= count)

    async def goodbye(self) -> int:
        """The reason code of the client's DISCONNECT (§3.14.2.1), once it has come."""
        await self.until(lambda: bool(self.goodbyes))
        return self.goodbyes[-1]

    def cut(self) -> None:
        """End the connection without a word."""
        assert self._writer is not None
        self._writer.transport.abort()

    def acknowledge(self) -> None:
        """What was withheld."""
        for identifier in self.withheld:
            self._write(0x40, identifier.to_bytes(2) + b"\0\0")
        self.withheld.clear()
        self.unacknowledged = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.unacknowledged = 0
        try:
            while True:
                first = (await reader.readexactly(1))[0]
                body = await reader.readexactly(await _length(reader))
                async with self._news:
                    self._obey(first, body)
                    self._news.notify_all()
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    def _obey(self, first: int, body: bytes) -> None:
        match first & 0xF0:
            case 0x10:
                properties = b"\x21" + self.receive_maximum.to_bytes(2)
                self._write(0x20, bytes([self.remembers, 0, len(properties)]) + properties)
            case 0x80:
                self.connections += 1
                self._write(0x90, body[:2] + b"\0" + b"\1" * body[3:].count(b"\x21"))
            case 0x30:
                self._publication(first, body)
            case 0x40:
                self.acknowledged.append(int.from_bytes(body[:2]))
                self.reasons[self.acknowledged[-1]] = body[2] if len(body) > 2 else 0
            case 0xC0:
                self._write(0xD0, b"")
            case 0xE0:
                self.goodbyes.append(body[0] if body else 0)

    def _publication(self, first: int, body: bytes) -> None:
        end = 2 + int.from_bytes(body[:2])
        topic = body[2:end].decode()
        identifier = body[end : end + 2] if first & 6 else b""
        end += len(identifier)
        payload = body[end + 1 + body[end] :]
        self.published.append((topic, payload, bool(first & 8)))
        if not identifier:
            return
        self.unacknowledged += 1
        self.most_at_once = max(self.most_at_once, self.unacknowledged)
        if self.silent:
            self.withheld.append(int.from_bytes(identifier))
            return
        self.unacknowledged -= 1
        self._write(0x40, identifier + bytes([self.refuses.get(topic, 0), 0]))

    def _write(self, first: int, body: bytes) -> None:
        assert self._writer is not None
        octets, rest = bytearray([first]), len(body)
        while True:
            rest, low = divmod(rest, 128)
            octets.append(low | (128 if rest else 0))
            if not rest:
                break
        self._writer.write(bytes(octets) + body)


async def _length(reader: asyncio.StreamReader) -> int:
    value, shift = 0, 0
    while True:
        octet = (await reader.readexactly(1))[0]
        value |= (octet & 127) << shift
        shift += 7
        if octet < 128:
            return value


@asynccontextmanager
async def fake_broker() -> AsyncIterator[FakeBroker]:
    found = FakeBroker()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
