"""A stream of octets cut into lines."""

from typing import NamedTuple

from gsmd.protocol import bounds


class Lines(NamedTuple):
    """Whole lines, without their line feeds; ``overflow`` says that a longer one than allowed follows."""

    lines: list[bytes]
    overflow: bool


class LineSplitter:
    """Cuts a stream into lines, however it arrives, and never keeps more than one line's worth."""

    def __init__(self, limit: int = bounds.LINE) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._overflow = False

    def feed(self, data: bytes) -> Lines:
        """The lines that ``data`` completes. After an overflow nothing more is taken."""
        if self._overflow:
            return Lines([], overflow=True)
        first, *others = data.split(b"\n")
        self._rest += first
        lines: list[bytes] = []
        for other in others:
            if len(self._rest) > self._limit:
                break
            lines.append(bytes(self._rest))
            self._rest[:] = other
        if len(self._rest) > self._limit:
            self._overflow = True
            self._rest.clear()
        return Lines(lines, self._overflow)

    def finish(self) -> bytes | None:
        """The rest behind the last line feed at the end of the stream, if it is more than blanks."""
        rest = bytes(self._rest).strip()
        self._rest.clear()
        return rest or None
