"""Debian's Chromium by Playwright: a page that tells on itself.

Whatever the browser complains about (a violation of the policy, an error of the script) and whatever it asks for of another
host is kept, and `Watched.complaints` has it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests import tools

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
)  # fmt: skip

SMALL, LARGE = {"width": 390, "height": 844}, {"width": 1280, "height": 860}

PATIENCE = 60_000.0
"""Milliseconds after which what should happen does not."""


@asynccontextmanager
async def chromium() -> "AsyncIterator[Browser]":
    """A browser."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=tools.path("chromium"), args=list(ARGUMENTS)
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Watched:
    """A page, and what its browser complained about."""

    page: "Page"
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._said)
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("dialog", self._dialog)

    def _said(self, message: Any) -> None:
        # an answer that is not 2xx is said on the console too: tests look at it themselves
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        self.requests.append(url)
        if urlsplit(url).hostname not in {"127.0.0.1", "localhost"}:
            self.complaints.append(f"another host: {url}")

    async def _dialog(self, dialog: Any) -> None:
        if dialog.type != "confirm":
            self.complaints.append(f"dialog: {dialog.message}")
        await dialog.accept()


async def context(browser: "Browser", base: str, **more: Any) -> "BrowserContext":
    """A browser's profile for the gateway at ``base``."""
    return await browser.new_context(base_url=base, locale=more.pop("locale", "en-GB"), **more)
