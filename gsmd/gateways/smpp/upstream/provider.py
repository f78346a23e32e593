"""One SMSC of others: bound again and again, and a carrier of the daemon's for as long as it is bound.

Theory of operation.

    wait for the daemon → connect, TLS → bind (a transceiver, or a transmitter and a receiver)
      → attach as the carrier of its name → carry (`carrying`), and take what comes (`arriving`)
      → the connection ends → detach, answer what is under way → a pause, longer each time → from the beginning

Whoever is not bound is not attached: the daemon gives its messages to the next of the route, or keeps them. Before it lets go
of the daemon, each message in its hands is answered, so only a death of the gateway itself leaves one uncertain that never
was written. At a daemon's restart the bind stays.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from gsmd.client import AsyncClient, AsyncSubmissionStream, GsmdError
from gsmd.config.smpp import SmppProvider
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.smpp.connection import NoAnswer
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.upstream.arriving import Arriving
from gsmd.gateways.smpp.upstream.carrying import Carrying
from gsmd.gateways.smpp.upstream.figures import Figures
from gsmd.gateways.smpp.upstream.pace import Pace
from gsmd.gateways.smpp.upstream.smsc_link import BindRefused, SmscLink
from gsmd.smpp import Limits, pdus

log = logging.getLogger(__name__)

PAUSES = (0.1, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before each try to bind again; the last one from then on."""

_CONNECT = 15.0
_ANSWER = 10.0
_LASTED = 60.0  # a bind that was there for so long was a good one
_LET_GO = 20.0
UNBIND = 10.0


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """What all providers of a gateway share. ``part_came`` is called when a part waits for others."""

    daemon: Path
    database: Database
    watch: DaemonWatch
    limits: Limits
    now: Callable[[], datetime]
    part_came: Callable[[], None]


class Provider:
    """One of ``smpp.providers`` at work, once `run` does. ``context``: of its TLS, None without."""

    def __init__(
        self,
        settings: SmppProvider,
        password: bytes,
        context: "ssl.SSLContext | None",
        together: Together,
    ) -> None:
        self.settings = settings
        self.figures = Figures()
        self.why = "not tried yet"
        """The reason why it is not bound, or not attached."""
        self._password = password
        self._context = context
        self._together = together
        self._line = DaemonLine(together.daemon)
        self._pace = Pace(settings.rate)
        self._links: list[SmscLink] = []
        self._carrying: Carrying | None = None
        self._stream: AsyncSubmissionStream | None = None
        self._stopping = asyncio.Event()
        self.arriving = Arriving(
            settings,
            together.database,
            self._line,
            together.watch,
            self.figures,
            together.now,
            self._settled,
            together.part_came,
        )

    @property
    def bound(self) -> bool:
        """Messages can go to it."""
        return self._carrying is not None

    async def run(self) -> None:
        """Be bound, and again, until `stop`."""
        attempt, loop = 0, asyncio.get_running_loop()
        while not self._stopping.is_set():
            begun = loop.time()
            try:
                await self._together.watch.wait_present()
                await self._live()
            except (OSError, TimeoutError, NoAnswer, BindRefused) as error:
                self._log(str(error) or "no connection in time")
            attempt = 0 if loop.time() > begun + _LASTED else attempt + 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSES[min(attempt, len(PAUSES)) - 1] if attempt else 0):
                    await self._stopping.wait()
        await self._line.close()

    def stop(self) -> None:
        """Take nothing more; `run` ends when what is under way is answered, and unbinds."""
        self._stopping.set()

    def report(self, now: float) -> dict[str, Any]:
        """As `gsmd smpp providers` shows it."""
        settings = self.settings
        return {
            "name": settings.name,
            "address": f"{settings.host}:{settings.port}",
            "tls": settings.tls,
            "state": " ".join(str(each.session.state) for each in self._links) or "away",
            "attached": self._stream is not None,
            "reason": self.why,
            "since_seconds": round(now - self._links[0].since) if self._links else None,
            "window": settings.window,
            "rate": None
            if settings.rate is None
            else f"{settings.rate.count}/{settings.rate.seconds:g}s",
            "under_way": len(self._carrying.under_way) if self._carrying is not None else 0,
            **msgspec.structs.asdict(self.figures),
        }

    # -- bound --------------------------------------------------------------------------------------

    async def _live(self) -> None:
        """From binding to the end of that. Errors: OSError, TimeoutError, `NoAnswer`, `BindRefused`: not bound."""
        settings = self.settings
        binds: tuple[type[pdus.Bind], ...] = (pdus.BindTransceiver,)
        if settings.bind == "pair":
            binds = (pdus.BindTransmitter, pdus.BindReceiver)
        links: list[SmscLink] = []
        try:
            for kind in binds:
                links.append(await self._connect())
                await links[-1].bind(self._request(kind), _ANSWER)
            await self._work(links)
        finally:
            self._links = []
            patience = UNBIND if self._stopping.is_set() else 0
            await asyncio.gather(*(link.end(patience) for link in links))

    async def _connect(self) -> SmscLink:
        settings, loop = self.settings, asyncio.get_running_loop()

        def made() -> SmscLink:
            take = self.arriving.take
            return SmscLink(settings.name, take, settings.window, self._together.limits)

        async with asyncio.timeout(_CONNECT):
            _, link = await loop.create_connection(
                made, settings.host, settings.port, ssl=self._context
            )
        return link

    def _request(self, kind: type[pdus.Bind]) -> pdus.Bind:
        return kind(
            system_id=self.settings.system_id.encode(),
            password=self._password,
            system_type=self.settings.system_type.encode(),
        )

    async def _work(self, links: list[SmscLink]) -> None:
        """Carry until a connection ends, or `stop`; then answer what is under way."""
        settings, together = self.settings, self._together
        log.info("%s: bound at %s:%d", settings.name, settings.host, settings.port)
        self._links, self.why = links, ""
        carrying = self._carrying = Carrying(
            settings, links[0], self._pace, self.figures, together.database, together.now
        )
        serving = asyncio.create_task(self._serve(carrying))
        ends = [asyncio.create_task(link.ended()) for link in links]
        waits = {serving, *ends, asyncio.create_task(self._stopping.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for link in links:
                if link.gone:
                    self._log(link.why)
            await self._let_go(carrying)
        finally:
            self._carrying = None
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _serve(self, carrying: Carrying) -> None:
        """Be attached to the daemon, whatever becomes of that."""
        while True:
            await self._together.watch.wait_present()
            try:
                async with AsyncClient(self._together.daemon) as client:
                    wanted = client.carry(self.settings.name, max_in_flight=self.settings.window)
                    async with wanted as self._stream:
                        self.why = ""
                        async for message in self._stream:
                            carrying.begin(message)
            except GsmdError as error:
                self._log(f"the daemon gives it nothing: {error}")
            finally:
                self._stream = None
            await asyncio.sleep(1)

    async def _let_go(self, carrying: Carrying) -> None:
        """Be given nothing more, and answer what is there."""
        if self._stream is not None:
            with contextlib.suppress(GsmdError, TimeoutError):
                async with asyncio.timeout(UNBIND):
                    await self._stream.detach(self.why or "the gateway lets go of it")
            await asyncio.sleep(0)  # what came before that is begun
            await asyncio.sleep(0)
        await carrying.let_go(_LET_GO)

    async def _settled(self, within: float) -> None:
        if self._carrying is not None:
            await self._carrying.settled(within)

    def _log(self, why: str) -> None:
        if why != self.why:
            log.warning("%s: %s", self.settings.name, why)
        self.why = why
