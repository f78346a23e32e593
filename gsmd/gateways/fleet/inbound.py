"""What gsmd hands over to the handler ``fleet``: messages that came in go up to the engine, receipts to whom they concern.

Theory of operation. gsmd's queue of the handler is on disk: it is the log from which messages are published, and the engine's
answer is the acknowledgement. A message has one place in the stream, for as long as that is kept: published again, it is there
already, which is as good. While the engine is away for more than a moment, the handler is let go, so that gsmd does not count
attempts; it collects all the same.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from gsmd.client import AsyncClient, AsyncInboundMessage, AsyncListener, GsmdError, Message
from gsmd.fleet import subjects
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.fleet.identity import HANDLER
from gsmd.protocol.message import to_wire

log = logging.getLogger(__name__)

AT_ONCE = 64

GRACE = 20.0
"""Seconds that the engine may be away before the handler is let go."""

_LATER = 1.0
_REFUSED = 30.0


class Inbound:
    """Messages up, as those of ``box``. ``told`` is given each receipt; ``sims`` knows the SIM of a modem."""

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        link: EngineLink,
        box: str,
        told: Callable[[Message], None],
        sims: Callable[[str | None], str | None],
    ) -> None:
        self._client = client
        self._watch = watch
        self._link = link
        self._box = box
        self._told = told
        self._sims = sims
        self.up = 0

    async def collect(self) -> None:
        """From now on gsmd keeps for us what comes in. Errors: `GsmdError`."""
        async with self._listener():
            pass

    async def run(self) -> None:
        """Hand over until cancelled."""
        while True:
            await self._watch.wait_present()
            await self._link.wait_present()
            try:
                await self._work()
            except* GsmdError as errors:
                log.warning("no messages come in: %s", errors.exceptions[0])
                await asyncio.sleep(_LATER)

    def _listener(self) -> AsyncListener:
        return self._client.listen(HANDLER, max_in_flight=AT_ONCE, match={})

    async def _work(self) -> None:
        """Until the engine is away for long."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen())
            await self._until_away()
            listening.cancel()

    async def _until_away(self) -> None:
        away = 0.0
        while away < GRACE:
            await asyncio.sleep(_LATER)
            away = 0.0 if self._link.present else away + _LATER
        log.warning("gsmd keeps what comes in, until the engine is there")

    async def _listen(self) -> None:
        async with asyncio.TaskGroup() as group, self._listener() as messages:
            async for message in messages:
                message.defer()
                group.create_task(self._hand_over(message))

    async def _hand_over(self, message: AsyncInboundMessage) -> None:
        if message.receipt is not None:
            self._told(msgspec.structs.replace(_plain(message), state=message.receipt.state))
            await message.acknowledge()
            return
        while True:
            await self._link.wait_present()
            with contextlib.suppress(EngineAway):
                try:
                    await self._publish(message)
                except EngineRefused as error:
                    log.error("message %s: %s", message.id, error)  # noqa: TRY400 -- the reason says it
                    await message.reject(str(error), retry_after=_REFUSED)
                else:
                    await message.acknowledge()
                return
            await asyncio.sleep(_LATER)

    async def _publish(self, message: AsyncInboundMessage) -> None:
        sim = self._sims(message.modem) or message.modem or "none"
        told: dict[str, Any] = {**to_wire(_plain(message)), "box": self._box, "sim": sim}
        place = subjects.inbox(self._box, sim, message.id)
        if await self._link.create(place, msgspec.json.encode(told)):
            self.up += 1


def _plain(message: AsyncInboundMessage) -> Message:
    return Message(**{name: getattr(message, name) for name in Message.__struct_fields__})
