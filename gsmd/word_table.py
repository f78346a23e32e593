"""Tables of words that people text: which row a text means."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from gsmd.words import beginnings, first_word, fold, keyword, one_apart, said

Row = TypeVar("Row")

_SHORT = 3
"""Words of a text up to which its first word may be a misspelt keyword, and not the begin of a sentence."""

_CORRECTED = 4
"""Letters from which on a word is corrected: too many others are near a shorter one."""


class WordTable(Generic[Row]):
    """Rows by their words, compared as `gsmd.words.keyword` says."""

    def __init__(self, rows: Sequence[tuple[Sequence[str], Row]], *, misspelt: bool = True) -> None:
        self._rows = {keyword(word): row for words, row in reversed(rows) for word in words}
        self._misspelt = misspelt

    def find(self, text: str) -> Row | None:
        """The row whose word the text begins with.

        In a short text the word may have one letter more, less, different or swapped, if it can
        mean only one row then.
        """
        found = self.named(text)
        return self._near(text) if found is None and self._misspelt else found

    def named(self, text: str) -> Row | None:
        """The row whose word the text begins with, as the word is spelt."""
        for beginning in beginnings(text):
            if beginning in self._rows:
                return self._rows[beginning]
        return None

    def _near(self, text: str) -> Row | None:
        word = first_word(text)
        if len(word) < _CORRECTED or not word.isalpha():
            return None
        if len(fold(said(text)).split()) > _SHORT:
            return None
        near = [
            row
            for known, row in self._rows.items()
            if len(known) >= _CORRECTED and one_apart(word, known)
        ]
        return near[0] if near and all(row is near[0] for row in near) else None
