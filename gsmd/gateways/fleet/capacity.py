"""How much the box's modems can take now: at most four messages for each that is ready, and nothing more while what it has does not go out."""

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple

from gsmd.client import AsyncClient, GsmdError, ModemStatus
from gsmd.gateways.daemon_watch import DaemonWatch

log = logging.getLogger(__name__)

PER_MODEM = 4

STALLED = 20.0
"""Seconds after which a message that is not out yet says that the modems have enough: a limit, a slow network."""

_AGAIN = 15.0


class Card(NamedTuple):
    """A SIM in a modem that is ready. ``sim`` is its ICCID, else its IMSI."""

    sim: str
    modem: str
    status: ModemStatus


class Capacity:
    """The modems of the box, once `run` looks at them. ``changed`` is called when they are others."""

    def __init__(
        self, client: AsyncClient, watch: DaemonWatch, changed: Callable[[], None]
    ) -> None:
        self.cards: tuple[Card, ...] = ()
        self._sims: dict[str, str] = {}
        self._client = client
        self._watch = watch
        self._changed = changed
        self._look = asyncio.Event()
        self._looked = asyncio.Event()

    @property
    def most(self) -> int:
        """How many messages may be in our hands."""
        return PER_MODEM * len(self.cards) if self._watch.present else 0

    def sim_of(self, modem: str | None) -> str | None:
        """The SIM that a modem has, or had last."""
        return None if modem is None else self._sims.get(modem)

    def look(self) -> None:
        """Something about them may have changed."""
        self._look.set()

    async def looked(self) -> None:
        """Wait until it is known which there are."""
        await self._looked.wait()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self._watch.wait_present()
            self._look.clear()
            try:
                self._adopt(await self._client.modems())
                self._looked.set()
            except GsmdError as error:
                log.debug("the modems: %s", error)
            try:
                async with asyncio.timeout(_AGAIN):
                    await self._look.wait()
            except TimeoutError:
                pass

    def _adopt(self, modems: list[ModemStatus]) -> None:
        found = []
        for modem in modems:
            if sim := modem.iccid or modem.imsi:
                self._sims[modem.name] = sim
                if modem.state == "ready":
                    found.append(Card(sim, modem.name, modem))
        former, self.cards = self.cards, tuple(found)
        if [card[:2] for card in former] != [card[:2] for card in found]:
            self._changed()
