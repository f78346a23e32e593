"""``modems.history``: what became of modems over time, in rows that cost an SD card next to nothing.

**Theory of operation.** The state of a modem is in memory; here it is looked at when it says that it changed, and
once an hour. A change of state, registration or network is a row at once: it goes in the commit that tells the event, or
with whatever else waits. The signal changes all the time and is told by the row of the hour, with its lowest and
highest since the row before. A modem that changes all the time has at most `_MOST` rows an hour. Rows are kept for
`_KEPT`; a full disk costs rows and nothing else.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from gsmd.clock import Milliseconds
from gsmd.modem import ModemStatus
from gsmd.protocol import bounds
from gsmd.protocol import modems as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.method import Bound, Context, bind
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import modem_history, runs
from gsmd.store.tables.messages import milliseconds, moment
from gsmd.store.tables.modem_history import Row

log = logging.getLogger(__name__)

_HOUR = 3_600_000
_WEEK = timedelta(days=7) // timedelta(milliseconds=1)
_KEPT = timedelta(days=400) // timedelta(milliseconds=1)
"""Milliseconds: this month beside that of a year ago."""

_MOST = 60
"""Rows of one modem in an hour."""

_REASON = 200
"""Characters that are kept of a reason."""

_FORGOTTEN_AT_ONCE = 500


class _Track:
    """A modem since its last row."""

    def __init__(self) -> None:
        self.last: tuple[object, ...] | None = None
        self.written = 0
        self.lowest: int | None = None
        self.highest: int | None = None

    def see(self, signal: int | None) -> None:
        if signal is not None:
            self.lowest = signal if self.lowest is None else min(self.lowest, signal)
            self.highest = signal if self.highest is None else max(self.highest, signal)


class ModemHistory:
    """Keeps how modems are, and tells how they were. ``statuses``: all modems as they are now."""

    def __init__(self, ledger: Ledger, statuses: Callable[[], Sequence[ModemStatus]]) -> None:
        self._ledger = ledger
        self._statuses = statuses
        self._tracks: dict[str, _Track] = {}
        self._waiting: list[tuple[str, Row]] = []
        self._writing: asyncio.Task[None] | None = None

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (bind(rows.HISTORY, self._history),)

    async def run(self) -> None:
        """Write the row of the hour, each hour, until cancelled."""
        while True:
            await asyncio.sleep((_HOUR - self._ledger.clock.wall() % _HOUR) / 1000)
            await self.hour()

    async def hour(self) -> None:
        """An hour is over: a row for each modem."""
        for status in self._statuses():
            self._tracks.setdefault(status.name, _Track()).written = 0
            self._row(status)
        if self._ledger.clock.wall() // _HOUR % 24 == 0:
            await self._forget()

    def changed(self, status: ModemStatus) -> None:
        """Something of a modem changed."""
        track = self._tracks.setdefault(status.name, _Track())
        track.see(status.signal_dbm)
        if _figure(status) != track.last and track.written < _MOST:
            self._row(status)

    def _row(self, status: ModemStatus) -> None:
        track = self._tracks[status.name]
        track.see(status.signal_dbm)
        track.last = _figure(status)
        track.written += 1
        row = Row(
            self._ledger.clock.wall(),
            str(status.state),
            status.reason[:_REASON],
            status.registration,
            status.roaming,
            status.operator,
            status.signal_dbm,
            track.lowest,
            track.highest,
        )
        track.lowest = track.highest = None
        self._waiting.append((status.name, row))
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._waiting:
                kept, self._waiting = self._waiting, []
                await self._ledger.write(partial(_add, kept))
        except StoreError as error:
            log.debug("the history of modems has a hole: %s", error)
        finally:
            self._writing = None

    async def close(self) -> None:
        """Let what is being written be written."""
        if self._writing is not None:
            await self._writing

    async def _forget(self) -> None:
        before = Milliseconds(self._ledger.clock.wall() - _KEPT)
        try:
            while await self._ledger.write(
                lambda t: modem_history.forget(t.connection, before, _FORGOTTEN_AT_ONCE)
            ):
                pass
        except StoreError as error:
            log.debug("old rows of modems are not deleted: %s", error)

    async def _history(self, _: Context, p: rows.ModemHistoryParams) -> rows.ModemHistory:
        now = self._ledger.clock.wall()
        until = now + 1 if p.until is None else min(now + 1, milliseconds(p.until))
        since = until - _WEEK if p.since is None else milliseconds(p.since)
        found, known, gaps = await self._ledger.read(
            lambda c: (
                modem_history.between(c, p.modem, since, until, bounds.MODEM_ROWS),
                modem_history.is_known(c, p.modem),
                runs.gaps(c, since, until),
            )
        )
        if not known and p.modem not in {status.name for status in self._statuses()}:
            raise Refused(
                Code.NOT_FOUND,
                f"no modem is called {p.modem!r}, nor was",
                reason="no_such_modem",
                field="modem",
            )
        told = [
            *map(_told, found),
            *(rows.ModemHistoryRow(at=moment(at), state="off") for at, _ in gaps),
        ]
        told.sort(key=lambda row: row.at)
        return rows.ModemHistory(p.modem, moment(since), moment(until), told)


def _add(kept: Sequence[tuple[str, Row]], transaction: Transaction) -> None:
    for modem, row in kept:
        modem_history.add(transaction.connection, modem, row)


def _figure(status: ModemStatus) -> tuple[object, ...]:
    """All of a modem that is worth a row when it changes."""
    return status.state, status.reason, status.registration, status.roaming, status.operator


def _told(row: Row) -> rows.ModemHistoryRow:
    return rows.ModemHistoryRow(**{**row._asdict(), "at": moment(row.at)})
