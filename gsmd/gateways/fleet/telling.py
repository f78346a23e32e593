"""Events of one kind, told to the engine one after the other, each until that has worked: how far is on the agent's disk.

At first, and where gsmd does not keep events that far back, all that there is is told instead; telling something again changes nothing.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from gsmd.client import AsyncClient, Event, GsmdError, NotFound
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import tables
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.trouble import Trouble


class Telling:
    """Of ``what``, by events whose types begin with ``types``: ``all_`` tells all that there is, ``one`` what an event says."""

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        link: EngineLink,
        database: Database,
        who: Identity,
        *,
        what: str,
        types: str,
        all_: Callable[[], Awaitable[None]],
        one: Callable[[Event], Awaitable[None]],
    ) -> None:
        self._client = client
        self._watch = watch
        self._link = link
        self._database = database
        self._who = who
        self._what = what
        self._types = types
        self._all = all_
        self._one = one

    async def run(self) -> None:
        """Tell until cancelled."""
        trouble = Trouble(f"{self._what} of this box")
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
        name = f"told {self._what} {self._who.holder.inc}"
        told = await self._database.read(partial(tables.said, name=name))
        try:
            stream = self._client.events(self._types, after="now" if told is None else int(told))
            async with stream as events:
                if told is None:
                    await self._all()
                    await self._say(name, stream.seq)
                async for event in events:
                    await self._one(event)
                    await self._say(name, event.seq)
        except NotFound:  # further back than gsmd keeps
            await self._database.write(partial(tables.unsay, name=name))

    async def _say(self, name: str, seq: int | None) -> None:
        if seq is not None:
            await self._database.write(partial(tables.say, name=name, value=str(seq)))
