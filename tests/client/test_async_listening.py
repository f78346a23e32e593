"""The asyncio loop over messages: the same rules as the blocking one."""

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.api.server import Server
from gsmd.client import AsyncClient, Conflict, NoDaemon, TimedOut
from gsmd.client._async import stream
from gsmd.config import SocketConfig
from tests.api.fake_backend import FakeBackend


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BACK_OFF", (0.01,))


@pytest.fixture
async def backend() -> FakeBackend:
    return FakeBackend()


async def start(backend: FakeBackend, path: Path) -> Server:
    server = Server(backend, SocketConfig(path=path))
    await server.start()
    return server


@pytest.fixture
async def server(backend: FakeBackend, tmp_path: Path) -> AsyncIterator[Server]:
    server = await start(backend, tmp_path / "s")
    yield server
    await server.close(grace=1)


@pytest.fixture
async def client(server: Server) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(server.path, timeout=20) as client:
        yield client


def cut(server: Server) -> None:
    for connection in [session.connection for session in server._sessions]:
        connection.transport.abort()


async def test_the_loop_of_the_documentation(client: AsyncClient, backend: FakeBackend) -> None:
    async with client.listen("crm") as messages:
        backend.receive("hello", id_="i1")
        backend.receive("STOP", id_="i2")
        async for message in messages:
            await message.reply(f"You said: {message.text}")
            if message.text == "STOP":
                break
    await backend.until(lambda: len(backend.queue("crm").replies) == 2)
    assert backend.queue("crm").replies == [("i1", "You said: hello"), ("i2", "You said: STOP")]


async def test_going_on_without_a_word_acknowledges(
    client: AsyncClient, backend: FakeBackend
) -> None:
    async with client.listen("crm") as messages:
        backend.receive(id_="i1")
        backend.receive(id_="i2")
        await anext(messages)
        await anext(messages)
        assert backend.queue("crm").replies == [("i1", None)]
    await backend.until(lambda: backend.queue("crm").lost == ["i2"])


async def test_an_error_that_leaves_the_block_rejects_with_its_words(
    client: AsyncClient, backend: FakeBackend
) -> None:
    backend.queue("crm")
    backend.receive(id_="i1")

    async def handle() -> None:
        async with client.listen("crm") as messages:
            async for message in messages:
                raise ValueError("too much " + message.id)

    with pytest.raises(ValueError, match="too much"):
        await handle()
    await backend.until(lambda: backend.queue("crm").rejections)
    assert str(backend.queue("crm").rejections[0][1]) == "ValueError: too much i1"


async def test_a_loop_that_is_left_and_forgotten_gives_its_message_back(
    client: AsyncClient, backend: FakeBackend
) -> None:
    backend.queue("crm")
    backend.receive(id_="i1")

    async def one() -> str:
        async for message in client.listen("crm"):
            return message.id
        return ""

    assert await one() == "i1"
    gc.collect()
    await backend.until(lambda: backend.queue("crm").lost == ["i1"])


async def test_cancelling_gives_the_message_back(client: AsyncClient, backend: FakeBackend) -> None:
    handling = asyncio.Event()

    async def handle() -> None:
        async with client.listen("crm") as messages:
            async for _ in messages:
                handling.set()
                await asyncio.Event().wait()

    backend.queue("crm")
    backend.receive(id_="i1")
    task = asyncio.ensure_future(handle())
    await handling.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await backend.until(lambda: backend.queue("crm").lost == ["i1"])
    assert backend.queue("crm").rejections == []


async def test_several_messages_may_be_dealt_with_at_once(
    client: AsyncClient, backend: FakeBackend
) -> None:
    async with client.listen("crm", max_in_flight=3) as messages:
        for number in range(3):
            backend.receive(id_=f"i{number}")
        held = []
        for _ in range(3):
            message = await messages.receive(timeout=20)
            message.defer()
            held.append(message)
        await asyncio.gather(*(message.reply(message.id) for message in reversed(held)))
        await backend.until(lambda: len(backend.queue("crm").replies) == 3)
    assert [id_ for id_, _ in backend.queue("crm").replies] == ["i2", "i1", "i0"]


