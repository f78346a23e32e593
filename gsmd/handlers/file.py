"""A file that every message is appended to, one JSON object a line.

Acknowledged means on the disk: the line is synced before `FileHandler.deliver` returns. What is cut off
in the middle, by a full disk or a crash, does not spoil the lines around it.
"""

import asyncio
import fcntl
import os
from pathlib import Path
from typing import ClassVar

import msgspec

from gsmd.config import HandlerSettings
from gsmd.config.types import AbsolutePath
from gsmd.handlers.base import Delivery, DeliveryMarks, Handler, HandlerError
from gsmd.protocol.message import Reply, to_wire

_MODE = 0o640
"""Of a new file: the texts of others are nobody's business."""


class FileSettings(HandlerSettings, frozen=True, kw_only=True):
    """``file``: where the lines go; it is made if it is not there.

    ``receipts``: whether what becomes of all that goes in its name is a line as well.
    """

    kind: ClassVar[str] = "file"

    file: AbsolutePath
    receipts: bool = False

    @property
    def wants_receipts(self) -> bool | None:
        return self.receipts


class FileHandler(Handler):
    """Appends one message after the other.

    The file is opened for each, so that it can be moved away at any time, as logrotate does. There is no
    time-out: writing cannot be called off, and a second try beside the first would double the line.
    """

    def __init__(
        self, name: str, settings: FileSettings, _marks: DeliveryMarks | None = None
    ) -> None:
        self.name = name
        self._file = settings.file
        self._busy = False

    @property
    def capacity(self) -> int:
        return 0 if self._busy else 1

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """There is never a reply. Errors: `HandlerError`."""
        self._busy = True
        try:
            await asyncio.to_thread(
                append, self._file, msgspec.json.encode(to_wire(delivery.message))
            )
        except OSError as error:
            raise HandlerError(f"{self._file}: {error.strerror}") from error
        finally:
            self._busy = False
        return None


def append(path: Path, line: bytes) -> None:
    """Put ``line`` at the end of a file, as a line of its own and on the disk; all of it, or nothing.

    Errors: `OSError`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # another handler may write to it as well
        before = os.fstat(descriptor).st_size
        torn = before > 0 and os.pread(descriptor, 1, before - 1) != b"\n"
        try:
            _write(descriptor, (b"\n" if torn else b"") + line + b"\n")
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)
    if before == 0:
        _sync_directory(path.parent)


def _write(descriptor: int, octets: bytes) -> None:
    left = memoryview(octets)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync_directory(path: Path) -> None:
    """A new file is lost with the power as long as its directory is not on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
