"""What the gateway keeps: the addresses and wishes of each submission, parts that wait for others, its own receipts.

All of it is on the disk before the ESME is told yes. Times are milliseconds of the wall.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from gsmd.smpp import Address

STEPS = (
    """
    -- A message that the daemon accepted. `public` is the id that the ESME was told, if that is another one.
    -- `parts`: of a joined message the parts that asked for a receipt: [[id, registered_delivery, reference], …].
    CREATE TABLE submission (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        public TEXT,
        service_type BLOB NOT NULL,
        source BLOB NOT NULL,
        destination BLOB NOT NULL,
        registered INTEGER NOT NULL,
        reference INTEGER,
        data_coding INTEGER NOT NULL,
        parts TEXT,
        at INTEGER NOT NULL,
        ended INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE INDEX submission_public ON submission (public) WHERE public IS NOT NULL;
    CREATE INDEX submission_peer ON submission (account, destination) WHERE ended = 0;
    CREATE INDEX submission_at ON submission (at);

    -- A long message of which parts came. `message` is its id once the daemon has it.
    CREATE TABLE long_message (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        source BLOB NOT NULL,
        destination BLOB NOT NULL,
        kind TEXT NOT NULL,
        reference INTEGER NOT NULL,
        total INTEGER NOT NULL,
        began INTEGER NOT NULL,
        message TEXT
    ) WITHOUT ROWID;
    CREATE INDEX long_message_of
        ON long_message (account, destination, source, kind, reference, total);
    CREATE INDEX long_message_began ON long_message (began);
    CREATE TABLE segment (
        long_message TEXT NOT NULL REFERENCES long_message (id) ON DELETE CASCADE,
        sequence INTEGER NOT NULL,
        pdu BLOB NOT NULL,
        PRIMARY KEY (long_message, sequence)
    ) WITHOUT ROWID;

    -- Receipts of our own making; one that was acknowledged stays a while, so that it is not made again.
    CREATE TABLE receipt (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL,
        pdu BLOB NOT NULL,
        at INTEGER NOT NULL,
        done INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX receipt_open ON receipt (account) WHERE done = 0;

    -- Parts of an inbound message that were acknowledged, while others are not.
    CREATE TABLE delivered_part (
        delivery TEXT NOT NULL,
        part INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (delivery, part)
    ) WITHOUT ROWID;
    """,
    """
    -- What an SMSC of others took, a row for each part: the id that it gave is kept as `name`, and as `other`, in the two
    -- forms in which a receipt may tell it. `reference` is what the daemon calls the message by. `outcome`: what became of it.
    CREATE TABLE taken_part (
        provider TEXT NOT NULL,
        name TEXT NOT NULL,
        other TEXT,
        reference TEXT NOT NULL,
        message TEXT NOT NULL,
        destination TEXT NOT NULL,
        part INTEGER NOT NULL,
        parts INTEGER NOT NULL,
        outcome TEXT,
        at INTEGER NOT NULL
    );
    CREATE INDEX taken_part_name ON taken_part (provider, name);
    CREATE INDEX taken_part_other ON taken_part (provider, other) WHERE other IS NOT NULL;
    CREATE INDEX taken_part_of ON taken_part (provider, reference) WHERE parts > 1;
    """,
)

_DAY = 86_400_000
_ENDED = 7 * _DAY
"""Milliseconds for which what is over is kept: late receipts, and questions for what became of it."""
_LONGEST = 64 * 7 * _DAY


class Submission(msgspec.Struct, frozen=True):
    """A row of ``submission``."""

    id: str
    account: str
    public: str | None
    service_type: bytes
    source: Address
    destination: Address
    registered: int
    reference: int | None
    data_coding: int
    parts: tuple[tuple[str, int, int | None], ...] | None
    at: int

    @property
    def told(self) -> str:
        """The id that the ESME knows."""
        return self.public or self.id


_COLUMNS = (
    "id, account, public, service_type, source, destination, registered, reference, data_coding,"
    " parts, at"
)


def pack(address: Address) -> bytes:
    """An address as one value."""
    return bytes((address.ton, address.npi)) + address.octets


def unpack(value: bytes) -> Address:
    """The address of a value of `pack`."""
    return Address(value[0], value[1], value[2:])


def add(connection: sqlite3.Connection, row: Submission) -> None:
    """Keep a submission; one that is there stays as it is."""
    connection.execute(
        f"INSERT OR IGNORE INTO submission ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 -- constants
        (
            row.id,
            row.account,
            row.public,
            row.service_type,
            pack(row.source),
            pack(row.destination),
            row.registered,
            row.reference,
            row.data_coding,
            None if row.parts is None else json.dumps(row.parts),
            row.at,
        ),
    )


def _submissions(
    connection: sqlite3.Connection, where: str, values: Sequence[object]
) -> list[Submission]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM submission WHERE {where}", values)  # noqa: S608 -- constants
    return [_submission(*row) for row in rows]


def _submission(  # the columns, in their order
    id_: str,
    account: str,
    public: str | None,
    service_type: bytes,
    source: bytes,
    destination: bytes,
    registered: int,
    reference: int | None,
    data_coding: int,
    parts: str | None,
    at: int,
) -> Submission:
    return Submission(
        id_,
        account,
        public,
        service_type,
        unpack(source),
        unpack(destination),
        registered,
        reference,
        data_coding,
        None if parts is None else tuple(tuple(part) for part in json.loads(parts)),
        at,
    )


def submission(connection: sqlite3.Connection, id_: str) -> Submission | None:
    """The submission with the daemon's id ``id_``."""
    found = _submissions(connection, "id = ?", (id_,))
    return found[0] if found else None


def told_as(connection: sqlite3.Connection, account: str, id_: str) -> list[Submission]:
    """Submissions of an account that its ESME calls ``id_``: by a message's id, a part's, or a submit_multi's."""
    whole = id_.partition(".")[0]
    return _submissions(
        connection, "account = ? AND (id = ? OR public = ?)", (account, whole, whole)
    )


def open_to(
    connection: sqlite3.Connection,
    account: str,
    service_type: bytes,
    source: Address,
    destination: Address,
) -> list[Submission]:
    """Submissions from one address to another that are not known to be over; an empty service_type is any."""
    found = _submissions(
        connection,
        "account = ? AND destination = ? AND ended = 0 AND source = ?",
        (account, pack(destination), pack(source)),
    )
    return [each for each in found if not service_type or each.service_type == service_type]


def referred_to(
    connection: sqlite3.Connection, account: str, destination: Address, reference: int, since: int
) -> Submission | None:
    """The last submission to an address with that user_message_reference, at or after ``since``."""
    found = _submissions(
        connection,
        "account = ? AND destination = ? AND reference = ? AND at >= ? ORDER BY at DESC LIMIT 1",
        (account, pack(destination), reference, since),
    )
    return found[0] if found else None


def end(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """These submissions are over."""
    connection.executemany("UPDATE submission SET ended = 1 WHERE id = ?", [(id_,) for id_ in ids])


class OwnReceipt(msgspec.Struct, frozen=True):
    """A receipt of our own making that waits for a bind. ``pdu``: a deliver_sm."""

    id: int
    pdu: bytes


def add_receipt(
    connection: sqlite3.Connection, name: str, account: str, pdu: bytes, at: int
) -> None:
    """Keep a receipt until it is acknowledged; one of that name is made once."""
    connection.execute(
        "INSERT OR IGNORE INTO receipt (name, account, pdu, at) VALUES (?, ?, ?, ?)",
        (name, account, pdu, at),
    )


def open_receipts(connection: sqlite3.Connection, account: str, limit: int) -> list[OwnReceipt]:
    """The oldest receipts that wait."""
    rows = connection.execute(
        "SELECT id, pdu FROM receipt WHERE account = ? AND done = 0 ORDER BY id LIMIT ?",
        (account, limit),
    )
    return [OwnReceipt(*row) for row in rows]


def receipt_done(connection: sqlite3.Connection, id_: int) -> None:
    """A receipt was acknowledged, or is not wanted."""
    connection.execute("UPDATE receipt SET done = 1 WHERE id = ?", (id_,))


def delivered_parts(connection: sqlite3.Connection, delivery: str) -> set[int]:
    """The parts of a delivery that were acknowledged."""
    rows = connection.execute("SELECT part FROM delivered_part WHERE delivery = ?", (delivery,))
    return {part for (part,) in rows}


def mark_part(connection: sqlite3.Connection, delivery: str, part: int, at: int) -> None:
    """A part of a delivery was acknowledged."""
    connection.execute(
        "INSERT OR IGNORE INTO delivered_part VALUES (?, ?, ?)", (delivery, part, at)
    )


def waiting(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Of each account, and each ``provider NAME``: long messages that are not whole, and receipts of ours that wait."""
    found: dict[str, tuple[int, int]] = {}
    for account, count in connection.execute(
        "SELECT account, count(*) FROM long_message WHERE message IS NULL GROUP BY account"
    ):
        found[account] = (count, 0)
    for account, count in connection.execute(
        "SELECT account, count(*) FROM receipt WHERE done = 0 GROUP BY account"
    ):
        found[account] = (found.get(account, (0, 0))[0], count)
    return found


def forget_old(connection: sqlite3.Connection, now: int) -> None:
    """Let go of what nobody can ask for any more."""
    past = now - _ENDED
    connection.execute(
        "DELETE FROM submission WHERE at < ? AND (ended = 1 OR registered & 3 = 0)", (past,)
    )
    connection.execute("DELETE FROM submission WHERE at < ?", (now - _LONGEST,))
    connection.execute("DELETE FROM long_message WHERE began < ? AND message IS NOT NULL", (past,))
    connection.execute("DELETE FROM receipt WHERE done = 1 AND at < ?", (past,))
    # of accounts and providers that are gone and did not come back
    connection.execute("DELETE FROM long_message WHERE began < ?", (now - _LONGEST,))
    connection.execute("DELETE FROM receipt WHERE at < ?", (now - _LONGEST,))
    connection.execute("DELETE FROM delivered_part WHERE at < ?", (past,))
