"""``gsmd show``: the whole history of one message."""

from collections.abc import Iterable, Iterator

import click

from gsmd.cli import datetimes, event_text, table
from gsmd.cli.connection import daemon
from gsmd.cli.options import daemon_options, message_argument
from gsmd.cli.table import paint, painted
from gsmd.cli.terminal import emit, emit_json, one_line, printable
from gsmd.client import EventRecord, History, PartRecord
from gsmd.protocol.message import Direction, Message


@click.command()
@message_argument
@daemon_options
def show(message_id: str, as_json: bool) -> None:
    """The message ID with its parts, their PDUs, everything that happened to it and who has it.

    The beginning of an id is enough where only one message begins so.
    """
    with daemon() as client:
        history = client.show(message_id)
    if as_json:
        emit_json([history])
        return
    for line in tell(history):
        emit(line)


def tell(history: History) -> Iterator[str]:
    """The history as lines for a person; times are local."""
    message = history.message
    yield from _head(message, history.waiting_for)
    yield ""
    yield from (f"  {line}" for line in _content(message).split("\n"))
    yield from _section("Parts", (line for part in history.parts for line in _part(part, message)))
    yield from _section("What happened", _events(history.events))
    yield from _section(
        "Handlers",
        (one_line(event_text.of_delivery(each, message.id)) for each in history.deliveries),
    )


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    shown = list(lines)
    if shown:
        yield ""
        yield paint(title, "bold")
        yield from (f"  {line}" for line in shown)


def _head(message: Message, waiting_for: str | None) -> Iterator[str]:
    way = "from" if message.direction is Direction.INBOUND else "to"
    state = painted(table.state(message.state))
    yield f"{paint(message.id, 'bold')} {way} {one_line(message.peer)}: {state}"
    for name, value in _facts(message, waiting_for):
        if value:
            yield f"  {paint(name.ljust(9), 'dim')} {one_line(value)}"


def _facts(message: Message, waiting_for: str | None) -> Iterator[tuple[str, str | None]]:
    if message.error:
        yield "why", message.error.message or message.error.reason
    yield "waiting", datetimes.localise(waiting_for or "")
    yield "modem", message.modem
    for name, at in (
        ("created", message.created_at),
        ("sent", message.sent_at),
        ("delivered", message.delivered_at),
    ):
        yield name, f"{datetimes.local(at)}, {datetimes.ago(at)}" if at else None
    if message.service_centre_timestamp:
        yield "network", datetimes.local(message.service_centre_timestamp)
    yield "size", _size(message)
    yield "tag", message.tag
    yield "answers", message.in_reply_to
    if message.possible_duplicate:
        yield "note", "it may have gone out twice: one try got no clear answer"


def _size(message: Message) -> str:
    parts = "1 part" if message.parts == 1 else f"{message.parts} parts"
    facts = [parts, message.alphabet]
    if not message.complete:
        facts.append("some parts have not come")
    if message.class_ == 0:
        facts.append("flash")
    if message.ports:
        facts.append(f"to port {message.ports.destination}")
    return ", ".join(facts)


def _content(message: Message) -> str:
    if message.text is not None:
        return printable(message.text)
    return f"({message.kind}) {message.data or 'no content'}"


def _part(part: PartRecord, message: Message) -> Iterator[str]:
    facts = [f"{part.sequence}/{message.parts}", painted(table.state(part.state))]
    if part.modem:
        facts.append(f"by {part.modem}")
    if part.message_reference is not None:
        facts.append(f"reference {part.message_reference}")
    if part.attempts > 1:
        facts.append(f"{part.attempts} tries")
    facts += [one_line(fact) for fact in (part.status, part.error) if fact]
    yield "  ".join(facts)
    yield f"     {paint(part.pdu, 'dim')}"


def _events(events: Iterable[EventRecord]) -> Iterator[str]:
    """The lines of events: the time, the time since the one before, and the event."""
    before = None
    for event in events:
        after = f"+{datetimes.words((event.at - before).total_seconds())}" if before else ""
        when = f"{datetimes.local_precise(event.at)}  {paint(after.rjust(21), 'dim')}"
        yield f"{when}  {one_line(event_text.of_event(event))}"
        before = event.at
