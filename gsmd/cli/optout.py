"""``gsmd optout``: who wants no messages from us."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click
import msgspec

from gsmd.cli import csv_table, table
from gsmd.cli.cells import Column, Row
from gsmd.cli.combinations import Noun, refuse
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import when
from gsmd.cli.options import daemon_options
from gsmd.cli.table import noted
from gsmd.cli.terminal import emit_json, say
from gsmd.client import Client, GsmdError
from gsmd.protocol import optout as optouts
from gsmd.protocol.optout import OptedOut, OptOut, OptOutParams
from gsmd.protocol.wire import plain
from gsmd.spreadsheets import bare

COLUMNS = (
    Column("NUMBER", "bold"),
    Column("SINCE"),
    Column("BY"),
    Column("MESSAGE", "dim"),
    Column("NOTE", wide=True),
)
LOG_COLUMNS = (
    Column("TIME"),
    Column("NUMBER", "bold"),
    Column("SAID"),
    Column("BY"),
    Column("NOTE", wide=True),
)
FIELDS = ("peer", "at", "source", "note")


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def optout(ctx: click.Context, as_json: bool) -> None:
    """The people who want no messages from us; a send to them is refused."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        entries = _entries(client)
        if as_json:
            emit_json(entries)
        else:
            table.show(COLUMNS, map(_row, entries), nothing="Nobody opted out.")


@optout.command()
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--note", help="Why, for the record.")
@daemon_options
def add(numbers: tuple[str, ...], note: str | None, as_json: bool) -> None:
    """Send NUMBER nothing more."""
    with daemon() as client:
        results = [client.ask(optouts.ADD, OptOutParams(number, note)) for number in numbers]
    if as_json:
        emit_json(results)
        return
    for result in results:
        say(f"{result.peer} {'is on the list now' if result.added else 'was on the list'}.")


@optout.command()
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--note", help="Why, for the record.")
@daemon_options
def remove(numbers: tuple[str, ...], note: str | None, as_json: bool) -> None:
    """Send NUMBER messages again: only if its owner wants them."""
    with daemon() as client:
        results = [client.ask(optouts.REMOVE, OptOutParams(number, note)) for number in numbers]
    if as_json:
        emit_json(results)
        return
    for result in results:
        say(f"{result.peer} {'is off the list' if result.removed else 'was not on the list'}.")


@optout.command()
@click.argument("number", required=False)
@daemon_options
def log(number: str | None, as_json: bool) -> None:
    """Every STOP and START there was, the newest first, of NUMBER or of all."""
    with daemon() as client:
        pages = client.pages(client.optout.log, number)
        changes = (each for page in pages for each in page.changes)
        if as_json:
            emit_json(changes)
        else:
            rows = ((when(c.at), c.peer, c.wish, c.source, noted(c)) for c in changes)
            table.show(LOG_COLUMNS, rows, nothing="Nothing on record.")


@optout.command("export")
@click.argument("file", type=click.File("w"), default="-")
@daemon_options
def export_(file: TextIO, as_json: bool) -> None:
    """Write the list to FILE (default: stdout) as CSV: peer, at, source, note."""
    if as_json:
        refuse("With --json", "file")
    with daemon() as client:
        entries = _entries(client)
        if as_json:
            emit_json(entries)
            return
        csv_table.write(file, FIELDS, map(plain, entries))


@optout.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@daemon_options
def import_(file: str, as_json: bool) -> None:
    """Put everybody in FILE on the list: CSV with a column peer, or a number a line."""
    with daemon() as client:
        results = [_imported(client, number) for number in _numbers(file)]
    if as_json:
        emit_json(results)
        return
    wrong = [result for result in results if isinstance(result, _Wrong)]
    added = sum(not isinstance(result, _Wrong) and result.added for result in results)
    for each in wrong:
        say(f"{each.peer}: {each.error}")
    say(f"{added} added, {len(results) - added - len(wrong)} known, {len(wrong)} refused.")
    if wrong:
        raise click.exceptions.Exit(1)


class _Wrong(msgspec.Struct, frozen=True):
    """A line of the file that the daemon refuses."""

    peer: str
    error: str


def _imported(client: Client, number: str) -> OptedOut | _Wrong:
    try:
        return client.ask(optouts.ADD, OptOutParams(number, source="import"))
    except GsmdError as error:
        return _Wrong(number, error.message)


def _entries(client: Client) -> Iterator[OptOut]:
    return (each for page in client.pages(client.optout.list) for each in page.optouts)


def _numbers(file: str) -> Iterator[str]:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and "peer" in next(csv.reader(lines[:1])):
        yield from (bare(row["peer"]) for row in csv.DictReader(lines) if row["peer"])
    else:
        yield from (bare(row[0].strip()) for row in csv.reader(lines))


def _row(entry: OptOut) -> Row:
    return entry.peer, when(entry.at), entry.source, entry.message or "", noted(entry)
