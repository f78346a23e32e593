"""One slot of a message storage."""

import msgspec


class StoredEntry(msgspec.Struct, frozen=True):
    """One slot of a message storage. ``frame`` is the line of hex as the modem gave it.

    ``stored_status``: 0 unread, 1 read, 2 stored and unsent, 3 stored and sent (3GPP TS 27.005 §3.1).
    """

    storage: str
    index: int
    stored_status: int
    frame: str
