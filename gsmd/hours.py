"""A part of the day, such as the hours in which people are left alone, or those of an office."""

from datetime import time

import msgspec


class Hours(msgspec.Struct, frozen=True):
    """From ``begin`` until before ``end``, over midnight where the end comes first; never where they are the same."""

    begin: time
    end: time

    def holds(self, at: time) -> bool:
        """True if that time of day is among them."""
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def parse(text: str) -> Hours:
    """``21:00-08:00``. Errors: ValueError, also for times that bring an offset: a time of day has none."""
    begin, end = (time.fromisoformat(each.strip()) for each in text.split("-"))
    if begin.tzinfo is not None or end.tzinfo is not None:
        raise ValueError("times of day have no offset")
    return Hours(begin, end)
