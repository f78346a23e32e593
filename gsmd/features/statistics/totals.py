"""The counts of one group of messages, or of all, by what became of them."""

from collections import Counter
from collections.abc import Iterable

from gsmd.features.statistics.table import Count, QuarterCount

_SENT = ("sent", "delivered")
"""States in which the network has the message."""


class Total:
    """The counts of one group, or of all."""

    def __init__(self) -> None:
        self.states: dict[str, Counter[str]] = {"outbound": Counter(), "inbound": Counter()}
        self.answered: Counter[str] = Counter()

    def add(self, row: Count | QuarterCount) -> None:
        self.states[row.direction][row.state] += row.number
        self.answered[row.direction] += row.answered

    def add_all(self, other: "Total") -> None:
        for direction, states in other.states.items():
            self.states[direction].update(states)
        self.answered.update(other.answered)

    @property
    def accepted(self) -> int:
        return self.states["outbound"].total()

    @property
    def sent(self) -> int:
        return sum(self.states["outbound"][state] for state in _SENT)

    @property
    def delivered(self) -> int:
        return self.states["outbound"]["delivered"]

    @property
    def failed(self) -> int:
        return self.states["outbound"]["failed"] + self.states["outbound"]["expired"]

    @property
    def received(self) -> int:
        return self.states["inbound"].total()

    @property
    def number(self) -> int:
        return self.accepted + self.received


def total(rows: Iterable[Count | QuarterCount]) -> Total:
    """All of them together."""
    it = Total()
    for row in rows:
        it.add(row)
    return it
