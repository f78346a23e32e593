"""A text for many, spread over all boxes of a pool, under one id.

Theory of operation. Whoever puts a campaign in goes through its recipients and puts in a message for each, as bulk, never more than some
ahead of what boxes take. The id of each is that of the campaign and the number: whoever does it again after a crash, or at the same time,
puts in what is there, and nobody gets it twice within the time that the register remembers (72 h). There is no coordinator that could fail.

A campaign that is cancelled stands so in the register, which each box asks before it sends one of it; what waits is taken out of the queue
where that is allowed to who cancels, and else ends as ``failed``, reason ``cancelled``, as boxes come to it.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from gsmd.fleet import order, subjects
from gsmd.fleet.link import EngineAway, EngineRefused
from gsmd.fleet.subjects import OUT, REGISTER
from gsmd.numbers import plain
from gsmd.templates import fill

if TYPE_CHECKING:
    from gsmd.fleet.client import AsyncFleetClient

AHEAD = 500
"""Messages that wait in the queue, at the most."""

_AGAIN = 0.5
_ASK_EACH = 50
_LONGEST = 64
_PURGE = 2.0

Recipient = tuple[str, Mapping[str, str]]


class CampaignRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign: ``running``, ``done`` (all of it is put in) or ``cancelled``."""

    id: str
    pool: str
    state: str
    at: str
    recipients: int = 0


class FleetCampaigns:
    """Campaigns, by way of a client of the fleet."""

    def __init__(self, fleet: "AsyncFleetClient") -> None:
        self._fleet = fleet

    async def put_in(
        self,
        id_: str,
        text: str,
        recipients: Iterable[Recipient | str],
        *,
        pool: str = "default",
        per_minute: float | None = None,
        consent: Sequence[str] = (),
        ahead: int = AHEAD,
        **params: Any,
    ) -> CampaignRecord:
        """Put it in for each of ``recipients``: numbers, or numbers with their fields for ``{field}`` in the text.

        ``consent``: only who agreed to get one of these lists. Errors: `BadOrder`; `BadOrder` too if it was cancelled.
        """
        order.valid_id(id_)
        if per_minute is not None and per_minute <= 0:
            raise order.BadOrder("per_minute must be above 0")
        record = CampaignRecord(id=id_, pool=pool, state="running", at=_now())
        if (await self._told(record)).state == "cancelled":
            raise order.BadOrder(f"campaign {id_} was cancelled")
        count, seen = 0, set()
        if consent:
            params["consent"] = [*consent]
        async for peer, fields in self._paced(recipients, pool, per_minute, ahead):
            key = _key(id_, peer)
            if key in seen:
                continue
            if count % _ASK_EACH == 0 and await self._cancelled(id_):
                break
            seen.add(key)
            words = fill(text, {**fields, "peer": peer})
            await self._fleet.send(peer, words, pool=pool, campaign=id_, key=key, **params)
            count += 1
        return await self._told(msgspec.structs.replace(record, state="done", recipients=count))

    async def _paced(
        self,
        recipients: Iterable[Recipient | str],
        pool: str,
        per_minute: float | None,
        ahead: int,
    ) -> AsyncIterator[Recipient]:
        """Each, once there is room for it."""
        room = 0
        for each in recipients:
            while room <= 0:
                if (room := ahead - await self._waiting(pool)) <= 0:
                    await asyncio.sleep(_AGAIN)
            room -= 1
            if per_minute is not None:
                await asyncio.sleep(60 / per_minute)
            peer, fields = (each, {}) if isinstance(each, str) else each
            yield plain(peer), fields

    async def _waiting(self, pool: str) -> int:
        told = await self._fleet.link.api(f"CONSUMER.LIST.{OUT}")
        name = subjects.consumer(pool, "bulk")
        for each in told.get("consumers") or []:
            if each["name"] == name:
                return int(each["num_pending"])
        raise order.BadOrder(f"there is no pool {pool!r} (gsmd fleet setup)")

    async def get(self, id_: str) -> CampaignRecord | None:
        """How a campaign stands; None if there is none of that id."""
        found = await self._fleet.link.last(REGISTER, subjects.campaign(order.valid_id(id_)))
        return None if found is None else found.read(CampaignRecord)

    async def waiting(self, id_: str) -> int:
        """How many of its messages no box has taken to its end yet."""
        place = f"sms.out.*.bulk.{order.valid_id(id_)}.*"
        told = await self._fleet.link.api(f"STREAM.INFO.{OUT}", {"subjects_filter": place})
        return len(told["state"].get("subjects") or {})

    async def cancel(self, id_: str) -> bool:
        """Nothing more of it goes out but what boxes have a permit for; false if there is no such campaign."""
        record = await self.get(id_)
        if record is None:
            return False
        new = msgspec.structs.replace(record, state="cancelled", at=_now())
        await self._fleet.link.store(subjects.campaign(id_), msgspec.json.encode(new))
        with contextlib.suppress(EngineAway, EngineRefused):
            what = {"filter": f"sms.out.*.bulk.{id_}.*"}
            await self._fleet.link.api(f"STREAM.PURGE.{OUT}", what, patience=_PURGE)
        return True

    async def _cancelled(self, id_: str) -> bool:
        record = await self.get(id_)
        return record is not None and record.state == "cancelled"

    async def _told(self, record: CampaignRecord) -> CampaignRecord:
        """How it stands then: like that, unless it was cancelled meanwhile."""
        place = subjects.campaign(record.id)
        while True:
            found = await self._fleet.link.last(REGISTER, place)
            present = None if found is None else found.read(CampaignRecord)
            new = record
            if present is not None and present.state == "cancelled":
                most = max(present.recipients, record.recipients)
                new = msgspec.structs.replace(present, recipients=most)
            after = 0 if found is None else found.seq
            if await self._fleet.link.put(place, msgspec.json.encode(new), after) is not None:
                return new


def _key(campaign: str, peer: str) -> str:
    """The id of its message for that number; shortened where it has to be, each is another one all the same."""
    key = f"{campaign}-{subjects.peer_token(peer)}"
    if len(key) <= _LONGEST:
        return key
    return f"{key[:31]}-{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
