"""Somebody with the pages open: signed in, looking around, with the stream of events running beside."""

import asyncio
import random
from contextlib import suppress

import aiohttp

from tests.soak.books import Books
from tests.soak.world import World

PAGES = ("/inbox", "/messages", "/figures", "/modems", "/queues", "/people", "/dead")

STREAM = 300.0
"""Seconds until the browser begins its stream anew, from where it was."""


class Reader:
    """``pages`` and ``events`` counted; an event that is missing or comes twice is trouble in the books."""

    def __init__(self, world: World, books: Books, chance: random.Random) -> None:
        self.world = world
        self.books = books
        self.chance = chance
        self.pages = 0
        self.events = 0
        self._last = 0

    async def run(self) -> None:
        site = self.world.web.removesuffix("/api/v1")
        link = await asyncio.to_thread(self.world.run, "web", "invite", "anna")
        secret = link.splitlines()[-1].rsplit("/", 1)[-1].split()[0]
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(site, cookie_jar=jar) as session:
            body = {"invitation": secret, "password": "a sentence that nobody guesses"}
            async with session.post("/api/v1/invitations", json=body) as answer:
                assert answer.status == 201, await answer.text()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._look(session))
                group.create_task(self._follow(session))

    async def _look(self, session: aiohttp.ClientSession) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(2, 10))
            page = self.chance.choice(PAGES)
            with suppress(aiohttp.ClientConnectionError, TimeoutError):
                async with session.get(page) as answer:
                    await answer.read()
                    self.pages += 1
                    if answer.status >= 500 and answer.status != 503:
                        self.books.trouble.append(f"{page}: {answer.status}")

    async def _follow(self, session: aiohttp.ClientSession) -> None:
        while True:
            headers = {"Last-Event-ID": str(self._last)} if self._last else {}
            with suppress(aiohttp.ClientError, TimeoutError):
                async with (
                    asyncio.timeout(STREAM),
                    session.get(
                        "/api/v1/events", headers=headers, timeout=aiohttp.ClientTimeout()
                    ) as stream,
                ):
                    async for line in stream.content:
                        if line.startswith(b"id:"):
                            self._count(int(line[3:]))
            await asyncio.sleep(1)

    def _count(self, seq: int) -> None:
        if self._last and seq <= self._last:
            self.books.trouble.append(f"event {seq} came behind {self._last}")
        self._last = seq
        self.events += 1
