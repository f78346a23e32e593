"""What people have set for themselves: language, light or dark, saved searches. A value is JSON."""

import json
import sqlite3
from typing import Any

_MOST = 16_000
"""Characters that one value may have."""


def of(db: sqlite3.Connection, name: str) -> dict[str, Any]:
    """All that the user of that name has set."""
    rows = db.execute(
        "SELECT preference.name, value FROM preference JOIN user ON user.id = preference.user WHERE user.name = ?",
        (name,),
    )
    return {key: json.loads(value) for key, value in rows}


def keep(db: sqlite3.Connection, name: str, key: str, value: Any) -> None:
    """Set something; None: as if it had never been set. Errors: `ValueError` for what is too long."""
    kept = json.dumps(value)
    if len(kept) > _MOST:
        raise ValueError("too much to keep")
    if value is None:
        db.execute(
            "DELETE FROM preference WHERE name = ? AND user = (SELECT id FROM user WHERE name = ?)",
            (key, name),
        )
        return
    db.execute(
        "INSERT INTO preference (user, name, value) SELECT id, ?, ? FROM user WHERE name = ? "
        "ON CONFLICT (user, name) DO UPDATE SET value = excluded.value",
        (key, kept, name),
    )
