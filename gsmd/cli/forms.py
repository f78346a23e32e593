"""``gsmd forms``: questions that are asked by message, and what people answered."""

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime

import click

from gsmd.cli import csv_table, table
from gsmd.cli.cells import Cell, Column, Row
from gsmd.cli.combinations import Noun
from gsmd.cli.connection import daemon
from gsmd.cli.options import Moment, daemon_options
from gsmd.cli.table import paint
from gsmd.cli.terminal import emit, emit_json, is_terminal, one_line, say
from gsmd.cli.unbroken_events import UnbrokenEvents
from gsmd.protocol.forms import Answered, Entry, EntryState, Form, FormSummary
from gsmd.protocol.wire import plain

BAR = 30
COLUMNS = (
    Column("NAME", "bold"),
    Column("STATE"),
    *(Column(str(state).upper(), right=True) for state in EntryState),
)
STYLES = {"open": "green", "closed": "dim"}

form_argument = click.argument("form", metavar="FORM")


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def forms(ctx: click.Context, as_json: bool) -> None:
    """Forms: have people asked, see what they answered."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        found = client.forms.list()
    if as_json:
        emit_json(found)
    else:
        table.show(COLUMNS, map(_row, found), nothing="No form yet: docs/twoway.md shows some.")


@forms.command()
@form_argument
@click.option("--follow", "-f", is_flag=True, help="Again at every entry that begins or ends.")
@daemon_options
def show(form: str, follow: bool, as_json: bool) -> None:
    """How the questions of a form were answered."""
    with daemon() as client:
        if not follow:
            _draw(client.forms.get(form), as_json=as_json)
            return
        with UnbrokenEvents(client, "form.") as events:  # first: nothing falls in between
            lines = _draw(client.forms.get(form), as_json=as_json)
            while True:
                event = events.next()
                if event is None or event.fields.get("form") == form:
                    found = events.ask(lambda: client.forms.get(form))
                    lines = _again(found, lines, as_json=as_json)


@forms.command()
@form_argument
@click.argument("to", metavar="TO")
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="What is filled in.")
@click.option("--key", help="The same key is the same entry.")
@click.option("--modem", metavar="MODEM", help="Through which modem; else as routes say.")
@daemon_options
def start(
    form: str, to: str, fields: tuple[str, ...], key: str | None, modem: str | None, as_json: bool
) -> None:
    """Ask a number the first question; prints the entry's id."""
    with daemon() as client:
        entry = client.forms.start(form, to, key=key, fields=_fields(fields), modem=modem)
    if as_json:
        emit_json([entry])
    else:
        emit(entry.id)


@forms.command()
@form_argument
@click.option("--state", type=click.Choice([str(each) for each in EntryState]))
@click.option("--since", type=Moment("past"), metavar="TIME", help="Those that began from then on.")
@click.option(
    "--csv", "as_csv", is_flag=True, help="CSV: id, peer, state, times, and a column a question."
)
@daemon_options
def entries(
    form: str, state: str | None, since: datetime | None, as_csv: bool, as_json: bool
) -> None:
    """What people answered, oldest first."""
    chosen = None if state is None else EntryState(state)
    with daemon() as client:
        questions = [each.name for each in client.forms.get(form).questions]
        pages = client.pages(client.forms.entries, form, state=chosen, since=since)
        found = (each for page in pages for each in page.entries)
        if as_json:
            emit_json(found)
        elif as_csv:
            _write_csv(questions, found)
        else:
            columns = (
                Column("NUMBER", "bold"),
                Column("STATE"),
                *(Column(each.upper()) for each in questions),
            )
            table.show(columns, (_line(questions, each) for each in found), nothing="No entry.")


@forms.command()
@form_argument
@daemon_options
def close(form: str, as_json: bool) -> None:
    """No new entries; those that are open may still be finished."""
    with daemon() as client:
        _draw(client.forms.close(form), as_json=as_json)


@forms.command()
@form_argument
@daemon_options
def delete(form: str, as_json: bool) -> None:
    """Forget a form and its entries."""
    with daemon() as client:
        gone = client.forms.delete(form)
    if as_json:
        emit_json([gone])
    else:
        say(f"{form} is gone.")


def _fields(written: Iterable[str]) -> dict[str, str]:
    fields = {}
    for each in written:
        name, is_there, value = each.partition("=")
        if not is_there or not name:
            raise click.BadParameter(f"{each!r} is not NAME=VALUE", param_hint="--field")
        fields[name] = value
    return fields


def _write_csv(questions: list[str], found: Iterable[Entry]) -> None:
    columns = ("id", "peer", "state", "started_at", "finished_at", *questions)
    told = ((each.answers, plain(each)) for each in found)
    rows = ({**_said(said), **{key: each[key] for key in columns[:5]}} for said, each in told)
    csv_table.write(sys.stdout, columns, rows)


def _said(answers: Mapping[str, object]) -> dict[str, str]:
    return {name: _word(value) for name, value in answers.items()}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _again(found: Form, lines: int, *, as_json: bool) -> int:
    if is_terminal(sys.stdout) and not as_json:
        sys.stdout.write(f"\x1b[{lines}F\x1b[J")
    return _draw(found, as_json=as_json)


def _draw(found: Form, *, as_json: bool) -> int:
    """Show a form; returns how many lines that took."""
    if as_json:
        emit_json([found])
        return 0
    lines = [line for each in found.questions for line in _question(each)]
    counts = ", ".join(f"{count} {state}" for state, count in found.counts.items())
    lines.append(f"{paint(found.state, STYLES.get(found.state, ''))}; entries: {counts}")
    for line in lines:
        emit(line)
    return len(lines)


def _question(found: Answered) -> Iterable[str]:
    figures = [f"{found.answered} answered"]
    figures += [] if found.mean is None else [f"mean {found.mean:g}"]
    figures += [] if found.nps is None else [f"NPS {found.nps:g}"]
    yield f"{paint(one_line(found.name), 'bold')}: {one_line(found.ask)} ({', '.join(figures)})"
    distribution = found.distribution or {}
    most = max(distribution.values(), default=0) or 1
    width = max((len(one_line(each)) for each in distribution), default=0)
    for answer, count in distribution.items():
        bar = "█" * round(count / most * BAR)
        yield f"  {one_line(answer).ljust(width)} {paint(bar.ljust(BAR), 'cyan')} {count}"


def _row(found: FormSummary) -> Row:
    counts = (str(found.counts.get(str(state), 0)) for state in EntryState)
    return (found.form, Cell(found.state, STYLES.get(found.state, "")), *counts)


def _line(questions: list[str], found: Entry) -> Row:
    said = _said(found.answers)
    return (found.peer, str(found.state), *(said.get(each, "") for each in questions))
