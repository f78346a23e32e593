"""The keyword that a message was for: a column of the message."""

import sqlite3


def set_keyword(connection: sqlite3.Connection, seq: int, keyword: str) -> None:
    """Keep which keyword an inbound message (``seq``) began with."""
    connection.execute("UPDATE message SET keyword = ? WHERE seq = ?", (keyword, seq))
