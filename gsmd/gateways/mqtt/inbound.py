"""Messages that came in, and what became of ours: from the daemon to the broker.

Theory of operation. The durable handler ``mqtt`` hands over, a few at once, in order for each peer. A message is
published at QoS 1 on all its topics, and acknowledged to the daemon once the broker has acknowledged the last. While
the broker is away for more than a moment the handler is let go, so that the daemon keeps what waits without counting
attempts; it collects all the same. A message that comes again has the id that it had.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gsmd.client import AsyncClient, AsyncInboundMessage, AsyncListener, GsmdError
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.mqtt import shapes
from gsmd.gateways.mqtt.broker import Broker, BrokerAway, BrokerRefused
from gsmd.gateways.mqtt.requests import HANDLER
from gsmd.gateways.mqtt.topics import Topics
from gsmd.protocol.message import to_wire

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Messages in our hands at the same time."""

GRACE = 20.0
"""Seconds that the broker may be away before the handler is let go."""

_AGAIN = 30.0
"""Seconds until a message comes again that the broker refuses."""

_LATER = 1.0

Context = Callable[[str], Awaitable[Mapping[str, Any]]]
Told = Callable[[Mapping[str, Any], Mapping[str, Any]], Awaitable[None]]


class Inbound:
    """``context`` finds what was said with the send of a message of ours.

    ``told`` is given each message that came in, with the context of the one that it answers; ``ended`` each of ours
    that came to an end. They are acknowledged to the daemon afterwards.
    """

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        broker: Broker,
        topics: Topics,
        context: Context,
        told: Told,
        ended: Told,
    ) -> None:
        self._client = client
        self._watch = watch
        self._broker = broker
        self._topics = topics
        self._context = context
        self._told = told
        self._ended = ended
        self.match: dict[str, Any] = {}
        self.names: dict[str, str] = {}
        self.collects = asyncio.Event()
        """The daemon has been told what to keep for us."""
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Hand over until cancelled."""
        while True:
            await self._watch.wait_present()
            try:
                if self._broker.present:
                    await self._work()
                else:
                    async with self._listener():
                        self.collects.set()
                    await self._broker.wait_present()
            except* GsmdError as refused:  # the task group below makes a group of it
                log.warning("no messages come in: %s", refused.exceptions[0])
                await asyncio.sleep(_LATER)

    def anew(self) -> None:
        """Go by another ``match``."""
        for task in [*self._under_way]:
            task.cancel()

    def _listener(self) -> AsyncListener:
        return self._client.listen(HANDLER, max_in_flight=AT_ONCE, match=self.match)

    async def _work(self) -> None:
        """Until the broker is away for long."""
        listening = asyncio.create_task(self._listen())
        away = asyncio.create_task(self._until_away())
        self._under_way = {listening}
        try:
            await asyncio.wait({listening, away}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done() and not listening.cancelled():
                listening.result()
        finally:
            for task in (listening, away):
                task.cancel()
            await asyncio.gather(listening, away, return_exceptions=True)

    async def _until_away(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE):
                    await self._broker.wait_present()
            if not self._broker.present:
                log.warning("the daemon keeps what comes in, until the broker is there")
                return
            await self._broker.wait_lost()

    async def _listen(self) -> None:
        async with asyncio.TaskGroup() as group, self._listener() as messages:
            self.collects.set()
            async for message in messages:
                message.defer()
                group.create_task(self._hand_over(message))

    async def _hand_over(self, message: AsyncInboundMessage) -> None:
        while True:
            await self._broker.wait_present()
            try:
                await self._publish(message)
            except BrokerAway:
                continue
            except BrokerRefused as error:
                log.error("message %s: %s", message.id, error)  # noqa: TRY400 -- the reason says it
                await message.reject(str(error), retry_after=_AGAIN)
            except Exception as error:
                log.exception("a defect")
                await message.reject(f"{type(error).__name__}: {error}")
            else:
                await message.acknowledge()
            return

    async def _publish(self, message: AsyncInboundMessage) -> None:
        wire = to_wire(message)
        if message.receipt is not None:
            wire["state"] = str(message.receipt.state)
            context = await self._context(message.id)
            await self._broker.publish(self._topics.sent, shapes.sent(wire, context))
            await self._ended(wire, context)
            return
        modem = wire["modem"] or "none"
        told = shapes.received(wire, self.names)
        if message.data is not None and message.ports is not None:
            topic = self._topics.data(modem, message.ports.destination)
            await self._broker.publish(topic, bytes.fromhex(message.data))
        await self._broker.publish(self._topics.received(modem), shapes.encode(told))
        if told["keyword"]:
            await self._broker.publish(self._topics.keyword(modem), told["keyword"].encode())
        answers = message.in_reply_to
        await self._told(wire, {} if answers is None else await self._context(answers))
