"""Which of gsmd's messages is which of the fleet's: what was learned last is in memory, the rest on the agent's disk."""

import time
from collections import OrderedDict
from functools import partial

from gsmd.gateways.database import Database
from gsmd.gateways.fleet import tables
from gsmd.gateways.fleet.writing import Disk

_LAST = 5000


class Names:
    """Ids of the fleet, by those of gsmd."""

    def __init__(self, database: Database, disk: Disk) -> None:
        self._database = database
        self._disk = disk
        self._last: OrderedDict[str, str] = OrderedDict()

    def learn(self, message: str, id_: str) -> None:
        """Gsmd's ``message`` is the fleet's ``id_``, from now on."""
        if self._last.get(message) == id_:
            return
        self._last[message] = id_
        while len(self._last) > _LAST:
            self._last.popitem(last=False)
        self._disk.put_off(partial(tables.know, message=message, id_=id_, at=time.time()))

    async def of(self, message: str) -> str | None:
        """The fleet's id of gsmd's message; None if it is none of the fleet's."""
        if (known := self._last.get(message)) is not None:
            return known
        return await self._database.read(partial(tables.fleet_id, message=message))