async def test_rejecting_and_being_asked_again(client: AsyncClient, backend: FakeBackend) -> None:
    async with client.listen("crm") as messages:
        backend.receive(id_="i1")
        first = await messages.receive(timeout=20)
        await first.reject("later", retry_after=30)
        with pytest.raises(Conflict):
            await first.acknowledge()
        assert (await messages.receive(timeout=20)).attempt == 2


async def test_a_loop_outlives_a_restart_of_the_daemon(
    backend: FakeBackend, tmp_path: Path
) -> None:
    path = tmp_path / "restarted"
    server = await start(backend, path)
    async with AsyncClient(path).listen("crm") as messages:
        backend.receive(id_="i1")
        held = await messages.receive(timeout=20)
        held.defer()
        await server.close(grace=1)
        server = await start(backend, path)
        backend.receive(id_="i2")
        with pytest.raises(TimedOut):
            await messages.receive(timeout=0.2)
        assert held.attempt == 2  # it was handed over again, and is not seen again
        await held.reply("done")
        assert (await messages.receive(timeout=20)).id == "i2"
    assert backend.queue("crm").replies == [("i1", "done")]
    await server.close(grace=1)


async def test_an_answer_given_while_the_connection_was_away_is_given_again(
    client: AsyncClient, server: Server, backend: FakeBackend
) -> None:
    async with client.listen("crm") as messages:
        backend.receive(id_="i1")
        message = await messages.receive(timeout=20)
        cut(server)
        await backend.until(lambda: backend.queue("crm").lost == ["i1"])
        await message.reply("nobody hears this")
        backend.receive(id_="i2")
        assert (await messages.receive(timeout=20)).id == "i2"
    assert backend.queue("crm").replies[0] == ("i1", "nobody hears this")


async def test_without_reconnection_the_loop_ends_with_the_daemon(
    client: AsyncClient, server: Server
) -> None:
    async with client.listen("crm", reconnect=False) as messages:
        cut(server)
        with pytest.raises(NoDaemon):
            await messages.receive(timeout=20)


async def test_the_first_connection_must_work(tmp_path: Path) -> None:
    with pytest.raises(NoDaemon):
        await anext(AsyncClient(tmp_path / "none").listen("crm"))


async def test_a_closed_loop_ends(client: AsyncClient, backend: FakeBackend) -> None:
    messages = client.listen("crm")
    backend.queue("crm")
    backend.receive(id_="i1")
    seen = []
    async for message in messages:
        seen.append(message.id)
        await message.acknowledge()
        await messages.close()
    assert seen == ["i1"]


async def test_a_live_tail_and_events(client: AsyncClient, backend: FakeBackend) -> None:
    async with client.listen() as messages, client.events("message.") as events:
        backend.happen("modem.ready", modem="north")
        backend.receive("hello", id_="i1")
        assert (await messages.receive(timeout=20)).text == "hello"
        assert (await events.receive(timeout=20)).fields["id"] == "i1"
        with pytest.raises(TimedOut):
            await events.receive(timeout=0.01)


async def test_calls_run_side_by_side_on_one_connection(
    client: AsyncClient, server: Server, backend: FakeBackend
) -> None:
    message = await client.send("+331", "x")
    waiting = [asyncio.ensure_future(client.wait(message.id, "sent")) for _ in range(5)]
    await backend.until(lambda: backend.gated == 5)
    assert server.connections == 1
    assert len(await asyncio.gather(*(client.send("+331", "x") for _ in range(50)))) == 50
    backend.become(message.id, "sent")  # type: ignore[arg-type]  # a word of the protocol
    assert {one.state for one in await asyncio.gather(*waiting)} == {"sent"}


async def test_a_call_that_is_cancelled_leaves_the_connection_usable(
    client: AsyncClient, backend: FakeBackend
) -> None:
    backend.gate.clear()
    task = asyncio.ensure_future(client.send("+331", "x"))
    await backend.until(lambda: backend.gated)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    backend.gate.set()
    assert (await client.info()).protocol == 1
