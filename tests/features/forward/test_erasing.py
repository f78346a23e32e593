"""What was sent on of one number is erased, and everybody else's messages stay on their way."""

import sqlite3

from gsmd.features.forward import table
from gsmd.store.tables import messages
from tests.store.tables.records import connection, insert
from tests.store.tables.test_outbox import queue, take

__all__ = ["connection"]


def test_what_waits_behind_an_erased_message_to_the_same_number_goes(
    connection: sqlite3.Connection,
) -> None:
    origin = insert(connection, "from her", peer="+33699999999")
    sent_on = queue(connection, "sent on", destination="+1")
    table.add(connection, sent_on, origin, "boss")
    other = queue(connection, "other", destination="+1")

    table.erase(connection, "+33699999999")

    assert take(connection) == other
    assert messages.find(connection, "sent on") is None
