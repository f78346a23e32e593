"""Who agreed to get what, at any box, as a list that all share: the proof is at the box where it was given, that it holds is known to all.

Theory of operation. gsmd has no log of consents, but events, numbered and kept (`Telling`). An event says whose consent changed; what is
told is how it stands by then, with the text that was agreed to.

A STOP ends consents everywhere by itself, as an opt-out that all boxes share: what ended so is told by the box that heard it alone.
"""

from collections.abc import Callable

from gsmd.client import AsyncClient, Event
from gsmd.fleet.link import EngineLink
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import books
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.shared_list import SharedList
from gsmd.gateways.fleet.telling import Telling
from gsmd.gateways.fleet.wish import LocalChange, is_note
from gsmd.protocol.consents import Consent

_ENDED = {"withdrawn", "declined"}
_PAGE = 500


class SharedConsents(SharedList):
    """The consents of this box, and all others'. ``client`` is gsmd's."""

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        link: EngineLink,
        database: Database,
        who: Identity,
        read: Callable[[], None],
    ) -> None:
        super().__init__(books.consents(client), watch, link, database, who, read)
        self._client = client
        self._telling = Telling(
            *(client, watch, link, database, who),
            what="consents",
            types="consent.",
            all_=self._tell_all,
            one=self._tell_one,
        )

    async def _tell(self) -> None:
        await self._telling.run()

    async def _tell_all(self) -> None:
        """In the order in which they came: a later one of the same number and list wins."""
        after = None
        while True:
            page = await self._client.consents.export(limit=_PAGE, after=after)
            for each in page.consents:
                await self._tell_how_it_stands(each)
            if (after := page.next) is None:
                return

    async def _tell_one(self, event: Event) -> None:
        peer, list_ = event.fields.get("peer"), event.fields.get("list")
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
