"""``gsmd desk``: conversations, and who deals with them."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypedDict, Unpack

import click

from gsmd.cli import table
from gsmd.cli.cells import Cell, Column, Row
from gsmd.cli.combinations import Noun
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import ago, local, short, when, words
from gsmd.cli.options import Moment, daemon_options
from gsmd.cli.table import paint
from gsmd.cli.terminal import emit, emit_json, one_line, say
from gsmd.client import Client
from gsmd.protocol import bounds
from gsmd.protocol.conversations import Attention, Closing, Conversation, ConversationRecord
from gsmd.protocol.message import Direction

COLUMNS = (
    Column("NUMBER", "bold"),
    Column("STATE"),
    Column("WHOSE"),
    Column("LABELS", "cyan"),
    Column("NEW", right=True),
    Column("TIME"),
    Column("LAST MESSAGE", wide=True),
)
STYLES = {"open": "yellow", "pending": "cyan", "snoozed": "magenta", "closed": "dim"}


class _Choice(TypedDict):
    state: str | None
    assignee: str | None
    label: str | None
    unread_by: str | None
    search: str | None


peer_argument = click.argument("peer", metavar="NUMBER")


@click.group(cls=Noun)
@click.option("--state", type=click.Choice([str(each) for each in Attention]))
@click.option("--assignee", metavar="NAME", help="Those that are NAME's; \"\" for nobody's.")
@click.option("--label", metavar="LABEL")
@click.option("--unread-by", metavar="NAME", help="Those with messages that NAME has not read.")
@click.option("--search", metavar="TEXT", help="Those in which TEXT stands.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="As many as that."
)
@daemon_options
@click.pass_context
def desk(ctx: click.Context, limit: int, as_json: bool, **choice: Unpack[_Choice]) -> None:
    """Conversations, those with the newest message first."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        found = _listing(client, limit, **choice)
        if as_json:
            emit_json(found)
        else:
            table.show(COLUMNS, map(_row, found), nothing="No conversation.")


@desk.command()
@peer_argument
@daemon_options
def show(peer: str, as_json: bool) -> None:
    """A conversation: whose it is, notes, who has read it, how long it took."""
    with daemon() as client:
        found = client.conversations.get(peer)
    if as_json:
        emit_json([found])
    else:
        _tell(found)


@desk.command()
@click.option("--since", type=Moment("past"), help="Of what was closed from then on.")
@daemon_options
def figures(since: datetime | None, as_json: bool) -> None:
    """How soon people were answered and done with, and how much is open."""
    with daemon() as client:
        found = client.conversations.figures(since=since)
    if as_json:
        emit_json([found])
        return
    for state, count in found.states.items():
        emit(f"{state}\t{count}")
    emit(f"closed\t{found.closed}, {found.answered} of them answered")
    for name, times in (
        ("first answer", found.first_response),
        ("until closed", found.until_closed),
    ):
        if times.p50 is not None and times.p90 is not None:
            emit(f"{name}\thalf within {words(times.p50)}, nine of ten within {words(times.p90)}")


@desk.command()
@peer_argument
@click.argument("name", required=False)
@daemon_options
def assign(peer: str, name: str | None, as_json: bool) -> None:
    """Make it NAME's; nobody's without NAME."""
    with daemon() as client:
        _done(client.conversations.set(peer, assignee=name or ""), as_json=as_json)


@desk.command()
@peer_argument
@click.argument("labels", metavar="LABEL...", nargs=-1, required=True)
@click.option("--remove", is_flag=True, help="Take the labels off.")
@daemon_options
def label(peer: str, labels: tuple[str, ...], remove: bool, as_json: bool) -> None:
    """Put labels on it, beside those that it has."""
    with daemon() as client:
        before = set(client.conversations.get(peer).labels)
        after = before - set(labels) if remove else before | set(labels)
        _done(client.conversations.set(peer, labels=sorted(after)), as_json=as_json)


@desk.command("open")
@peer_argument
@daemon_options
def open_(peer: str, as_json: bool) -> None:
    """Open it again."""
    _move(peer, Attention.OPEN, as_json=as_json)


@desk.command()
@peer_argument
@daemon_options
def pending(peer: str, as_json: bool) -> None:
    """It waits for something else."""
    _move(peer, Attention.PENDING, as_json=as_json)


