"""``gsmd fleet``: its life, from the first connection to the last.

Theory of operation. The agent is a client of two servers that come and go as they like: gsmd at its socket, and the engine.
Neither has to be there.

    engine's queues → Puller → Hands → gsmd       messages of pools, each with its permit (gsmd.fleet.life)
    engine          → Pinned → gsmd               messages for one SIM
    gsmd            → Inbound → engine            messages that come in; receipts, to whom they concern
    gsmd            → Upward → engine             events
    SharedList                                    both ways: opt-outs, blocks

Nothing is taken from a pool before all of this holds (`_holding`): what was in our hands is resumed, the name is ours, gsmd
and a modem are there, the lists are current, and what we have goes out. Messages of this box itself, and those that its own programs
send, go on whatever the engine does: they never come here.
"""

import asyncio
import logging
import re
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gsmd import __version__
from gsmd.client import AsyncClient, GsmdError
from gsmd.config import Config
from gsmd.config.fleet import FleetConfig
from gsmd.fleet import subjects
from gsmd.fleet.life import Patience
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.fleet.order import FleetOrder
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import books, tables
from gsmd.gateways.fleet.capacity import STALLED, Capacity
from gsmd.gateways.fleet.consents import SharedConsents
from gsmd.gateways.fleet.hands import Hands
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.inbound import Inbound
from gsmd.gateways.fleet.local import LocalSender
from gsmd.gateways.fleet.names import Names
from gsmd.gateways.fleet.pinned import Pinned
from gsmd.gateways.fleet.presence import Presence
from gsmd.gateways.fleet.pulling import Puller, Queue
from gsmd.gateways.fleet.shared_list import SharedList
from gsmd.gateways.fleet.upward import Upward
from gsmd.gateways.fleet.votes import Votes
from gsmd.gateways.fleet.welcome import Welcome
from gsmd.gateways.fleet.writing import Disk
from gsmd.gateways.gateway import Gateway, Surroundings
from gsmd.gateways.work import Work
from gsmd.protocol.events import Event
from gsmd.protocol.gateways import GatewayTrouble

log = logging.getLogger(__name__)

ACTOR = "fleet"

_LATER = 2.0
_MOMENT = 1.0
_CLEAN = 3600.0
_MARGIN = 30.0
_FAREWELL = 3.0


