"""The words that a keyword table is told in."""

from collections.abc import Sequence


def overview(rows: Sequence[tuple[str, str]]) -> str:
    """The answer to HELP: each keyword and what it does."""
    return "\n".join(f"{word}: {what}" for word, what in rows)
