"""Who this box is: a name that people gave it, and an incarnation that ends with its disks.

Theory of operation. What a box has in its hands is known by two disks: the agent's own (``hands``) and gsmd's (did it begin?). If
either is lost, the box cannot answer for what it had: it is another holder then, and what the former had is called uncertain by the others.
The agent's is lost when its file is new. gsmd's is lost when the handler ``fleet``, which the agent made there once, is not known there any more.

The name must be one box's alone. A box claims it with a new word at each start, kept on its disk before it is claimed; as long as the
claim is renewed, another agent can take it over only if it knows that word. A copy of the disk knows an older one.
"""

import secrets
import time
from functools import cache, partial
from pathlib import Path

from gsmd.fleet.record import Holder
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import tables

HANDLER = "fleet"

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot() -> str:
    """This life of the machine."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def now() -> float:
    """Seconds since the machine started, those in which it slept too: nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Identity:
    """The holder that this box is. `settle` before it is used."""

    def __init__(self, database: Database, box: str) -> None:
        self._database = database
        self._box = box
        self.holder = Holder(box, "")
        self.claim = ""
        """The word of this life, and of the one before it."""
        self.former_claim: str | None = None

    async def open(self) -> None:
        """Read who we are; begin a new life."""
        inc = await self._database.read(partial(tables.said, name="inc"))
        self.former_claim = await self._database.read(partial(tables.said, name="claim"))
        self.claim = secrets.token_hex(8)
        self.holder = Holder(self._box, inc or await self._another())

    async def claimed(self) -> None:
        """From now on only who knows the word of this life may take the name over."""
        await self._database.write(partial(tables.say, name="claim", value=self.claim))

    async def settle(self, handlers: set[str]) -> bool:
        """Compare with what gsmd knows of us (the names of its ``handlers``); true if its disk is another than before."""
        known = await self._database.read(partial(tables.said, name="handler"))
        lost = known is not None and HANDLER not in handlers
        if lost:
            self.holder = Holder(self._box, await self._another())
        return lost

    async def known(self) -> None:
        """Gsmd knows the handler from now on; if it does not one day, its disk is another."""
        await self._database.write(partial(tables.say, name="handler", value=HANDLER))

    async def _another(self) -> str:
        inc = secrets.token_hex(6)
        await self._database.write(partial(tables.say, name="inc", value=inc))
        return inc
