"""Requests that change something: carried out once, and their answers told for sure.

Theory of operation.

    PUBLISH → the row is on the disk → PUBACK → asked of the daemon, in order, until it answers
      → the answer is on the disk → published until the broker has it → done

A packet that the broker hands over again finds its row: by the packet's identifier, topic and payload. It is
acknowledged, and nothing else happens. When is it the same packet? If the broker cannot have seen that we
acknowledged it: when it says DUP, or comes over another connection of the same session. If the broker has seen it, only
when it says DUP all the same, soon: then the broker itself fell back to an older state, and an honest one does
not use an identifier again so soon. Where it does (some take the lowest that is free), the row is no proof, and what comes
is another alarm. Two equal publications are two requests.

A send has a ``key`` of its own, that of its row, unless it brings one. So it is asked again however the daemon's answer was
lost. While the daemon is away sends wait here, which is told at once; nothing else does.
"""

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from gsmd.client.errors import GsmdError, NoDaemon, NotPermitted, RefusedError
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.mqtt import shapes, tables
from gsmd.gateways.mqtt.broker import Broker, BrokerAway, BrokerRefused
from gsmd.gateways.mqtt.wire import Publication
from gsmd.protocol.durations import parse_duration
from gsmd.protocol.errors import Code
from gsmd.protocol.messages import SENDING

log = logging.getLogger(__name__)

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
Accepted = Callable[[Mapping[str, Any], Mapping[str, Any]], Coroutine[Any, Any, None]]

_AGAIN = 0.5
"""Seconds until the daemon is asked again that is there, and did not answer."""


