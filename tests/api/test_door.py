"""Who connects again and again is let in later and later; nobody else waits for it."""

import asyncio
import errno
import itertools
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.api import access
from gsmd.api.fairness import acceptor
from gsmd.api.fairness.acceptor import Acceptor
from gsmd.api.fairness.fair_queue import FairQueue
from gsmd.api.fairness.usage import Process, Processes, ServiceClass
from gsmd.api.server import Server
from gsmd.protocol import bounds
from tests.api.wire import Wire

PEACEFUL, STORMY = 10, 20


class Lobby(asyncio.Protocol):
    """Who got in, by process."""

    def __init__(self, inside: list[Process], process: Process) -> None:
        inside.append(process)


class Held(FairQueue):
    """FairQueue that come when the test says so."""

    def __init__(self) -> None:
        super().__init__(lambda: 5.0, lambda: 5.0, lambda _delay, _call: None)
        self.held: list[object] = []

    def wait(self, standing: ServiceClass, go: object) -> None:
        assert standing is ServiceClass.UNRULY
        self.held.append(go)


class Entrance:
    """A door with made-up processes in front of it."""

    def __init__(self, path: Path, pids: list[int]) -> None:
        self.path = path
        self.pids = pids
        self.turns = Held()
        self.processes = Processes()
        self.stormy = self.processes.of(STORMY, 0, 5.0)
        self.stormy.waste(1.0, 5.0)
        self.inside: list[Process] = []
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(str(path))
        sock.listen(128)
        self.door = Acceptor(
            sock, self.turns, self.processes, lambda process: Lobby(self.inside, process)
        )
        self.door.open()
        self.clients: list[socket.socket] = []

    def knock(self, pid: int) -> socket.socket:
        self.pids.append(pid)
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.connect(str(self.path))
        client.setblocking(False)
        self.clients.append(client)
        return client


@pytest.fixture
def pids(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    coming: list[int] = []
    met = itertools.count()
    monkeypatch.setattr(access, "credentials", lambda _: (coming[next(met)], 0, 0))
    return coming


@pytest.fixture
async def entrance(tmp_path: Path, pids: list[int]) -> AsyncIterator[Entrance]:
    entrance = Entrance(tmp_path / "s", pids)
    yield entrance
    await entrance.door.close()
    for client in entrance.clients:
        client.close()


async def until(true: object) -> None:
    assert callable(true)
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0)


async def test_a_process_that_behaves_is_let_in_however_often_it_comes(entrance: Entrance) -> None:
    for _ in range(100):
        entrance.knock(PEACEFUL)
    await until(lambda: len(entrance.inside) == 100)
    assert not entrance.turns.held


async def test_an_unruly_process_waits_at_the_door_and_others_pass_it(entrance: Entrance) -> None:
    entrance.knock(STORMY)
    entrance.knock(PEACEFUL)
    await until(lambda: entrance.inside)
    assert entrance.stormy not in entrance.inside
    (go,) = entrance.turns.held
    assert callable(go)
    go()
    await until(lambda: entrance.stormy in entrance.inside)


async def test_only_so_many_of_a_process_wait_at_the_door(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptor, "WAITING", 8)
    for _ in range(acceptor.WAITING):
        entrance.knock(STORMY)
    await until(lambda: len(entrance.turns.held) == acceptor.WAITING)
    surplus = entrance.knock(STORMY)
    assert await asyncio.get_running_loop().sock_recv(surplus, 1) == b""
    assert len(entrance.turns.held) == acceptor.WAITING


async def test_who_waits_is_sent_away_when_the_door_closes(entrance: Entrance) -> None:
    client = entrance.knock(STORMY)
    await until(lambda: entrance.turns.held)
    await entrance.door.close()
    assert await asyncio.get_running_loop().sock_recv(client, 1) == b""
    (go,) = entrance.turns.held
    assert callable(go)
    go()
    assert not entrance.inside


async def test_without_file_descriptors_the_door_closes_for_a_while(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(acceptor, "AFTER_SHORTAGE", 0.0)

    class Short:
        def __init__(self, sock: socket.socket) -> None:
            self._sock = sock
            self.refused = False

        def accept(self) -> object:
            if not self.refused:
                self.refused = True
                raise OSError(errno.EMFILE, "too many open files")
            return self._sock.accept()

        def fileno(self) -> int:
            return self._sock.fileno()

        def close(self) -> None:
            self._sock.close()

    monkeypatch.setattr(entrance.door, "_sock", Short(entrance.door._sock))
    entrance.knock(PEACEFUL)
    await until(lambda: entrance.inside)
    assert "too many open files" in caplog.text


async def test_lines_over_the_limit_on_one_connection_after_the_other_are_held_against_the_process(
    server: Server,
) -> None:
    async with await Wire.open(server.path) as good:
        assert await good.result("server.info")
        for _ in range(2):
            async with await Wire.open(server.path) as bad:
                bad.write(b"x" * (bounds.LINE + 1))
                assert (await bad.receive())["error"]["code"] == -32600
        (mine,) = server._processes._wasteful
        assert mine.unruly(server.turns.clock())
        assert await good.result("server.info")  # who has asked for something is not to blame
        async with await Wire.open(server.path) as late:
            assert await late.result("server.info")
    assert server.turns.spent[ServiceClass.UNRULY] > 0


async def test_what_is_good_in_a_process_that_was_unruly_is_let_in_and_served(
    server: Server,
) -> None:
    async with await Wire.open(server.path) as bad:
        bad.write(b"nonsense\n" * 1000)
        await bad.receive()
        async with asyncio.TaskGroup() as group:
            wires = [group.create_task(Wire.open(server.path)) for _ in range(100)]
        for wire in wires:
            wire.result().request("server.info")
        for wire in wires:
            assert (await wire.result().receive())["result"]
            await wire.result().__aexit__()
    assert server.turns.spent[ServiceClass.UNRULY] > 0
