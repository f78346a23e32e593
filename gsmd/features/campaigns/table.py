"""Campaigns: one text to everybody on a list, one after the other."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import msgspec


class Campaign(NamedTuple):
    """A campaign. ``next_at`` is on the timeline, the other times are wall time."""

    seq: int
    id: str
    list: str
    text: str
    tag: str
    state: str
    modem: str | None
    handler: str | None
    per_minute: float | None
    quiet: str | None
    created_at: int
    not_before: int | None
    next_at: int
    finished_at: int | None
    category: str = "transactional"
    opted_out: int = 0

    @property
    def lists(self) -> Sequence[str]:
        """The names of its lists."""
        return self.list.split(",")


class Recipient(NamedTuple):
    """Somebody whose turn it is. ``variant``: the number of the text that they get, where there are several."""

    position: int
    peer: str
    fields: dict[str, str]
    variant: int | None = None


_COLUMNS = (
    "seq, id, list, text, tag, state, modem, handler, per_minute, quiet, created_at, not_before,"
    " next_at, finished_at, category, opted_out"
)


def add(connection: sqlite3.Connection, campaign: Campaign) -> int:
    """A new campaign; returns its seq. What stands there as ``seq`` does not count."""
    cursor = connection.execute(
        f"INSERT INTO campaign ({_COLUMNS.partition(', ')[2]})"
        f" VALUES ({', '.join('?' * len(campaign[1:]))})",
        campaign[1:],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def get(connection: sqlite3.Connection, id_: str) -> Campaign | None:
    """The campaign with this id."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM campaign WHERE id = ?", (id_,)).fetchone()
    return None if row is None else Campaign(*row)


def running(connection: sqlite3.Connection) -> list[Campaign]:
    """Those that go on, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM campaign INDEXED BY campaign_open WHERE state = 'running' ORDER BY seq"
    )
    return [Campaign(*row) for row in rows]


def newest(connection: sqlite3.Connection, before: int, limit: int) -> list[Campaign]:
    """The last ones before a ``seq``, newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM campaign WHERE seq < ? ORDER BY seq DESC LIMIT ?",
        (before, limit),
    )
    return [Campaign(*row) for row in rows]


def id_of(connection: sqlite3.Connection, seq: int) -> str:
    """The id of a campaign."""
    (found,) = connection.execute("SELECT id FROM campaign WHERE seq = ?", (seq,)).fetchone()
    return str(found)


def lists_of(connection: sqlite3.Connection, seq: int) -> Sequence[str]:
    """The names of its lists."""
    (found,) = connection.execute("SELECT list FROM campaign WHERE seq = ?", (seq,)).fetchone()
    return str(found).split(",")


def state_of(connection: sqlite3.Connection, seq: int) -> str:
    """The state of a campaign."""
    (found,) = connection.execute("SELECT state FROM campaign WHERE seq = ?", (seq,)).fetchone()
    return str(found)


def set_state(
    connection: sqlite3.Connection, seq: int, state: str, finished_at: int | None = None
) -> None:
    """Set the state of a campaign."""
    connection.execute(
        "UPDATE campaign SET state = ?, finished_at = ? WHERE seq = ?", (state, finished_at, seq)
    )


def set_next(connection: sqlite3.Connection, seq: int, next_at: int) -> None:
    """Set the time (timeline) at which the pace allows the next one."""
    connection.execute("UPDATE campaign SET next_at = ? WHERE seq = ?", (next_at, seq))


