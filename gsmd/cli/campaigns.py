"""``gsmd campaigns``: broadcasts, how far they are, and what came of them."""

import click

from gsmd.cli import table
from gsmd.cli.campaign_results import convert, results
from gsmd.cli.cells import Cell, Column, Row
from gsmd.cli.combinations import Noun
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import when
from gsmd.cli.options import daemon_options
from gsmd.cli.terminal import emit_json, is_terminal, one_line
from gsmd.cli.unbroken_events import UnbrokenEvents
from gsmd.client import Client
from gsmd.protocol import bounds
from gsmd.protocol.campaigns import Campaign

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


@click.group(cls=Noun)
@click.option("--limit", type=click.IntRange(1, bounds.PAGE), default=20, show_default=True)
@daemon_options
@click.pass_context
def campaigns(ctx: click.Context, limit: int, as_json: bool) -> None:
    """Broadcasts and how far they are, the newest first."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        found = client.campaigns.list(limit).campaigns
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


campaigns.add_command(results)
campaigns.add_command(convert)


def follow(client: Client, found: Campaign) -> Campaign:
    """Draw a campaign's progress on stderr until it is no longer running."""
    import sys

    id_ = found.id
    with UnbrokenEvents(client, "campaign.", "message.") as events:
        while True:
            found = events.ask(lambda: client.campaigns.get(id_))
            if is_terminal(sys.stderr):
                sys.stderr.write(f"\r{summary(found)}\x1b[K")
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
            ("text", one_line(_text(found))),
            ("begun", when(found.created_at)),
            ("ended", when(found.finished_at)),
            ("recipients", str(found.recipients)),
            ("to do", str(found.pending)),
            *((name, str(count)) for name, count in counted),
            ("opted out", str(found.opted_out)),
        ]
    )


def summary(found: Campaign) -> str:
    """How far it is, in a line."""
    skipped = found.skipped
    chosen = found.recipients - sum(skipped.values())
    out = chosen - found.pending - _queued(found)
    why = ", ".join(f"{count} {reason}" for reason, count in skipped.items())
    return f"{found.state}: {out} of {chosen} are out{f'; skipped: {why}' if why else ''}"


def _queued(found: Campaign) -> int:
    """Messages that wait for a modem, or are with one."""
    return sum(found.messages.get(state, 0) for state in ("queued", "submitting"))


def _row(found: Campaign) -> Row:
    return (
        found.id,
        Cell(found.state, STYLES.get(found.state, "")),
        found.list,
        str(found.recipients - found.pending),
        str(found.recipients),
        when(found.created_at),
        _text(found),
    )


def _text(found: Campaign) -> str:
    """Its text; all of them, until it is decided which one."""
    return found.text or " | ".join(each.text for each in found.variants)
