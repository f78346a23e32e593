"""Trials: their variants and figures, who of the recipients got which, and what came of it."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

REST = -1
"""The number under which those are kept who are not tried."""

HELD = 1 << 62
"""``due_at`` of the rest, until it is decided what they get."""

NEVER = -1
"""``out_at`` of a message that never was."""


class Variant(NamedTuple):
    """One of the texts, with its figures; number `REST`: the rest, whatever they get."""

    number: int
    name: str
    text: str
    recipients: int
    sent: int
    answered: int
    converted: int
    opted_out: int
    worth: float
    counted: int
    reached: int
    stopped: bool


class Trial(NamedTuple):
    """A campaign's trial. ``campaign`` is the campaign's ``seq``, ``window`` in milliseconds.

    ``counted_until`` is on the timeline, ``decided_at`` wall time.
    """

    campaign: int
    goal: str
    window: int
    share: float
    seed: str
    otherwise: str | None
    horizon: int
    state: str
    winner: int | None
    rest: int | None
    reason: str | None
    decided_at: int | None
    counted_until: int
    ended: bool


class Verdict(NamedTuple):
    """How a trial ends: the numbers of the variants that won, and that the rest get."""

    state: str
    winner: int | None
    rest: int | None
    reason: str | None


class Tried(NamedTuple):
    """A recipient, whose message is on its way or out (``out_at``, timeline)."""

    position: int
    variant: int
    out_at: int | None
    answered: bool
    converted: bool
    opted_out: bool


Deed = Literal["answered", "converted", "opted_out"]
"""What a recipient may do; a column, here and among the figures."""

_TRIAL = ", ".join(Trial._fields)
_VARIANT = ", ".join(Variant._fields)
_TRIED = ", ".join(Tried._fields)

# trials


def add(
    connection: sqlite3.Connection,
    trial: Trial,
    texts: Iterable[tuple[str, str]],
    recipients: Mapping[int, int],
) -> None:
    """A new trial, with ``(name, text)`` of its variants, and for how many each of them and the rest are meant."""
    connection.execute(
        f"INSERT INTO campaign_trial ({_TRIAL}) VALUES ({', '.join('?' * len(trial))})", trial
    )
    named = [*enumerate(texts), (REST, ("", ""))]
    connection.executemany(
        "INSERT INTO campaign_variant (campaign, number, name, text, recipients) VALUES (?, ?, ?, ?, ?)",
        [(trial.campaign, number, *each, recipients.get(number, 0)) for number, each in named],
    )


def get(connection: sqlite3.Connection, campaign: int) -> Trial | None:
    """The trial of a campaign, if it has one."""
    row = connection.execute(
        f"SELECT {_TRIAL} FROM campaign_trial WHERE campaign = ?", (campaign,)
    ).fetchone()
    return None if row is None else _trial(row)


def open_ones(connection: sqlite3.Connection) -> list[Trial]:
    """Those for which it matters what recipients do."""
    rows = connection.execute(
        f"SELECT {_TRIAL} FROM campaign_trial INDEXED BY campaign_trial_open WHERE NOT ended"
        " ORDER BY campaign"
    )
    return [_trial(row) for row in rows]


def variants(connection: sqlite3.Connection, campaign: int) -> list[Variant]:
    """Its variants, and the rest as the first of all."""
    rows = connection.execute(
        f"SELECT {_VARIANT} FROM campaign_variant WHERE campaign = ? ORDER BY number", (campaign,)
    )
    return [Variant._make((*row[:-1], bool(row[-1]))) for row in rows]


def name_of(connection: sqlite3.Connection, campaign: int, variant: int) -> str:
    """The name of a variant."""
    (name,) = connection.execute(
        "SELECT name FROM campaign_variant WHERE campaign = ? AND number = ?", (campaign, variant)
    ).fetchone()
    return str(name)


def decide(
    connection: sqlite3.Connection,
    campaign: int,
    verdict: Verdict,
    at: int,
) -> None:
    """It is over, one way or the other."""
    connection.execute(
        "UPDATE campaign_trial SET state = ?, winner = ?, rest = ?, reason = ?, decided_at = ? WHERE campaign = ?",
        (*verdict, at, campaign),
    )


def end(connection: sqlite3.Connection, campaign: int) -> None:
    """Nothing that happens counts any more."""
    connection.execute("UPDATE campaign_trial SET ended = 1 WHERE campaign = ?", (campaign,))


def stop(connection: sqlite3.Connection, campaign: int, variant: int) -> None:
    """Nobody else is to get this variant."""
    connection.execute(
        "UPDATE campaign_variant SET stopped = 1 WHERE campaign = ? AND number = ?",
        (campaign, variant),
    )


# who gets what


def pending(connection: sqlite3.Connection, campaign: int) -> Iterator[tuple[int, str]]:
    """``(position, peer)`` of everybody who is to get it, one by one."""
    return connection.execute(
        "SELECT position, peer FROM campaign_recipient WHERE campaign = ? AND state = 'pending'",
        (campaign,),
    )


def assign(
    connection: sqlite3.Connection, campaign: int, chosen: Sequence[tuple[int, int]]
) -> None:
    """Note who, by position, gets which variant; the rest wait."""
    connection.executemany(
        "UPDATE campaign_recipient SET variant = ?, due_at = ? WHERE campaign = ? AND position = ?",
        [(number, HELD if number == REST else 0, campaign, place) for place, number in chosen],
    )


def move(connection: sqlite3.Connection, campaign: int, position: int, due_at: int) -> None:
    """Somebody who was to be tried is one of the rest now."""
    connection.execute(
        "UPDATE campaign_recipient SET variant = ?, due_at = ? WHERE campaign = ? AND position = ?",
        (REST, due_at, campaign, position),
    )


def release(connection: sqlite3.Connection, campaign: int, limit: int) -> int:
    """Up to ``limit`` of the rest are to get it now; returns how many."""
    return connection.execute(
        "UPDATE campaign_recipient SET due_at = 0 WHERE campaign = ? AND position IN"
        " (SELECT position FROM campaign_recipient INDEXED BY campaign_recipient_due"
        " WHERE campaign = ? AND due_at = ? AND state = 'pending' ORDER BY position LIMIT ?)",
        (campaign, campaign, HELD, limit),
    ).rowcount


# what became of messages


def on_their_way(
    connection: sqlite3.Connection, campaign: int
) -> list[tuple[Tried, str | None, bool]]:
    """Those whose message has not been out when it was looked at last; its state (None: it is gone), and if it is out now."""
    rows = connection.execute(
        f"SELECT {', '.join(f'recipient.{each}' for each in Tried._fields)}, message.state, message.sent_at IS NOT NULL"
        " FROM campaign_recipient AS recipient INDEXED BY campaign_recipient_out"
        " LEFT JOIN message ON message.id = recipient.message"
        " WHERE recipient.campaign = ? AND recipient.out_at IS NULL"
        " AND recipient.variant IS NOT NULL AND recipient.message IS NOT NULL",
        (campaign,),
    )
    return [(_tried(row[:-2]), row[-2], bool(row[-1])) for row in rows]


def is_out(connection: sqlite3.Connection, campaign: int, tried: Tried, at: int) -> None:
    """Note that a message went out (timeline)."""
    _set_out(connection, campaign, tried, at)
    connection.execute(
        "UPDATE campaign_variant SET sent = sent + 1 WHERE campaign = ? AND number = ?",
        (campaign, tried.variant),
    )


def never_was(connection: sqlite3.Connection, campaign: int, tried: Tried) -> None:
    """Note that a message will not go out."""
    _set_out(connection, campaign, tried, NEVER)


def _set_out(connection: sqlite3.Connection, campaign: int, tried: Tried, at: int) -> None:
    connection.execute(
        "UPDATE campaign_recipient SET out_at = ? WHERE campaign = ? AND position = ?",
        (at, campaign, tried.position),
    )


def note(connection: sqlite3.Connection, campaign: int, tried: Tried, deed: Deed) -> None:
    """Somebody did it, for the first time."""
    connection.execute(
        f"UPDATE campaign_recipient SET {deed} = 1 WHERE campaign = ? AND position = ?",
        (campaign, tried.position),
    )
    connection.execute(
        f"UPDATE campaign_variant SET {deed} = {deed} + 1 WHERE campaign = ? AND number = ?",
        (campaign, tried.variant),
    )


def count(connection: sqlite3.Connection, trial: Trial, until: int, deed: Deed) -> None:
    """Count whoever had their message until then (timeline), and whether they did the deed."""
    rows = connection.execute(
        f"SELECT count(*), sum({deed}), campaign, variant FROM campaign_recipient"
        " INDEXED BY campaign_recipient_out WHERE campaign = ? AND out_at > ? AND out_at <= ?"
        " AND variant IS NOT NULL AND message IS NOT NULL GROUP BY variant",
        (trial.campaign, max(0, trial.counted_until), until),
    ).fetchall()
    connection.executemany(
        "UPDATE campaign_variant SET counted = counted + ?, reached = reached + ?"
        " WHERE campaign = ? AND number = ?",
        rows,
    )
    connection.execute(
        "UPDATE campaign_trial SET counted_until = ? WHERE campaign = ?", (until, trial.campaign)
    )


def next_out(connection: sqlite3.Connection, trial: Trial) -> int | None:
    """When (timeline) the first was out of those that are not counted yet; None: there are none."""
    (at,) = connection.execute(
        "SELECT min(out_at) FROM campaign_recipient INDEXED BY campaign_recipient_out"
        " WHERE campaign = ? AND out_at > ? AND variant IS NOT NULL AND message IS NOT NULL",
        (trial.campaign, max(0, trial.counted_until)),
    ).fetchone()
    return None if at is None else int(at)


# who did something


def by_message(connection: sqlite3.Connection, campaign: int, id_: str) -> Tried | None:
    """The recipient whose message that is."""
    row = connection.execute(
        f"SELECT {_TRIED} FROM campaign_recipient INDEXED BY campaign_recipient_peer"
        " WHERE campaign = ? AND peer = (SELECT peer FROM message WHERE id = ?) AND message = ?"
        " AND state != 'skipped' AND variant IS NOT NULL",
        (campaign, id_, id_),
    ).fetchone()
    return None if row is None else _tried(row)


def by_peer(connection: sqlite3.Connection, campaign: int, peers: Sequence[str]) -> Tried | None:
    """The recipient who goes by one of these numbers, and whose message is out, or may be."""
    for peer in peers:
        row = connection.execute(
            f"SELECT {_TRIED} FROM campaign_recipient INDEXED BY campaign_recipient_peer"
            " WHERE campaign = ? AND peer = ? AND message IS NOT NULL AND state != 'skipped'"
            " AND variant IS NOT NULL AND (out_at IS NOT NULL OR EXISTS (SELECT 1 FROM message"
            " WHERE message.id = campaign_recipient.message"
            " AND (sent_at IS NOT NULL OR possible_duplicate OR message.state IN ('submitting', 'uncertain'))))",
            (campaign, peer),
        ).fetchone()
        if row is not None:
            return _tried(row)
    return None


def _trial(row: tuple[Any, ...]) -> Trial:
    return Trial._make((*row[:-1], bool(row[-1])))


def _tried(row: tuple[Any, ...]) -> Tried:
    return Tried._make((*row[:3], *map(bool, row[3:])))
