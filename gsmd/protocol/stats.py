"""``stats.*``: what was sent, what came of it, what was answered and how soon."""

from enum import StrEnum

import msgspec

from gsmd.protocol.method import READ, Method
from gsmd.protocol.types import Moment, Params, Timestamp


class By(StrEnum):
    """The grouping of figures; hours and days are those of the daemon's time zone."""

    HOUR = "hour"
    DAY = "day"
    MODEM = "modem"
    TAG = "tag"
    KEYWORD = "keyword"


class StatsParams(Params, frozen=True):
    """A span of time, all of it if nothing is given, and what it is narrowed to."""

    since: Moment | None = None
    until: Moment | None = None
    by: By | None = None
    tag: str | None = None
    modem: str | None = None


class Times(msgspec.Struct, frozen=True):
    """Seconds within which half, nine tenths and 99 of 100 were done; None if there were none."""

    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


class FailureReason(msgspec.Struct, frozen=True):
    """A reason of failed messages, and their number."""

    reason: str
    count: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one hour, day, modem, tag or keyword.

    ``answered``, ``response_rate`` and ``reply_time`` are about how they answered our messages; by keyword,
    about how we answered theirs.
    """

    group: str | None
    accepted: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    received: int = 0
    answered: int = 0
    response_rate: float | None = None
    reply_time: Times = Times()


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of a span of time.

    ``outbound`` and ``inbound`` count by state. ``delivery_rate`` is the part that arrived
    of those whose fate is known: most messages ask for no report. ``response_rate`` the part that was answered.
    Times are to a tenth of a second, or to a twentieth of themselves.
    """

    since: Timestamp | None = None
    until: Timestamp
    outbound: dict[str, int] = {}
    inbound: dict[str, int] = {}
    accepted: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    received: int = 0
    answered: int = 0
    delivery_rate: float | None = None
    response_rate: float | None = None
    sending_time: Times = Times()
    delivery_time: Times = Times()
    reply_time: Times = Times()
    failures: list[FailureReason] = []
    groups: list[Group] = []


GET = Method(
    "stats.get",
    StatsParams,
    Statistics,
    READ,
    "Counts, rates and times; `by` `hour`, `day` (of the daemon's time zone), `modem`, `tag` or"
    " `keyword` also of each group.",
    slow=True,
    call="stats",
)

METHODS = (GET,)
