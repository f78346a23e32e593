"""A store with very many messages, as it would be after years: filled by SQL, and kept for the next time if one wants."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from gsmd.store.engine.database import Database
from tests.benchmarks.on_disk import BUILD, on_disk

BEGINNING = 1_767_268_800_000
"""When the first message of a large store came, in milliseconds; the others follow, one a second."""


async def filled(path: Path, size: int) -> None:
    """Make a store with so many messages."""
    await (await Database.open(path)).close()
    fill(path, size)


@contextmanager
def kept(size: int) -> Iterator[Path]:
    """A directory for a copy of the store of that size in ``build/``, which `keep` puts there; all but that goes with the context."""
    with on_disk() as directory:
        if (there := _place(size)).exists():
            shutil.copyfile(there, directory / "gsmd.db")
            os.sync()  # or the first commit would wait for it
        yield directory


def keep(path: Path, size: int) -> None:
    """Keep a copy of a store, in place of one with other messages. It is brought up to date whenever it is opened."""
    for other in BUILD.glob(f"store-{size}-*.db"):
        other.unlink()
    shutil.copyfile(path, _place(size))


def _place(size: int) -> Path:
    told = hashlib.sha256(STATEMENTS.encode())
    return BUILD / f"store-{size}-{told.hexdigest()[:12]}.db"


def fill(path: Path, size: int, beginning: int = BEGINNING) -> None:
    """Messages of ten thousand peers, nine of ten inbound and handled by one handler; one a second from ``beginning`` on."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        statements = STATEMENTS.replace("{size}", str(size)).replace("{beginning}", str(beginning))
        connection.executescript(statements)


STATEMENTS = """
BEGIN;
INSERT INTO handler (name, created_at, configured) VALUES ('crm', 0, 0);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size}) INSERT INTO message (seq, id, direction, state, peer, modem, sim, kind, text,
  alphabet, parts, created_at, tag, keyword)
  SELECT i, printf('%016x', i * 2654435761 % 4294967296) || i,
    iif(i % 10, 'inbound', 'outbound'), iif(i % 10, 'handled', iif(i % 70, 'delivered', 'failed')),
    '+3362' || printf('%07d', i % 10000), iif(i % 3, 'north', 'south'), 'sim', 'text', 'message ' || i,
    'gsm7', 1, {beginning} + i * 1000, iif(i % 10, NULL, 'news ' || (i / 10 % 12)),
    iif(i % 7, NULL, 'WORD ' || (i % 5)) FROM n;
UPDATE message SET sent_at = created_at + 2000 + seq * 7919 % 5000,
  delivered_at = created_at + 9000 + seq * 104729 % 60000,
  answered_at = iif(seq % 40, NULL, created_at + 99000 + seq * 104729 % 6000000)
  WHERE state = 'delivered';
UPDATE message SET error = '{"reason":"cms_21","message":"rejected"}' WHERE state = 'failed';
INSERT INTO inbound_part (id, sim, modem, frame, received_at, seen_at, message)
  SELECT id, 'sim', 'north', hex(randomblob(60)), created_at, created_at, seq
  FROM message WHERE direction = 'inbound';
INSERT INTO delivery (handler, message, lane, queue, attempts, updated_at)
  SELECT 'crm', seq, peer, 'done', 1, created_at FROM message WHERE direction = 'inbound';
INSERT INTO outbound (message, queue, finished, destination, route)
  SELECT seq, 'done', 1, peer, '' FROM message WHERE direction = 'outbound';
INSERT INTO outbound_part (message, sequence, tpdu, state, sim, message_reference, modem, submitted_at)
  SELECT seq, 1, randomblob(60), 'delivered', 'sim', seq % 256, 'north', seq * 1000
  FROM message WHERE direction = 'outbound';
INSERT INTO event (seq, message, at, type, detail)
  SELECT 1048576 + 2 * seq, seq, created_at, 'message.' || state, '{}' FROM message;
INSERT INTO event (seq, message, at, type, detail)
  SELECT 1048576 + 2 * seq + 1, seq, created_at, 'delivery.done', '{}' FROM message;
COMMIT;
"""
