"""The socket with a made-up daemon behind it, on a thread of its own, to be stopped and started again."""

import asyncio
import os
import pwd
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

from gsmd.api.server import Server
from gsmd.config import AccessRule, SocketConfig
from gsmd.protocol.method import Role
from tests.api.fake_backend import FakeBackend

T = TypeVar("T")


class Daemon:
    """Everything of the backend is done on its own event loop: `do` and `wait`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.backend: FakeBackend
        self._server: Server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        self.backend = self.do(FakeBackend)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def do(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call on the daemon's loop."""

        async def call() -> T:
            return function(*args, **kwargs)

        return self.run(call())

    def wait(self, condition: Callable[[FakeBackend], object]) -> None:
        """Until something is so."""
        self.run(self.backend.until(lambda: condition(self.backend)))

    def receive(self, text: str = "BALANCE", **fields: Any) -> None:
        """An SMS comes in."""
        self.do(self.backend.receive, text, **fields)

    def start(self) -> None:
        self._server = self.do(Server, self.backend, SocketConfig(path=self.path))
        self.run(self._server.start())

    def stop(self) -> None:
        self.run(self._server.close(grace=1))

    def grant(self, *roles: Role) -> None:
        """Let the user of the tests do this and nothing else."""
        user = pwd.getpwuid(os.getuid()).pw_name
        self.do(self._server.grant, [AccessRule(user=user, may=roles)])

    def cut(self) -> None:
        """All connections break at once; what was written is lost."""
        for connection in [session.connection for session in self._server._sessions]:
            self.do(connection.transport.abort)

    def replies(self, handler: str = "crm") -> list[tuple[str, str | None]]:
        return list(self.backend.queue(handler).replies)
