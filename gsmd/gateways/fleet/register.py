"""What a message in our hands has at the engine: its record, its place in the queue, and in the list of those that are uncertain.

Everything is asked until it is answered, but for a write: whoever writes looks afterwards.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import msgspec

from gsmd.fleet import streams, subjects
from gsmd.fleet.effects import Age, Look, Mark, Put, Requeue, Return, Settle
from gsmd.fleet.life import Life
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.fleet.order import FleetOrder
from gsmd.fleet.record import ENDS, PermitRecord, Phase
from gsmd.gateways.fleet import identity
from gsmd.gateways.fleet.queue_entry import QueueEntry
from gsmd.protocol.message import iso

log = logging.getLogger(__name__)

T = TypeVar("T")

_AGAIN = 0.5
_SEEN = 10_000


class InLife(NamedTuple):
    """A life under way."""

    life: Life
    order: FleetOrder
    subject: str
    body: bytes
    entry: QueueEntry | None


class Register:
    """The engine, for lives of messages."""

    def __init__(self, link: EngineLink) -> None:
        self.sent = 0
        """The number of messages of which it has been told that they are out."""
        self._link = link
        self._seen: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def look(self, held: InLife, wants: Look) -> tuple[PermitRecord | None, int]:
        """The record, and its revision."""
        del wants
        id_ = held.order.id
        found = await self._insist(lambda: self._link.last(subjects.REGISTER, subjects.permit(id_)))
        if found is None or not found.data:
            return None, 0 if found is None else found.seq
        return msgspec.json.decode(found.data, type=PermitRecord), found.seq

    async def put(self, held: InLife, wants: Put) -> int | None:
        """Write a record, if the present one is that of a revision; its revision."""
        id_ = held.order.id
        record = msgspec.structs.replace(wants.record, at=iso(datetime.now(UTC)))
        lasts = record.state in ENDS and self._link.version >= streams.WITH_TTL
        ttl = streams.ENDS_KEPT if lasts else None
        try:
            written = await self._link.put(
                subjects.permit(id_), msgspec.json.encode(record), wants.revision, ttl
            )
        except EngineRefused as error:
            log.warning("the register: %s", error)
            await asyncio.sleep(_AGAIN)
            return None
        if written is not None and record.state is Phase.SENT:
            self.sent += 1
        return written

    async def age(self, held: InLife, wants: Age) -> float:
        """For how long a record was seen unchanged."""
        id_, revision = held.order.id, wants.revision
        now = identity.now()
        seen = self._seen.get(id_)
        if seen is None or seen[0] != revision:
            self._seen[id_] = seen = (revision, now)
            while len(self._seen) > _SEEN:
                self._seen.popitem(last=False)
        return now - seen[1]

    async def settle(self, held: InLife, wants: Settle | Return) -> None:
        """The entry is done with, or goes back."""
        entry = held.entry
        if entry is None or entry.settled:
            return
        if isinstance(wants, Return):
            await entry.give_back(wants.after)
        else:
            await entry.settle()

    async def requeue(self, held: InLife, wants: Requeue) -> None:
        """It is to be handed out again."""
        del wants
        name = f"{held.order.id}.{held.life.attempt}.{held.life.me.inc}.back"
        await self._insist(lambda: self._link.store(held.subject, held.body, id_=name))

    async def mark(self, held: InLife, wants: Mark) -> None:
        """It stands in the list of those that are uncertain, or no longer."""
        place = subjects.uncertain(held.order.id)
        if wants.on:
            body = msgspec.json.encode({"subject": held.subject, "body": msgspec.Raw(held.body)})
            await self._insist(lambda: self._link.store(place, body))
        elif await self._insist(lambda: self._link.last(subjects.REGISTER, place)) is not None:
            ttl = "1s" if self._link.version >= streams.WITH_TTL else None
            await self._insist(lambda: self._link.store(place, b"", ttl=ttl))

    async def stick(self, peer: str, card: str) -> None:
        """This number is to hear from that SIM."""
        place = subjects.kv(subjects.STICKY, subjects.peer_token(peer))
        with contextlib.suppress(EngineAway, EngineRefused):
            await self._link.store(place, card.encode())

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Until the engine has answered."""
        while True:
            await self._link.wait_present()
            try:
                return await ask()
            except EngineAway:
                pass
            except EngineRefused as error:
                log.warning("the engine: %s", error)
            await asyncio.sleep(_AGAIN)
