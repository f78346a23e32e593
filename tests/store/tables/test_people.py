"""What is erased of one number leaves everybody else's messages on their way."""

import sqlite3

from gsmd.store.tables import forwards, messages, people
from tests.store.tables.records import connection, insert
from tests.store.tables.test_outbox import queue, take

__all__ = ["connection"]


def test_what_waits_behind_an_erased_message_to_the_same_number_goes(
    connection: sqlite3.Connection,
) -> None:
    origin = insert(connection, "from her", peer="+33699999999")
    sent_on = queue(connection, "sent on", destination="+1")
    forwards.add(connection, sent_on, origin, "boss")
    other = queue(connection, "other", destination="+1")

    people.erase_messages(connection, "+33699999999", 10)

    assert take(connection) == other
    assert messages.find(connection, "sent on") is None
