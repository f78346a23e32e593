"""Parts of long messages that an ESME submits wait for each other on the disk, across binds and restarts.

Theory of operation. Parts belong together by account, source, destination, reference and total, and by how
they say so (a header of 8 or 16 bits, or ``sar_*``). The first part gives the long message its id; part n is answered
``<id>.<n>``. A part that comes again with the same octets is the same part. One that comes with others begins a new
long message: ESMEs begin with reference 0 whenever they are started, and what they left behind stays incomplete.
A part of a message that the daemon has is taken for one whose answer was lost only for `_REPEATED`: after that
it is the same text once more.
The part that makes it whole is answered when the daemon has accepted the message. What is not whole in time ends
with a REJECTD receipt for each part that asked for one.
"""

import base64
import hashlib
import secrets
import sqlite3
from collections.abc import Iterable

import msgspec

from gsmd.gateways.smpp import tables
from gsmd.smpp import Address

PROVIDER = "provider "
"""Before the name of an SMSC of others, whose parts are kept as those of accounts are: no account is called so."""

_REPEATED = 120_000
"""Milliseconds from its first part on in which a part of an accepted message can come again."""


_ALL_THERE = "(SELECT count(*) FROM segment WHERE segment.long_message = long_message.id)"
_LATE = f"SELECT id FROM long_message WHERE began <= ? AND message IS NULL AND total > {_ALL_THERE}"  # noqa: S608 -- constants
_OF_PROVIDER = f"account GLOB '{PROVIDER}*'"


class Place(msgspec.Struct, frozen=True):
    """The place of a part in a long message, and by what it says so."""

    kind: str
    reference: int
    total: int
    sequence: int

    @property
    def possible(self) -> bool:
        """The numbers make sense together, and there is more than one part."""
        return 1 <= self.sequence <= self.total and self.total > 1


class Joined(msgspec.Struct, frozen=True):
    """What came of a part. ``parts``: the octets of all PDUs in their order, None while some are missing.

    ``message`` is the daemon's id, if it has it already.
    """

    id: str
    sequence: int
    parts: tuple[bytes, ...] | None = None
    message: str | None = None

    @property
    def part_id(self) -> str:
        """The id that the ESME is told for this part."""
        return part_id(self.id, self.sequence)


class Incomplete(msgspec.Struct, frozen=True):
    """A long message that did not become whole in time."""

    id: str
    account: str
    parts: dict[int, bytes]


def part_id(id_: str, sequence: int) -> str:
    """The id of part ``sequence`` of the long message ``id_``."""
    return f"{id_}.{sequence}"


