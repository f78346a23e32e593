"""A program that is attached as a carrier."""

from datetime import datetime

from gsmd.core.carrier import Line


class Attachment:
    """A program that is attached, and how many submissions are with it."""

    def __init__(self, line: Line, since: datetime) -> None:
        self.line = line
        self.since = since
        self.in_flight = 0

    @property
    def room(self) -> int:
        return self.line.max_in_flight - self.in_flight
