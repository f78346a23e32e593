"""A stream of octets becomes PDUs, wherever it is cut (SMPP 3.4 §3.1, §3.2)."""

from gsmd.smpp.errors import SmppError
from gsmd.smpp.status import CommandStatus
from gsmd.smpp.wire import HEADER


class Splitter:
    """Collects octets until a PDU is whole. Nothing is kept of one that is longer than ``largest``."""

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self._octets = bytearray()
        self._start = 0

    def feed(self, octets: bytes) -> None:
        """More octets of the stream."""
        if self._start:
            del self._octets[: self._start]
            self._start = 0
        self._octets += octets

    @property
    def waiting(self) -> int:
        """Octets that belong to no PDU that was taken."""
        return len(self._octets) - self._start

    def next_command(self) -> int | None:
        """The command_id of the next PDU; None while it is not whole. Errors: `SmppError` as `take`."""
        length = self._length()
        if length is None or self.waiting < length:
            return None
        return self._integer(4)

    def take(self) -> bytes | None:
        """The next PDU, None while it is not whole.

        Errors: `SmppError` (RINVCMDLEN) for a command_length that cannot be: where the next PDU
        begins is unknown then.
        """
        length = self._length()
        if length is None or self.waiting < length:
            return None
        end = self._start + length
        octets = bytes(self._octets[self._start : end])
        self._start = end
        return octets

    def _length(self) -> int | None:
        if self.waiting < 4:
            return None
        length = self._integer(0)
        if HEADER <= length <= self.largest:
            return length
        raise SmppError(
            f"{length} is not between {HEADER} and {self.largest}",
            status=CommandStatus.RINVCMDLEN,
            field="command_length",
            offset=0,
            command=self._integer(4),
            sequence=self._integer(12),
        )

    def _integer(self, offset: int) -> int:
        """The four octets there; fewer at the end of what has come."""
        at = self._start + offset
        return int.from_bytes(self._octets[at : at + 4])
