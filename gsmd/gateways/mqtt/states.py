"""What is retained: the state of each modem, whether it can be used, and how they introduce themselves.

Theory of operation. Whatever is to be retained is computed as a whole, topic by topic, and what differs from what the
broker has is published. It is computed anew when something happens at the daemon, a moment later, so that a burst is one; when
the daemon or the broker comes back; and now and then, for the signal. Which topics have something is on the disk: what belongs
to a modem that is gone is taken away, also by a gateway that was off meanwhile.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from gsmd.client.errors import GsmdError
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.mqtt import shapes, tables
from gsmd.gateways.mqtt.broker import Broker, BrokerAway, BrokerRefused
from gsmd.gateways.mqtt.outbox import Ask
from gsmd.gateways.mqtt.topics import Topics
from gsmd.protocol import messages, modems

log = logging.getLogger(__name__)

MOMENT = 0.3
"""Seconds in which what happens is told as one."""

NOW_AND_THEN = 60.0
"""Seconds until modems are looked at although nothing happened."""

ONLINE, OFFLINE = b"online", b"offline"

Introduce = Callable[[Iterable[Mapping[str, Any]]], Mapping[str, bytes]]


class States:
    """``introduce`` makes what Home Assistant is told of these modems, by topic."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        watch: DaemonWatch,
        topics: Topics,
        ask: Ask,
        introduce: Introduce,
    ) -> None:
        self._database = database
        self._broker = broker
        self._watch = watch
        self._topics = topics
        self._ask = ask
        self._introduce = introduce
        self._changed = asyncio.Event()
        self._there: dict[str, bytes] = {}
        self._wanted: dict[str, bytes] = {}
        self._known: set[str] = set()
        self._ended = False

    async def run(self) -> None:
        """Keep what is retained true, until cancelled."""
        self._known = await self._database.read(tables.retained)
        while not self._ended:
            await self._broker.wait_present()
            self._changed.clear()
            try:
                await self._look()
                await self._tell()
            except BrokerAway:
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(NOW_AND_THEN):
                    await self._changed.wait()
            await asyncio.sleep(MOMENT)

    def look(self) -> None:
        """Something happened."""
        self._changed.set()

    def tell_again(self) -> None:
        """The broker, or Home Assistant, may have forgotten what it was told."""
        self._there.clear()
        self._changed.set()

    async def put(self, topic: str, octets: bytes) -> None:
        """Have something else retained, from now on. Errors: none; it is told when there is a broker."""
        self._wanted[topic] = octets
        self._changed.set()

    async def say_goodbye(self) -> None:
        """The gateway ends: nobody can be reached through it, and nothing else is said. Errors: `BrokerAway`."""
        self._ended = True
        for topic in [*self._unavailable(), self._topics.state]:
            await self._publish(topic, OFFLINE)

    # -- what is to be retained -----------------------------------------------------------------------

    async def _look(self) -> None:
        self._wanted[self._topics.state] = ONLINE
        if self._watch.present:
            with contextlib.suppress(GsmdError):
                await self._look_at_modems()
                return
        self._wanted[self._topics.info] = shapes.encode(
            {"daemon": "offline", "reason": self._watch.why}
        )
        for topic in self._unavailable():
            self._wanted[topic] = OFFLINE

    async def _look_at_modems(self) -> None:
        found = (await self._ask(modems.LIST.name, {}))["modems"]
        waiting = await self._ask(messages.WAITING.name, {})
        wanted: dict[str, bytes] = {
            self._topics.state: ONLINE,
            self._topics.info: self._info(len(found), waiting),
            self._topics.modems: shapes.encode([self._identity(each) for each in found]),
        }
        for each in found:
            name = each["name"]
            wanted[self._topics.modem(name)] = shapes.encode(
                shapes.modem_state(each, waiting["queued"])
            )
            ready = each["state"] == "ready"
            wanted[self._topics.availability(name)] = ONLINE if ready else OFFLINE
        wanted.update(self._introduce(found))
        kept = {
            topic: octets
            for topic, octets in self._wanted.items()
            if topic.startswith(f"{self._topics.base}/device/")
        }
        self._wanted = {**wanted, **kept}
        for topic in self._known - set(self._wanted):
            self._wanted[topic] = b""

    def _unavailable(self) -> list[str]:
        known = self._known | set(self._wanted)
        return [topic for topic in known if topic.endswith("/availability")]

    def _info(self, count: int, waiting: Mapping[str, Any]) -> bytes:
        info = self._watch.info
        version = info.version if info is not None else None
        return shapes.encode(
            {"daemon": "online", "version": version, "modems": count, "waiting": waiting}
        )

    @staticmethod
    def _identity(status: Mapping[str, Any]) -> dict[str, Any]:
        names = ("name", "manufacturer", "model", "revision", "imei", "iccid", "number")
        return {name: status[name] for name in names}

    # -- telling it -----------------------------------------------------------------------------------

    async def _tell(self) -> None:
        changed = {
            topic: octets
            for topic, octets in self._wanted.items()
            if self._there.get(topic) != octets
        }
        new = {topic for topic, octets in changed.items() if octets} - self._known
        if new:
            await self._database.write(partial(tables.retain, topics=new))
            self._known |= new
        for topic, octets in changed.items():
            if self._ended:
                return
            await self._publish(topic, octets)
        gone = {topic for topic, octets in self._wanted.items() if not octets}
        if gone:
            await self._database.write(partial(tables.let_go, topics=gone))
            self._known -= gone
            for topic in gone:
                del self._wanted[topic]
                self._there.pop(topic, None)

    async def _publish(self, topic: str, octets: bytes) -> None:
        try:
            await self._broker.publish(topic, octets, retain=True)
        except BrokerRefused as error:
            log.error("%s", error)  # noqa: TRY400 -- the reason says it
        self._there[topic] = octets
