"""``gsmd stats`` with ``--series``, ``--heatmap``, ``--latency`` or ``--countries``: figures as tables, one line for each."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from gsmd.cli import csv_table, datetimes, table
from gsmd.cli.cells import Column, Row
from gsmd.client import Client
from gsmd.protocol.stats import Countries, CountryFigures, Duration, Heatmap, Latency, Series
from gsmd.protocol.wire import plain

COUNTS = ("accepted", "sent", "delivered", "failed", "received", "answered")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHADES = " ░▒▓█"
DURATIONS = {
    "accepted_to_sent": "accepted to sent",
    "sent_to_delivered": "sent to delivered",
    "sent_to_answered": "sent to answered",
    "received_to_answered": "received to answered",
}


class Chart(NamedTuple):
    """A kind of figures: asking for it, showing it to people, and its lines as CSV."""

    ask: Callable[..., Any]
    show: Callable[[Any], None]
    lines: Callable[[Any], Sequence[Mapping[str, Any]]]


def _series(client: Client, **options: Any) -> Series:
    return client.stats_series(options.pop("series"), **options)


def _show_series(figures: Series) -> None:
    columns = (Column("FROM", "bold"), *(Column(name.upper(), right=True) for name in COUNTS))
    rows = (
        (point.group, *(_number(getattr(point, name)) for name in COUNTS))
        for point in figures.points
    )
    table.show(columns, rows, nothing="No messages.")


def _number(count: int | None) -> str:
    return "–" if count is None else str(count)


def _show_heatmap(figures: Heatmap) -> None:
    most = max((cell.received for cell in figures.cells), default=0)
    hours = tuple(Column(f"{hour:02}", right=True) for hour in range(24))
    shown = (
        (
            WEEKDAYS[day],
            *(_shade(cell.received, most) for cell in figures.cells[24 * day : 24 * day + 24]),
        )
        for day in range(7)
    )
    table.show((Column("RECEIVED", "bold"), *hours), shown, nothing="No messages.")


def _shade(count: int, most: int) -> str:
    if not count:
        return ""
    return f"{SHADES[-(-count * (len(SHADES) - 1) // most)]}{count}"


def _show_latency(figures: Latency) -> None:
    names = ("FROM, TO", "HALF", "90%", "99%", "NUMBER")
    columns = (Column(names[0], "bold"), *(Column(name, right=True) for name in names[1:]))
    rows = ((title, *_duration(getattr(figures, name))) for name, title in DURATIONS.items())
    table.show(columns, rows, nothing="No messages.")


def _duration(duration: Duration) -> tuple[str, ...]:
    times = (duration.p50, duration.p90, duration.p99)
    return (*("" if each is None else datetimes.words(each) for each in times), str(duration.count))


def _show_countries(figures: Countries) -> None:
    names = (*COUNTS, "delivery rate", "surely")
    columns = (Column("COUNTRY", "bold"), *(Column(name.upper(), right=True) for name in names))
    rows = [_country(each.country or "none", each) for each in figures.countries]
    if figures.others is not None:
        rows.append(_country("others", figures.others))
    table.show(columns, rows, nothing="No messages.")


def _country(name: str, figures: CountryFigures) -> Row:
    counts = (str(getattr(figures, each)) for each in COUNTS)
    rate, low, high = figures.delivery_rate, figures.delivery_low, figures.delivery_high
    if rate is None or low is None or high is None:
        return (name, *counts, "", "")
    return (name, *counts, f"{rate:.1%}", f"{low:.1%} to {high:.1%}")


def _latency_lines(figures: Latency) -> list[dict[str, Any]]:
    told = plain(figures)
    return [
        {"what": name, **{key: value for key, value in told[name].items() if key != "curve"}}
        for name in DURATIONS
    ]


def _country_lines(figures: Countries) -> list[dict[str, Any]]:
    lines = [plain(each) for each in figures.countries]
    if figures.others is not None:
        lines.append({**plain(figures.others), "country": "others"})
    return lines


CHARTS = {
    "series": Chart(_series, _show_series, lambda figures: plain(figures)["points"]),
    "heatmap": Chart(Client.stats_heatmap, _show_heatmap, lambda figures: plain(figures)["cells"]),
    "latency": Chart(Client.stats_latency, _show_latency, _latency_lines),
    "countries": Chart(Client.stats_countries, _show_countries, _country_lines),
}


def as_csv(lines: Iterable[Mapping[str, Any]]) -> None:
    """Lines of the same members on stdout."""
    lines = list(lines)
    if lines:
        csv_table.write(sys.stdout, list(lines[0]), lines)
