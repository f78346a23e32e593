"""``gsmd broadcast`` and ``gsmd campaigns``: one text to everybody on a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

import click

from gsmd.cli import datetimes, table
from gsmd.cli.combinations import Noun, refuse
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import when
from gsmd.cli.options import Moment, daemon_options
from gsmd.cli.table import Cell, Column
from gsmd.cli.terminal import emit, emit_json, is_terminal, one_line, say
from gsmd.cli.unbroken_events import UnbrokenEvents
from gsmd.client import Client
from gsmd.protocol import bounds
from gsmd.protocol.campaigns import Campaign, Category, Forecast

COLUMNS = (
    Column("ID", "bold"),
    Column("STATE"),
    Column("LIST"),
    Column("DONE", right=True),
    Column("OF", right=True),
    Column("BEGUN"),
    Column("TEXT", wide=True),
)
STYLES = {"running": "green", "paused": "yellow", "cancelled": "red", "done": "dim"}


class _Options(TypedDict):
    tag: str | None
    modem: str | None
    handler: str | None
    per_minute: float | None
    quiet: str | None
    not_before: datetime | None
    key: str | None
    category: str | None


@click.command()
@click.argument("lists", metavar="LIST[,LIST...]")
@click.argument("text")
@click.option("--tag", help="A word of yours to find its messages by.")
@click.option("--modem", metavar="NAME", help="Only with this modem.")
@click.option("--handler", help="The handler that answers go to.")
@click.option("--per-minute", type=click.FloatRange(min=0, min_open=True), help="The pace.")
@click.option("--quiet", metavar="21:00-08:00", help="Not in these hours, where the recipient is.")
@click.option("--not-before", type=Moment("future"), metavar="TIME", help="Begin no earlier.")
@click.option("--key", help="Once with this key: the same command again begins no second one.")
@click.option(
    "--category",
    type=click.Choice([str(each) for each in Category]),
    help="promotional: only with consent, outside quiet hours.",
)
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.option("--wait", is_flag=True, help="Show its progress until everything is out.")
@daemon_options
def broadcast(
    lists: str, text: str, dry_run: bool, wait: bool, as_json: bool, **options: Unpack[_Options]
) -> None:
    """Send TEXT to everybody on LIST; {name} and the like are filled in from their fields.

    Who opted out, lacks a field or is on several of the lists is skipped (once), and counted; so is, with --category
    promotional, who gave no consent.
    """
    if dry_run:
        refuse("With --dry-run", "wait")
    names = lists.split(",")
    with daemon(timeout=None) as client:
        if dry_run:
            _forecast(_dry_run(client, names, text, **options), as_json=as_json)
            return
        made = client.campaigns.create(names, text, **options)
        if wait:
            made = follow(client, made)
    if as_json:
        emit_json([made])
    else:
        emit(made.id)
        say(_summary(made))


@click.group(cls=Noun)
@click.option("--limit", type=click.IntRange(1, bounds.PAGE), default=20, show_default=True)
@daemon_options
@click.pass_context
def campaigns(ctx: click.Context, limit: int, as_json: bool) -> None:
    """Broadcasts and how far they are, the newest first."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        found = client.campaigns.list(limit)
    if as_json:
        emit_json(found)
    else:
        table.show(COLUMNS, map(_row, found), nothing="No campaign yet: gsmd broadcast LIST TEXT")


@campaigns.command()
@click.argument("id_", metavar="ID")
@click.option("--follow", "-f", "follow_", is_flag=True, help="Until it is done.")
@daemon_options
def show(id_: str, follow_: bool, as_json: bool) -> None:
    """The progress of the campaign ID, and the outcome of its messages."""
    with daemon(timeout=None) as client:
        found = client.campaigns.get(id_)
        if follow_:
            found = follow(client, found)
    _describe(found, as_json=as_json)


@campaigns.command()
@click.argument("id_", metavar="ID")
@daemon_options
def pause(id_: str, as_json: bool) -> None:
    """Queue nothing more for now; what is queued goes out."""
    with daemon() as client:
        found = client.campaigns.pause(id_)
    _describe(found, as_json=as_json)


@campaigns.command()
@click.argument("id_", metavar="ID")
@daemon_options
def resume(id_: str, as_json: bool) -> None:
    """Go on with a campaign that was paused."""
    with daemon() as client:
        found = client.campaigns.resume(id_)
    _describe(found, as_json=as_json)


@campaigns.command()
@click.argument("id_", metavar="ID")
@daemon_options
def cancel(id_: str, as_json: bool) -> None:
    """End a campaign, and take back what is not out yet."""
    with daemon() as client:
        found = client.campaigns.cancel(id_)
    _describe(found, as_json=as_json)


def follow(client: Client, found: Campaign) -> Campaign:
    """Draw a campaign's progress on stderr until it is no longer running."""
    import sys

    id_ = found.id
    with UnbrokenEvents(client, "campaign.", "message.") as events:
        while True:
            found = events.ask(lambda: client.campaigns.get(id_))
            if is_terminal(sys.stderr):
                sys.stderr.write(f"\r{_summary(found)}\x1b[K")
            if found.state != "running" and not (found.state == "done" and _queued(found)):
                break
            events.next()
    if is_terminal(sys.stderr):
        sys.stderr.write("\n")
    return found


def _describe(found: Campaign, *, as_json: bool) -> None:
    if as_json:
        emit_json([found])
        return
    counted = [
        *found.messages.items(),
        *((f"skipped: {k}", v) for k, v in found.skipped.items()),
    ]
    table.pairs(
        [
            ("campaign", found.id),
            ("state", Cell(found.state, STYLES.get(found.state, ""))),
            ("list", found.list),
            ("category", str(found.category)),
            ("tag", found.tag),
            ("text", one_line(found.text)),
            ("begun", when(found.created_at)),
            ("ended", when(found.finished_at)),
            ("recipients", str(found.recipients)),
            ("to do", str(found.pending)),
            *((name, str(count)) for name, count in counted),
        ]
    )


def _dry_run(
    client: Client, lists: Sequence[str], text: str, **options: Unpack[_Options]
) -> Forecast:
    """The cost of a campaign: how it is named and who hears the answers makes no difference."""
    return client.campaigns.forecast(
        lists,
        text,
        modem=options["modem"],
        per_minute=options["per_minute"],
        quiet=options["quiet"],
        not_before=options["not_before"],
        category=options["category"],
    )


def _forecast(forecast: Forecast, *, as_json: bool) -> None:
    if as_json:
        emit_json([forecast])
        return
    duration = forecast.duration
    pace = "as fast as the modems go" if duration is None else f"in {datetimes.words(duration)}"
    say(f"{forecast.recipients} messages, {forecast.parts} parts, {pace}.")
    for reason, count in forecast.skipped.items():
        say(f"{count} skipped: {reason}")


def _summary(found: Campaign) -> str:
    skipped = found.skipped
    chosen = found.recipients - sum(skipped.values())
    out = chosen - found.pending - _queued(found)
    why = ", ".join(f"{count} {reason}" for reason, count in skipped.items())
    return f"{found.state}: {out} of {chosen} are out{f'; skipped: {why}' if why else ''}"


def _queued(found: Campaign) -> int:
    """Messages that wait for a modem, or are with one."""
    return sum(found.messages.get(state, 0) for state in ("queued", "submitting"))


def _row(found: Campaign) -> table.Row:
    return (
        found.id,
        Cell(found.state, STYLES.get(found.state, "")),
        found.list,
        str(found.recipients - found.pending),
        str(found.recipients),
        when(found.created_at),
        found.text,
    )
