"""What all can see of this box: that it is there, what it does, its SIMs. And that its name is its own.

A box renews its claim every `EVERY` seconds; a claim that is not renewed is gone after 90. Nobody's safety hangs on this table, but for
the name: who finds that another has it takes nothing from the queues.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from gsmd.fleet import subjects
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.fleet.streams import PRESENCE
from gsmd.gateways.fleet.capacity import Capacity, Card
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.trouble import Trouble, apart
from gsmd.protocol.message import iso

log = logging.getLogger(__name__)

EVERY = 25.0
_LATER = 2.0


class Presence:
    """Tells of the box until cancelled. ``figures`` are what it tells of its work; ``changed``: the name is ours now, or no longer."""

    def __init__(
        self,
        link: EngineLink,
        who: Identity,
        capacity: Capacity,
        figures: Callable[[], Mapping[str, Any]],
        changed: Callable[[], None],
    ) -> None:
        self.mine = False
        """The name is ours."""
        self._link = link
        self._who = who
        self._capacity = capacity
        self._figures = figures
        self._changed = changed
        self._revision = 0
        self._renewed = 0.0
        self._news = asyncio.Event()
        self._gone: set[str] = set()

    def look(self) -> None:
        """Something is to be told at once."""
        self._news.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        trouble = Trouble("nobody hears of this box")
        while True:
            await self._link.wait_present()
            self._news.clear()
            wait = apart(EVERY)
            try:
                await self._claim()
                if self.mine:
                    await self._tell_sims()
                else:
                    wait = _LATER
            except (EngineAway, EngineRefused) as error:
                await trouble.wait(error)
                continue
            trouble.over()
            try:
                async with asyncio.timeout(wait):
                    await self._news.wait()
            except TimeoutError:
                pass

    async def leave(self) -> None:
        """Say that we are gone. Errors: `EngineAway`, `EngineRefused`."""
        if self.mine:
            place = subjects.kv(subjects.BOXES, self._who.holder.box)
            await self._link.put(place, self._word("stopped"), self._revision)

    async def _claim(self) -> None:
        place = subjects.kv(subjects.BOXES, self._who.holder.box)
        body = self._word("at work")
        written = await self._link.put(place, body, self._revision)
        if written is None:
            found = await self._link.last(f"KV_{subjects.BOXES}", place)
            claim = None if found is None else msgspec.json.decode(found.data).get("claim")
            if claim is not None and claim not in self._ours():
                self._set(mine=False, why=f"another agent calls itself {self._who.holder.box}")
                return
            self._revision = 0 if found is None else found.seq
            if claim == self._who.claim:
                self._set(mine=True)
                return
            written = await self._link.put(place, body, self._revision)
        if written is not None:
            self._revision = written
            await self._who.claimed()
            self._set(mine=True)

    def _ours(self) -> set[str | None]:
        """Words of claims that are ours: of this life; of the one before only until we have the name."""
        return {self._who.claim} if self.mine else {self._who.claim, self._who.former_claim}

    def _set(self, *, mine: bool, why: str = "") -> None:
        if why:
            log.warning("%s: taking nothing", why)
        if mine != self.mine:
            self.mine = mine
            self._changed()

    def _word(self, state: str) -> bytes:
        holder = self._who.holder
        told = {
            "box": holder.box,
            "inc": holder.inc,
            "claim": self._who.claim,
            "state": state,
            "told_at": iso(datetime.now(UTC)),
            **self._figures(),
        }
        return msgspec.json.encode(told)

    async def _tell_sims(self) -> None:
        present = {card.sim for card in self._capacity.cards}
        for card in self._capacity.cards:
            body = msgspec.json.encode(_told(card, self._who.holder.box))
            await self._link.store(subjects.kv(subjects.SIMS, card.sim), body)
        for card_gone in self._gone - present:
            await self._link.store(subjects.kv(subjects.SIMS, card_gone), b"")
        self._gone = present


def _told(card: Card, box: str) -> dict[str, Any]:
    status = card.status
    return {
        "sim": card.sim,
        "box": box,
        "modem": card.modem,
        "number": status.number,
        "operator": status.operator,
        "state": status.state,
        "signal_dbm": status.signal_dbm,
        "roaming": status.roaming,
        "lasts": PRESENCE,
    }
