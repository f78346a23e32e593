"""The output of a program, read as it comes and never more of it kept than there is use for."""

import asyncio
import os
from typing import Self

_AT_ONCE = 64 << 10


class Output:
    """A pipe from a program, on the running loop. The beginning is kept, or the end.

    ``write_end`` is for the program; `begin` closes it here. After the program has ended, `rest` has all
    that it printed, even while something that it left behind holds the pipe open.
    """

    def __init__(self, limit: int, *, keep_end: bool = False) -> None:
        self.exceeded = False
        self._limit = limit
        self._keep_end = keep_end
        self._kept = bytearray()
        self._read_end, self.write_end = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._read_end, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_write_end()
        asyncio.get_running_loop().remove_reader(self._read_end)
        os.close(self._read_end)

    def begin(self) -> None:
        """Starts reading."""
        self._close_write_end()
        asyncio.get_running_loop().add_reader(self._read_end, self._read)

    def rest(self) -> bytes:
        """Reads what is there and returns what was kept."""
        while self._read():
            pass
        return bytes(self._kept)

    def _read(self) -> bool:
        """One piece; false if there is nothing now."""
        try:
            octets = os.read(self._read_end, _AT_ONCE)
        except BlockingIOError:
            return False
        if not octets:
            asyncio.get_running_loop().remove_reader(self._read_end)
            return False
        self._keep(octets)
        return True

    def _keep(self, octets: bytes) -> None:
        self._kept += octets
        if len(self._kept) > self._limit:
            self.exceeded = True
            if self._keep_end:
                del self._kept[: -self._limit]
            else:
                del self._kept[self._limit :]

    def _close_write_end(self) -> None:
        if self.write_end >= 0:
            os.close(self.write_end)
            self.write_end = -1


def as_file(octets: bytes) -> int:
    """A descriptor from which a program reads these octets; nobody has to wait for it to do so."""
    descriptor = os.memfd_create("gsmd-message", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(octets)
        os.lseek(descriptor, 0, os.SEEK_SET)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
