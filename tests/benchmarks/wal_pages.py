"""Pages that commits wrote into SQLite's write-ahead log, by the table or index that they belong to."""

import sqlite3
import struct
from collections import Counter
from contextlib import closing
from pathlib import Path

_HEADER, _FRAME = 32, 24
"""Octets before the first frame, and before the page of each (https://sqlite.org/fileformat2.html#walformat)."""


class WalPages:
    """Reads on in the log whenever it is asked to; a log that began anew is read from its beginning."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._log = database.with_name(database.name + "-wal")
        self._salt = b""
        self._next = 0
        self.pages: Counter[int] = Counter()
        self.octets = 0

    def read(self) -> None:
        """Count the frames that were added."""
        with self._log.open("rb") as log:
            header = log.read(_HEADER)
            if len(header) < _HEADER:
                return
            (size,) = struct.unpack(">I", header[8:12])
            salt = header[16:24]
            if salt != self._salt:
                self._salt, self._next = salt, 0
            log.seek(_HEADER + self._next * (_FRAME + size))
            while (frame := log.read(_FRAME + size)) and frame[8:16] == salt:
                self.pages[struct.unpack(">I", frame[:4])[0]] += 1
                self._next += 1
                self.octets += _FRAME + size

    def forget(self) -> None:
        """Count from here on."""
        self.read()
        self.pages.clear()
        self.octets = 0

    def by_tree(self) -> Counter[str]:
        """The frames by table or index; what is none, such as the header, is ``(file)``."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as connection:
            names = dict(connection.execute("SELECT pageno, name FROM dbstat").fetchall())
        found: Counter[str] = Counter()
        for page, count in self.pages.items():
            found[names.get(page, "(file)")] += count
        return found
