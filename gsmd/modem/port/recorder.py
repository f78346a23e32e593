"""A record of the traffic on a modem's line, for whoever asks for it.

Nothing is kept while nobody asks. Once somebody does, everything is, up to `_CAPACITY`, and goes on being
kept as long as they come back within `_INTEREST`: each reader says which entry it has seen last.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from typing import Literal

from gsmd.modem.port.port import Port
from gsmd.patterns import pattern
from gsmd.protocol.modems import LineEntry, LinePage

Way = Literal["to", "from", "remark"]

_CAPACITY = 1 << 20
"""Octets that are kept for who does not come for them; older ones are lost, which is told."""

_INTEREST = 60.0
"""Seconds after which somebody who does not ask again records no more."""

_SECRET = pattern(rb'(?<=\+CPIN=)"?\d+"?|(?<=\+CPWD="SC",).*|(?<=\+CLCK="SC",)\d,"\d+"')


class Recorder:
    """One modem's line, whichever port it is on."""

    def __init__(self) -> None:
        self._entries: deque[LineEntry] = deque()
        self._size = 0
        self._next = 2  # so that nobody has seen number 0
        self._asked_at = float("-inf")
        self._news = asyncio.Event()

    def wrap(self, port: Port) -> Port:
        """The same port, heard."""
        self.remark(f"{port.path} is open")
        return _RecordedPort(port, self)

    def remark(self, text: str) -> None:
        """Something that explains what is on the line."""
        self._keep("remark", text)

    def octets(self, way: Way, data: bytes) -> None:
        """Octets that went one way at once."""
        if self._wanted:
            blotted = _SECRET.sub(lambda secret: re.sub(rb"\d", b"*", secret[0]), data)
            self._keep(way, blotted.hex())

    async def read(self, after: int, timeout: float) -> LinePage:  # noqa: ASYNC109 -- no entry in time is an answer
        """The entries behind number ``after`` (0: from now on), as soon as there are any or the time is over."""
        was_wanted, self._asked_at = self._wanted, asyncio.get_running_loop().time()
        if not was_wanted:
            self._forget()
        first = after or self._next - 1
        try:
            async with asyncio.timeout(timeout):
                while self._next - 1 <= first:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        self._asked_at = asyncio.get_running_loop().time()
        found = [entry for entry in self._entries if entry.number > first]
        oldest = found[0].number if found else self._next
        return LinePage(found, self._next - 1, max(0, oldest - first - 1))

    @property
    def _wanted(self) -> bool:
        return asyncio.get_running_loop().time() - self._asked_at <= _INTEREST

    def _keep(self, way: Way, text: str) -> None:
        if not self._wanted:
            return
        at = asyncio.get_running_loop().time()
        self._entries.append(LineEntry(self._next, at, way, text))
        self._next += 1
        self._size += len(text)
        while self._size > _CAPACITY:
            self._size -= len(self._entries.popleft().octets)
        self._news.set()

    def _forget(self) -> None:
        self._entries.clear()
        self._size = 0


class _RecordedPort:
    """A port, and somebody who hears what goes over it."""

    def __init__(self, port: Port, recorder: Recorder) -> None:
        self.path = port.path
        self._port = port
        self._recorder = recorder

    def attach(self, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        def heard(data: bytes) -> None:
            self._recorder.octets("from", data)
            on_data(data)

        def lost(why: str) -> None:
            self._recorder.remark(why)
            on_lost(why)

        self._port.attach(heard, lost)

    def write(self, data: bytes) -> None:
        self._recorder.octets("to", data)
        self._port.write(data)

    async def close(self) -> None:
        self._recorder.remark(f"{self.path} is closed")
        await self._port.close()