class Outbox:
    """``ask`` asks the daemon. ``accepted`` is given each message that came of a send, and what its context says."""

    def __init__(
        self, database: Database, broker: Broker, watch: DaemonWatch, ask: Ask, accepted: Accepted
    ) -> None:
        self._database = database
        self._broker = broker
        self._watch = watch
        self._ask = ask
        self._accepted = accepted
        self._news = asyncio.Event()
        self._answers: set[asyncio.Task[None]] = set()
        self._origins: dict[int, tuple[Publication, float]] = {}
        self._highest = 0
        self._renumbered = False
        self._settling = asyncio.Lock()

    async def take(
        self,
        publication: Publication,
        method: str,
        params: Mapping[str, Any],
        topic: str,
        context: Mapping[str, Any],
    ) -> None:
        """Keep a request; it may be acknowledged when this returns. Its answer goes to ``topic``."""
        wanted = dict(params)
        if method == SENDING.name:
            wanted.setdefault("key", f"mqtt-{secrets.token_hex(16)}")
            if publication.lasts is not None:
                wanted.setdefault("send_within", publication.lasts)
        request = tables.Request(
            publication.identifier,
            hashlib.sha256(b"%s\0%s" % (publication.topic.encode(), publication.payload)).digest(),
            publication.connection,
            method,
            shapes.encode(wanted).decode(),
            topic,
            shapes.encode(dict(context)).decode(),
            shapes.now(),
        )
        self._look_at_identifier(publication)
        number = await self._database.write(partial(self._add, request, publication))
        if number is None:
            log.info("what came on %s came before", publication.topic)
            return
        self._origins[number] = (publication, time.monotonic())
        self._news.set()
        if not self._watch.present and method == SENDING.name:
            self._tell_waiting(topic, context)

    async def run(self) -> None:
        """Carry requests out, in order, until cancelled."""
        for row in await self._database.read(partial(tables.open_ones, state="answered")):
            self._publish(row.id, row.topic, row.answer or b"")
        while True:
            self._news.clear()
            rows = await self._database.read(partial(tables.open_ones, state="waiting"))
            for row in rows:
                await self._carry_out(row)
            if not rows:
                await self._news.wait()

    async def settled(self) -> None:
        """Wait until no send is between being asked of the daemon and being answered."""
        async with self._settling:
            pass

    def session_lost(self) -> None:
        """The broker has forgotten the session: no packet comes again."""
        self._renumbered = False
        task = asyncio.create_task(self._database.write(tables.forget_identifiers))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def connected(self) -> None:
        """There is another connection."""
        self._highest = 0

    async def close(self) -> None:
        """Leave answers that the broker does not have for the next time."""
        for task in [*self._answers]:
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)

    def _look_at_identifier(self, publication: Publication) -> None:
        identifier = publication.identifier
        if identifier is None or publication.duplicate:
            return
        if 0 <= self._highest - identifier < 0x8000:
            self._renumbered = True
        self._highest = identifier

    def _add(
        self, request: tables.Request, publication: Publication, connection: Any
    ) -> int | None:
        known = publication.identifier is not None and tables.same(
            connection,
            request,
            duplicate=publication.duplicate,
            resumed=publication.resumed,
            renumbered=self._renumbered,
        )
        return None if known else tables.add(connection, request)

    async def _carry_out(self, row: tables.Row) -> None:
        while True:
            await self._watch.wait_present()
            async with self._settling:
                try:
                    octets, message = await self._answer(row)
                except NoDaemon:
                    pass
                else:
                    await self._database.write(
                        partial(tables.answer, id_=row.id, octets=octets, message=message)
                    )
                    self._publish(row.id, row.topic, octets)
                    return
            await asyncio.sleep(_AGAIN)

    async def _answer(self, row: tables.Row) -> tuple[bytes, str | None]:
        """The answer, and the id of the message that it is about. Errors: `NoDaemon`, if it is to be asked again."""
        try:
            result = await self._ask(row.method, self._still(row))
        except NotPermitted as error:
            if error.code is None:  # we may not open the socket: an administrator may change that
                raise NoDaemon(error.message, reason=error.reason) from error
            return shapes.refused(error, row.context), None
        except NoDaemon as error:
            if row.method == SENDING.name:
                raise
            return shapes.refused(error, row.context), None
        except GsmdError as error:
            return shapes.refused(error, row.context), None
        if row.method != SENDING.name:
            return shapes.answered(result, row.context), None
        await self._accepted(result, row.context)
        if row.context.get("answer") == "whole":
            return shapes.answered(result, row.context), result["id"]
        return shapes.sent(result, row.context), result["id"]

    def _still(self, row: tables.Row) -> dict[str, Any]:
        """The parameters, with as much of the time that a send is good for as is left."""
        within = row.params.get("send_within")
        if row.method != SENDING.name or within is None or row.id not in self._origins:
            return row.params
        try:
            left = parse_duration(within) - (time.monotonic() - self._origins[row.id][1])
        except (ValueError, TypeError):
            return row.params  # the daemon says what is wrong with it
        if left <= 0:
            raise RefusedError("its time was over", code=Code.REFUSED, reason="expired")
        return {**row.params, "send_within": left}

    def _publish(self, number: int, topic: str, octets: bytes) -> None:
        self._start(self._publish_until_there(number, topic, octets))

    async def _publish_until_there(self, number: int, topic: str, octets: bytes) -> None:
        while True:
            await self._broker.wait_present()
            try:
                await self._broker.publish(topic, octets)
            except BrokerAway:
                continue
            except BrokerRefused as error:
                log.error("%s", error)  # noqa: TRY400 -- the reason says it
            break
        publication, _ = self._origins.pop(number, (None, 0.0))
        seen = publication is not None and publication.seen
        await self._database.write(partial(tables.end, id_=number, seen=seen))

    def _tell_waiting(self, topic: str, context: Mapping[str, Any]) -> None:
        async def tell() -> None:
            try:
                why = f"kept until the daemon is there: {self._watch.why}"
                await self._broker.publish(topic, shapes.waiting(why, context))
            except (BrokerAway, BrokerRefused) as error:
                log.debug("%s", error)

        self._start(tell())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
