"""Votes in polls, at any box, as one vote of each number: the box that got it answers at once, and tells the engine.

Theory of operation. A poll is the same in the configuration of all boxes. Each counts the votes that it got; the engine has one record of
each number, the first or the last vote by when it came in, whichever the poll counts. So a number that votes at two boxes counts once in
the fleet's tally (`gsmd fleet poll`), though each box's own has it. gsmd's events of votes are the log that is told from; how far that came
is on the agent's disk. Where gsmd does not keep events that far back, and at first, all votes are gone through.
"""

from functools import partial
from typing import Any

import msgspec

from gsmd.client import AsyncClient, GsmdError, NotFound
from gsmd.fleet import subjects
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import tables
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.trouble import Trouble
from gsmd.protocol.message import iso

_PAGE = 500


class VoteRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine has of a number in a poll."""

    option: str
    at: str
    box: str


class Votes:
    """Tells of them."""

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        link: EngineLink,
        database: Database,
        who: Identity,
    ) -> None:
        self._client = client
        self._watch = watch
        self._link = link
        self._database = database
        self._who = who

    async def run(self) -> None:
        """Tell until cancelled."""
        trouble = Trouble("votes")
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
        name = f"told votes {self._who.holder.inc}"
        told = await self._database.read(partial(tables.said, name=name))
        try:
            stream = self._client.events("poll.", after="now" if told is None else int(told))
            async with stream as events:
                if told is None:
                    for poll in await self._client.polls.list():
                        await self._tell_all(poll.name)
                    await self._say(name, stream.seq)
                async for event in events:
                    if event.type == "poll.vote" and (id_ := event.fields.get("id")):
                        await self._tell(event.fields, str(id_))
                    await self._say(name, event.seq)
        except NotFound:  # further back than gsmd keeps
            await self._database.write(partial(tables.unsay, name=name))

    async def _say(self, name: str, seq: int | None) -> None:
        if seq is not None:
            await self._database.write(partial(tables.say, name=name, value=str(seq)))

    async def _tell_all(self, poll: str) -> None:
        counts = (await self._client.polls.get(poll)).counts
        after = None
        while True:
            page = await self._client.polls.votes(poll, limit=_PAGE, after=after)
            for each in page.votes:
                await self._count(poll, counts, each.peer, each.option, iso(each.at))
            if (after := page.next) is None:
                return

    async def _tell(self, fields: dict[str, Any], id_: str) -> None:
        poll, option = str(fields.get("poll")), str(fields.get("option"))
        try:
            message = await self._client.get(id_)
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