class FleetGateway(Gateway):
    """The agent."""

    name = "fleet"

    fixed = (
        *("state_dir", "servers", "credentials_file", "ca", "box", "pools"),
        *("ack_wait", "give_up", "use_within"),
    )

    def __init__(self, config: Config, surroundings: Surroundings) -> None:
        self._settings = _section(config)
        self._country = config.outbound.country
        self._place = surroundings.state_dir
        self.box = self._settings.box or box_name()
        self._client = AsyncClient(surroundings.daemon, actor=ACTOR)
        self._watch = DaemonWatch(surroundings.daemon, self._hear)
        self._link = EngineLink(
            self._settings.servers,
            credentials=self._settings.credentials_file,
            ca=self._settings.ca,
            name=f"gsmd fleet {self.box}",
            inbox=f"_INBOX_{self.box}",
        )
        self._serving = False
        self._resumed = False
        self._draining = False
        self._drained = asyncio.Event()
        self._work = Work()

    async def serve(self, ready: Callable[[], None]) -> None:
        """Work until drained."""
        self._database = await Database.open(self._place / "fleet.sqlite", tables.STEPS)
        self._who = Identity(self._database, self.box)
        try:
            await self._who.open()
            self._build()
            self._serving = True
            self._watch.on_change(self._daemon_changed)
            self._link.on_change(self._engine_changed)
            for work in (self._watch.run(), self._link.connect(), self._begin(), self._clean()):
                self._work.start(work)
            await self._watch.tried()
            ready()
            await self._work.until(self._drained)
        finally:
            await self._end()

    async def reload(self, config: Config) -> None:
        """The country of numbers without one; everything else holds until it is started again."""
        self._settings = _section(config)
        self._country = config.outbound.country
        if self._serving:
            self._welcome.country = self._country

    async def drain(self) -> None:
        """Give back what is not begun, tell what became of the rest, say goodbye."""
        self._draining = True
        if self._serving:
            self._pinned.drain()
            if self._link.present and self._watch.present:
                await self._hands.drain()
            try:
                async with asyncio.timeout(_FAREWELL):
                    if self._link.present:
                        await self._presence.leave()
            except (EngineAway, EngineRefused, TimeoutError):
                pass
        self._drained.set()

    def status(self) -> str:
        """Whether engine and daemon are there, and what keeps it from taking messages."""
        if not self._link.present:
            return f"the engine is away: {self._link.why}"
        if not self._watch.present:
            return f"the daemon is away: {self._watch.why}"
        why = self._holding() if self._serving else "starting"
        return f"takes no messages: {why}" if why else f"at work as {self.box}"

    def troubles(self) -> Sequence[GatewayTrouble]:
        """An engine that is away, or what keeps it from taking messages."""
        if not self._link.present:
            to_do = "does it run at one of fleet.servers, and may this machine reach it? gsmd fleet status asks it from here"
            return (GatewayTrouble(f"the engine is away: {self._link.why}", to_do),)
        if self._serving and self._watch.present and (why := self._holding()):
            return (
                GatewayTrouble(
                    f"it takes no messages: {why}",
                    "gsmd fleet boxes shows all boxes; docs/fleet.md what each reason means",
                ),
            )
        return ()

    # -- building and ending --------------------------------------------------------------------------

    def _build(self) -> None:
        settings, link, database = self._settings, self._link, self._database
        client, watch = self._client, self._watch
        self._disk = Disk(database)
        self._names = Names(database, self._disk)
        self._capacity = Capacity(client, watch, self._modems_changed)
        sims = self._capacity.sim_of
        self._local = LocalSender(client, watch, self._known, sims)
        patience = Patience(settings.give_up, settings.use_within + _MARGIN)
        self._hands = Hands(
            *(link, database, self._disk, self._who, self._local, patience, settings.use_within),
            *(self._refuses, self._look),
        )
        queues = [
            Queue(link, subjects.OUT, subjects.consumer(pool, class_))
            for pool in settings.pools
            for class_ in subjects.CLASSES
        ]
        self._puller = Puller(link, queues, self._room, self._hands.take)
        self._inbound = Inbound(client, watch, link, self.box, self._local.told, sims)
        self._upward = Upward(client, watch, link, database, self._who, self._names)
        self._pinned = Pinned(
            *(link, self.box, self._capacity, self._local),
            *(self._disk, self._upward.tell, self._refuses),
        )
        shared = (watch, link, database, self._who, self._look)
        self._optouts = SharedList(books.opt_outs(client), *shared)
        self._consents = SharedConsents(client, *shared)
        self._welcome = Welcome(link, self._optouts, self._consents, self._country)
        self._votes = Votes(client, watch, link, database, self._who)
        self._lists = (self._optouts, SharedList(books.blocks(client), *shared))
        self._presence = Presence(link, self._who, self._capacity, self._figures, self._look)

    async def _begin(self) -> None:
        """What is on our disk first; then all the rest."""
        while True:
            await self._watch.wait_present()
            try:
                known = {each.name for each in await self._client.handlers()}
                if await self._who.settle(known):
                    log.error("gsmd's store is another one: what was in our hands is uncertain now")
                await self._inbound.collect()
                await self._who.known()
                break
            except GsmdError as error:
                log.warning("gsmd does not let us work: %s", error)
                await asyncio.sleep(_LATER)
        await self._link.wait_present()
        self._work.start(self._capacity.run())
        self._work.start(self._inbound.run())
        await self._hands.resume()
        self._resumed = True
        for work in (
            *(self._upward.run(), self._pinned.run(), self._presence.run(), self._puller.run()),
            *(each.run() for each in self._lists),
            *(self._consents.run(), self._votes.run()),
            self._keep(),
            self._tell_whether_it_takes(),
        ):
            self._work.start(work)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._settings.ack_wait / 3)
            await self._hands.keep()

    async def _tell_whether_it_takes(self) -> None:
        """What all see of the box is right within a moment; a moment without the lists is none of their business."""
        told = None
        while True:
            await asyncio.sleep(_MOMENT)
            if (why := self._holding()) != told:
                told = why
                self._presence.look()

    async def _clean(self) -> None:
        while True:
            await self._database.write(partial(tables.clean, now=time.time()))
            await asyncio.sleep(_CLEAN)

    async def _end(self) -> None:
        await self._work.end()
        if self._serving:
            await self._hands.close()
        await self._link.close()
        await self._client.close()
        await self._database.close()

    # -- whether there is room --------------------------------------------------------------------------

    def _room(self) -> int:
        return 0 if self._holding() else max(0, self._capacity.most - self._hands.count)

    def _holding(self) -> str:
        """The reason why nothing is taken from the pools; empty if there is none."""
        for holds, why in (
            (self._draining, "it ends"),
            (not self._resumed, "what was in its hands before is found out"),
            (not self._presence.mine, "the name is not its own yet"),
            (not self._capacity.most, "no modem is ready"),
        ):
            if holds:
                return why
        for each in self._lists:
            if not each.current:
                return f"the list of {each.book.name} is not current"
        return "what it has does not go out" if self._hands.oldest > STALLED else ""

    def _figures(self) -> dict[str, Any]:
        return {
            "version": __version__,
            "pools": list(self._settings.pools),
            "modems": len(self._capacity.cards),
            "in_hand": self._hands.count,
            "sent": self._hands.sent,
            "received": self._inbound.up,
            "holds_back": self._holding() or None,
        }

    async def _refuses(self, order: FleetOrder) -> str | None:
        return await self._welcome.refuses(order)

    # -- what the parts hear of each other ----------------------------------------------------------------

    def _look(self) -> None:
        self._puller.look()

    def _modems_changed(self) -> None:
        self._look()
        self._pinned.look()
        self._presence.look()

    def _known(self, message: str, id_: str) -> None:
        self._names.learn(message, id_.removeprefix("sim/"))

    def _hear(self, event: Event) -> None:
        if not self._serving:
            return
        if event.type.startswith("modem.") or event.type == "reconnected":
            self._capacity.look()
        for each in self._lists:
            if event.type.startswith(each.book.event) or event.type == "reconnected":
                each.look()

    def _daemon_changed(self) -> None:
        self._capacity.look()
        self._look()
        if self._watch.present:
            self._local.look_again()
            for each in self._lists:
                each.look()

    def _engine_changed(self) -> None:
        for each in (*self._lists, self._consents):
            each.doubt()
        if not self._link.present:
            return
        self._puller.reconnected()
        self._pinned.reconnected()
        self._presence.look()
        for each in self._lists:
            each.look()


def build(config: Config, surroundings: Surroundings) -> FleetGateway:
    """The agent."""
    return FleetGateway(config, surroundings)


def box_name() -> str:
    """The machine's name, as a box may be called."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", socket.gethostname())[:32] or "box"


def _section(config: Config) -> FleetConfig:
    assert config.fleet is not None
    return config.fleet
