"""The text of a test message."""

from gsmd.patterns import pattern

_WORDS = "gsmd self-test"
_TEXT = pattern(rf"{_WORDS} ([a-z2-7]{{16}})")


def text_of(id_: str) -> str:
    """The text of the test with this id (16 letters and digits, as all our ids)."""
    return f"{_WORDS} {id_}"


def id_in(text: str | None) -> str | None:
    """The id of the test whose text this is; None for any other text."""
    found = _TEXT.fullmatch((text or "").strip())
    return found[1] if found else None
