"""Putting messages in, and looking what became of them, from any machine."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from nats.aio.client import Client as Nats

from gsmd.fleet import order, route, subjects
from gsmd.fleet.campaigns import FleetCampaigns
from gsmd.fleet.codes import FleetCodes
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused, Stored
from gsmd.fleet.record import PermitRecord, Phase
from gsmd.fleet.subjects import (
    BOXES,
    EVENT,
    INBOX,
    OUT,
    REGISTER,
    SETTINGS,
    SIM,
    SIMS,
    STICKY,
    VOTE,
)

DEFAULT = "nats://127.0.0.1:4222"

_AGAIN = 0.5


class AsyncFleetClient:
    """The fleet behind the engine at ``servers`` (a URL, or several).

    ``credentials_file`` is that of a user of NATS, or an NKEY's seed; ``ca`` what the servers' certificates are checked with.
    ``timeout``: seconds until an engine that does not answer is an error.

    Errors of every method: `EngineAway`, `EngineRefused`; `TimeoutError` where it cannot be reached at all.
    """

    def __init__(
        self,
        servers: str | Sequence[str] = DEFAULT,
        *,
        credentials_file: str | Path | None = None,
        ca: str | Path | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._timeout = timeout
        self.link = EngineLink(
            [servers] if isinstance(servers, str) else servers,
            credentials=None if credentials_file is None else Path(credentials_file),
            ca=None if ca is None else Path(ca),
            name="gsmd fleet client",
        )
        self.codes = FleetCodes(self)
        self.campaigns = FleetCampaigns(self)

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(self._timeout):
            await self.link.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the engine."""
        await self.link.close()

    # -- sending ------------------------------------------------------------------------------------

    async def send(
        self,
        to: str,
        text: str | None = None,
        *,
        pool: str = "default",
        bulk: bool = False,
        sim: str | None = None,
        sticky: bool = False,
        key: str | None = None,
        campaign: str | None = None,
        **params: Any,
    ) -> str:
        """Put a message in; returns its id once the engine has it.

        ``key`` is the id: 1 to 64 letters, digits, ``_`` and ``-``; with the same one nothing is sent twice. ``sim``: through this SIM
        (its ICCID), in order. The pool ``auto`` is that of the number (`routes`). ``sticky``: through the SIM that this number had messages from, if there is one. ``bulk``: behind what
        is urgent. ``campaign``: it is one of many (`campaigns`). ``params`` are others of ``messages.send``. Errors: `BadOrder`.
        """
        id_ = order.valid_id(key or _new_id())
        body = {"to": to, **({} if text is None else {"text": text}), **params}
        order.check(body)
        if campaign is not None:
            body["campaign"] = order.valid_id(campaign)
            if sim is not None:
                raise order.BadOrder("a campaign goes through any SIM of its pool")
        if sticky:
            body["sticky"] = True
            sim = sim or await self._known_sim(to)
        if pool == route.AUTO and sim is None:
            pool = route.pool_for(to, await self.routes())
        if campaign is not None:
            subject = subjects.of_campaign(pool, campaign, id_)
        elif sim is None:
            subject = subjects.out(pool, "bulk" if bulk else "now", id_)
        else:
            subject = subjects.sim(sim, id_)
        await self._insist(subject, msgspec.json.encode(body), id_)
        return id_

    async def routes(self) -> dict[str, str]:
        """The table of beginnings of numbers and their pools."""
        found = await self.link.last(f"KV_{SETTINGS}", subjects.kv(SETTINGS, "routes"))
        if found is None or not found.data:
            return {}
        return msgspec.json.decode(found.data, type=dict[str, str])

    async def set_routes(self, routes: Mapping[str, str]) -> None:
        """Go by another table, everywhere. Errors: `BadOrder`."""
        if why := route.problem(routes):
            raise order.BadOrder(why)
        await self.link.store(subjects.kv(SETTINGS, "routes"), msgspec.json.encode(dict(routes)))

    async def _insist(self, subject: str, data: bytes, id_: str) -> None:
        """Repeat it until the engine has said yes: it knows the id."""
        end = time.monotonic() + self._timeout
        while True:
            try:
                await self.link.store(subject, data, id_=id_)
            except EngineAway:
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(_AGAIN)
            else:
                return

    async def _known_sim(self, to: str) -> str | None:
        found = await self.link.last(f"KV_{STICKY}", subjects.kv(STICKY, subjects.peer_token(to)))
        return None if found is None else found.data.decode() or None

    # -- looking ------------------------------------------------------------------------------------

    async def show(self, id_: str) -> dict[str, Any] | None:
        """What is known of a message: ``{id, state, …, events}``; None if nothing is."""
        record = await self.record(id_)
        events = [event async for event in self._each(EVENT, f"sms.event.*.*.{id_}")]
        waits = await self._waits(id_)
        if record is None and not events and waits is None:
            return None
        found: dict[str, Any] = {"id": id_, "state": "queued"}
        if record is not None:
            found |= msgspec.to_builtins(record)
        elif events:
            found["state"] = events[-1].get("state", "queued")
        return {**found, "queued_in": waits, "events": events}

    async def record(self, id_: str) -> PermitRecord | None:
        """What the register has of a message."""
        found = await self.link.last(REGISTER, subjects.permit(id_))
        if found is None or not found.data:
            return None
        return msgspec.json.decode(found.data, type=PermitRecord)

    async def uncertain(self) -> AsyncIterator[dict[str, Any]]:
        """Those of which nobody knows whether they went out, the oldest first."""
        async for stored in self._stored(REGISTER, "sms.reg.uncertain.*"):
            id_ = order.id_of(stored.subject)
            record = await self.record(id_)
            if record is not None and record.state is Phase.UNCERTAIN:
                kept = msgspec.json.decode(stored.data) if stored.data else {}
                body = kept.get("body", {})
                yield {"id": id_, **msgspec.to_builtins(record), "to": body.get("to")}

    async def resend(self, id_: str) -> bool:
        """Send an uncertain message again, which may make it twice; false if it is not uncertain."""
        found = await self.link.last(REGISTER, subjects.uncertain(id_))
        record = await self.record(id_)
        if found is None or not found.data or record is None or record.state is not Phase.UNCERTAIN:
            return False
        kept = msgspec.json.decode(found.data)
        kept["body"].pop("until", None)  # it has as much time as when it was new
        body = msgspec.json.encode({**kept["body"], "when_uncertain": "resend"})
        await self._insist(kept["subject"], body, f"{id_}.{record.attempt}.again")
        return True

    async def boxes(self) -> list[dict[str, Any]]:
        """Each box that was heard of within the last 90 s, with its SIMs."""
        sims: dict[str, list[Any]] = {}
        async for card in self._each(f"KV_{SIMS}", f"$KV.{SIMS}.>"):
            sims.setdefault(card.get("box", ""), []).append(card)
        found = [
            {**box, "sims": sims.get(box.get("box", ""), [])}
            async for box in self._each(f"KV_{BOXES}", f"$KV.{BOXES}.>")
        ]
        return sorted(found, key=lambda box: str(box.get("box")))

    async def status(self) -> dict[str, Any]:
        """The engine and what stands in it: version, messages waiting by pool, how many of each stream."""
        found: dict[str, Any] = {"version": ".".join(map(str, self.link.version)), "queues": []}
        counts = {}
        for name in (OUT, SIM, REGISTER, INBOX, EVENT):
            info = await self.link.api(f"STREAM.INFO.{name}")
            counts[name] = info["state"]["messages"]
            found["replicas"] = info["config"]["num_replicas"]
        told = await self.link.api(f"CONSUMER.LIST.{OUT}")
        for each in told.get("consumers") or []:
            pool, _, class_ = each["name"].rpartition("_")
            waits, in_hand = each["num_pending"], each["num_ack_pending"]
            found["queues"].append(
                {"pool": pool, "class": class_, "waiting": waits, "in_hand": in_hand}
            )
        boxes = await self.boxes()
        uncertain = [each async for each in self.uncertain()]
        return {**found, "streams": counts, "boxes": len(boxes), "uncertain": len(uncertain)}

    async def tally(self, poll: str) -> dict[str, Any]:
        """The votes of all boxes in a poll, one of each number: ``{poll, votes, tally: {option: n}}``."""
        tally: Counter[str] = Counter()
        async for vote in self._each(VOTE, f"sms.vote.{subjects.token(poll)}.*"):
            tally[str(vote.get("option"))] += 1
        return {"poll": poll, "votes": tally.total(), "tally": dict(tally.most_common())}

    async def _waits(self, id_: str) -> str | None:
        """The queue in which it stands."""
        for stream, place in (
            (OUT, f"sms.out.*.*.{id_}"),
            (OUT, f"sms.out.*.bulk.*.{id_}"),
            (SIM, f"sms.sim.*.{id_}"),
        ):
            if (found := await self.link.next(stream, place, 1)) is not None:
                return found.subject
        return None

    async def _each(self, stream: str, filter_: str) -> AsyncIterator[dict[str, Any]]:
        async for stored in self._stored(stream, filter_):
            with contextlib.suppress(msgspec.MsgspecError):
                yield {"at": stored.at, **msgspec.json.decode(stored.data, type=dict[str, Any])}

    async def _stored(self, stream: str, filter_: str) -> AsyncIterator[Stored]:
        seq = 1
        while True:
            try:
                found = await self.link.next(stream, filter_, seq)
            except EngineRefused as error:
                raise NotSetUp(f"{stream}: {error} (gsmd fleet setup)") from error
            if found is None:
                return
            if found.data:
                yield found
            seq = found.seq + 1


class NotSetUp(EngineRefused):
    """The engine has no streams of a fleet."""

    def __init__(self, reason: str) -> None:
        super().__init__(10059, reason)


def _new_id() -> str:
    return Nats().new_inbox().rpartition(".")[2]
