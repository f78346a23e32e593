from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.api.server import Server
from gsmd.config import SocketConfig
from tests.api.fake_backend import FakeBackend
from tests.api.wire import Wire


@pytest.fixture
async def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
async def server(backend: FakeBackend, tmp_path: Path) -> AsyncIterator[Server]:
    server = Server(backend, SocketConfig(path=tmp_path / "gsmd.sock"))
    await server.start()
    yield server
    await server.close(grace=1)


@pytest.fixture
async def wire(server: Server) -> AsyncIterator[Wire]:
    async with await Wire.open(server.path) as wire:
        yield wire
