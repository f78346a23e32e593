"""The broker, as the rest of the gateway sees it: there or not, takes what is published, hands over what comes.

Theory of operation.

    connecting    for ever, with a back-off, whatever the broker says
    publishing    at QoS 1; whoever publishes waits for the PUBACK, and hears of one that refuses. What is not
                  acknowledged when a connection ends is sent again on the next one, if the broker still has the
                  session; if not, whoever waits gets `BrokerAway` and decides
    receiving     a publication is acknowledged when what was done about it has returned, and only on the
                  connection that it came over: on another one its packet identifier may be another's. What
                  failed is done again, unless the connection is another one by then

The broker works through a connection's packets in order. So what it acknowledges shows that it has seen all
that was written before: `Publication.seen` is set once our PUBACK is known to have arrived. From then on it will not
come again; until then a publication with its identifier may be the same one (`gsmd.gateways.mqtt.outbox`).
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from gsmd.client.protocol_state import BACK_OFF
from gsmd.gateways.mqtt.wire import WINDOW, Address, Publication, Wire

log = logging.getLogger(__name__)

TOO_MANY = 500
"""Publications at QoS 0 that are under way at once; the broker cannot be told to wait with them."""

CONNECTING = 30.0
"""Seconds that a broker may take to let us in."""

_GOODBYE = 2.0
_STOOD = 3.0  # seconds after which a connection was one; a broker that throws us out at once is not pressed
_AGAIN = 5.0  # seconds until what could not be done, as on a full disk, is tried again
_REFUSED = 0x80

_REASONS = {
    0x80: "unspecified error",
    0x83: "implementation specific error",
    0x87: "not authorized",
    0x8F: "topic filter invalid",
    0x90: "topic name invalid",
    0x97: "quota exceeded",
    0x99: "payload format invalid",
    0x9E: "shared subscriptions not supported",
    0xA2: "wildcard subscriptions not supported",
}


class BrokerAway(Exception):
    """There is no connection, or it ended and the broker has forgotten us: it may have arrived or not."""


class ComesAgain(Exception):
    """Nothing is done about a publication: its connection is gone, so the broker hands it over again."""


class BrokerRefused(Exception):
    """The broker does not take a publication. ``code`` is its reason (MQTT 5 §3.4.2.1)."""

    def __init__(self, topic: str, code: int) -> None:
        super().__init__(f"the broker refuses what is published on {topic}: {_reason(code)}")
        self.code = code


Hear = Callable[[Publication], Awaitable[None]]


class Broker:
    """``hear`` is given what is published on ``topics``; its return is the acknowledgement.

    ``will`` is the topic where the broker says ``offline`` for us. ``connected`` is called, with whether the broker
    still had the session, whenever there is a connection, before anything comes over it.
    """

    def __init__(
        self,
        address: Address,
        will: str,
        topics: Sequence[str],
        hear: Hear,
        connected: Callable[[bool], None],
    ) -> None:
        self._address = address
        self._topics = topics
        self._hear = hear
        self._connected = connected
        self._wire = Wire(address, will, self)
        self._there = asyncio.Event()
        self._lost = asyncio.Event()
        self._room = asyncio.Condition()
        self._window = WINDOW
        self._acks: dict[int, asyncio.Future[int]] = {}
        self._written: list[Publication] = []
        self._marks: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.connection = 0
        self._resumed = False
        self.why = "not connected yet"

    @property
    def present(self) -> bool:
        """There is a connection, as far as can be known."""
        return self._there.is_set()

    async def wait_present(self) -> None:
        """Wait until there is a connection."""
        await self._there.wait()

    async def wait_lost(self) -> None:
        """Wait until there is none."""
        await self._lost.wait()

    async def run(self) -> None:
        """Be connected until cancelled."""
        attempt = 0
        while True:
            began = time.monotonic()
            try:
                await self._hold()
            except Exception as error:
                self._tell(str(error) or type(error).__name__)
                log.debug("no connection", exc_info=error)
            else:
                self._tell("the connection was lost")
            attempt = 0 if time.monotonic() - began > _STOOD else attempt + 1
            await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, correlation: bytes | None = None
    ) -> None:
        """Publish at QoS 1; it is the broker's when this returns. Errors: `BrokerAway`, `BrokerRefused`."""
        async with self._room:
            await self._room.wait_for(lambda: len(self._acks) < self._window)
            if not self.present:
                raise BrokerAway(self.why)
            more = {} if correlation is None else {"correlation_data": correlation}
            identifier = self._wire.publish(topic, payload, qos=1, retain=retain, **more)
            self._marks[identifier] = len(self._written)
            acknowledged = asyncio.get_running_loop().create_future()
            self._acks[identifier] = acknowledged
        try:
            code = await asyncio.shield(acknowledged)
        except asyncio.CancelledError:
            acknowledged.add_done_callback(_heed)
            raise
        if code >= _REFUSED:
            raise BrokerRefused(topic, code)

    def mention(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 0: it may be lost."""
        if self.present:
            self._wire.publish(topic, payload, qos=0, retain=False)

    async def close(self, *, farewell: bool = True) -> None:
        """Say goodbye: the broker keeps the session. ``farewell``: all was said, else it says ``offline`` for us."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await self._wire.goodbye(will=not farewell)
        self._drop()
        self._forget("the gateway ends")
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- a connection -------------------------------------------------------------------------------

    async def _hold(self) -> None:
        """A connection, from its making to its end. Cancelled it stands: `close` says goodbye over it."""
        try:
            await self._until_lost()
        except Exception:
            self._drop()
            raise
        self._drop()

    async def _until_lost(self) -> None:
        self._lost.clear()
        connecting = asyncio.create_task(self._wire.connect())
        there = asyncio.create_task(self._there.wait())
        lost = asyncio.create_task(self._lost.wait())
        try:
            async with asyncio.timeout(CONNECTING):
                await asyncio.wait({connecting, there, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not self.present:
                await asyncio.wait({connecting}, timeout=1)
                if connecting.done():
                    connecting.result()
                raise BrokerAway("the broker does not let us in; does it speak MQTT 5?")
            await self._lost.wait()
        finally:
            for task in (connecting, there, lost):
                task.cancel()
            await asyncio.gather(connecting, there, lost, return_exceptions=True)

    def _drop(self) -> None:
        self._gone()
        self._wire.abort()

    def let_in(self, *, resumed: bool) -> None:
        """See `Heard`."""
        self.connection = max(self.connection + 1, time.time_ns() // 1_000_000)
        self._resumed, self.why = resumed, ""
        log.info("connected to the broker at %s:%d", self._address.host, self._address.port)
        self._written.clear()
        self._marks.clear()
        self._window = self._wire.window
        if resumed:
            self._wire.send_again()
        else:
            self._forget("the broker has forgotten the session")
        self._connected(resumed)
        self._wire.subscribe(self._topics)
        self._there.set()
        self._make_room()

    def lost(self) -> None:
        """See `Heard`."""
        self._gone()

    def _gone(self) -> None:
        self._there.clear()
        self._lost.set()
        self._make_room()

    def _forget(self, why: str) -> None:
        """Nothing that was published will be acknowledged any more."""
        self._wire.forget()
        waiting, self._acks = self._acks, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(BrokerAway(why))
                _heed(future)

    def _tell(self, why: str) -> None:
        if why != self.why:
            log.warning("no connection to the broker at %s: %s", self._address.host, why)
        self.why = why

    def granted(self, codes: Sequence[int]) -> None:
        """See `Heard`."""
        for topic, code in zip(self._topics, codes, strict=False):
            if code >= _REFUSED:
                log.error("the broker does not let us hear %s: %s", topic, _reason(code))

    # -- what was published ---------------------------------------------------------------------------

    def acknowledged(self, identifier: int, code: int) -> None:
        """See `Heard`."""
        arrived = self._marks.pop(identifier, 0)
        for publication in self._written[:arrived]:
            publication.seen = True
        del self._written[:arrived]
        for key, mark in self._marks.items():
            self._marks[key] = max(0, mark - arrived)
        waiting = self._acks.pop(identifier, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(code)
        self._make_room()

    def published(self, publication: Publication) -> None:
        """See `Heard`."""
        publication.connection, publication.resumed = self.connection, self._resumed
        if publication.retained:
            log.warning("what is retained on %s is not carried out", publication.topic)
            self._acknowledge(publication)
        elif publication.identifier is None and len(self._tasks) > TOO_MANY:
            log.warning("too much at once at QoS 0, some of it is not carried out")
        else:
            self._start(self._carry_out(publication))

    async def _carry_out(self, publication: Publication) -> None:
        """Until it is done, or will come again by itself: the broker does not repeat it on the same connection."""
        told = False
        while True:
            try:
                await self._hear(publication)
            except ComesAgain:
                return
            except Exception as error:
                log.error(  # noqa: TRY400 -- once with all of it
                    "what was published on %s cannot be done now: %s",
                    *(publication.topic, error),
                    exc_info=None if told else error,
                )
                told = True
            else:
                self._acknowledge(publication)
                return
            await asyncio.sleep(_AGAIN)
            if publication.identifier is None or not self.holds(publication):
                return

    def _acknowledge(self, publication: Publication) -> None:
        if publication.identifier is not None and self.holds(publication):
            self._wire.acknowledge(publication.identifier, publication.refused)
            publication.payload = b""  # nobody reads it any more
            self._written.append(publication)

    def holds(self, publication: Publication) -> bool:
        """The connection that it came over stands: it can be acknowledged, and does not come again by itself."""
        return publication.connection == self.connection and self.present

    def _make_room(self) -> None:
        async def notify() -> None:
            async with self._room:
                self._room.notify_all()

        self._start(notify())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _heed(future: "asyncio.Future[int]") -> None:
    """Nobody waits for it any more."""
    if not future.cancelled():
        future.exception()


def _reason(code: int) -> str:
    return f"{_REASONS.get(code, 'refused')} (0x{code:02x})"
