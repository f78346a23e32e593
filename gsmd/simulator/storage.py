"""Message memories: numbered slots on a SIM or in a modem (3GPP TS 27.005 §3.2.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol


class StoredStatus(IntEnum):
    """``<stat>`` of 3GPP TS 27.005 §3.1."""

    RECEIVED_UNREAD = 0
    RECEIVED_READ = 1
    STORED_UNSENT = 2
    STORED_SENT = 3
    ALL = 4  # in requests only


STATUS_NAMES = {
    StoredStatus.RECEIVED_UNREAD: "REC UNREAD",
    StoredStatus.RECEIVED_READ: "REC READ",
    StoredStatus.STORED_UNSENT: "STO UNSENT",
    StoredStatus.STORED_SENT: "STO SENT",
    StoredStatus.ALL: "ALL",
}


@dataclass(slots=True)
class Entry:
    """The content of a slot: a frame in hex, and the number of its octets that are TPDU.

    ``hidden``: it is still being written, and cannot be read yet.
    """

    status: StoredStatus
    frame: str
    length: int
    hidden: bool = False

    def show(self) -> None:
        """It is written."""
        self.hidden = False


class Memory(Protocol):
    """A memory as ``+CPMS`` selects it. Positions count from 0 without gaps."""

    @property
    def name(self) -> str: ...

    @property
    def capacity(self) -> int: ...

    @property
    def used(self) -> int: ...

    def get(self, position: int) -> Entry | None:
        """The entry at ``position``, if any; `IndexError` if there is no such slot."""
        ...

    def put(self, entry: Entry) -> int | None:
        """Store in the first free slot; None if there is none."""
        ...

    def clear(self, position: int) -> None:
        """Empty a slot, whether or not something was in it."""
        ...


class Slots:
    """The slots of one memory."""

    def __init__(self, name: str, capacity: int) -> None:
        self.name = name
        self._slots: list[Entry | None] = [None] * capacity

    @property
    def capacity(self) -> int:
        return len(self._slots)

    @property
    def used(self) -> int:
        return len(self._slots) - self._slots.count(None)

    def get(self, position: int) -> Entry | None:
        return self._slots[_checked(position, self.capacity)]

    def put(self, entry: Entry) -> int | None:
        try:
            position = self._slots.index(None)
        except ValueError:
            return None
        self._slots[position] = entry
        return position

    def clear(self, position: int) -> None:
        self._slots[_checked(position, self.capacity)] = None


class Combined:
    """``MT``: all memories under one numbering; what is new goes to the first with room."""

    name = "MT"

    def __init__(self, *memories: Slots) -> None:
        self._memories = memories

    @property
    def capacity(self) -> int:
        return sum(memory.capacity for memory in self._memories)

    @property
    def used(self) -> int:
        return sum(memory.used for memory in self._memories)

    def get(self, position: int) -> Entry | None:
        memory, inner = self._locate(position)
        return memory.get(inner)

    def put(self, entry: Entry) -> int | None:
        base = 0
        for memory in self._memories:
            inner = memory.put(entry)
            if inner is not None:
                return base + inner
            base += memory.capacity
        return None

    def clear(self, position: int) -> None:
        memory, inner = self._locate(position)
        memory.clear(inner)

    def _locate(self, position: int) -> tuple[Slots, int]:
        inner = _checked(position, self.capacity)
        for memory in self._memories:
            if inner < memory.capacity:
                return memory, inner
            inner -= memory.capacity
        raise IndexError(position)


def entries(memory: Memory) -> Iterator[tuple[int, Entry]]:
    """The slots in use, with their positions."""
    for position in range(memory.capacity):
        entry = memory.get(position)
        if entry is not None:
            yield position, entry


def _checked(position: int, capacity: int) -> int:
    if not 0 <= position < capacity:
        raise IndexError(position)
    return position
