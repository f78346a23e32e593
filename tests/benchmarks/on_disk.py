"""A directory for what a benchmark keeps: on the disk of the checkout, as ``/tmp`` is memory on many a machine."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUILD = Path("build")
"""What the repository ignores, and `make clean` removes."""


@contextmanager
def on_disk() -> Iterator[Path]:
    """A new directory, absolute, that goes with the context."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD.absolute()) as name:
        yield Path(name)
