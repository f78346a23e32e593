"""Texts in tables that people open in a spreadsheet: none is taken for a formula, whoever wrote it.

One that begins like a formula gets an apostrophe before it; what reads such tables takes it away again.
"""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
"""Beginnings of what spreadsheets reckon."""


def guarded(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(FORMULA) else text


def bare(text: str) -> str:
    """The text without the apostrophe that `guarded` put before it."""
    return text[1:] if text.startswith("'") and text.startswith(FORMULA, 1) else text
