"""``gsmd keywords``: the table of words that people text, and what a text would be taken for."""

import click

from gsmd.cli import table
from gsmd.cli.cells import Column, Row
from gsmd.cli.connection import daemon
from gsmd.cli.options import daemon_options
from gsmd.cli.terminal import emit, emit_json, one_line
from gsmd.client import Client
from gsmd.protocol import handlers
from gsmd.protocol.handlers import DryRunParams
from gsmd.protocol.keywords import KeywordRow

COLUMNS = (
    Column("KEYWORD", "bold"),
    Column("DOES"),
    Column("WITH"),
    Column("ANSWER", wide=True),
    Column("HELP", "dim", wide=True),
)

STRANGER = "+10000000000"
"""Somebody who has never written."""


@click.command()
@click.option(
    "--try", "text", metavar="TEXT", help="Tell what this text would be taken for; nothing is sent."
)
@click.option(
    "--from", "from_", metavar="NUMBER", default=STRANGER, help="As if this number had texted it."
)
@daemon_options
def keywords(text: str | None, from_: str, as_json: bool) -> None:
    """Show the keywords, and what each does; with --try what one text would do."""
    with daemon() as client:
        if text is not None:
            _try(client, text, from_, as_json=as_json)
            return
        found = client.keywords.list()
    if as_json:
        emit_json(found.keywords)
    else:
        table.show(COLUMNS, map(_row, found.keywords), nothing="No keyword is configured.")


def _try(client: Client, text: str, from_: str, *, as_json: bool) -> None:
    found = client.ask(handlers.TEST, DryRunParams(handler="", from_=from_, text=text))
    if as_json:
        emit_json([found])
    else:
        emit(f"{found.taken_for}\t{' '.join(found.goes_to) or 'nobody'}")


def _row(each: KeywordRow) -> Row:
    words = " ".join(each.words).upper()
    return words, str(each.does), each.target or "", one_line(each.reply or ""), each.help or ""
