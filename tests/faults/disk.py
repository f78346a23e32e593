"""A disk under SQLite that fails when it is told to, and forgets what was not synced when the power goes.

What is on the disk is modelled in pages of the page cache, as Linux keeps them. A page that was written
and not yet synced is *dirty*; a sync that succeeds makes dirty pages durable; a sync that fails makes
them *lost*: they can be read, the kernel takes them for clean, and no later sync brings them to the disk
(https://lwn.net/Articles/752063/). `cut_power` puts back what is durable, and kills the process.
"""

import os
import pickle
import random
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.faults.sqlite_files import OK, OpenFile, Proceed, install

PAGE = 4096

FULL = 13
IOERR_WRITE = 10 | 3 << 8
IOERR_FSYNC = 10 | 4 << 8
IOERR_TRUNCATE = 10 | 6 << 8
IOERR_SHMSIZE = 10 | 19 << 8

What = Literal["fsync", "full", "short", "io", "readonly", "end"]
Operation = Literal["write", "sync", "truncate", "map"]

STRUCK: dict[What, frozenset[Operation]] = {
    "fsync": frozenset({"sync"}),
    "full": frozenset({"write", "map"}),
    "short": frozenset({"write", "map"}),
    "io": frozenset({"write"}),
    "readonly": frozenset({"write", "sync", "truncate", "map"}),
    "end": frozenset({"write", "sync", "truncate", "map"}),
}
"""Which operations fail of which fault."""


@dataclass(frozen=True)
class DiskFault:
    """``what`` strikes from the ``at``-th operation on that it can strike, ``times`` times.

    ``then_die``: as many operations after the first failure, the end comes; 0: it does not.
    ``end`` is a fault by itself: the end comes at that operation.
    """

    what: What
    at: int
    times: int = 1
    then_die: int = 0

    def __str__(self) -> str:
        then = f", dead {self.then_die} later" if self.then_die else ""
        return f"{self.what} at {self.at}×{self.times}{then}"


@dataclass
class _File:
    """What is durable of one file, as far as it differs from what can be read."""

    number: int | None
    descriptor: int
    size: int
    dirty: dict[int, bytes] = field(default_factory=dict)
    lost: dict[int, bytes] = field(default_factory=dict)


Note = Callable[[str, str], None]
"""Writes a line into a file beside the configuration."""


