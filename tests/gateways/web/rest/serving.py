"""REST behind uvicorn on a port of the loopback, in this event loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn

from gsmd.gateways.web.rest.app import Rest
from tests.rig import PATIENCE


class _Server(uvicorn.Server):
    """Leaves the signals to the tests."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: Rest) -> AsyncIterator[str]:
    """The address of the API."""
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, lifespan="off", log_level="error", ws="none", http="h11", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[door]))
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{door.getsockname()[1]}/api/v1"
    finally:
        server.should_exit = True
        await task
        door.close()
