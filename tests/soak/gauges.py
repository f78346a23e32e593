"""What the processes hold, sampled from /proc and the file system, and how it grows: slopes by least squares.

A slope has its standard error beside it: what is within two of them of zero is no growth that this run could see.
"""

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Slope(NamedTuple):
    """Per hour, and its standard error."""

    per_hour: float
    error: float

    @property
    def least(self) -> float:
        """The growth that is beyond doubt (two standard errors)."""
        return self.per_hour - 2 * self.error


def slope(points: Sequence[tuple[float, float]]) -> Slope:
    """The line through points of seconds and values. Fewer than three: nothing is known."""
    count = len(points)
    if count < 3:
        return Slope(0.0, math.inf)
    middle = sum(at for at, _ in points) / count
    mean = sum(value for _, value in points) / count
    spread = sum((at - middle) ** 2 for at, _ in points)
    rise = sum((at - middle) * (value - mean) for at, value in points) / spread
    off = sum((value - mean - rise * (at - middle)) ** 2 for at, value in points)
    return Slope(rise * 3600, math.sqrt(off / (count - 2) / spread) * 3600)


def resident(pid: int) -> float:
    """MB in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20


def handles(pid: int) -> float:
    """Open file descriptors."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def tasks(pid: int) -> float:
    """Threads."""
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def processor(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def octets(*places: Path) -> float:
    """KB in files, those in directories included."""
    total = 0
    for place in places:
        for file in place.rglob("*") if place.is_dir() else (place,):
            try:
                total += file.stat().st_size
            except FileNotFoundError:  # a journal that has just gone
                continue
    return total / 1024


def of_process(name: str, pid: int, log: Path) -> dict[str, Callable[[], float]]:
    """The gauges of a process, by name."""
    return {
        f"{name} MB": lambda: resident(pid),
        f"{name} handles": lambda: handles(pid),
        f"{name} tasks": lambda: tasks(pid),
        f"{name} processor s": lambda: processor(pid),
        f"{name} log KB": lambda: octets(log),
    }


class Gauges:
    """Named readings over time."""

    def __init__(self) -> None:
        self.readings: dict[str, Callable[[], float]] = {}
        self.samples: list[dict[str, float]] = []

    def sample(self, at: float) -> dict[str, float]:
        """Read all of them. ``at``: seconds since the beginning."""
        found = {"at": at, **{name: read() for name, read in self.readings.items()}}
        self.samples.append(found)
        return found

    def points(
        self, name: str, begin: float = 0.0, end: float = math.inf
    ) -> list[tuple[float, float]]:
        """What a gauge showed between two times."""
        return [(each["at"], each[name]) for each in self.samples if begin <= each["at"] <= end]

    def report(self, begin: float, end: float) -> str:
        """A line for each gauge: first, last, highest, and the slope between two times: once warm, and under load."""
        lines = []
        for name in self.readings:
            values = [value for _, value in self.points(name)]
            rise = slope(self.points(name, begin, end))
            lines.append(
                f"  {name:22} first {values[0]:9.1f}  last {values[-1]:9.1f}  most {max(values):9.1f}"
                f"  slope {rise.per_hour:+9.2f}/h ± {2 * rise.error:.2f}"
            )
        return "\n".join(lines)
