"""``stats.*``: what was sent, what came of it, what was answered and how soon."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
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


class SeriesStep(StrEnum):
    """The length of the steps of a series. Weeks begin on Monday; ``1h``, ``1d`` and ``1w`` are other words for the same."""

    QUARTER = "15m"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ONE_HOUR = "1h"
    ONE_DAY = "1d"
    ONE_WEEK = "1w"


class SpanParams(Params, frozen=True):
    """A span of time, all of it if nothing is given, and what it is narrowed to."""

    since: Moment | None = None
    until: Moment | None = None
    tag: str | None = None
    modem: str | None = None


class SeriesParams(Params, frozen=True):
    """``step``: how long each point's time is; the other members as for `SpanParams`."""

    step: SeriesStep
    since: Moment | None = None
    until: Moment | None = None
    tag: str | None = None
    modem: str | None = None


class CountriesParams(Params, frozen=True):
    """``limit``: how many countries are told one by one; the other members as for `SpanParams`."""

    since: Moment | None = None
    until: Moment | None = None
    tag: str | None = None
    modem: str | None = None
    limit: Annotated[int, Meta(ge=1, le=bounds.COUNTRIES)] = bounds.USUAL_COUNTRIES


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one step. ``at`` is its beginning, ``group`` its name in the daemon's time zone.

    All figures are None where gsmd was off all the time: then nothing is known. ``answered`` is how many of our messages were.
    """

    at: Timestamp
    group: str
    accepted: int | None = None
    sent: int | None = None
    delivered: int | None = None
    failed: int | None = None
    received: int | None = None
    answered: int | None = None


class Series(msgspec.Struct, frozen=True):
    """Every step of a span in order; ``since`` is the beginning of the first."""

    step: SeriesStep
    since: Timestamp
    until: Timestamp
    points: list[Point]


class HeatCell(msgspec.Struct, frozen=True, kw_only=True):
    """An hour of the week: ``weekday`` 1 (Monday) to 7, ``hour`` 0 to 23, in the daemon's time zone.

    ``answered``: how many of the messages that came in then were answered by us, half of them within ``reply_time`` seconds.
    """

    weekday: int
    hour: int
    accepted: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    received: int = 0
    answered: int = 0
    reply_time: float | None = None


class Heatmap(msgspec.Struct, frozen=True):
    """All 168 hours of the week, Monday first."""

    since: Timestamp | None
    until: Timestamp
    cells: list[HeatCell]


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """The time that something took, in seconds: within which half, nine tenths and 99 of 100 were done, and how many there were.

    ``curve`` has ``[seconds, part]``: the part (0 to 1) that was done within that time.
    """

    count: int = 0
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    curve: list[tuple[float, float]] = []


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """The time that things took. The last two: until they first answered us, and until we first answered them."""

    since: Timestamp | None
    until: Timestamp
    accepted_to_sent: Duration = Duration()
    sent_to_delivered: Duration = Duration()
    sent_to_answered: Duration = Duration()
    received_to_answered: Duration = Duration()


class CountryFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one country (ISO 3166); None for what is no number, such as names and short codes.

    ``delivery_rate`` lies between ``delivery_low`` and ``delivery_high`` with 95 % certainty (Wilson).
    """

    country: str | None
    accepted: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    received: int = 0
    answered: int = 0
    delivery_rate: float | None = None
    delivery_low: float | None = None
    delivery_high: float | None = None
    response_rate: float | None = None


class Countries(msgspec.Struct, frozen=True):
    """Figures by country, most messages first; ``others``: those beyond the limit together, if there are any."""

    since: Timestamp | None
    until: Timestamp
    countries: list[CountryFigures]
    others: CountryFigures | None = None


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

SERIES = Method(
    "stats.series",
    SeriesParams,
    Series,
    READ,
    "Figures step by step, for charts: `15m`, `hour`, `day`, `week` or `month` of the daemon's time zone; null where gsmd was off.",
    slow=True,
    big=True,
    call="stats_series",
)
HEATMAP = Method(
    "stats.heatmap",
    SpanParams,
    Heatmap,
    READ,
    "Figures by hour of the week (`weekday` 1 is Monday), in the daemon's time zone.",
    slow=True,
    call="stats_heatmap",
)
LATENCY = Method(
    "stats.latency",
    SpanParams,
    Latency,
    READ,
    "How long things took, with the whole curve: `[seconds, part]`.",
    slow=True,
    call="stats_latency",
)
COUNTRIES = Method(
    "stats.countries",
    CountriesParams,
    Countries,
    READ,
    "Figures by country, as the numbers' beginnings tell them; beyond `limit` all `others` together.",
    slow=True,
    call="stats_countries",
)

METHODS = (GET, SERIES, HEATMAP, LATENCY, COUNTRIES)
