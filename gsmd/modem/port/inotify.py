"""Being told by the kernel when something appears in a directory: inotify(7), three calls by ctypes.

asyncinotify does this too, and more; for the 40 lines needed here (nothing is read from the events but that
there was one) a dependency of the daemon would be much.
"""

import asyncio
import ctypes
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

_CREATED, _MOVED_IN, _ATTRIBUTES, _SELF_GONE = 0x100, 0x80, 0x4, 0x400 | 0x800
_MASK = _CREATED | _MOVED_IN | _ATTRIBUTES | _SELF_GONE

_libc = ctypes.CDLL(None, use_errno=True)


class DirectoryWatch:
    """Wakes when an entry appears in one of some directories, or gets other permissions.

    Errors on entering: `OSError`, where the kernel has no inotify or no instance left.
    """

    def __init__(self) -> None:
        self._fd = -1
        self._watched: dict[Path, int] = {}
        self._event = asyncio.Event()

    def __enter__(self) -> Self:
        self._fd = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        asyncio.get_running_loop().add_reader(self._fd, self._drain)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)

    def watch(self, directories: Iterable[Path]) -> None:
        """Watch exactly these; one that is not there, or may not be read, is left out."""
        wanted = set(directories)
        for directory in self._watched.keys() - wanted:
            _libc.inotify_rm_watch(self._fd, self._watched.pop(directory))
        for directory in wanted:
            # again also where it was watched: it may be another directory of that name by now
            descriptor = _libc.inotify_add_watch(self._fd, os.fsencode(directory), _MASK)
            if descriptor >= 0:
                self._watched[directory] = descriptor

    async def changed(self) -> None:
        """Wait until something happened since the last call."""
        await self._event.wait()
        self._event.clear()

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._fd, 4096):
                self._event.set()
