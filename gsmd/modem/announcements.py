"""The check that the modem announces what comes in, judged by what sweeps find.

A sweep that finds a message nobody announced proves little: one notice may be lost. Several in a row are a
modem that does not tell: its notices go to another of its ports, or nowhere.
"""

from collections.abc import Collection

from gsmd.modem.storage.stored_entry import StoredEntry

PROOF = 3
"""Sweeps in a row that found what no notice had announced, after which something is done about it."""


class Announcements:
    """Counts sweeps with finds that were not announced. ``missing``: so many in a row."""

    def __init__(self) -> None:
        self.missing = 0
        self._heard = True  # what lay there before anybody asked for notices was not announced
        self._known: set[StoredEntry] = set()

    def begin_anew(self) -> None:
        """The modem was brought up: what it holds now may have come before."""
        self._heard = True

    def heard(self) -> None:
        """The modem told of something that came in."""
        self._heard = True
        self.missing = 0

    def swept(self, found: Collection[StoredEntry]) -> bool:
        """A sweep found these. Returns whether the modem should have told of one of them."""
        unannounced = not self._heard and not self._known.issuperset(found)
        self._known, self._heard = set(found), False
        self.missing += unannounced
        return unannounced
