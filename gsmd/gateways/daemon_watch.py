"""Whether the daemon is there: one connection that is made again for ever.

Theory of operation. The watch holds a connection with a subscription of events on it. As long as it stands, the
daemon is present; when it ends, everybody who wants to know hears at once that it is away, and it is tried
again, sooner at first. A daemon that refuses us (`access`) is away too, with the reason in ``why``: an administrator
may change that, so it is tried again as well.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gsmd.client import GsmdError, NotFound
from gsmd.client._async.link import AsyncLink
from gsmd.client.protocol_state import BACK_OFF
from gsmd.protocol import events, server
from gsmd.protocol.events import Event, read_event
from gsmd.protocol.jsonrpc import Notification

log = logging.getLogger(__name__)

Hear = Callable[[Event], None]

_PATIENCE = 60.0
"""Seconds for the daemon's first answers."""


class DaemonWatch:
    """Watches the daemon at ``path``, once `run` does.

    ``hear`` is told of events: all, or those whose types begin with one of ``types``. What happened while the
    connection was gone is told afterwards; where that reaches further back than the daemon keeps events, one of
    type ``reconnected`` says that some are missing.
    """

    def __init__(self, path: Path, hear: Hear | None = None, types: tuple[str, ...] = ()) -> None:
        self.path = path
        self.info: server.ServerInfo | None = None
        """The daemon's word of itself, None while it is away."""
        self.why = "not looked for yet"
        """The reason why it is away."""
        self._types = types
        self._hear = hear
        self._seq: int | None = None
        self._changed: list[Callable[[], None]] = []
        self._there = asyncio.Event()
        self._tried = asyncio.Event()

    @property
    def present(self) -> bool:
        """The daemon is there, as far as can be known."""
        return self._there.is_set()

    def on_change(self, call: Callable[[], None]) -> None:
        """``call`` is called whenever the daemon came or went."""
        self._changed.append(call)

    async def wait_present(self) -> None:
        """Wait until the daemon is there."""
        await self._there.wait()

    async def tried(self) -> None:
        """Wait until it was looked for once, with success or without."""
        await self._tried.wait()

    async def run(self) -> None:
        """Watch until cancelled."""
        attempt = 0
        while True:
            try:
                await self._hold()
            except GsmdError as error:
                attempt = 0 if self.present else attempt + 1
                self._away(error)
            await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])

    async def _hold(self) -> None:
        """A connection, from its making to its end, which is always an error."""
        link = await AsyncLink.open(self.path)
        try:
            told = await link.request(server.INFO.name, {}, _PATIENCE)
            if self._hear is not None:
                await self._subscribe(link, self._hear)
            self._here(msgspec.convert(told, server.ServerInfo))
            while True:
                item = await link.hear()
                if isinstance(item, Notification) and item.method == "event":
                    self._pass_on(read_event(item.params))
        finally:
            link.abort()

    async def _subscribe(self, link: AsyncLink, hear: Hear) -> None:
        wanted = {"types": list(self._types)}
        try:
            since = {} if self._seq is None else {"after": self._seq}
            told = await link.request(events.SUBSCRIBE.name, {**wanted, **since}, _PATIENCE)
        except NotFound:  # further back than is kept
            told = await link.request(events.SUBSCRIBE.name, wanted, _PATIENCE)
            self._seq = told.get("seq")
            hear(Event("reconnected", datetime.now(UTC), {}))
        if self._seq is None:
            self._seq = told.get("seq")

    def _pass_on(self, event: Event) -> None:
        if event.seq is not None:
            self._seq = event.seq
        if self._hear is not None:
            self._hear(event)

    def _here(self, info: server.ServerInfo) -> None:
        self.info, self.why = info, ""
        log.info("the daemon at %s is there (version %s)", self.path, info.version)
        self._there.set()
        self._tell()

    def _away(self, error: GsmdError) -> None:
        if self.present or not self._tried.is_set():
            log.warning("the daemon is away, waiting for it: %s", error)
        self.info, self.why = None, str(error)
        self._there.clear()
        self._tell()

    def _tell(self) -> None:
        self._tried.set()
        for call in self._changed:
            call()
