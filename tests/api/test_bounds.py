"""A client that asks too much, or does not read, costs bounded memory and nobody else anything."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.api import server as server_module
from gsmd.api import session as session_module
from gsmd.api.connection import WRITE_BUFFER, Connection
from gsmd.api.server import Server
from gsmd.config import SocketConfig
from gsmd.protocol.message import State
from tests.api.fake_backend import FakeBackend
from tests.api.wire import Wire


class Deaf:
    """A client that writes and does not read until it is told to."""

    def __init__(self, path: Path) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.connect(str(path))
        self.sock.setblocking(False)

    def say(self, method: str, params: object = None, id_: int = 1) -> None:
        call = {"jsonrpc": "2.0", "id": id_, "method": method, "params": params or {}}
        self.sock.send(json.dumps(call).encode() + b"\n")

    async def read_until(self, marker: bytes) -> bytes:
        got = bytearray()
        async with asyncio.timeout(20):
            while marker not in got[-(1 << 17) :]:
                got += await asyncio.get_running_loop().sock_recv(self.sock, 1 << 16)
        return bytes(got)


@pytest.fixture
async def deaf(server: Server) -> AsyncIterator[Deaf]:
    client = Deaf(server.path)
    yield client
    client.sock.close()


def only_connection(server: Server) -> Connection:
    (session,) = server._sessions
    return session.connection


def buffered(server: Server) -> int:
    return only_connection(server).transport.get_write_buffer_size()


async def test_requests_beyond_a_number_wait_unread(
    wire: Wire, server: Server, backend: FakeBackend
) -> None:
    message = await wire.result("messages.send", ["+331", "x"])
    many = session_module.IN_FLIGHT * 3
    for _ in range(many):
        wire.request("messages.wait", {"id": message["id"], "state": "sent"})
    await backend.until(lambda: backend.gated == session_module.IN_FLIGHT)
    wire.request("server.info")
    async with await Wire.open(server.path) as other:
        assert await other.result("server.info")  # they hold up nobody else
    assert backend.gated == session_module.IN_FLIGHT
    backend.become(message["id"], State.SENT)
    answers = [await wire.receive() for _ in range(many + 1)]
    assert len({answer["id"] for answer in answers}) == many + 1


async def test_a_tail_that_does_not_read_loses_messages_and_is_told_how_many(
    deaf: Deaf, server: Server, backend: FakeBackend
) -> None:
    deaf.say("inbox.subscribe")
    await backend.until(lambda: backend.tails)
    text = "x" * 1000
    for _ in range(2000):
        backend.receive(text)
    assert buffered(server) < WRITE_BUFFER + 100_000
    lines = (await deaf.read_until(b"inbox.lost")).splitlines()
    shown = sum(b'"inbox.message"' in line for line in lines)
    lost = next(json.loads(line) for line in lines if b"inbox.lost" in line)
    assert shown + lost["params"]["lost"] == 2000
    backend.receive("afterwards")
    assert b"afterwards" in await deaf.read_until(b"afterwards")


async def test_events_that_are_not_read_are_counted_too(
    deaf: Deaf, server: Server, backend: FakeBackend
) -> None:
    deaf.say("events.subscribe")
    await backend.until(lambda: backend.events.listeners)
    for _ in range(20_000):
        backend.happen("message.sent", id="o1", note="x" * 100)
    assert buffered(server) < WRITE_BUFFER + 100_000
    lines = (await deaf.read_until(b'"lost"')).splitlines()
    lost = next(json.loads(line) for line in lines if b'"lost"' in line)["params"]
    told = sum(b'"message.sent"' in line for line in lines)
    assert lost["type"] == "lost"
    assert told + lost["lost"] == 20_000


async def test_hand_overs_wait_for_a_client_that_does_not_read(
    deaf: Deaf, server: Server, backend: FakeBackend
) -> None:
    for _ in range(1000):
        backend.receive("y" * 1000)
    deaf.say("inbox.subscribe", {"handler": "crm", "max_in_flight": 1000, "from": "beginning"})
    await backend.until(lambda: "crm" in backend.queues and not backend.queue("crm").pending)
    await asyncio.sleep(0)
    assert buffered(server) < WRITE_BUFFER + 100_000
    got = await deaf.read_until(b'"d1000"')
    assert got.count(b"inbox.deliver") == 1000


async def test_big_answers_are_made_one_at_a_time(
    deaf: Deaf, server: Server, backend: FakeBackend
) -> None:
    for _ in range(1000):
        backend.receive("z" * 1000)
    for id_ in range(10):
        deaf.say("messages.list", {"limit": 1000}, id_)
    await backend.until(lambda: backend.queries)
    async with await Wire.open(server.path) as other:
        for _ in range(20):
            assert await other.result("server.info")
    assert len(backend.queries) <= 2
    assert (
        sum(each.connection.transport.get_write_buffer_size() for each in server._sessions)
        < 4_000_000
    )
    got = await deaf.read_until(b'"id":9,')
    assert len(got) > 10_000_000


async def test_a_client_that_does_not_read_is_not_read_from(
    deaf: Deaf, server: Server, backend: FakeBackend
) -> None:
    request = b'{"jsonrpc":"2.0","id":1,"method":"messages.get","params":{"id":"none"}}\n' * 1000
    sent = 0
    stuck = False
    async with asyncio.timeout(20):
        while not stuck:
            try:
                sent += deaf.sock.send(request)
            except BlockingIOError:
                stuck = any(
                    session.connection.congested and not session.connection.transport.is_reading()
                    for session in server._sessions
                )
                await asyncio.sleep(0)
    assert sent < 20_000_000
    assert buffered(server) < WRITE_BUFFER + 100_000
    async with await Wire.open(server.path) as other:
        assert await other.result("server.info")


async def test_a_flood_of_nonsense_holds_up_nobody_else(server: Server) -> None:
    flood = 100_000
    answered = 0

    async def read(wire: Wire) -> None:
        nonlocal answered
        while answered < flood:
            await wire.reader.readline()
            answered += 1

    async with await Wire.open(server.path) as hostile, await Wire.open(server.path) as good:
        reading = asyncio.ensure_future(read(hostile))
        hostile.write(b"x\n" * flood)
        async with asyncio.timeout(20):
            while not answered:
                await asyncio.sleep(0)
        for _ in range(20):
            assert await good.result("server.info")
        assert answered < flood
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_the_answers_to_a_batch_are_bounded(wire: Wire, backend: FakeBackend) -> None:
    for _ in range(1000):
        backend.receive("z" * 1000)
    call = {"jsonrpc": "2.0", "method": "messages.list", "params": {"limit": 1000}}
    wire.send([{**call, "id": id_} for id_ in range(40)])
    answers = json.loads(await wire.reader.readline())
    assert [answer["id"] for answer in answers] == list(range(40))
    refused = [answer["error"] for answer in answers if "error" in answer]
    assert {error["data"]["reason"] for error in refused} == {"batch_too_large"}
    assert sum(len(json.dumps(answer)) for answer in answers) < 40_000_000
    assert 0 < len(refused) < 40


async def test_connections_are_limited_and_some_are_kept_for_administrators(
    tmp_path: Path, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "RESERVED", 0)
    server = Server(backend, SocketConfig(path=tmp_path / "few.sock"), connections=3)
    await server.start()
    wires = [await Wire.open(server.path) for _ in range(3)]
    for wire in wires:
        await wire.result("server.info")
    async with await Wire.open(server.path) as refused:
        answer = await refused.receive()
        assert (answer["id"], answer["error"]["code"]) == (None, 6)
        assert answer["error"]["data"]["reason"] == "too_many_connections"
        assert await refused.ended()
    await wires.pop().__aexit__()
    async with asyncio.timeout(20):
        while server.connections == 3:
            await asyncio.sleep(0)
    async with await Wire.open(server.path) as welcome:
        assert await welcome.result("server.info")
    for wire in wires:
        await wire.__aexit__()
    await server.close(grace=1)


async def test_a_defect_is_an_internal_error_that_tells_nothing_and_ends_nothing(
    wire: Wire, backend: FakeBackend, caplog: pytest.LogCaptureFixture
) -> None:
    backend.defect = ZeroDivisionError("secret text")
    error = await wire.error("messages.send", ["+331", "x"])
    assert error["code"] == -32603
    assert "secret" not in json.dumps(error)
    assert "ZeroDivisionError" in caplog.text
    backend.defect = None
    assert await wire.result("messages.send", ["+331", "x"])