def unprepared(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Those (``seq`` and id) that are being prepared, or were when that failed."""
    return connection.execute("SELECT seq, id FROM campaign WHERE state = 'preparing'").fetchall()


def drop(connection: sqlite3.Connection, seq: int, limit: int) -> bool:
    """Delete a campaign of which nothing was sent, up to so many recipients of it first; returns whether it is gone."""
    gone = connection.execute(
        "DELETE FROM campaign_recipient WHERE campaign = ?1 AND position IN"
        " (SELECT position FROM campaign_recipient WHERE campaign = ?1 LIMIT ?2)",
        (seq, limit),
    ).rowcount
    if gone == limit:
        return False
    connection.execute("DELETE FROM campaign WHERE seq = ?", (seq,))
    return True


def add_recipient(
    connection: sqlite3.Connection,
    campaign: int,
    recipient: Recipient,
    reason: str | None,
) -> None:
    """One more; with a ``reason`` they are skipped."""
    connection.execute(
        "INSERT INTO campaign_recipient (campaign, position, peer, fields, state, reason)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            campaign,
            recipient.position,
            recipient.peer,
            msgspec.json.encode(recipient.fields).decode(),
            "skipped" if reason else "pending",
            reason,
        ),
    )


def has(connection: sqlite3.Connection, campaign: int, peer: str) -> bool:
    """True if somebody is in a campaign already, and not to be skipped."""
    row = connection.execute(
        "SELECT 1 FROM campaign_recipient INDEXED BY campaign_recipient_peer"
        " WHERE campaign = ? AND peer = ? AND state != 'skipped'",
        (campaign, peer),
    ).fetchone()
    return row is not None


def due(connection: sqlite3.Connection, campaign: int, wall: int, limit: int) -> list[Recipient]:
    """The recipients whose turn it is, in order."""
    rows = connection.execute(
        "SELECT position, peer, variant, fields FROM campaign_recipient INDEXED BY campaign_recipient_due"
        " WHERE campaign = ? AND due_at <= ? AND state = 'pending' ORDER BY due_at, position LIMIT ?",
        (campaign, wall, limit),
    )
    return [Recipient(position, peer, msgspec.json.decode(f), v) for position, peer, v, f in rows]


def next_due(connection: sqlite3.Connection, campaign: int) -> int | None:
    """The time (wall) at which the next recipient has their turn; None if nobody is left."""
    (at,) = connection.execute(
        "SELECT min(due_at) FROM campaign_recipient INDEXED BY campaign_recipient_due"
        " WHERE campaign = ? AND state = 'pending'",
        (campaign,),
    ).fetchone()
    return None if at is None else int(at)


def postpone(connection: sqlite3.Connection, campaign: int, position: int, due_at: int) -> None:
    """Not before a wall time."""
    connection.execute(
        "UPDATE campaign_recipient SET due_at = ? WHERE campaign = ? AND position = ?",
        (due_at, campaign, position),
    )


def rename(connection: sqlite3.Connection, campaign: int, position: int, peer: str) -> None:
    """Know a recipient by another number."""
    connection.execute(
        "UPDATE campaign_recipient SET peer = ? WHERE campaign = ? AND position = ?",
        (peer, campaign, position),
    )


def settle(
    connection: sqlite3.Connection,
    campaign: int,
    position: int,
    state: str,
    *,
    message: str | None = None,
    reason: str | None = None,
) -> None:
    """Note the outcome for one recipient."""
    connection.execute(
        "UPDATE campaign_recipient SET state = ?, message = ?, became = NULL, reason = ?"
        " WHERE campaign = ? AND position = ?",
        (state, message, reason, campaign, position),
    )


def progress(connection: sqlite3.Connection, campaign: int) -> list[tuple[str, str, int]]:
    """``(state, reason, count)``; the state of those that have a message is the message's, the last that is known."""
    return connection.execute(
        "SELECT state, reason, count FROM campaign_count WHERE campaign = ? AND count ORDER BY 1, 2",
        (campaign,),
    ).fetchall()


def unsent(connection: sqlite3.Connection, campaign: Campaign) -> list[int]:
    """Messages of a campaign that are not out yet (``seq``)."""
    rows = connection.execute(
        "SELECT message.seq FROM message INDEXED BY message_state"
        " CROSS JOIN campaign_recipient AS recipient INDEXED BY campaign_recipient_peer"
        " ON recipient.peer = message.peer AND recipient.campaign = ?1 AND recipient.message = message.id"
        " WHERE message.state = 'queued' AND message.tag = ?2 AND recipient.state = 'queued'"
        " AND recipient.state != 'skipped'",
        (campaign.seq, campaign.tag),
    )
    return [seq for (seq,) in rows]


def waiting_offers(
    connection: sqlite3.Connection, peers: Sequence[str] | None
) -> list[tuple[int, str, int, int]]:
    """Promotional messages that wait in the queue, of all or of some peers: their ``seq``, lists, campaign and position."""
    whose = "" if peers is None else " AND message.peer IN (SELECT value FROM json_each(?1))"
    index = "message_state" if peers is None else "message_peer"
    return connection.execute(
        "SELECT message.seq, campaign.list, campaign.seq, recipient.position"
        f" FROM message INDEXED BY {index} CROSS JOIN campaign ON campaign.tag = message.tag AND category = 'promotional'"
        " CROSS JOIN campaign_recipient AS recipient INDEXED BY campaign_recipient_peer"
        " ON recipient.campaign = campaign.seq AND recipient.peer = message.peer AND recipient.message = message.id"
        f" WHERE message.state = 'queued' AND recipient.state != 'skipped'{whose}",
        () if peers is None else (msgspec.json.encode(peers).decode(),),
    ).fetchall()


def queue_room(connection: sqlite3.Connection, most: int) -> int:
    """The number of messages that may be queued until ``most`` wait."""
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM outbound INDEXED BY outbound_ready"
        " WHERE queue = 'waiting' AND queue IN ('waiting', 'leased') LIMIT ?)",
        (most,),
    ).fetchone()
    return most - int(count)


