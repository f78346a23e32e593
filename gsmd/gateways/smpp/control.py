"""A socket beside the gateway's file, at which `gsmd smpp accounts` asks what is going on: one JSON value, and the end."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from gsmd.gateways.smpp.accounts import Account

log = logging.getLogger(__name__)

_LONGEST_PATH = 107


def account_report(account: Account, waiting: tuple[int, int], now: float) -> dict[str, Any]:
    """An account as `gsmd smpp accounts` shows it. ``waiting``: long messages that are not whole, receipts of our own making."""
    settings = account.settings
    return {
        "system_id": account.name,
        "binds": [
            {
                "from": bind.host,
                "state": str(bind.session.state),
                "version": f"{bind.session.version:#04x}",
                "tls": bind.secure,
                "since_seconds": round(now - bind.since),
                "silent_seconds": round(now - bind.heard),
                "submits_under_way": bind.session.unanswered,
                "delivers_under_way": bind.session.outstanding,
            }
            for bind in account.binds
        ],
        "most_binds": settings.binds,
        "window": settings.window,
        "rate": None
        if settings.rate is None
        else f"{settings.rate.count}/{settings.rate.seconds:g}s",
        "submitted": account.submitted,
        "refused": account.refused,
        "throttled": account.throttled,
        "delivered": account.delivered,
        "incomplete": waiting[0],
        "receipts_waiting": waiting[1],
    }


class Control:
    """Tells whoever may open ``path`` (mode 0600) what ``report`` says."""

    def __init__(self, path: Path, report: Callable[[], Awaitable[Any]]) -> None:
        self._path = path
        self._report = report
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; without it the gateway does its work all the same."""
        if len(os.fsencode(self._path)) > _LONGEST_PATH:
            log.warning("%s is too long for a socket: `gsmd smpp accounts` cannot ask", self._path)
            return
        self._path.unlink(missing_ok=True)
        old = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._answer, self._path)
        except OSError as error:
            log.warning("%s: %s: `gsmd smpp accounts` cannot ask", self._path, error)
        finally:
            os.umask(old)

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _answer(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(msgspec.json.encode(await self._report()) + b"\n")
            await writer.drain()
            writer.close()
