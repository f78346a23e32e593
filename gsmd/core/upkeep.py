"""``store.*``: what administrators may do to what is kept."""

from pathlib import Path

from gsmd.core.housekeeping import Housekeeping
from gsmd.protocol import server as rows
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.server import BackedUp, BackupParams, Purged, PurgeParams
from gsmd.store.ledger import Ledger
from gsmd.store.refusals import stored


class Upkeep:
    """Deletes what is old, copies the database, tells whether it can be written to."""

    def __init__(self, ledger: Ledger, housekeeping: Housekeeping) -> None:
        self._ledger = ledger
        self._housekeeping = housekeeping

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (bind(rows.PURGE, self._purge), bind(rows.BACKUP, self._backup))

    async def purge(self, older_than: float) -> int:
        """Delete finished messages older than so many seconds; returns how many."""
        return await stored(self._housekeeping.purge(older_than))

    async def trouble(self) -> str | None:
        """The reason why nothing can be put on disk now; None if all is well."""
        trouble = await self._ledger.trouble()
        return None if trouble is None else str(trouble)

    async def backup(self, path: str) -> None:
        """Copy the database into a new file, while everything goes on."""
        await stored(self._ledger.database.backup(Path(path)))

    async def _purge(self, _: Context, p: PurgeParams) -> Purged:
        return Purged(await self.purge(p.older_than))

    async def _backup(self, _: Context, p: BackupParams) -> BackedUp:
        await self.backup(p.path)
        return BackedUp(p.path)
