"""`events.subscribe` with ``after``: every event once and in order, however slow the client and whatever happens meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.api.follower import Follower
from gsmd.api.server import Server
from gsmd.config import SocketConfig
from gsmd.protocol.events import Event
from gsmd.protocol.message import State
from tests.api.fake_backend import AT
from tests.core.bench import Bench, bench


class Log:
    """What is on disk; a page is not given before `turn` says so."""

    def __init__(self) -> None:
        self.kept: list[Event] = []
        self.gate = asyncio.Event()

    async def newest(self) -> int:
        return len(self.kept)

    async def require(self, after: int) -> None:
        assert after <= len(self.kept)

    async def since(self, after: int, limit: int) -> Sequence[Event]:
        found = self.kept[after : after + min(limit, 3)]
        await self.gate.wait()
        return found

    def tell(self) -> Event:
        event = Event("message.sent", AT, {}, len(self.kept) + 1)
        self.kept.append(event)
        return event


class Client:
    """A connection that may be slow."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.reads.set()

    @property
    def congested(self) -> bool:
        return not self.reads.is_set()

    async def writable(self) -> None:
        await self.reads.wait()


steps = st.lists(st.sampled_from(["tell", "slow", "quick", "gate", "open", "turn"]), max_size=40)


@given(steps=steps, after=st.integers(0, 5))
def test_every_event_comes_once_and_in_order(steps: list[str], after: int) -> None:
    async def play() -> list[int | None]:
        log, client, heard = Log(), Client(), []
        for _ in range(5):
            log.tell()
        follower = Follower(client, log, after, lambda event: heard.append(event.seq))  # type: ignore[arg-type] # as much of a connection as it needs
        follower.start()
        for step in steps:
            match step:
                case "tell":
                    follower.event(log.tell())
                case "slow":
                    client.reads.clear()
                case "quick":
                    client.reads.set()
                case "gate":
                    log.gate.clear()
                case "open":
                    log.gate.set()
            await asyncio.sleep(0)
        client.reads.set()
        log.gate.set()
        follower.event(log.tell())
        for _ in range(100):
            await asyncio.sleep(0)
        follower.close()
        return heard

    heard = asyncio.run(play())
    assert heard == list(range(after + 1, len(heard) + after + 1))
    assert len(heard) >= 5 - after + steps.count("tell") + 1


class Line:
    """A client of the socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def ask(self, method: str, **params: Any) -> None:
        call = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self._writer.write(json.dumps(call).encode() + b"\n")

    async def hear(self) -> Any:
        async with asyncio.timeout(20):
            return json.loads(await self._reader.readline())

    async def events(self, count: int) -> list[Any]:
        return [(await self.hear())["params"] for _ in range(count)]


@asynccontextmanager
async def served(it: Bench, tmp_path: Path) -> AsyncIterator[Line]:
    server = Server(it.app, SocketConfig(path=tmp_path / "s"))
    await server.start()
    reader, writer = await asyncio.open_unix_connection(str(server.path))
    yield Line(reader, writer)
    writer.close()
    await server.close(grace=1)


async def test_a_client_goes_on_where_it_left_off_over_a_restart(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        async with served(it, tmp_path) as line:
            line.ask("events.subscribe", types=["message."])
            seq = (await line.hear())["result"]["seq"]
            await it.reaches(await it.send("one"), State.SENT)
            first = await line.events(4)
            assert [each["type"] for each in first][-1] == "message.sent"
            assert first[0]["seq"] > seq
        missed = await it.reaches(await it.send("two"), State.SENT)
        await it.restart()
        async with served(it, tmp_path) as line:
            line.ask("events.subscribe", types=["message."], after=first[-1]["seq"])
            assert "result" in await line.hear()
            second = await line.events(4)
            assert {each["id"] for each in second} == {missed.id}
            await it.send("three")
            assert (await line.events(1))[0]["type"] == "message.queued"


@pytest.mark.parametrize(("after", "reason"), [(10**6, "no_such_event"), (-1, "impossible_value")])
async def test_a_number_that_cannot_be_is_refused(tmp_path: Path, after: int, reason: str) -> None:
    async with bench(tmp_path) as it, served(it, tmp_path) as line:
        line.ask("events.subscribe", after=after)
        assert (await line.hear())["error"]["data"]["reason"] == reason
