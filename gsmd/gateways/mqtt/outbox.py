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

No more is kept than `MOST`, and `MOST_CHARACTERS` of it. What comes then is not acknowledged until there is room, in its
order: the broker keeps it, and sends no more than `WINDOW` ahead. At QoS 0 nobody would keep it: it is refused.
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
from gsmd.gateways.mqtt.broker import Broker, BrokerAway, BrokerRefused, ComesAgain
from gsmd.gateways.mqtt.wire import WINDOW, Publication
from gsmd.protocol.durations import parse_duration
from gsmd.protocol.errors import Code
from gsmd.protocol.messages import SENDING

log = logging.getLogger(__name__)

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
Accepted = Callable[[Mapping[str, Any], Mapping[str, Any]], Coroutine[Any, Any, None]]

MOST = 10_000
"""Requests that are kept at once, until their answers are the broker's."""

MOST_CHARACTERS = 8 << 20
"""Characters of these requests, as JSON."""

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
        self._answered = asyncio.Event()
        self._answers: set[asyncio.Task[None]] = set()
        self._origins: dict[int, tuple[Publication, float]] = {}
        self._kept = self._characters = 0
        self._entrance = asyncio.Lock()
        self._room = asyncio.Event()
        self._highest = 0
        self._renumbered = False
        self._asked = 0
        """The newest request that the daemon may have carried out, whether we know its answer or not."""
        self._carried = asyncio.Condition()

    async def take(
        self,
        publication: Publication,
        method: str,
        params: Mapping[str, Any],
        topic: str,
        context: Mapping[str, Any],
    ) -> None:
        """Keep a request; it may be acknowledged when this returns. Its answer goes to ``topic``.

        Errors: `GsmdError` where there is no room for what the broker does not keep, `ComesAgain` where it does.
        """
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
        await self._enter(publication)
        self._look_at_identifier(publication)
        self._count(1, len(request.params))
        number = None
        try:
            number = await self._database.write(partial(self._add, request, publication))
        finally:
            if number is None:
                self._count(-1, -len(request.params))
        if number is None:
            log.info("what came on %s came before", publication.topic)
            return
        self._origins[number] = (publication, time.monotonic())
        self._news.set()
        if not self._watch.present and method == SENDING.name:
            self._tell_waiting(topic, context)

    async def open(self) -> None:
        """Take up what is kept from before."""
        self._count(*await self._database.read(tables.kept))
        self._asked = await self._database.read(tables.newest)

    async def run(self) -> None:
        """Carry requests out, in order, until cancelled."""
        while True:
            self._news.clear()
            rows = await self._database.read(partial(tables.open_ones, state="waiting"))
            for row in rows:
                await self._carry_out(row)
            if not rows:
                await self._news.wait()

    async def tell(self) -> None:
        """Publish answers, a window's worth at once, until cancelled."""
        while True:
            self._answered.clear()
            rows = await self._database.read(
                partial(tables.open_ones, state="answered", limit=WINDOW)
            )
            await asyncio.gather(*(self._publish(row) for row in rows))
            if not rows:
                await self._answered.wait()

    async def settled(self) -> None:
        """Wait until each request that the daemon may have carried out by now has its answer on the disk.

        That takes more than one asking where an answer got lost, or this gateway was killed before it came.
        """
        newest = self._asked
        first = partial(tables.open_ones, state="waiting", limit=1)
        async with self._carried:
            while any(row.id <= newest for row in await self._database.read(first)):
                await self._carried.wait()

    def session_lost(self) -> None:
        """The broker has forgotten the session: no packet comes again."""
        self._renumbered = False
        task = asyncio.create_task(self._database.write(tables.forget_identifiers))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def connected(self) -> None:
        """There is another connection."""
        self._highest = 0
        self._room.set()

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
            self._asked = max(self._asked, row.id)
            try:
                octets, message = await self._answer(row)
            except NoDaemon:
                await asyncio.sleep(_AGAIN)
                continue
            await self._database.write(
                partial(tables.answer, id_=row.id, octets=octets, message=message)
            )
            self._answered.set()
            async with self._carried:
                self._carried.notify_all()
            return

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

    async def _publish(self, row: tables.Row) -> None:
        while True:
            await self._broker.wait_present()
            try:
                await self._broker.publish(row.topic, row.answer or b"")
            except BrokerAway:
                continue
            except BrokerRefused as error:
                log.error("%s", error)  # noqa: TRY400 -- the reason says it
            break
        publication, _ = self._origins.pop(row.id, (None, 0.0))
        seen = publication is not None and publication.seen
        await self._database.write(partial(tables.end, id_=row.id, seen=seen))
        self._count(-1, -row.size)

    # -- how much is kept -------------------------------------------------------------------------------

    @property
    def is_full(self) -> bool:
        """Nothing more is kept now."""
        return self._kept >= MOST or self._characters >= MOST_CHARACTERS

    def _count(self, requests: int, characters: int) -> None:
        self._kept += requests
        self._characters += characters
        self._room.set()

    async def _enter(self, publication: Publication) -> None:
        """Wait for room, in the order in which it came."""
        if publication.identifier is None and self.is_full:
            text = (
                f"{self._kept} requests are kept already; at QoS 1 the broker would keep this one"
            )
            raise GsmdError(text, code=Code.MODEM_UNAVAILABLE, reason="too_many_kept")
        async with self._entrance:
            if self.is_full:
                log.warning("%d requests are kept: the broker keeps the others", self._kept)
            while self.is_full:
                if not self._broker.holds(publication):
                    raise ComesAgain
                self._room.clear()
                await self._room.wait()

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