@desk.command()
@peer_argument
@daemon_options
def close(peer: str, as_json: bool) -> None:
    """Close it, until they write again."""
    _move(peer, Attention.CLOSED, as_json=as_json)


@desk.command()
@peer_argument
@click.argument("until", type=Moment("future"), metavar="[TIME]", required=False)
@daemon_options
def snooze(peer: str, until: datetime | None, as_json: bool) -> None:
    """Put it aside until TIME (2h, 'tomorrow 9:00'), or until they write."""
    _move(peer, Attention.SNOOZED, until, as_json=as_json)


@desk.command()
@peer_argument
@click.argument("text")
@click.option("--key", help="With the KEY of an earlier note, nothing is noted.")
@daemon_options
def note(peer: str, text: str, key: str | None, as_json: bool) -> None:
    """Note something that they never see."""
    with daemon() as client:
        kept = client.conversations.note(peer, text, key)
    if as_json:
        emit_json([kept])
    else:
        say(f"Noted on the conversation with {kept.peer}.")


@desk.command()
@peer_argument
@click.option("--by", "name", metavar="NAME", required=True, help="Who has read it.")
@daemon_options
def read(peer: str, name: str, as_json: bool) -> None:
    """Somebody has read it."""
    with daemon() as client:
        mark = client.conversations.read(peer, name)
    if as_json:
        emit_json([mark])
    else:
        say(f"{name} has read it.")


@desk.command()
@daemon_options
def canned(as_json: bool) -> None:
    """Texts that are often answered with (desk.canned)."""
    with daemon() as client:
        texts = client.conversations.canned()
    if as_json:
        emit_json(texts)
    else:
        columns = (Column("NAME", "bold"), Column("TEXT", wide=True))
        table.show(columns, [(each.name, each.text) for each in texts], nothing="None.")


def _listing(client: Client, limit: int, **choice: Unpack[_Choice]) -> Iterator[Conversation]:
    after: str | None = None
    while limit > 0:
        page = client.conversations.list(**choice, limit=min(limit, bounds.PAGE), after=after)
        yield from page.conversations
        limit, after = limit - len(page.conversations), page.next
        if after is None:
            return


def _move(peer: str, state: Attention, until: datetime | None = None, *, as_json: bool) -> None:
    with daemon() as client:
        found = client.conversations.set(peer, state, snooze_until=until)
    _done(found, as_json=as_json)


def _done(found: ConversationRecord, *, as_json: bool) -> None:
    if as_json:
        emit_json([found])
        return
    until = f" until {local(found.snooze_until)}" if found.snooze_until else ""
    whose = f", {found.assignee}'s" if found.assignee else ""
    labels = f", {' '.join(found.labels)}" if found.labels else ""
    say(one_line(f"{found.peer} is {found.state}{until}{whose}{labels}."))


def _row(found: Conversation) -> Row:
    last = found.last_message
    return (
        found.peer,
        Cell(found.state, STYLES[found.state]),
        found.assignee or "",
        " ".join(found.labels),
        "" if found.unread is None else str(found.unread),
        short(last.created_at) if last else "",
        _text(found),
    )


def _text(found: Conversation) -> str:
    last = found.last_message
    if last is None:
        return ""
    text = last.text if last.text is not None else last.data or ""
    return f"> {text}" if last.direction is Direction.OUTBOUND else text


def _tell(found: ConversationRecord) -> None:
    emit(f"{paint(found.peer, 'bold')} {paint(found.state, STYLES[found.state])}")
    facts = {
        "whose": found.assignee or "nobody's",
        "labels": " ".join(found.labels),
        "until": when(found.snooze_until),
        "messages": f"{found.received} of theirs, {found.sent} of ours",
        "last": _text(found),
    }
    for name, fact in facts.items():
        if fact:
            emit(f"{name:10}{one_line(fact)}")
    for mark in found.reads:
        emit(one_line(f"{'read':10}by {mark.by} {ago(mark.at)}, {mark.unread} since"))
    for noted in found.notes:
        emit(one_line(f"{'note':10}{local(noted.at)} {noted.by}: {noted.text}"))
    for closing in found.closings:
        emit(one_line(f"{'time':10}{_times(closing)}"))


def _times(closing: Closing) -> str:
    answered = when(closing.first_response_at) or "not yet"
    closed = f", closed {when(closing.closed_at)} by {closing.by}" if closing.closed_at else ""
    return f"opened {local(closing.opened_at)}, answered {answered}{closed}"
