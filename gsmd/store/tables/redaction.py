"""Taking what was written out of messages that are done with."""

import sqlite3

REDACTED = "(redacted)"


def unredacted(connection: sqlite3.Connection, handler: str, limit: int) -> list[str]:
    """Ids of messages that a handler has dealt with and that still say what they said."""
    rows = connection.execute(
        "SELECT message.id FROM delivery JOIN message ON message.seq = delivery.message"
        " WHERE handler = ? AND queue = 'done' AND message.state = 'handled'"
        " AND (text IS NOT ? OR data IS NOT NULL) LIMIT ?",
        (handler, REDACTED, limit),
    )
    return [id_ for (id_,) in rows]


def redact(connection: sqlite3.Connection, id_: str, handlers: tuple[str, ...]) -> bool:
    """Forget what a message said, if one of ``handlers`` dealt with it and nobody has yet to."""
    marks = ", ".join("?" * len(handlers))
    row = connection.execute(
        "SELECT message.seq FROM message JOIN delivery ON delivery.message = message.seq"
        f" WHERE message.id = ? AND message.state = 'handled' AND handler IN ({marks}) LIMIT 1",
        (id_, *handlers),
    ).fetchone()
    if row is None:
        return False
    connection.execute("UPDATE message SET text = ?, data = NULL WHERE seq = ?", (REDACTED, row[0]))
    connection.execute("UPDATE inbound_part SET frame = '' WHERE message = ?", (row[0],))
    return True
