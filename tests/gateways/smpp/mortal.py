"""``gsmd smpp`` that dies (SIGKILL) at a point of its life: at the Nth commit, PDU or line to the daemon, before it or after.

``python -m tests.gateways.smpp.mortal N CONFIG``; N 0: never. How many points it passed is in ``CONFIG.points`` at its end.
"""

import os
import signal
import sqlite3
import sys
from itertools import count
from pathlib import Path
from typing import Any

from gsmd.client._async.link import AsyncLink
from gsmd.config import load
from gsmd.gateways import database, running
from gsmd.gateways.smpp import connection
from gsmd.handler_kinds import HANDLER_KINDS


class Fate:
    """Counts points; the chosen one is the last."""

    def __init__(self, last: int, told: Path) -> None:
        self.last = last
        self.passed = count(1)
        self.told = told

    def point(self) -> None:
        number = next(self.passed)
        self.told.write_text(str(number))
        if number == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def doom(fate: Fate) -> None:
    """A point before and after each commit, each write to an ESME and each line to the daemon."""
    flush, write = connection.SmppConnection._flush, AsyncLink.write

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, /, *parameters: Any) -> sqlite3.Cursor:
            if sql != "COMMIT":
                return super().execute(sql, *parameters)
            fate.point()
            done = super().execute(sql)
            fate.point()
            return done

    def flushed(self: connection.SmppConnection) -> None:
        if self._outgoing:
            fate.point()
        flush(self)

    def written(self: AsyncLink, line: bytes) -> bool:
        fate.point()
        done = write(self, line)
        fate.point()
        return done

    connect = sqlite3.connect
    database.sqlite3.connect = lambda *a, **more: connect(*a, factory=Connection, **more)  # type: ignore[attr-defined] # stands in for the real one
    connection.SmppConnection._flush = flushed  # type: ignore[method-assign] # likewise
    AsyncLink.write = written  # type: ignore[method-assign] # likewise


if __name__ == "__main__":
    config = Path(sys.argv[2])
    doom(Fate(int(sys.argv[1]), config.with_suffix(".points")))
    sys.exit(running.run(config, ("smpp",), lambda path: load(path, HANDLER_KINDS)))