def new_id() -> str:
    """An id in the shape of gsmd's."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def put(
    connection: sqlite3.Connection,
    account: str,
    source: Address,
    destination: Address,
    place: Place,
    pdu: bytes,
    now: int,
) -> Joined:
    """Keep a part; returns whether the message is whole with it."""
    id_ = _fitting(connection, account, source, destination, place, pdu, now)
    if id_ is None:
        id_ = new_id()
        connection.execute(
            "INSERT INTO long_message VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                id_,
                account,
                tables.pack(source),
                tables.pack(destination),
                place.kind,
                place.reference,
                place.total,
                now,
            ),
        )
    connection.execute("INSERT OR IGNORE INTO segment VALUES (?, ?, ?)", (id_, place.sequence, pdu))
    parts = _parts(connection, id_)
    (message,) = connection.execute(
        "SELECT message FROM long_message WHERE id = ?", (id_,)
    ).fetchone()
    whole = len(parts) == place.total
    return Joined(
        id_, place.sequence, tuple(parts[n] for n in sorted(parts)) if whole else None, message
    )


def _fitting(
    connection: sqlite3.Connection,
    account: str,
    source: Address,
    destination: Address,
    place: Place,
    pdu: bytes,
    now: int,
) -> str | None:
    """The long message that a part belongs to: the newest of its kind, unless that has another one in its place."""
    row = connection.execute(
        "SELECT id, message, began FROM long_message"
        " WHERE account = ? AND destination = ? AND source = ?"
        " AND kind = ? AND reference = ? AND total = ? ORDER BY began DESC, id LIMIT 1",
        (
            account,
            tables.pack(destination),
            tables.pack(source),
            place.kind,
            place.reference,
            place.total,
        ),
    ).fetchone()
    if row is None or (row[1] is not None and now - row[2] > _REPEATED):
        return None
    there = connection.execute(
        "SELECT pdu FROM segment WHERE long_message = ? AND sequence = ?", (row[0], place.sequence)
    ).fetchone()
    if there is not None:
        known = there[0] if row[1] is not None else _digest(there[0])
        if known != _digest(pdu):
            return None
    return str(row[0])


def _digest(pdu: bytes) -> bytes:
    """What is behind the header, with its numbers, and nothing that tells what it says."""
    return hashlib.sha256(pdu[16:]).digest()


def _parts(connection: sqlite3.Connection, id_: str) -> dict[int, bytes]:
    rows = connection.execute("SELECT sequence, pdu FROM segment WHERE long_message = ?", (id_,))
    return dict(rows.fetchall())


def accepted(connection: sqlite3.Connection, id_: str, message: str) -> None:
    """The daemon has the whole message. Of its parts stays enough to know one that is submitted again, and no text."""
    taken = connection.execute(
        "UPDATE long_message SET message = ? WHERE id = ? AND message IS NULL", (message, id_)
    )
    if not taken.rowcount:
        return  # its last part came twice at the same time: this was done
    connection.executemany(
        "UPDATE segment SET pdu = ? WHERE long_message = ? AND sequence = ?",
        [(_digest(pdu), id_, sequence) for sequence, pdu in _parts(connection, id_).items()],
    )


def discard(
    connection: sqlite3.Connection, id_: str, *, if_incomplete: bool = False
) -> Incomplete | None:
    """Let go of a long message that cannot become one; None if it is not there, or the daemon has it.

    ``if_incomplete``: nor if its last part has come meanwhile.
    """
    row = connection.execute(
        f"SELECT account, total = {_ALL_THERE} FROM long_message WHERE id = ? AND message IS NULL",  # noqa: S608 -- constants
        (id_,),
    ).fetchone()
    if row is None or (if_incomplete and row[1]):
        return None
    gone = Incomplete(id_, row[0], _parts(connection, id_))
    connection.execute("DELETE FROM segment WHERE long_message = ?", (id_,))
    connection.execute("DELETE FROM long_message WHERE id = ?", (id_,))
    return gone


Whole = tuple[str, str, tuple[bytes, ...]]
"""Its id, its owner, and the octets of the parts in order."""


def whole(connection: sqlite3.Connection) -> list[Whole]:
    """Those of accounts that are whole and that the daemon is not known to have."""
    return _whole(connection, f"NOT {_OF_PROVIDER}")


def whole_of_providers(connection: sqlite3.Connection) -> list[Whole]:
    """Those that SMSCs of others handed over, likewise."""
    return _whole(connection, _OF_PROVIDER)


def _whole(connection: sqlite3.Connection, which: str) -> list[Whole]:
    select = f"SELECT id, account FROM long_message WHERE message IS NULL AND total = {_ALL_THERE}"  # noqa: S608 -- constants
    rows = connection.execute(f"{select} AND {which} ORDER BY began").fetchall()
    return [(id_, account, tuple(_in_order(connection, id_))) for id_, account in rows]


def _in_order(connection: sqlite3.Connection, id_: str) -> list[bytes]:
    return [pdu for _, pdu in sorted(_parts(connection, id_).items())]


def is_any_whole(connection: sqlite3.Connection, account: str) -> bool:
    """True if an account has one that is whole and that the daemon is not known to have."""
    return any(name == account for _, name, _ in whole(connection))


def expired(connection: sqlite3.Connection, began_before: int) -> list[str]:
    """The ids of those of accounts that are not whole and began before then."""
    rows = connection.execute(f"{_LATE} AND NOT {_OF_PROVIDER}", (began_before,))
    return [id_ for (id_,) in rows]


def whole_of_others(
    connection: sqlite3.Connection, began_before: int, accounts: Iterable[str]
) -> list[str]:
    """The ids of those that are whole and began before then, and whose account is none of these: nobody will send them."""
    ours = frozenset(accounts)
    rows = connection.execute(
        f"SELECT id, account FROM long_message WHERE began <= ? AND message IS NULL"  # noqa: S608 -- constants
        f" AND total = {_ALL_THERE} AND NOT {_OF_PROVIDER}",
        (began_before,),
    )
    return [id_ for id_, account in rows if account not in ours]


def expired_of(
    connection: sqlite3.Connection, owner: str, began_before: int
) -> list[tuple[str, dict[int, bytes]]]:
    """Those of one owner that are not whole and began before then, with the parts that are there, in order."""
    rows = connection.execute(f"{_LATE} AND account = ?", (began_before, owner)).fetchall()
    return [(id_, dict(sorted(_parts(connection, id_).items()))) for (id_,) in rows]


def discard_parts(connection: sqlite3.Connection, id_: str, sequences: Iterable[int]) -> None:
    """Let go of these parts; of the long message once none is left. One that became whole stays as it is."""
    late = connection.execute(
        f"SELECT 1 FROM long_message WHERE id = ? AND message IS NULL AND total > {_ALL_THERE}",  # noqa: S608 -- constants
        (id_,),
    )
    if late.fetchone() is None:
        return
    connection.executemany(
        "DELETE FROM segment WHERE long_message = ? AND sequence = ?",
        [(id_, sequence) for sequence in sequences],
    )
    if not _parts(connection, id_):
        connection.execute("DELETE FROM long_message WHERE id = ?", (id_,))


def oldest(connection: sqlite3.Connection, providers: Iterable[str]) -> int | None:
    """The time at which the oldest began that the daemon is not known to have: of an account, or of one of these providers.

    What an SMSC handed over that is none of the configuration any more stays for its return, and nobody waits for it.
    """
    ours = {PROVIDER + name for name in providers}
    rows = connection.execute(
        "SELECT account, min(began) FROM long_message WHERE message IS NULL GROUP BY account"
    )
    return min(
        (began for account, began in rows if account in ours or not account.startswith(PROVIDER)),
        default=None,
    )