def erase(connection: sqlite3.Connection, peer: str) -> int:
    """Nobody knows any more who this recipient was; who was still to get it is skipped. Returns of how many campaigns."""
    return sum(connection.execute(statement, (peer,)).rowcount for statement in _ERASE)


_ERASE = tuple(
    "UPDATE campaign_recipient SET fields = '{}', peer = 'erased ' || campaign || ' ' || position,"
    " reason = iif(coalesce(became, state) IN ('pending', 'queued'), 'forgotten', reason),"
    " message = iif(coalesce(became, state) IN ('pending', 'queued'), NULL, message),"
    " state = iif(coalesce(became, state) IN ('pending', 'queued'), 'skipped', state),"
    " became = nullif(became, 'queued')"
    f" WHERE peer = ? AND state {which} 'skipped'"
    " AND NOT EXISTS (SELECT 1 FROM message CROSS JOIN outbound ON outbound.message = message.seq"
    " WHERE message.id = campaign_recipient.message AND outbound.queue = 'leased')"
    for which in ("=", "!=")
)
"""By an index each. A message that a modem has in its hands is kept, and so is who gets it."""


def opt_out(connection: sqlite3.Connection, answered: str, list_: str | None) -> str | None:
    """Note that the recipient of a message (id) opted out in answer to it, or left a list of its campaign's.

    Returns the campaign's id; None if that was no recipient, or did so before.
    """
    row = connection.execute(
        "SELECT campaign.seq, position, campaign.id, list FROM message CROSS JOIN campaign ON campaign.tag = message.tag"
        " CROSS JOIN campaign_recipient AS recipient INDEXED BY campaign_recipient_peer"
        " ON recipient.peer = message.peer AND recipient.campaign = campaign.seq AND recipient.message = message.id"
        " WHERE message.id = ? AND recipient.state != 'skipped' AND NOT recipient.opted_out",
        (answered,),
    ).fetchone()
    if row is None or (list_ is not None and list_ not in row[3].split(",")):
        return None
    connection.execute(
        "UPDATE campaign_recipient SET opted_out = 1 WHERE campaign = ? AND position = ?", row[:2]
    )
    return str(row[2])


def take_up_expired(connection: sqlite3.Connection, campaign: Campaign, since: int) -> None:
    """Let everybody whose message, written since a wall time, had to be begun by a time and was not have their turn again."""
    connection.execute(
        "UPDATE campaign_recipient SET state = 'pending', due_at = 0, message = NULL, became = NULL, out_at = NULL"
        " WHERE campaign = ?1 AND position IN (SELECT position FROM message INDEXED BY message_state"
        " JOIN outbound ON outbound.message = message.seq AND outbound.send_within IS NOT NULL"
        " JOIN campaign_recipient AS late INDEXED BY campaign_recipient_peer"
        " ON late.campaign = ?1 AND late.peer = message.peer AND late.state != 'skipped' AND late.message = message.id"
        " WHERE message.state = 'expired' AND message.created_at >= ?2 AND message.tag = ?3)",
        (campaign.seq, since, campaign.tag),
    )


def has_hurried(connection: sqlite3.Connection, campaign: Campaign, since: int) -> bool:
    """True if a message of a campaign, written since a wall time, waits that has to be begun by a time."""
    row = connection.execute(
        "SELECT 1 FROM message INDEXED BY message_state"
        " JOIN outbound ON outbound.message = message.seq AND outbound.send_within IS NOT NULL"
        " WHERE message.state = 'queued' AND message.created_at >= ? AND message.tag = ? LIMIT 1",
        (since, campaign.tag),
    ).fetchone()
    return row is not None
