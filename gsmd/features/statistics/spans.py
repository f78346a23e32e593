"""Spans of time that figures are asked for, and what is read from where: figures, summaries, messages."""

from typing import NamedTuple

from gsmd.features.statistics.summing import DAY, QUARTER
from gsmd.protocol.selftest import TAG

Times = list[tuple[int, int]]
"""``(milliseconds, count)``, shortest first; to a tenth of a second, or a twentieth of itself."""


class Span(NamedTuple):
    """The subject of figures. Times are wall time in milliseconds."""

    since: int
    until: int
    tag: str | None = None
    modem: str | None = None


def condition(span: Span) -> str:
    """What a row has to be, as SQL behind other conditions."""
    narrowed = "".join(
        f" AND {name} = :{name}" for name in ("tag", "modem") if getattr(span, name) is not None
    )
    if span.tag is None:  # tests of ourselves are nobody's figures
        narrowed += f" AND tag != '{TAG}'"
    return narrowed


def cover(values: dict[str, int], figures: int, dimension: str | None) -> bool:
    """Put into ``values`` which quarters the figures have: whole days of a property; False if there are none."""
    first, last = values["first"], min(figures, values["last"])
    if dimension is None:
        last = first
    elif dimension:
        first, last = -(-first // DAY) * DAY, last // DAY * DAY
    if first >= last:
        values |= {"told": values["first"], "told_end": values["first"]}
        return False
    values |= {"told": first, "told_end": last}
    return True


def quarters_of(span: Span, summarised: int) -> dict[str, int]:
    """The quarters of a span that the summary has; before ``head`` and from ``tail`` on it is the messages.

    From ``early`` on the summary has those that were deleted before their time.
    """
    first = -(-span.since // QUARTER)
    last = min(span.until, summarised) // QUARTER
    early = {"early": max(first, summarised // QUARTER), "end": span.until // QUARTER}
    if first >= last:
        return {"first": 0, "last": 0, "head": span.until, "tail": span.until, **early}
    return {"first": first, "last": last, "head": first * QUARTER, "tail": last * QUARTER, **early}
