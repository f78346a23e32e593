"""The blocking twin of a file of the asyncio client: the same words without those of asyncio."""

import re
from pathlib import Path

FILES = ("call_group.py", "client.py", "inbound.py", "outbound.py")
"""Those that are written by hand in ``_async``; ``calls`` is generated there too."""

WORDS = (
    (r"Awaitable\[(\w+)\]", r"\1"),
    (r"\bAsyncIterator\b", "Iterator"),
    (r", Awaitable\b", ""),
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"__a(enter|exit|iter|next)__", r"__\1__"),
    (r"\bAsync([A-Z])", r"\1"),
    (r"\b_async\b", "_sync"),
    (r", any number of calls at once\b", ". May be shared by threads: each that waits has a connection of its own"),
)  # fmt: skip

NOTE = "# Generated from {} by .ci/generate: do not edit.\n"


def path(of: Path) -> Path:
    """The path of the twin of a file of ``_async``."""
    return Path(*("_sync" if part == "_async" else part for part in of.parts))


def of(source: str, name: str) -> str:
    """The twin's text; ``name`` is where it comes from."""
    if source.startswith("# Generated"):
        source = source.partition("\n")[2]
    for pattern, word in WORDS:
        source = re.sub(pattern, word, source)
    return NOTE.format(name) + source
