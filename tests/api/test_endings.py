"""How connections end: by half, in the middle of something, all at once."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from gsmd.api import connection as connection_module
from gsmd.api.server import Server
from gsmd.api.session import IN_BATCH
from gsmd.config import SocketConfig
from gsmd.protocol.message import Message, State
from tests.api.fake_backend import FakeBackend
from tests.api.wire import Wire


async def until_gone(server: Server) -> None:
    async with asyncio.timeout(20):
        while server.connections:
            await asyncio.sleep(0)


async def test_a_client_that_shuts_its_writing_side_still_gets_its_answers(
    server: Server, backend: FakeBackend
) -> None:
    async with await Wire.open(server.path) as wire:
        message = await wire.result("messages.send", ["+331", "x"])
        wire.request("messages.wait", {"id": message["id"], "state": "sent"})
        wire.request("server.info")
        wire.writer.write_eof()
        assert (await wire.receive())["id"] == 3
        backend.become(message["id"], State.SENT)
        assert (await wire.receive())["result"]["state"] == "sent"
        assert await wire.ended()


async def test_the_last_line_needs_no_line_feed(server: Server) -> None:
    async with await Wire.open(server.path) as wire:
        wire.write('{"jsonrpc":"2.0","id":1,"method":"server.info"}')
        wire.writer.write_eof()
        assert (await wire.receive())["id"] == 1
        assert await wire.ended()


async def test_nothing_at_all_is_answered_with_nothing(server: Server) -> None:
    async with await Wire.open(server.path) as wire:
        wire.writer.write_eof()
        assert await wire.ended()


async def test_who_only_looks_on_may_shut_the_writing_side(
    server: Server, backend: FakeBackend
) -> None:
    async with await Wire.open(server.path) as wire:
        await wire.result("events.subscribe")
        wire.writer.write_eof()
        backend.happen("modem.ready", modem="north")
        assert (await wire.receive())["method"] == "event"


async def test_one_who_looks_on_by_half_and_leaves_is_noticed(
    server: Server, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "_GONE_CHECK", 0.01)
    async with await Wire.open(server.path) as wire:
        await wire.result("events.subscribe")
        wire.writer.write_eof()
        backend.happen("modem.ready", modem="north")
        await wire.receive()
    await until_gone(server)


async def test_who_can_answer_no_more_is_handed_nothing_more(
    server: Server, backend: FakeBackend
) -> None:
    async with await Wire.open(server.path) as wire:
        await wire.result("inbox.subscribe", {"handler": "crm"})
        backend.receive(id_="i1")
        await wire.receive()
        wire.writer.write_eof()
        assert await wire.ended()
        await backend.until(lambda: backend.queue("crm").lost == ["i1"])
        assert not backend.queue("crm").workers


async def test_waiting_ends_with_the_client(server: Server, backend: FakeBackend) -> None:
    async with await Wire.open(server.path) as wire:
        message = await wire.result("messages.send", ["+331", "x"])
        wire.request("messages.wait", {"id": message["id"], "state": "sent"})
        await backend.until(lambda: backend.gated)
    await backend.until(lambda: not backend.gated)
    await until_gone(server)


async def test_what_was_asked_is_done_even_if_the_client_does_not_stay(
    server: Server, backend: FakeBackend
) -> None:
    async with await Wire.open(server.path) as wire:
        for number in range(200):
            wire.request("messages.send", ["+331", f"{number}"])
    await backend.until(lambda: len(backend.requests) == 200)
    assert [request.text for request in backend.requests] == [f"{n}" for n in range(200)]


async def test_what_was_only_to_be_told_is_not_looked_up_for_a_client_that_left(
    server: Server, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    original = backend.get

    async def get(id_: str) -> Message:
        looked_up.append(id_)
        return await original(id_)

    monkeypatch.setattr(backend, "get", get)
    async with await Wire.open(server.path) as wire:
        message = await wire.result("messages.send", ["+331", "x"])
        waits = [{"id": message["id"], "state": "sent"}] * IN_BATCH
        wire.send(
            [
                *(
                    {"jsonrpc": "2.0", "id": 1, "method": "messages.wait", "params": p}
                    for p in waits
                ),
                {"jsonrpc": "2.0", "id": 2, "method": "messages.get", "params": {"id": "x"}},
                {"jsonrpc": "2.0", "method": "messages.send", "params": ["+332", "y"]},
            ]
        )
        await backend.until(lambda: backend.gated == IN_BATCH)
    await backend.until(lambda: len(backend.requests) == 2)
    await until_gone(server)
    assert "x" not in looked_up


async def test_a_connection_cut_off_in_the_middle_of_a_line_is_nothing_special(
    server: Server,
) -> None:
    async with await Wire.open(server.path) as wire:
        wire.write('{"jsonrpc":"2.0","id":1,')
        await wire.writer.drain()
        wire.writer.transport.abort()
    await until_gone(server)


async def test_closing_lets_running_requests_end_and_takes_no_new_ones(
    tmp_path: Path, backend: FakeBackend
) -> None:
    server = Server(backend, SocketConfig(path=tmp_path / "s"))
    await server.start()
    async with await Wire.open(server.path) as wire:
        backend.gate.clear()
        wire.request("messages.send", ["+331", "x"])
        await backend.until(lambda: backend.gated)
        closing = asyncio.ensure_future(server.close())
        await asyncio.sleep(0)
        assert not server.path.exists()
        backend.gate.set()
        assert (await wire.receive())["result"]["id"] == "o1"
        assert await wire.ended()
        await closing


async def test_closing_gives_back_what_handlers_have_not_answered(
    tmp_path: Path, backend: FakeBackend
) -> None:
    server = Server(backend, SocketConfig(path=tmp_path / "s"))
    await server.start()
    async with await Wire.open(server.path) as wire:
        await wire.result("inbox.subscribe", {"handler": "crm"})
        backend.receive(id_="i1")
        await wire.receive()
        await server.close()
        assert await wire.ended()
    assert backend.queue("crm").lost == ["i1"]


async def test_closing_waits_for_nobody_for_ever(tmp_path: Path, backend: FakeBackend) -> None:
    server = Server(backend, SocketConfig(path=tmp_path / "s"))
    await server.start()
    deaf = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    deaf.connect(str(server.path))
    for _ in range(1000):
        backend.receive("z" * 1000)
    call = {"jsonrpc": "2.0", "id": 1, "method": "messages.list", "params": {"limit": 1000}}
    deaf.sendall(json.dumps(call).encode() + b"\n")
    async with await Wire.open(server.path) as wire:
        message = await wire.result("messages.send", ["+331", "x"])
        wire.request("messages.wait", {"id": message["id"], "state": "sent"})
        await backend.until(lambda: backend.gated)
        async with asyncio.timeout(10):
            await server.close(grace=0.1)
    deaf.close()
