"""``gsmd poll``: votes, as they come in."""

import sys
from datetime import datetime
from typing import TypedDict, Unpack

import click

from gsmd.cli import csv_table, table
from gsmd.cli.cells import Cell, Column, Row
from gsmd.cli.combinations import Noun
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import when
from gsmd.cli.options import Moment, daemon_options
from gsmd.cli.table import paint
from gsmd.cli.terminal import emit, emit_json, is_terminal, one_line, say
from gsmd.cli.unbroken_events import UnbrokenEvents
from gsmd.protocol import bounds
from gsmd.protocol.polls import Counts, NewOption, Poll
from gsmd.protocol.wire import plain

BAR = 40
COLUMNS = (
    Column("NAME", "bold"),
    Column("STATE"),
    Column("VOTES", right=True),
    Column("CLOSES"),
    Column("QUESTION", wide=True),
)
STYLES = {"open": "green", "planned": "yellow", "closed": "dim"}


class _More(TypedDict):
    question: str | None
    opens: datetime | None
    closes: datetime | None
    reply: str | None


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def poll(ctx: click.Context, as_json: bool) -> None:
    """Votes: make polls, see how they stand, draw winners."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        polls = client.polls.list()
    if as_json:
        emit_json(polls)
    else:
        table.show(COLUMNS, map(_row, polls), nothing="No poll yet: gsmd poll create NAME YES NO")


@poll.command()
@click.argument("name")
@click.argument("options", metavar="OPTION OPTION...", nargs=-1, required=True)
@click.option("--question", help="What it is about, for people.")
@click.option("--opens", type=Moment("future"), metavar="TIME", help="No vote counts before.")
@click.option(
    "--closes", type=Moment("future"), metavar="TIME", help="No vote counts from then on."
)
@click.option("--first", is_flag=True, help="The first vote of a number counts, not the last.")
@click.option("--reply", help="What a vote is answered with; {option} is filled in.")
@daemon_options
def create(
    name: str, options: tuple[str, ...], first: bool, as_json: bool, **more: Unpack[_More]
) -> None:
    """Begin a poll. An OPTION may have more words: Anna=ANA,A."""
    chosen = [_option(option) for option in options]
    counts = Counts.FIRST if first else Counts.LAST
    with daemon() as client:
        made = client.polls.create(name, chosen, counts=counts, **more)
    if as_json:
        emit_json([made])
    else:
        say(f"{name} is {made.state}. A later draw is bound to {made.commitment}.")


@poll.command()
@click.argument("name")
@click.option("--follow", "-f", is_flag=True, help="Again at every vote.")
@daemon_options
def show(name: str, follow: bool, as_json: bool) -> None:
    """The state of a poll."""
    with daemon() as client:
        if not follow:
            _draw(client.polls.get(name), as_json=as_json)
            return
        with UnbrokenEvents(client, "poll.") as events:  # first: nothing falls in between
            _draw(client.polls.get(name), as_json=as_json)
            while True:
                event = events.next()
                if event is None or event.fields.get("poll") == name:
                    found = events.ask(lambda: client.polls.get(name))
                    _draw(found, as_json=as_json, over=is_terminal(sys.stdout))


@poll.command()
@click.argument("name")
@daemon_options
def close(name: str, as_json: bool) -> None:
    """No more votes."""
    with daemon() as client:
        closed = client.polls.close(name)
    _draw(closed, as_json=as_json)


@poll.command()
@click.argument("name")
@daemon_options
def delete(name: str, as_json: bool) -> None:
    """Forget a poll and its votes."""
    with daemon() as client:
        gone = client.polls.delete(name)
    if as_json:
        emit_json([gone])
    else:
        say(f"{name} is gone.")


@poll.command("export")
@click.argument("name")
@daemon_options
def export_(name: str, as_json: bool) -> None:
    """The votes as CSV: peer, option, at, message."""
    with daemon() as client:
        votes = (each for page in client.pages(client.polls.votes, name) for each in page.votes)
        if as_json:
            emit_json(votes)
            return
        csv_table.write(sys.stdout, ("peer", "option", "at", "message"), map(plain, votes))


@poll.command()
@click.argument("name")
@click.option("--winners", type=click.IntRange(1, bounds.WINNERS), default=1, show_default=True)
@click.option("--option", help="Only among those who voted for this.")
@daemon_options
def draw(name: str, winners: int, option: str | None, as_json: bool) -> None:
    """Draw winners of a closed poll, so that anybody can check it (docs/twoway.md)."""
    with daemon() as client:
        drawn = client.polls.draw(name, winners, option)
    if as_json:
        emit_json([drawn])
        return
    for winner in drawn.winners:
        emit(winner)
    say(
        f"of {drawn.entrants}, list {drawn.list_hash}\nseed {drawn.seed}\n"
        f"its SHA-256, told when the poll began: {drawn.commitment}"
    )


def _option(written: str) -> NewOption | str:
    name, _, words = written.partition("=")
    return NewOption(name, words.split(",")) if words else name


def _draw(found: Poll, *, as_json: bool, over: bool = False) -> None:
    if as_json:
        emit_json([found])
        return
    if over:
        lines = len(found.options) + 1 + bool(found.question)
        sys.stdout.write(f"\x1b[{lines}F\x1b[J")
    if found.question:
        emit(paint(one_line(found.question), "bold"))
    total = found.votes
    most = max(found.tally, default=0) or 1
    width = max(len(one_line(option.name)) for option in found.options)
    for option, votes in zip(found.options, found.tally, strict=True):
        bar = "█" * round(votes / most * BAR)
        part = f"{votes / total:4.0%}" if total else "  0%"
        name = one_line(option.name).ljust(width)
        emit(f"{name} {paint(bar.ljust(BAR), 'cyan')} {votes} {part}")
    emit(f"{paint(found.state, STYLES.get(found.state, ''))}, {total} votes")


def _row(found: Poll) -> Row:
    return (
        found.name,
        Cell(found.state, STYLES.get(found.state, "")),
        str(found.votes),
        when(found.closes_at),
        found.question or "",
    )
