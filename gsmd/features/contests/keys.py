"""The keys of contests: each comes of one that is in a file beside the database."""

from pathlib import Path

from gsmd.features.contests.rules import commitment, contest_key
from gsmd.features.contests.table import Contest
from gsmd.store.keyfile import read_key


class Keys:
    """Reads the file when a contest first needs it: most who run gsmd have none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key: bytes | None = None

    def new(self, of: str) -> bytes:
        """The key of a contest whose seed has this commitment. Errors: `OSError`."""
        if self._key is None:
            self._key = read_key(self._path)
        return contest_key(self._key, of)

    def of(self, contest: Contest) -> bytes | None:
        """The key of a contest; None if the file has another than the one that its codes were kept with.

        Errors: `OSError`.
        """
        key = self.new(contest.commitment)
        if commitment(key) == contest.key_commitment:
            return key
        self._key = None  # whoever puts the right file back needs no restart
        return None

    def required(self, contest: Contest) -> bytes:
        """The same. Errors: `KeyLost`, `OSError`."""
        key = self.of(contest)
        if key is None:
            raise KeyLost(f"{self._path} is not the key that {contest.name} was begun with")
        return key


class KeyLost(Exception):
    """The codes of a contest cannot be told from others."""
