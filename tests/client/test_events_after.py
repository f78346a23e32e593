"""A client's events behind a number: none is missed and none comes twice, whatever becomes of the daemon meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gsmd.api.server import Server
from gsmd.client import AsyncClient, Client, Event, NotFound
from gsmd.client._async import stream as asynchronous
from gsmd.client._sync import stream as blocking
from gsmd.clock import Milliseconds
from gsmd.config import SocketConfig
from gsmd.store.ledger import Transaction
from gsmd.store.tables import events
from tests.core.bench import Bench, bench

KINDS = pytest.mark.parametrize("kind", [Client, AsyncClient])
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asynchronous, "BACK_OFF", (0.01,))
    monkeypatch.setattr(blocking, "BACK_OFF", (0.01,))


async def ask(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Of either client; the blocking one on a thread."""
    if isinstance(getattr(function, "__self__", None), AsyncClient | asynchronous.AsyncStream):
        result = function(*args, **kwargs)
        return await result if isinstance(result, Awaitable) else result
    return await asyncio.to_thread(function, *args, **kwargs)


async def opened(it: Bench, path: Path) -> Server:
    server = Server(it.app, SocketConfig(path=path))
    await server.start()
    return server


async def happen(it: Bench, *things: str) -> None:
    for thing in things:
        await it.app._ledger.write(partial(_record, thing))


def _record(thing: str, transaction: Transaction) -> None:
    transaction.record_event("thing.done", thing=thing)


async def things(stream: Any, count: int) -> list[Event]:
    return [await ask(stream.receive, PATIENCE) for _ in range(count)]


async def _first_after_one(client: Client | AsyncClient) -> None:
    stream = await ask(
        client.events, after=1
    )  # the blocking one connects here, the other when it is used
    await ask(stream.receive, PATIENCE)


@KINDS
async def test_what_happens_while_the_daemon_is_away_comes_once_and_in_order(
    tmp_path: Path, kind: type[Client] | type[AsyncClient]
) -> None:
    async with bench(tmp_path) as it:
        await happen(it, "a", "b", "c")
        first = (await it.app.event_log.newest()) - 3
        server = await opened(it, tmp_path / "s")
        stream = await ask(kind(tmp_path / "s", timeout=PATIENCE).events, "thing.", after=first)
        seen = await things(stream, 2)
        await server.close(grace=1)
        await happen(it, "d", "e")
        server = await opened(it, tmp_path / "s")
        seen += await things(stream, 3)
        await happen(it, "f")
        seen += await things(stream, 1)
        await ask(stream.close)
        await server.close(grace=1)

    assert [event.fields["thing"] for event in seen] == ["a", "b", "c", "d", "e", "f"]
    assert [event.seq for event in seen] == [*range(first + 1, first + 7)]


@KINDS
async def test_from_now_on_nothing_is_missed_either(
    tmp_path: Path, kind: type[Client] | type[AsyncClient]
) -> None:
    async with bench(tmp_path) as it:
        await happen(it, "before")
        server = await opened(it, tmp_path / "s")
        stream = await ask(kind(tmp_path / "s", timeout=PATIENCE).events, "thing.", after="now")
        if isinstance(stream, asynchronous.AsyncStream):
            await stream._connected()
        await server.close(grace=1)
        await happen(it, "away")
        server = await opened(it, tmp_path / "s")
        await happen(it, "back")
        seen = await things(stream, 2)
        await ask(stream.close)
        await server.close(grace=1)

    assert [event.fields["thing"] for event in seen] == ["away", "back"]


@KINDS
async def test_what_is_further_back_than_is_kept_is_an_error_that_says_where_to_begin(
    tmp_path: Path, kind: type[Client] | type[AsyncClient]
) -> None:
    async with bench(tmp_path) as it:
        await happen(it, *"abcdef")
        await it.app._ledger.write(
            lambda t: events.forget(t.connection, Milliseconds(t.wall + 1), 4)
        )
        server = await opened(it, tmp_path / "s")
        client = kind(tmp_path / "s", timeout=PATIENCE)
        with pytest.raises(NotFound) as gone:
            await _first_after_one(client)
        await server.close(grace=1)

    assert (gone.value.reason, gone.value.data["oldest"]) == ("events_gone", 5)