class FaultyDisk:
    """Listens to everything that SQLite writes. ``note`` hears of every operation, and of the fault.

    ``kernel``: at the end only the process dies; else the power goes. ``memory`` is where the kernel's
    knowledge of its pages is kept for the next process.
    """

    def __init__(self, fault: DiskFault | None, note: Note, memory: Path, *, kernel: bool) -> None:
        self.die = self.kill if kernel else self.cut_power
        self._fault = fault
        self._note = note
        self._memory = memory
        self._count = 0
        self._struck = 0
        self._since = 0
        self._files: dict[str, _File] = {}
        self._lock = threading.RLock()
        self._recall()

    def install(self) -> None:
        """Under every connection of this process. Errors: `Unavailable`."""
        install(self)
        statvfs = os.statvfs

        def told(path: str | os.PathLike[str]) -> os.statvfs_result:
            found = statvfs(path)
            values = list(found)
            if self._failing("full") or self._failing("short"):
                values[4] = 0  # f_bavail
            if self._failing("readonly"):
                values[8] |= os.ST_RDONLY
            return os.statvfs_result(values)

        os.statvfs = told  # type: ignore[assignment] # it is also asked for descriptors, not by us

    # what SQLite does

    def write(
        self, file: OpenFile, data: bytes, offset: int, proceed: Callable[[bytes], int]
    ) -> int:
        with self._lock:
            failing = self._strikes("write", file)
            if failing in {"short", "io"}:
                data = data[: len(data) // 2]
            if failing not in {"full", "readonly"}:
                self._soil(file, offset, len(data))
                if (result := proceed(data)) != OK:
                    return result
            match failing:
                case None:
                    return OK
                case "full" | "short":
                    return FULL
                case _:
                    return IOERR_WRITE

    def sync(self, file: OpenFile, proceed: Proceed) -> int:
        with self._lock:
            known = self._known(file)
            if self._strikes("sync", file):
                known.lost |= known.dirty
                known.dirty.clear()
                return IOERR_FSYNC
            # nothing is synced for real: the tests cut no power but ours
            known.dirty.clear()
            known.size = os.fstat(known.descriptor).st_size
            return OK

    def truncate(self, file: OpenFile, size: int, proceed: Proceed) -> int:
        with self._lock:
            if self._strikes("truncate", file):
                return IOERR_TRUNCATE
            known = self._known(file)
            self._soil(file, size, max(0, os.fstat(known.descriptor).st_size - size))
            return proceed()

    def grow_index(self, file: OpenFile, proceed: Proceed) -> int:
        with self._lock:
            return IOERR_SHMSIZE if self._strikes("map", file) else proceed()

    # faults

    def _strikes(self, operation: Operation, file: OpenFile) -> What | None:
        """Whether this operation fails, and how."""
        suffix = Path(file.path).suffix.rpartition("-")[2].lstrip(".")
        name = f"{operation} {suffix}"
        fault = self._fault
        if fault is None:
            self._note("operations", name)
            return None
        if self._since and fault.then_die:
            self._since += 1
            if self._since > fault.then_die:
                self._note("reached", f"{name} end")
                self.die()
        if operation not in STRUCK[fault.what]:
            return None
        self._count += 1
        if not fault.at <= self._count < fault.at + fault.times:
            return None
        self._struck += 1
        if self._struck == 1:
            self._since = 1
            self._note("reached", f"{name} {fault.what}")
        if fault.what == "end":
            self.die()
        return fault.what

    def _failing(self, what: What) -> bool:
        """Whether that fault has begun and not ended."""
        fault = self._fault
        return fault is not None and fault.what == what and 0 < self._struck < fault.times

    # what is durable

    def _known(self, file: OpenFile) -> _File:
        number = _inode(file.path)
        known = self._files.get(file.path)
        if known is None or known.number != number:
            # never closed: that would cost SQLite its locks (fcntl(2))
            descriptor = os.open(file.path, os.O_RDWR | os.O_CLOEXEC)
            known = _File(number, descriptor, os.fstat(descriptor).st_size)
            self._files[file.path] = known
        return known

    def _soil(self, file: OpenFile, offset: int, length: int) -> None:
        known = self._known(file)
        for page in range(offset // PAGE, -(-(offset + length) // PAGE)):
            durable = known.lost.pop(page, None)
            if durable is None:
                durable = os.pread(known.descriptor, PAGE, page * PAGE)
            known.dirty.setdefault(page, durable)

    def cut_power(self) -> None:
        """What was not synced is gone, all of it or some pages of it; so are we."""
        with self._lock:
            draw = random.Random(self._count + self._since)
            keep_some = draw.random() < 0.5
            for path, known in self._files.items():
                if _inode(path) == known.number:
                    kept = {page for page in known.dirty if keep_some and draw.random() < 0.5}
                    _put_back(known, kept)
            self._memory.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def kill(self) -> None:
        """The process dies, the kernel lives on: what is dirty or lost stays so for the next process."""
        with self._lock:
            self._memory.write_bytes(pickle.dumps(self._files))
            os.kill(os.getpid(), signal.SIGKILL)

    def _recall(self) -> None:
        if not self._memory.exists():
            return
        for path, known in pickle.loads(self._memory.read_bytes()).items():
            if _inode(path) == known.number:
                known.descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
                self._files[path] = known


def _inode(path: str) -> int | None:
    try:
        return Path(path).stat().st_ino
    except FileNotFoundError:
        return None


def _put_back(known: _File, kept: set[int]) -> None:
    """Make the file what is durable of it, and the pages in ``kept``."""
    end = os.fstat(known.descriptor).st_size
    for page, durable in {**known.lost, **known.dirty}.items():
        if page not in kept:
            os.pwrite(known.descriptor, durable.ljust(PAGE, b"\0"), page * PAGE)
    last = max((page * PAGE + PAGE for page in kept), default=0)
    os.ftruncate(known.descriptor, max(known.size, min(end, last)))
