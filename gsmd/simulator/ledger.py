"""A record of what a network took from modems and brought to them: the judge of what was lost or doubled."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar


@dataclass(frozen=True)
class Submission:
    """A message the network took from a modem. ``key`` is its TPDU with the TP-MR taken out."""

    sender: str
    destination: str
    reference: int
    tpdu: bytes
    text: str | None
    at: float

    @property
    def key(self) -> str:
        return (self.tpdu[:1] + self.tpdu[2:]).hex()


@dataclass(frozen=True)
class Delivery:
    """A TPDU a modem took from the network. ``key`` is the TPDU."""

    recipient: str
    tpdu: bytes
    at: float

    @property
    def key(self) -> str:
        return self.tpdu.hex()


class LostReport(NamedTuple):
    """A status report that nobody will ever see: which of the sender's messages it was about."""

    sender: str
    recipient: str
    reference: int


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


Item = TypeVar("Item", bound=_Keyed)


class Ledger(Generic[Item]):
    """The recorded items, in order, and how often each TPDU was among them."""

    def __init__(self) -> None:
        self._items: list[Item] = []

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(tuple(self._items))

    def __getitem__(self, position: int) -> Item:
        return self._items[position]

    def add(self, item: Item) -> None:
        self._items.append(item)

    @property
    def counts(self) -> Counter[str]:
        """The number of times each TPDU came."""
        return Counter(item.key for item in self._items)

    @property
    def doubled(self) -> list[Item]:
        """One of each that came more than once."""
        counts = self.counts
        return list({item.key: item for item in self._items if counts[item.key] > 1}.values())
