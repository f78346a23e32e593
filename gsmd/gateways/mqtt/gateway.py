"""``gsmd mqtt``: its life, from the first connection to the last.

Theory of operation. Everything here is a client of two servers that come and go as they like. `Broker` and
`DaemonWatch` say which is there; what is to be published or asked waits for the one that is missing, or says that it is:

    broker    → Requests → Outbox → daemon      sends, and whatever changes something
    daemon    → Inbound → broker                messages that come in, ends of our own
    daemon    → States → broker                 modems, and how they introduce themselves
    Devices                                     between the first two: commands as texts, answers as values

It serves when it has looked for both once: neither has to be there.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from gsmd.client import AsyncClient
from gsmd.config import Config
from gsmd.config.mqtt import MqttConfig
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.forgetting import Forgetting, gone, is_stranger
from gsmd.gateways.gateway import Gateway, Surroundings
from gsmd.gateways.mqtt import shapes, tables
from gsmd.gateways.mqtt.broker import Broker, BrokerAway, BrokerRefused
from gsmd.gateways.mqtt.devices import Devices
from gsmd.gateways.mqtt.discovery import Discovery
from gsmd.gateways.mqtt.inbound import Inbound
from gsmd.gateways.mqtt.outbox import Outbox
from gsmd.gateways.mqtt.requests import Requests
from gsmd.gateways.mqtt.rights import Rights
from gsmd.gateways.mqtt.settings import address, keywords, match, secrets
from gsmd.gateways.mqtt.states import States
from gsmd.gateways.mqtt.topics import Topics
from gsmd.gateways.mqtt.wire import Address, Publication
from gsmd.gateways.work import Work
from gsmd.protocol.events import Event
from gsmd.protocol.gateways import GatewayTrouble
from gsmd.protocol.message import iso
from gsmd.protocol.method import Role

log = logging.getLogger(__name__)

ACTOR = "mqtt"
"""For whom the daemon is asked: who publishes cannot be known."""

_BEGIN = 10.0
"""Seconds in which the daemon should have been told what to keep for us."""

_CLEAN = 3600.0
_FAREWELL = 3.0


class MqttGateway(Gateway):
    """The gateway."""

    name = "mqtt"

    fixed = (
        *("state_dir", "broker", "user", "password_file", "ca"),
        *("client_id", "base_topic", "keep_alive"),
    )

    def __init__(self, config: Config, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = _section(config)
        self._config = config
        self._passwords = secrets(self._settings)
        self._address: Address = address(self._settings)
        self._topics = Topics(self._settings.base_topic)
        self._client = AsyncClient(surroundings.daemon, actor=ACTOR)
        self._watch = DaemonWatch(surroundings.daemon, self._hear_daemon)
        self._broker = self._built_broker()
        self._drained = asyncio.Event()
        self._serving = False
        self._work = Work()

    async def serve(self, ready: Callable[[], None]) -> None:
        """Work until drained."""
        path = self._surroundings.state_dir / "mqtt.sqlite"
        self._database = await Database.open(path, tables.STEPS)
        self._build()
        try:
            await self._devices.open()
            await self._outbox.open()
            self._serving = True
            self._watch.on_change(self._states.look)
            forgetting = Forgetting(self._client, self._watch, self._database, self._compare)
            for work in (
                *(self._watch.run(), self._broker.run(), self._outbox.run(), self._outbox.tell()),
                *(self._inbound.run(), self._states.run(), self._clean(), forgetting.run()),
            ):
                self._work.start(work)
            await self._watch.tried()
            if self._watch.present:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_BEGIN):
                        await self._inbound.collects.wait()
            ready()
            await self._work.until(self._drained)
        finally:
            await self._end()

    async def reload(self, config: Config) -> None:
        """Rights, recipients, contacts, devices, match: as the configuration says from now on."""
        settings = _section(config)
        passwords = secrets(settings)
        self._settings, self._config, self._passwords = settings, config, passwords
        if self._serving:
            self._adopt()
            self._states.look()

    async def drain(self) -> None:
        """Say that nobody can be reached through us; what is under way is kept for the next time."""
        try:
            async with asyncio.timeout(_FAREWELL):
                if self._broker.present:
                    await self._states.say_goodbye()
        except (BrokerAway, TimeoutError):
            pass
        self._drained.set()

    def status(self) -> str:
        """Whether broker and daemon are there."""
        broker = "connected" if self._broker.present else f"the broker is away: {self._broker.why}"
        away = "" if self._watch.present else f", the daemon is away: {self._watch.why}"
        return f"{broker}{away}"

    def troubles(self) -> Sequence[GatewayTrouble]:
        """A broker that is away."""
        if self._broker.present:
            return ()
        to_do = "does it run at mqtt.broker of the configuration, and are user and password_file what it wants?"
        return (GatewayTrouble(f"the broker is away: {self._broker.why}", to_do),)

    # -- building and ending ------------------------------------------------------------------------

    def _built_broker(self) -> Broker:
        wanted = self._topics.subscriptions(discovery=True, devices=True)
        return Broker(self._address, self._topics.state, wanted, self._hear, self._connected)

    def _build(self) -> None:
        database, broker, watch = self._database, self._broker, self._watch
        self._outbox = Outbox(database, broker, watch, self._ask, self._accepted)
        self._states = States(database, broker, watch, self._topics, self._ask, self._introduce)
        self._requests = Requests(
            *(self._topics, Rights(self._settings, None), broker),
            *(self._outbox, watch, self._ask),
        )
        self._devices = Devices(database, self._states.put, self._topics)
        self._inbound = Inbound(
            *(self._client, watch, broker, self._topics),
            *(self._context, self._received, self._ended),
        )
        self._adopt()

    def _adopt(self) -> None:
        settings, country = self._settings, self._config.outbound.country
        rights = Rights(settings, country)
        self._requests.rights = rights
        self._devices.adopt(settings.devices, self._passwords)
        self._discovery = Discovery(
            self._topics,
            [*settings.contacts],
            settings.devices,
            keywords(self._config),
            may_reset=Role.ADMIN in settings.may,
        )
        self._inbound.names = {number: name for name, number in settings.contacts.items()}
        if self._inbound.match != (wanted := match(settings)):
            self._inbound.match = wanted
            self._inbound.anew()

    async def _end(self) -> None:
        await self._work.end()
        await self._broker.close(farewell=self._drained.is_set())
        await self._requests.close()
        await self._outbox.close()
        await self._client.close()
        await self._database.close()

    # -- the broker ---------------------------------------------------------------------------------

    def _connected(self, resumed: bool) -> None:  # noqa: FBT001 -- the only thing it is told
        self._outbox.connected()
        if not resumed:
            self._outbox.session_lost()
        self._states.tell_again()

    async def _hear(self, publication: Publication) -> None:
        """What is published; its return is the acknowledgement."""
        if publication.topic == self._topics.home_assistant:
            if self._settings.discovery is not None and publication.payload == b"online":
                self._states.tell_again()
            return
        if (method := self._topics.method(publication)) is not None:
            await self._requests.method(publication, method)
            return
        match self._topics.levels(publication):
            case ["send"]:
                await self._requests.send(publication)
            case ["send", word]:
                await self._requests.send_to(publication, word)
            case ["device", name, "command"] | [_, "command", name]:
                await self._requests.command(publication, name, self._devices)
            case _:
                log.warning("nobody knows what %s is", publication.topic)

    # -- the daemon ---------------------------------------------------------------------------------

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        return await self._client.call(method, **params)

    def _hear_daemon(self, event: Event) -> None:
        if not self._serving:
            return
        self._states.look()
        if not self._broker.present:
            return
        if Role.READ in self._settings.may or Role.ADMIN in self._settings.may:
            told = {"type": event.type, "at": iso(event.at), "seq": event.seq, **event.fields}
            self._broker.mention(self._topics.event, shapes.encode(told))
        if event.type == "modem.called":
            self._work.start(self._called(event), vital=False)

    async def _called(self, event: Event) -> None:
        modem, number = event.fields.get("modem", ""), event.fields.get("number")
        told = shapes.called(modem, number, iso(event.at), self._inbound.names)
        try:
            await self._broker.publish(self._topics.received(modem), shapes.encode(told))
        except (BrokerAway, BrokerRefused) as error:
            log.warning("a call is not told: %s", error)

    # -- what the parts ask of each other -------------------------------------------------------------

    async def _context(self, message: str) -> Mapping[str, Any]:
        look = partial(tables.context_of, message=message)
        context = await self._database.read(look)
        if context is None:  # the end may come ahead of the answer that tells the id
            await self._outbox.settled()
            context = await self._database.read(look)
        return context or {}

    async def _accepted(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        await self._devices.accepted(message, context)

    async def _received(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        await self._devices.received(message, context)

    async def _ended(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        await self._devices.ended(message, context)

    def _introduce(self, modems: Iterable[Mapping[str, Any]]) -> Mapping[str, bytes]:
        return {} if self._settings.discovery is None else self._discovery.messages(modems)

    # -- beside -------------------------------------------------------------------------------------

    async def _clean(self) -> None:
        while True:
            await self._database.write(partial(tables.clean, now=shapes.now()))
            await asyncio.sleep(_CLEAN)

    async def _compare(self) -> None:
        """Forget whom the daemon has forgotten. Errors: `GsmdError`."""
        await self._devices.forget(partial(is_stranger, self._client))
        missing = await gone(self._client, await self._database.read(tables.messages))
        if missing:
            await self._database.write(partial(tables.forget, messages=missing))


def build(config: Config, surroundings: Surroundings) -> MqttGateway:
    """The gateway. Errors: `ConfigError` for passwords and certificates that cannot be read."""
    return MqttGateway(config, surroundings)


def _section(config: Config) -> MqttConfig:
    assert config.mqtt is not None
    return config.mqtt
