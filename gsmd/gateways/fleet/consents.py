"""Who agreed to get what, at any box, as a list that all share: the proof is at the box where it was given, that it holds is known to all.

Theory of operation. gsmd has no log of consents, but events, numbered and kept: how far they are told is on the agent's disk. An event
says whose consent changed; what is told is how it stands by then, with the text that was agreed to. Where more happened than gsmd keeps
events of, and at the first start, all consents are looked through: telling one again changes nothing.

A STOP ends consents everywhere by itself, as an opt-out that all boxes share: what ended so is told by the box that heard it alone.
"""

from functools import partial
from typing import Any

from gsmd.client import AsyncClient, GsmdError, NotFound
from gsmd.fleet.link import EngineAway, EngineRefused
from gsmd.gateways.fleet import books, tables
from gsmd.gateways.fleet.shared_list import SharedList
from gsmd.gateways.fleet.trouble import Trouble
from gsmd.gateways.fleet.wish import LocalChange, is_note
from gsmd.protocol.consents import Consent

_ENDED = {"withdrawn", "declined"}
_PAGE = 500


class SharedConsents(SharedList):
    """The consents of this box, and all others'. ``client`` is gsmd's."""

    def __init__(self, client: AsyncClient, *more: Any) -> None:
        super().__init__(books.consents(client), *more)
        self._client = client

    async def _tell(self) -> None:
        trouble = Trouble("consents of this box")
        while True:
            await self._watch.wait_present()
            await self._link.wait_present()
            try:
                await self._hear()
            except (EngineAway, EngineRefused, GsmdError) as error:
                await trouble.wait(error)
            else:
                trouble.over()

    async def _hear(self) -> None:
        name = f"told consents {self._who.holder.inc}"
        told = await self._database.read(partial(tables.said, name=name))
        try:
            stream = self._client.events("consent.", after="now" if told is None else int(told))
            async with stream as events:
                if told is None:
                    await self._tell_all()
                    await self._database.write(
                        partial(tables.say, name=name, value=str(stream.seq))
                    )
                async for event in events:
                    if event.seq is None:
                        continue
                    await self._tell_one(event.fields.get("peer"), event.fields.get("list"))
                    await self._database.write(partial(tables.say, name=name, value=str(event.seq)))
        except NotFound:  # further back than gsmd keeps
            await self._database.write(partial(tables.unsay, name=name))

    async def _tell_all(self) -> None:
        """In the order in which they came: a later one of the same number and list wins."""
        after = None
        while True:
            page = await self._client.consents.export(limit=_PAGE, after=after)
            for each in page.consents:
                await self._tell_how_it_stands(each)
            if (after := page.next) is None:
                return

    async def _tell_one(self, peer: str | None, list_: str | None) -> None:
        if peer is None:  # a whole list is no more
            await self._tell_all()
            return
        for each in await self._client.consents.get(peer):  # the newest first
            if each.list == list_:
                await self._tell_how_it_stands(each)
                return

    async def _tell_how_it_stands(self, consent: Consent) -> None:
        wish = "withdrawn" if consent.state in _ENDED else str(consent.state)
        at = consent.ended_at if consent.state in _ENDED else consent.given_at
        if wish not in {"given", "withdrawn"} or at is None:
            return
        fleet = is_note(consent.note, wish)
        if wish == "withdrawn" and consent.ended_by == "stop":
            fleet = await self._stopped_elsewhere(consent.peer)
        await self._up(
            LocalChange(consent.peer, wish, at, fleet, list=consent.list, shown=consent.shown)
        )

    async def _stopped_elsewhere(self, peer: str) -> bool:
        newest = (await self._client.optout.log(peer, limit=1)).changes
        return bool(newest) and is_note(newest[0].note, "stop")
