"""What tests in a browser have: two simulated modems, the gateway before them, and somebody who has signed in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gsmd.cli import demo_web
from gsmd.client import AsyncClient
from gsmd.simulator import Network
from tests.browser.chromium import Watched, chromium, context
from tests.rig import PATIENCE

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

PASSWORD = "a sentence that nobody guesses"


@dataclass
class Stage:
    """``base`` is where the gateway is. Every page that was opened is held to have complained of nothing."""

    directory: Path
    network: Network
    client: AsyncClient
    browser: "Browser"
    base: str
    port: int
    watched: list[Watched]

    async def signed_in(self, name: str = "anna", **look: Any) -> "Page":
        """A browser in which somebody has come in by an invitation."""
        profile = await context(self.browser, self.base, **look)
        page = self.watch(await profile.new_page())
        await page.goto(demo_web.link(self.directory, self.port, name))
        await page.fill("input[name=password]", PASSWORD)
        await page.click("button.primary")
        await page.wait_for_url("**/inbox")
        return page

    def watch(self, page: "Page") -> "Page":
        self.watched.append(Watched(page))
        return page

    async def came_in(self, text: str, number: str, to: str) -> None:
        """A phone writes; once it is on disk."""
        async with self.client.events("message.received") as events:
            self.network.phone(number).send(to, text)
            await events.receive(PATIENCE)

    def complaints(self) -> list[str]:
        return [each for watched in self.watched for each in watched.complaints]


@asynccontextmanager
async def staged(directory: Path) -> AsyncIterator[Stage]:
    port = demo_web.free_port()
    async with demo_web.stage(directory, port) as (network, client), chromium() as browser:
        base = f"http://127.0.0.1:{port}"
        yield Stage(directory, network, client, browser, base, port, [])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with asyncio.timeout(600), staged(tmp_path) as it:
        yield it
        assert it.complaints() == []
