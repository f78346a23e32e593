"""REST with a bomb in it: ``python -m tests.gateways.web.killed.victim SOCKET PORT KILL_AT``.

It dies by SIGKILL at its ``KILL_AT``-th point (0: never). Points, in the order in which it comes to them: before a call of
the daemon, after its answer, after the answer to a request was written.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.rest.app import Rest
from gsmd.protocol.method import Method, Role


class Bomb:
    """Counts points."""

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at

    def point(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class ArmedDaemon(Daemon):
    """The daemon, with points around each call."""

    def __init__(self, path: Path, bomb: Bomb) -> None:
        super().__init__(path)
        self._bomb = bomb

    async def call(self, method: Method[Any, Any], params: Mapping[str, Any], actor: str) -> Any:
        self._bomb.point()
        result = await super().call(method, params, actor)
        self._bomb.point()
        return result


class OpenDoor:
    """Whoever comes is anna."""

    async def authenticate(self, _: Request) -> Caller:
        return Caller(kind="token", id="t", name="anna", roles=frozenset(Role))


class Armed:
    """The application, with a point after each answer."""

    def __init__(self, app: Rest, bomb: Bomb) -> None:
        self._app = app
        self._bomb = bomb

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def armed(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body":
                self._bomb.point()

        await self._app(scope, receive, armed)


def main() -> None:
    socket, port, kill_at = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    bomb = Bomb(kill_at)
    app = Armed(Rest(OpenDoor(), ArmedDaemon(socket, bomb)), bomb)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        lifespan="off",
        log_level="critical",
        ws="none",
        http="h11",
    )
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
