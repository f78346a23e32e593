"""A web server on loopback that takes messages from hooks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.rig import PATIENCE


class Shop:
    """Keeps what it gets, and answers with a status; ``settle`` may say of each request which."""

    def __init__(self) -> None:
        self.status = 204
        self.settle: Callable[[int], int] | None = None
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self._came = asyncio.Event()

    @property
    def ids(self) -> list[str]:
        return [body["message"]["id"] for body in self.bodies]

    @property
    def texts(self) -> list[str]:
        return [body["message"]["text"] for body in self.bodies]

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(json.loads(await request.read()))
        self.headers.append(dict(request.headers))
        self._came.set()
        status = self.status if self.settle is None else self.settle(len(self.bodies))
        return web.Response(status=status)

    async def gets(self, count: int) -> None:
        """Wait until it has got so many requests."""
        async with asyncio.timeout(PATIENCE):
            while len(self.bodies) < count:
                self._came.clear()
                await self._came.wait()


@asynccontextmanager
async def open_shop() -> AsyncIterator[Shop]:
    """A shop that is open."""
    shop = Shop()
    app = web.Application()
    app.router.add_post("/{anything:.*}", shop.take)
    async with TestServer(app) as server:
        shop.url = str(server.make_url("/sms"))
        yield shop
