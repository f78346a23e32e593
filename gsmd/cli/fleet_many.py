"""``gsmd fleet code|check|poll|campaign|cancel``: one-time codes, votes and campaigns of all boxes together."""

import csv
from pathlib import Path
from typing import Any

import click

from gsmd.cli import table
from gsmd.cli.cells import Column
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.fleet_options import connection_options, reached
from gsmd.cli.options import json_option
from gsmd.cli.terminal import emit, emit_json

_TALLY = (Column("OPTION", "bold"), Column("VOTES"))


@click.command()
@click.argument("to")
@click.option("--text", default="{code} is your code.", show_default=True)
@click.option("--length", type=int, default=6, show_default=True)
@click.option("--lifetime", type=float, default=300, show_default=True, metavar="SECONDS")
@click.option("--pool", default="default", show_default=True)
@connection_options
def code(to: str, text: str, length: int, lifetime: float, pool: str) -> None:
    """Text a one-time code, through any box; prints the id that `check` takes."""
    from gsmd.fleet.order import BadOrder

    try:
        emit(
            reached(
                lambda client, _: client.codes.start(
                    to, text=text, length=length, lifetime=lifetime, pool=pool
                )
            )
        )
    except BadOrder as error:
        raise Stop(str(error)) from None


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("typed", metavar="CODE")
@connection_options
@json_option
def check(id_: str, typed: str, as_json: bool) -> int:
    """Whether CODE is the one that was texted: exit 0 if it is, else 1."""
    found = reached(lambda client, _: client.codes.check(id_, typed))
    if as_json:
        emit_json([found._asdict()])
    else:
        emit("right" if found.ok else str(found.reason))
    return Exit.DONE if found.ok else Exit.FAILED


@click.command()
@click.argument("name")
@connection_options
@json_option
def poll(name: str, as_json: bool) -> None:
    """The votes of all boxes in the poll NAME, one of each number."""
    found = reached(lambda client, _: client.tally(name))
    if as_json:
        emit_json([found])
        return
    rows = ((option, str(count)) for option, count in found["tally"].items())
    table.show(_TALLY, rows, nothing="Nobody has voted.")


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("text")
@click.option("--pool", default="default", show_default=True)
@click.option("--per-minute", type=float, metavar="N", help="[default: as boxes take them]")
@click.option(
    "--consent",
    "lists",
    multiple=True,
    metavar="LIST",
    help="Only who agreed to get it; may be repeated.",
)
@connection_options
@json_option
def campaign(
    id_: str,
    file: Path,
    text: str,
    pool: str,
    per_minute: float | None,
    lists: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write TEXT to everybody in FILE, spread over all boxes of a pool.

    FILE is CSV with a column `to`; `{name}` in TEXT is what the column `name` has. With the same ID again, nobody gets it twice.
    """
    from gsmd.fleet.order import BadOrder

    people = _people(file)
    try:
        found = reached(
            lambda client, _: client.campaigns.put_in(
                id_, text, people, pool=pool, per_minute=per_minute, consent=lists
            )
        )
    except BadOrder as error:
        raise Stop(str(error)) from None
    if as_json:
        emit_json([found])
    else:
        emit(f"{found.id}: {found.state}, {found.recipients} put in")


@click.command()
@click.argument("id_", metavar="ID")
@connection_options
def cancel(id_: str) -> None:
    """Send nothing more of the campaign ID."""
    from gsmd.fleet.order import BadOrder

    try:
        if not reached(lambda client, _: client.campaigns.cancel(id_)):
            raise Stop(f"There is no campaign {id_}.")
    except BadOrder as error:
        raise Stop(str(error)) from None


def _people(file: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if "to" not in (rows.fieldnames or ()):
                raise Stop(f"{file}: there is no column to")
            return [_person(file, rows.line_num, row) for row in rows]
    except (OSError, ValueError, csv.Error) as error:
        raise Stop(f"{file}: {error}") from None


def _person(file: Path, line: int, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    to = (row["to"] or "").strip()
    if not to:
        raise Stop(f"{file}, line {line}: there is no number")
    return to, {name: text for name, text in row.items() if name and text}


COMMANDS = (code, check, poll, campaign, cancel)
