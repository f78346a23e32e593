"""A month of figures for pictures: messages of many numbers at the hours at which people write, and a day on which gsmd was off."""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

DAYS = 30

HOURS = (0, 0, 0, 0, 0, 1, 2, 5, 9, 12, 11, 9, 10, 9, 8, 8, 9, 11, 12, 10, 7, 4, 2, 1)
"""How busy each hour of a day is."""

PREFIXES = ("+3361200", "+3361200", "+3361200", "+4915112", "+4179000", "+3478000")

REASONS = (
    '{"reason":"cms_21","message":"the recipient refused it"}',
    '{"reason":"cms_27","message":"the recipient is switched off"}',
    '{"reason":"cms_38","message":"the network is out of order"}',
)

OFF = 11
"""The day, counted back, on which gsmd was off."""


def write(path: Path) -> None:
    """Put it into a store that has its schema, while no daemon runs."""
    chance = random.Random(7)  # the same pictures each time
    now = int(time.time() * 1000)
    rows = [row for day in range(DAYS, 0, -1) if day != OFF for row in _day(chance, now, day)]
    rows.sort(key=lambda row: row[-1])
    with closing(sqlite3.connect(path)) as db:
        db.execute("BEGIN")
        for seq, row in enumerate(rows, 1):
            _message(db, chance, seq, *row)
        db.execute("DELETE FROM run")
        off = now - OFF * 86_400_000
        for begun, until in ((now - DAYS * 86_400_000, off), (off + 86_400_000, now - 1000)):
            db.execute("INSERT INTO run (began_at, until) VALUES (?, ?)", (begun, until))
        for hour in range(7 * 24, 0, -1):
            _signal(db, chance, now - hour * 3_600_000, hour)
        db.execute("COMMIT")


def _signal(db: sqlite3.Connection, chance: random.Random, at: int, hour: int) -> None:
    """A modem's hour; for three of them two days ago there was no network."""
    away = 48 <= hour < 51
    dbm = None if away else -76 - 6 * (hour % 24 in range(8)) + chance.randrange(-5, 6)
    state, reason = ("registering", "no network") if away else ("ready", "")
    db.execute(
        "INSERT OR REPLACE INTO modem_history (modem, at, state, reason, roaming, operator, signal_dbm, lowest_dbm, highest_dbm)"
        " VALUES ('north', ?, ?, ?, 0, 'Testnet', ?, ?, ?)",
        (at, state, reason, dbm, dbm, dbm),
    )


def _day(chance: random.Random, now: int, day: int) -> list[tuple[str, str, int]]:
    begin = now - day * 86_400_000
    weekday = time.gmtime(begin / 1000).tm_wday
    busy = 0.4 if weekday >= 5 else 1.0
    found = []
    for hour, weight in enumerate(HOURS):
        for _ in range(round(weight * busy * chance.uniform(0.5, 1.5))):
            shift = (hour - time.gmtime(begin / 1000).tm_hour) % 24
            at = begin + shift * 3_600_000 + chance.randrange(3_600_000)
            direction = "inbound" if chance.random() < 0.45 else "outbound"
            number = chance.choice(PREFIXES) + f"{chance.randrange(90):04d}"
            found.append((direction, number, min(at, now - 60_000)))
    return found


def _message(
    db: sqlite3.Connection, chance: random.Random, seq: int, direction: str, peer: str, at: int
) -> None:
    ours = direction == "outbound"
    lost = ours and chance.random() < 0.04
    state = ("failed" if lost else "delivered") if ours else "handled"
    sent = at + chance.randrange(1500, 6000) if ours and not lost else None
    delivered = sent + int(chance.lognormvariate(8.6, 0.7)) if sent else None
    answered = at + int(chance.lognormvariate(13.5, 1.4)) if chance.random() < 0.3 else None
    db.execute(
        "INSERT INTO message (seq, id, direction, state, peer, modem, sim, kind, text, alphabet, parts, created_at,"
        " sent_at, delivered_at, answered_at, error) VALUES (?, ?, ?, ?, ?, ?, 'sim', 'text', ?, 'gsm7', 1, ?, ?, ?, ?, ?)",
        (
            seq, f"history{seq:08d}", direction, state, peer, chance.choice(("north", "south")),
            "See you tomorrow." if ours else "Thanks!", at, sent, delivered, answered,
            chance.choice(REASONS) if lost else None,
        ),
    )  # fmt: skip
    if ours:
        db.execute(
            "INSERT INTO outbound (message, queue, finished, destination, route) VALUES (?, 'done', 1, ?, '')",
            (seq, peer),
        )
