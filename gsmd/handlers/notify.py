"""Notifications to whatever Apprise reaches: mail, Telegram, Slack, ntfy, Matrix, PagerDuty and many more."""

import asyncio
import hashlib
import logging
from pathlib import Path
from typing import ClassVar

from gsmd.config.types import AbsolutePath
from gsmd.handlers.base import Delivery, HandlerError
from gsmd.handlers.bounded import BoundedHandler, BoundedSettings
from gsmd.handlers.packages import require
from gsmd.protocol.message import Message, Reply

logging.getLogger("apprise").addFilter(lambda record: record.levelno >= logging.WARNING)


class NotifySettings(BoundedSettings, frozen=True, kw_only=True):
    """``notify``: a file with the URL of a service a line, # for comments."""

    kind: ClassVar[str] = "notify"

    notify: AbsolutePath

    def __post_init__(self) -> None:
        require("apprise", "notify", key="notify")

    @property
    def secret_files(self) -> tuple[Path, ...]:
        return (self.notify,)


class NotifyHandler(BoundedHandler[NotifySettings]):
    """Tells every service of each message.

    One that fails is told again; those that were told are not, the delivery marks know them.
    """

    async def hand_over(self, delivery: Delivery) -> Reply | None:
        """There is never a reply. Errors: `HandlerError`."""
        try:
            urls = await asyncio.to_thread(self._urls)
            async with asyncio.timeout(self.settings.timeout):
                await self._tell(delivery.message, urls)
        except TimeoutError:
            raise HandlerError(f"took longer than {self.settings.timeout:g} s") from None
        return None

    async def _tell(self, message: Message, urls: list[str]) -> None:
        told = await self.marks.of(self.name, message.id)
        title, body = f"SMS from {message.peer}", message.text or f"({message.kind})"
        left = [url for url in urls if _mark(url) not in told]
        results = await asyncio.gather(
            *(self._tell_one(message, url, title, body) for url in left), return_exceptions=True
        )
        if errors := [each for each in results if isinstance(each, BaseException)]:
            raise errors[0]
        if failed := [_scheme(url) for url, done in zip(left, results, strict=True) if not done]:
            raise HandlerError(f"not taken by {', '.join(failed)}")

    async def _tell_one(self, message: Message, url: str, title: str, body: str) -> bool:
        """True if it was taken; that is remembered before anything else is waited for."""
        taken = await _notify(url, title, body)
        if taken:
            await self.marks.add(self.name, message.id, _mark(url))
        return taken

    def _urls(self) -> list[str]:
        """Read each time, so that a change needs no restart."""
        try:
            lines = self.settings.notify.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise HandlerError(f"{self.settings.notify}: {error}") from error
        urls = [
            line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")
        ]
        if not urls:
            raise HandlerError(f"{self.settings.notify}: no address in it")
        return urls


async def _notify(url: str, title: str, body: str) -> bool:
    import apprise

    service = apprise.Apprise()
    if not await asyncio.to_thread(
        service.add, url
    ):  # the first one loads all of Apprise's services
        raise HandlerError(f"{_scheme(url)}: not an address that Apprise knows", permanent=True)
    return bool(await service.async_notify(body=body, title=title))


def _mark(url: str) -> str:
    """A mark of an address, too short to tell the secrets in it."""
    return hashlib.sha256(url.encode()).hexdigest()[:8]


def _scheme(url: str) -> str:
    """The scheme of an address, which may be told: the rest of it holds secrets."""
    return url.partition("://")[0][:20]
