"""``gsmd consent``: who agreed to get what, and the proof of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TextIO, TypedDict, Unpack

import click

from gsmd.cli import csv_table, table
from gsmd.cli.cells import Cell
from gsmd.cli.combinations import refuse
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import when
from gsmd.cli.options import Moment, daemon_options
from gsmd.cli.terminal import emit, emit_json, one_line, say
from gsmd.client import Client
from gsmd.protocol.consents import Consent, ConsentState, Withdrawn
from gsmd.protocol.wire import plain

STYLES = {
    ConsentState.ASKED: "yellow",
    ConsentState.GIVEN: "green",
    ConsentState.WITHDRAWN: "red",
    ConsentState.DECLINED: "red",
    ConsentState.EXPIRED: "dim",
}
FIELDS = Consent.__struct_fields__


class _Proof(TypedDict):
    shown: str | None
    at: datetime | None
    note: str | None


class _Group(click.Group):
    """``gsmd consent NUMBER`` is `show`: a number is no command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does."""
        if args and args[0] not in self.commands and any(each.isdigit() for each in args[0]):
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Group)
def consent() -> None:
    """The consents of a NUMBER, or: who agreed to get what, and the proof of it."""


@consent.command()
@click.argument("number")
@daemon_options
def show(number: str, as_json: bool) -> None:
    """All that NUMBER ever agreed to or was asked, the newest first; gsmd consent NUMBER does, too."""
    with daemon() as client:
        found = client.consents.get(number)
    if as_json:
        emit_json(found)
        return
    for place, each in enumerate(found):
        if place:
            emit("")
        table.pairs([(name, value) for name, value in _pairs(each) if value])
    if not found:
        say("No consent on record.")


@consent.command()
@click.argument("list_", metavar="LIST")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--modem", metavar="NAME", help="Only with this modem.")
@daemon_options
def ask(list_: str, numbers: tuple[str, ...], modem: str | None, as_json: bool) -> None:
    """Ask NUMBER the question of LIST (`confirm`): with a YES they are on it."""
    with daemon() as client:
        found = [client.consents.ask(list_, number, modem=modem) for number in numbers]
    _tell(found, as_json=as_json)


@consent.command()
@click.argument("list_", metavar="LIST")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--shown", metavar="TEXT", help="The words that they agreed to.")
@click.option("--at", type=Moment("past"), metavar="TIME", help="When, if that is not now.")
@click.option("--note", help="Where the proof is: a form, a web page.")
@daemon_options
def add(list_: str, numbers: tuple[str, ...], as_json: bool, **proof: Unpack[_Proof]) -> None:
    """Record that NUMBER agreed elsewhere to get LIST, and put them on it."""
    with daemon() as client:
        found = [client.consents.add(list_, number, **proof) for number in numbers]
    _tell(found, as_json=as_json)


@consent.command()
@click.argument("number")
@click.option("--list", "list_", metavar="LIST", help="Only to this list.")
@click.option("--note", help="Why, for the record.")
@daemon_options
def withdraw(number: str, list_: str | None, note: str | None, as_json: bool) -> None:
    """Let the consents of NUMBER hold no more, and take them off the lists."""
    with daemon() as client:
        count = client.consents.withdraw(number, list_, note=note)
    if as_json:
        emit_json([Withdrawn(count)])
    else:
        say(f"{count} withdrawn.")


@consent.command("export")
@click.argument("file", type=click.File("w"), default="-")
@click.option("--list", "list_", metavar="LIST", help="Only to this list.")
@daemon_options
def export_(file: TextIO, list_: str | None, as_json: bool) -> None:
    """Write all consents with their proofs to FILE (default: stdout) as CSV."""
    if as_json:
        refuse("With --json", "file")
    with daemon() as client:
        found = _all(client, list_)
        if as_json:
            emit_json(found)
            return
        csv_table.write(file, FIELDS, map(plain, found))


def _all(client: Client, list_: str | None) -> Iterator[Consent]:
    return (each for page in client.pages(client.consents.export, list_) for each in page.consents)


def _pairs(each: Consent) -> Iterator[tuple[str, str | Cell]]:
    yield "list", each.list
    yield "state", Cell(str(each.state), STYLES.get(each.state, ""))
    yield "asked", when(each.asked_at)
    yield "given", when(each.given_at)
    yield "ended", " ".join(filter(None, (when(each.ended_at), each.ended_by)))
    yield "shown", one_line(each.shown or "")
    yield "answer", one_line(each.text or "")
    yield "message", each.message or ""
    yield "SIM", " ".join(filter(None, (each.sim, each.modem, each.number)))
    yield "recorded", " ".join(filter(None, (each.source, each.actor, each.note)))


def _tell(found: list[Consent], *, as_json: bool) -> None:
    if as_json:
        emit_json(found)
    else:
        for each in found:
            emit(f"{each.peer} {each.state}")
