"""``gsmd stats``: counts, rates and times."""

import sys
from datetime import datetime
from typing import Any, TypedDict, Unpack

import click
import msgspec

from gsmd.cli import csv_table, datetimes, table
from gsmd.cli.cells import Column
from gsmd.cli.combinations import refuse
from gsmd.cli.completion import modem_names
from gsmd.cli.connection import daemon
from gsmd.cli.options import Moment, daemon_options
from gsmd.cli.terminal import emit_json
from gsmd.protocol.stats import By, Group, SeriesStep, Statistics, Times
from gsmd.protocol.wire import plain

SHARES = {"p50": "half", "p90": "90%", "p99": "99%"}

AT_ONCE = 0.05  # seconds: what the daemon tells as 0.0

FIELDS = ("group", "accepted", "sent", "delivered", "failed", "received", "answered")
RATES = ("response_rate", "reply_p50", "reply_p90")
"""Further columns of a line: a part of 1, and seconds."""


class _Options(TypedDict):
    since: datetime | None
    until: datetime | None
    by: str | None
    tag: str | None
    modem: str | None
    series: str | None
    heatmap: bool
    latency: bool
    countries: bool


@click.command()
@click.option("--since", type=Moment("past"), metavar="TIME", help="From then on: 24h, 2026-01-31.")
@click.option("--until", type=Moment("past"), metavar="TIME", help="Before then.")
@click.option("--by", type=click.Choice([str(each) for each in By]), help="One line for each.")
@click.option("--tag", help="Only messages with this tag.")
@click.option("--modem", metavar="NAME", shell_complete=modem_names, help="Only this modem.")
@click.option(
    "--series",
    type=click.Choice([str(each) for each in SeriesStep]),
    help="One line for each step of time, those without messages too; empty where gsmd was off.",
)
@click.option("--heatmap", is_flag=True, help="What came in, by hour of the week.")
@click.option("--latency", is_flag=True, help="How long things took.")
@click.option("--countries", is_flag=True, help="One line for each country.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV on stdout.")
@daemon_options
def stats(as_csv: bool, as_json: bool, **options: Unpack[_Options]) -> None:
    """The messages that were sent, their outcome, and how soon they were answered.

    Hours and days are those of the daemon's time zone. What is answered is our messages; by keyword, and by hour of the
    week, theirs.
    """
    if as_csv:
        refuse("With --csv", "as_json")
    chart = _chart(options)
    if chart is None:
        _figures(as_csv, as_json, options)
    else:
        _draw(chart, as_csv, as_json, options)


def _chart(options: _Options) -> str | None:
    """The one that was asked for. Errors: `click.UsageError` for several, and for ``--by`` beside it."""
    names = [name for name in ("series", "heatmap", "latency", "countries") if options[name]]
    if names:
        refuse(f"With --{names[0]}", "by", *names[1:])
    return names[0] if names else None


def _draw(name: str, as_csv: bool, as_json: bool, options: _Options) -> None:
    from gsmd.cli import stats_charts

    chart = stats_charts.CHARTS[name]
    wanted = ("since", "until", "tag", "modem") + (("series",) if name == "series" else ())
    with daemon(timeout=None) as client:
        figures = chart.ask(client, **{each: options[each] for each in wanted})  # type: ignore[literal-required] # likewise
    if as_json:
        emit_json([figures])
    elif as_csv:
        stats_charts.as_csv(chart.lines(figures))
    else:
        chart.show(figures)


def _figures(as_csv: bool, as_json: bool, options: _Options) -> None:
    with daemon(timeout=None) as client:
        figures = client.stats(
            options["since"],
            options["until"],
            by=options["by"],
            tag=options["tag"],
            modem=options["modem"],
        )
    if as_json:
        emit_json([figures])
    elif as_csv:
        _csv(figures, grouped=options["by"] is not None)
    elif options["by"] is not None:
        _groups(figures, options["by"])
    else:
        _everything(figures)


def _csv(figures: Statistics, *, grouped: bool) -> None:
    lines = map(_flat, figures.groups if grouped else [figures])
    csv_table.write(sys.stdout, FIELDS + RATES, lines)


def _flat(figures: Statistics | Group) -> dict[str, Any]:
    told = {"group": "all", **plain(figures)}
    return {**told, **{f"reply_{name}": seconds for name, seconds in told["reply_time"].items()}}


def _groups(figures: Statistics, by: str) -> None:
    names = (*FIELDS[1:], "rate", "reply time")
    columns = (Column(by.upper(), "bold"), *(Column(name.upper(), right=True) for name in names))
    rows = (
        (
            *("" if (value := getattr(group, name)) is None else str(value) for name in FIELDS),
            _part(group.response_rate),
            _seconds(group.reply_time.p50),
        )
        for group in figures.groups
    )
    table.show(columns, rows, nothing="No messages.")


def _everything(figures: Statistics) -> None:
    failures = [(f"failed: {failure.reason}", str(failure.count)) for failure in figures.failures]
    table.pairs(
        [
            *((name, str(getattr(figures, name))) for name in FIELDS[1:]),
            ("delivery rate", _part(figures.delivery_rate)),
            ("response rate", _part(figures.response_rate)),
            ("until sent", _times(figures.sending_time)),
            ("until delivered", _times(figures.delivery_time)),
            ("until answered", _times(figures.reply_time)),
            *failures,
        ]
    )


def _part(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"


def _times(times: Times) -> str:
    told = msgspec.structs.asdict(times)
    known = [(name, seconds) for name, seconds in told.items() if seconds is not None]
    return ", ".join(f"{SHARES.get(name, name)} {_soon(seconds)}" for name, seconds in known)


def _soon(seconds: float) -> str:
    return "at once" if seconds < AT_ONCE else f"within {datetimes.words(seconds)}"
