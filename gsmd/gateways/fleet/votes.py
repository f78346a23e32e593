"""Votes in polls, at any box, as one vote of each number: the box that got it answers at once, and tells the engine.

Theory of operation. A poll is the same in the configuration of all boxes. Each counts the votes that it got; the engine has one record of
each number, the first or the last vote by when it came in, whichever the poll counts. So a number that votes at two boxes counts once in
the fleet's tally (`gsmd fleet poll`), though each box's own has it. gsmd's events of votes are the log that is told from (`Telling`).
"""

import msgspec

from gsmd.client import AsyncClient, Event, NotFound
from gsmd.fleet import subjects
from gsmd.fleet.link import EngineLink
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.telling import Telling
from gsmd.protocol.message import iso

_PAGE = 500


class VoteRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine has of a number in a poll."""

    option: str
    at: str
    box: str


class Votes:
    """Tells of them, by `run`, until cancelled."""

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        link: EngineLink,
        database: Database,
        who: Identity,
    ) -> None:
        self._client = client
        self._link = link
        self._who = who
        self.run = Telling(
            *(client, watch, link, database, who),
            what="votes",
            types="poll.",
            all_=self._tell_all,
            one=self._tell,
        ).run

    async def _tell_all(self) -> None:
        for poll in await self._client.polls.list():
            await self._tell_all_of(poll.name)

    async def _tell_all_of(self, poll: str) -> None:
        counts = (await self._client.polls.get(poll)).counts
        after = None
        while True:
            page = await self._client.polls.votes(poll, limit=_PAGE, after=after)
            for each in page.votes:
                await self._count(poll, counts, each.peer, each.option, iso(each.at))
            if (after := page.next) is None:
                return

    async def _tell(self, event: Event) -> None:
        id_ = event.fields.get("id")
        if event.type != "poll.vote" or not id_:
            return
        poll, option = str(event.fields.get("poll")), str(event.fields.get("option"))
        try:
            message = await self._client.get(str(id_))
            counts = (await self._client.polls.get(poll)).counts
        except NotFound:  # forgotten meanwhile
            return
        await self._count(poll, counts, message.peer, option, iso(message.created_at))

    async def _count(self, poll: str, counts: str, peer: str, option: str, at: str) -> None:
        place = subjects.vote(poll, peer)
        record = VoteRecord(option=option, at=at, box=self._who.holder.box)
        while True:
            found = await self._link.last(subjects.VOTE, place)
            there = None if found is None else found.read(VoteRecord)
            if there is not None and (there.at <= at if counts == "first" else there.at >= at):
                return
            after = 0 if found is None else found.seq
            if await self._link.put(place, msgspec.json.encode(record), after) is not None:
                return
