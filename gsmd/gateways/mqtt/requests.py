"""Requests that are published: methods of the socket, and messages to be sent.

What only looks, and what takes its time, is acknowledged at once and answered when it is done; what changes something
goes through the outbox. A request that comes to nothing is answered with the socket's own error object.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

import msgspec

from gsmd.client.errors import GsmdError, Invalid, NoDaemon
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.mqtt import shapes
from gsmd.gateways.mqtt.broker import Broker, BrokerAway, BrokerRefused
from gsmd.gateways.mqtt.devices import Devices
from gsmd.gateways.mqtt.outbox import Ask, Outbox
from gsmd.gateways.mqtt.rights import Rights, as_object
from gsmd.gateways.mqtt.topics import Topics
from gsmd.gateways.mqtt.wire import Publication
from gsmd.protocol.errors import Code
from gsmd.protocol.messages import SENDING
from gsmd.protocol.method import SEND

log = logging.getLogger(__name__)

HANDLER = "mqtt"
"""The durable handler that inbound messages and receipts come through."""

AT_ONCE = 100
"""Requests that are being answered at the same time."""

LONGEST = 64
"""Seconds that a request may take which waits for something."""

_IMPLEMENTATION_SPECIFIC = 0x83
_REASONS: Mapping[int, int] = {
    Code.PARSE_ERROR: 0x99,  # payload format invalid
    Code.INVALID_PARAMS: 0x99,
    Code.NOT_PERMITTED: 0x87,  # not authorized
    Code.METHOD_NOT_FOUND: 0x90,  # topic name invalid
    Code.NOT_FOUND: 0x90,
    Code.MODEM_UNAVAILABLE: 0x97,  # quota exceeded: too much at once
}
"""With which reasons requests are acknowledged that are not carried out (MQTT 5 §3.4.2.1)."""

_NO_DEFINED_LIMIT = frozenset({"messages.wait", "verify.wait", "modems.record", "inbox.pull"})


class Requests:
    """Carries out what is published on the topics of requests."""

    def __init__(
        self,
        topics: Topics,
        rights: Rights,
        broker: Broker,
        outbox: Outbox,
        watch: DaemonWatch,
        ask: Ask,
    ) -> None:
        self._topics = topics
        self.rights = rights
        self._broker = broker
        self._outbox = outbox
        self._watch = watch
        self._ask = ask
        self._under_way: set[asyncio.Task[None]] = set()

    async def method(self, publication: Publication, name: str) -> None:
        """``bridge/request/<method>``."""
        answer_to, context = self._topics.response(_topic_safe(name)), {}
        try:
            params = as_object(publication.payload, msgspec.json.decode)
            context = _take_transaction(params)
            row = self.rights.method(name)
            params = self.rights.addressed(name, _without_actor(params))
            if not self._watch.present:
                raise NoDaemon(self._watch.why, reason="daemon_away")
            if row.only_tells or not row.roles or row.slow:
                await self._answer_beside(publication, answer_to, name, params, context)
            else:
                kept = {**context, "answer": "whole"}
                await self._outbox.take(publication, name, params, answer_to, kept)
        except GsmdError as error:
            await self._refuse(publication, answer_to, error, context)

    async def send(self, publication: Publication) -> None:
        """``send``: the parameters of `messages.send` as JSON."""
        context: dict[str, Any] = {}
        try:
            params = as_object(publication.payload, msgspec.json.decode)
            context = _take_transaction(params)
            await self._send(publication, _without_actor(params), context)
        except GsmdError as error:
            await self._refuse(publication, self._topics.sent, error, context)

    async def send_to(self, publication: Publication, word: str) -> None:
        """``send/<digits or contact>``: the payload is the text."""
        try:
            try:
                text = publication.payload.decode()
            except UnicodeDecodeError as error:
                raise Invalid(
                    f"no UTF-8: {error.reason}", code=Code.INVALID, reason="not_utf8", data={}
                ) from None
            params = {"to": self.rights.target(word), "text": text}
            await self._send(publication, params, {})
        except GsmdError as error:
            await self._refuse(publication, self._topics.sent, error, {"to": word})

    async def command(self, publication: Publication, device: str, devices: Devices) -> None:
        """``device/<name>/command``, ``<modem>/command/<name>``: something for a device behind SMS."""
        try:
            params, context = devices.command(device, publication.payload)
            await self._send(publication, params, context)
        except GsmdError as error:
            await self._refuse(publication, self._topics.sent, error, {"device": device})

    async def _send(
        self, publication: Publication, params: dict[str, Any], context: Mapping[str, Any]
    ) -> None:
        self.rights.require(SEND, SENDING.name)
        wanted = self.rights.addressed(SENDING.name, params)
        if wanted.get("handler") is None:
            wanted["handler"] = HANDLER
            wanted.setdefault("receipt", True)
        await self._outbox.take(publication, SENDING.name, wanted, self._topics.sent, context)

    async def close(self) -> None:
        """Answer nothing more."""
        for task in [*self._under_way]:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    # -- what only looks, or takes its time -----------------------------------------------------------

    async def _answer_beside(
        self,
        publication: Publication,
        topic: str,
        name: str,
        params: Mapping[str, Any],
        context: Mapping[str, Any],
    ) -> None:
        async def answer() -> None:
            try:
                async with asyncio.timeout(LONGEST if name in _NO_DEFINED_LIMIT else None):
                    octets = shapes.answered(await self._ask(name, params), context)
            except TimeoutError:
                error = GsmdError("it did not happen in time", code=Code.TIMEOUT, reason="timeout")
                octets = shapes.refused(error, context)
            except GsmdError as error:
                octets = shapes.refused(error, context)
            await self._say(publication, topic, octets)

        if len(self._under_way) >= AT_ONCE:
            text = f"{AT_ONCE} requests are being answered already"
            raise GsmdError(text, code=Code.MODEM_UNAVAILABLE, reason="busy")
        self._start(answer())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a defect", exc_info=error)

    async def _refuse(
        self, publication: Publication, topic: str, error: GsmdError, context: Mapping[str, Any]
    ) -> None:
        """Answer with an error, and acknowledge with a reason that the broker understands."""
        publication.refused = _REASONS.get(error.code or 0, _IMPLEMENTATION_SPECIFIC)
        await self._say(publication, topic, shapes.refused(error, context))

    async def _say(self, publication: Publication, topic: str, octets: bytes) -> None:
        """Answer at the topic of answers, or where the request says (MQTT 5 §4.10)."""
        named = publication.response_topic
        if named is not None and self._topics.may_answer_at(named):
            topic = named
        try:
            await self._broker.publish(topic, octets, correlation=publication.correlation)
        except (BrokerAway, BrokerRefused) as error:
            log.warning("an answer is lost: %s", error)


def _take_transaction(params: dict[str, Any]) -> dict[str, Any]:
    """``transaction`` is the publisher's own, and stands in every answer."""
    return {"transaction": params.pop("transaction")} if "transaction" in params else {}


def _without_actor(params: dict[str, Any]) -> dict[str, Any]:
    """Who publishes cannot be known: nobody says it for themselves."""
    return {name: value for name, value in params.items() if name not in ("actor", "new")}


def _topic_safe(name: str) -> str:
    """A topic's end that can be published on, whatever somebody asked for."""
    return name[:100].translate({ord(each): None for each in "+#\0"}) or "unknown"
