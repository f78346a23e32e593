"""The services that a notification of a message has reached: those are not told again."""

import sqlite3


def add(connection: sqlite3.Connection, handler: str, id_: str, service: str) -> None:
    """One has taken it. Nothing is kept of a message that is gone."""
    connection.execute(
        "INSERT INTO reached (message, handler, service) SELECT id, ?, ? FROM message WHERE id = ?"
        " ON CONFLICT DO NOTHING",
        (handler, service, id_),
    )


def services(connection: sqlite3.Connection, handler: str, id_: str) -> set[str]:
    """Those that have taken it."""
    rows = connection.execute(
        "SELECT service FROM reached WHERE message = ? AND handler = ?", (id_, handler)
    )
    return {service for (service,) in rows}
