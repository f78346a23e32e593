"""``gsmd lists``: people who want to hear of something."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import click
import msgspec

from gsmd.cli import csv_table, table
from gsmd.cli.cells import Column, Row
from gsmd.cli.combinations import Noun
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import when
from gsmd.cli.options import daemon_options
from gsmd.cli.terminal import emit_json, say
from gsmd.client import Client
from gsmd.protocol.lists import Member, NewMember, TakenOff
from gsmd.spreadsheets import bare

AT_ONCE = 500
COLUMNS = (Column("LIST", "bold"), Column("PEOPLE", right=True), Column("SINCE"))
MEMBER_COLUMNS = (
    Column("NUMBER", "bold"),
    Column("SINCE"),
    Column("MESSAGE", "dim"),
    Column("FIELDS", wide=True),
)


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def lists(ctx: click.Context, as_json: bool) -> None:
    """Lists of people, for broadcasts."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        found = client.lists.list()
    if as_json:
        emit_json(found)
    else:
        rows = ((each.list, str(each.members), when(each.created_at)) for each in found)
        table.show(COLUMNS, rows, nothing="No list yet: gsmd lists add NAME NUMBER...")


@lists.command()
@click.argument("name")
@daemon_options
def show(name: str, as_json: bool) -> None:
    """The members of the list NAME."""
    with daemon() as client:
        members = _members(client, name)
        if as_json:
            emit_json(members)
        else:
            table.show(MEMBER_COLUMNS, map(_row, members), nothing=f"Nobody is on {name}.")


@lists.command()
@click.argument("name")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@daemon_options
def add(name: str, numbers: tuple[str, ...], as_json: bool) -> None:
    """Put NUMBER on the list NAME, which is made if there is none."""
    with daemon() as client:
        result = _add(client, name, numbers)
    _tell(result, as_json=as_json)


@lists.command()
@click.argument("name")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@daemon_options
def remove(name: str, numbers: tuple[str, ...], as_json: bool) -> None:
    """Take NUMBER off the list NAME."""
    with daemon() as client:
        removed = client.lists.remove(name, numbers)
    if as_json:
        emit_json([TakenOff(removed)])
    else:
        say(f"{removed} removed from {name}.")


@lists.command()
@click.argument("name")
@daemon_options
def delete(name: str, as_json: bool) -> None:
    """Delete the list NAME; its people stay on their other lists."""
    with daemon() as client:
        result = client.lists.delete(name)
    if as_json:
        emit_json([result])
    else:
        say(f"{name} is gone.")


@lists.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@daemon_options
def import_(name: str, file: str, as_json: bool) -> None:
    """Put everybody in FILE on the list NAME: CSV with a column peer; the others are fields for texts."""
    with daemon() as client:
        result = _add(client, name, _people(file))
    _tell(result, as_json=as_json)


@lists.command("export")
@click.argument("name")
@daemon_options
def export_(name: str, as_json: bool) -> None:
    """Write the list NAME to stdout as CSV: peer, and every field that somebody has."""
    with daemon() as client:
        members = list(_members(client, name))
    if as_json:
        emit_json(members)
        return
    fields = sorted({field for member in members for field in member.fields})
    rows = ({"peer": member.peer, **member.fields} for member in members)
    csv_table.write(sys.stdout, ("peer", *fields), rows)


class _Total(msgspec.Struct):
    """The outcome for all that were to be put on a list."""

    list: str
    added: int = 0
    known: int = 0
    refused: Sequence[str] = ()


def _add(client: Client, name: str, people: Iterable[NewMember | str]) -> _Total:
    """Add so many at once that no request grows too long."""
    total = _Total(name)
    waiting = iter(people)
    while some := list(islice(waiting, AT_ONCE)):
        result = client.lists.add(name, some)
        total.added += result.added
        total.known += result.known
        total.refused = [*total.refused, *result.refused]
    return total


def _members(client: Client, name: str) -> Iterator[Member]:
    return (each for page in client.pages(client.lists.get, name) for each in page.members)


def _people(file: str) -> Iterator[NewMember]:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    rows = csv.DictReader(text.splitlines())
    if "peer" not in (rows.fieldnames or ()):
        raise click.UsageError(f"{file} has no column peer.")
    for row in rows:
        fields = {key: bare(value) for key, value in row.items() if key and key != "peer" and value}
        yield NewMember(bare(row["peer"]), fields)


def _row(member: Member) -> Row:
    fields = ", ".join(f"{key}={value}" for key, value in sorted(member.fields.items()))
    return member.peer, when(member.at), member.message or "", fields


def _tell(result: _Total, *, as_json: bool) -> None:
    if as_json:
        emit_json([result])
    else:
        for number in result.refused:
            say(f"{number} is not a phone number.")
        say(f"{result.added} added, {result.known} known.")
    if result.refused:
        raise click.exceptions.Exit(1)
