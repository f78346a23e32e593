"""``gsmd contest``: codes on the pack, what came of them, and who wins."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import IO, TypedDict, Unpack

import click

from gsmd.cli import csv_table, table
from gsmd.cli.cells import Cell, Column, Row
from gsmd.cli.combinations import Noun
from gsmd.cli.connection import daemon
from gsmd.cli.datetimes import when
from gsmd.cli.options import Moment, daemon_options
from gsmd.cli.table import paint
from gsmd.cli.terminal import emit, emit_json, say
from gsmd.protocol import bounds
from gsmd.protocol.contests import Contest, ContestEntry, Prize
from gsmd.protocol.wire import plain

_OCTETS = 700_000
"""Octets of codes in one call: below what a line to the daemon may have."""

COLUMNS = (
    Column("NAME", "bold"),
    Column("STATE"),
    Column("CODES", right=True),
    Column("REDEEMED", right=True),
    Column("WON", right=True),
    Column("NUMBERS", right=True),
    Column("CLOSES"),
)
STYLES = {"open": "green", "planned": "yellow", "closed": "dim"}
FIELDS = ("id", "peer", "outcome", "prize", "at", "message")


class _More(TypedDict):
    opens: datetime | None
    closes: datetime | None


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def contest(ctx: click.Context, as_json: bool) -> None:
    """Codes on the pack: bring them in or make them, see what comes of them, draw winners."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        contests = client.contests.list()
    if as_json:
        emit_json(contests)
    else:
        table.show(COLUMNS, map(_row, contests), nothing="No contest yet: gsmd contest create NAME")


@contest.command()
@click.argument("name")
@click.option("--opens", type=Moment("future"), metavar="TIME", help="No code counts before.")
@click.option(
    "--closes", type=Moment("future"), metavar="TIME", help="No code counts from then on."
)
@click.option(
    "--codes", metavar="N=PRIZE", multiple=True, help="So many codes win this at once; repeatable."
)
@click.option(
    "--draw", metavar="N=PRIZE", multiple=True, help="So many are drawn in the end; repeatable."
)
@daemon_options
def create(
    name: str, codes: tuple[str, ...], draw: tuple[str, ...], as_json: bool, **more: Unpack[_More]
) -> None:
    """Begin a contest. It has no codes as yet: import or generate them."""
    prizes = [Prize(name=prize, codes=count) for count, prize in map(_prize, codes)]
    prizes += [Prize(name=prize, draw=count) for count, prize in map(_prize, draw)]
    with daemon() as client:
        made = client.contests.create(name, prizes=prizes, **more)
    if as_json:
        emit_json([made])
    else:
        say(
            f"{name} is {made.state}. Prizes and draw are bound to {made.commitment} and {made.key_commitment}."
        )


@contest.command("import")
@click.argument("name")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@daemon_options
def import_(name: str, file: IO[str], as_json: bool) -> None:
    """Bring in the codes of FILE, one a line (- for standard input). What is there already stays as it is."""
    added = known = total = 0
    with daemon() as client:
        for batch in _batches(file):
            done = client.contests.import_(name, batch)
            added, known, total = added + done.added, known + done.known, done.codes
    if as_json:
        emit_json([{"contest": name, "added": added, "known": known, "codes": total}])
    else:
        say(f"{added} codes are new, {known} were there.")


@contest.command()
@click.argument("name")
@click.argument("count", type=click.IntRange(1, bounds.PRIZES * 100))
@click.option("--length", type=click.IntRange(*bounds.PACK_CODE), default=9, show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.File("x", encoding="ascii"),
    help="Write them here; never over what is there.",
)
@daemon_options
def generate(name: str, count: int, length: int, output: IO[str] | None, as_json: bool) -> None:
    """Make COUNT codes. They are told this once: gsmd keeps only hashes of them."""
    left = count
    with daemon() as client:
        while left:
            made = client.contests.generate(name, min(left, bounds.PACK_CODES), length).codes
            left -= len(made)
            if output is not None:
                output.writelines(f"{code}\n" for code in made)
                output.flush()
            elif as_json:
                emit_json({"code": code} for code in made)
            else:
                sys.stdout.writelines(f"{code}\n" for code in made)
    if output is not None:
        say(f"{count} codes are in {output.name}, and nowhere else.")


@contest.command()
@click.argument("name")
@daemon_options
def show(name: str, as_json: bool) -> None:
    """A contest as it stands."""
    with daemon() as client:
        found = client.contests.get(name)
    if as_json:
        emit_json([found])
        return
    emit(
        f"{paint(found.state, STYLES.get(found.state, ''))}, {found.redeemed} of {found.codes} codes"
    )
    emit(f"{found.entries} entries of {found.numbers} numbers")
    for prize in found.prizes:
        kinds = [f"{prize.won} of {prize.codes} won"] if prize.codes else []
        kinds += [f"{prize.draw} to be drawn"] if prize.draw else []
        emit(f"{prize.name}: {', '.join(kinds)}")
    emit(f"bound to {found.commitment} and {found.key_commitment}")


@contest.command()
@click.argument("name")
@click.option("--won", is_flag=True, help="Only those that won something at once.")
@daemon_options
def entries(name: str, won: bool, as_json: bool) -> None:
    """The codes that counted: who, when, what was won."""
    with daemon() as client:
        found = (
            each
            for page in client.pages(client.contests.entries, name, "won" if won else None)
            for each in page.entries
        )
        if as_json:
            emit_json(found)
            return
        for each in found:
            emit(f"{when(each.at)} {each.peer} {each.prize or each.outcome}")


@contest.command("export")
@click.argument("name")
@daemon_options
def export_(name: str, as_json: bool) -> None:
    """The entries as CSV: id, peer, outcome, prize, at, message."""
    with daemon() as client:
        found: Iterator[ContestEntry] = (
            each for page in client.pages(client.contests.entries, name) for each in page.entries
        )
        if as_json:
            emit_json(found)
            return
        csv_table.write(sys.stdout, FIELDS, map(plain, found))


@contest.command()
@click.argument("name")
@click.argument("peer")
@click.argument("code")
@daemon_options
def redeem(name: str, peer: str, code: str, as_json: bool) -> None:
    """Take a CODE of somebody who did not text it."""
    with daemon() as client:
        done = client.contests.redeem(name, peer, code=code)
    if as_json:
        emit_json([done])
    else:
        emit(str(done.outcome) if done.prize is None else f"{done.outcome}: {done.prize}")


@contest.command()
@click.argument("name")
@click.option("--winners", type=click.IntRange(1, bounds.WINNERS), help="As many as have prizes.")
@daemon_options
def draw(name: str, winners: int | None, as_json: bool) -> None:
    """Draw winners of a closed contest, so that anybody can check it (docs/twoway.md)."""
    with daemon() as client:
        drawn = client.contests.draw(name, winners)
    if as_json:
        emit_json([drawn])
        return
    for winner, prize in zip(drawn.winners, drawn.prizes, strict=True):
        emit(winner if prize is None else f"{winner} {prize}")
    say(
        f"of {drawn.entrants}, list {drawn.list_hash}\nseed {drawn.seed}\nkey {drawn.key}\n"
        f"their SHA-256, told when the contest began: {drawn.commitment} and {drawn.key_commitment}"
    )


@contest.command()
@click.argument("name")
@daemon_options
def close(name: str, as_json: bool) -> None:
    """No code counts any more."""
    with daemon() as client:
        closed = client.contests.close(name)
    if as_json:
        emit_json([closed])
    else:
        say(f"{name} is closed.")


@contest.command()
@click.argument("name")
@daemon_options
def delete(name: str, as_json: bool) -> None:
    """Forget a contest, its codes and its entries."""
    with daemon() as client:
        gone = client.contests.delete(name)
    if as_json:
        emit_json([gone])
    else:
        say(f"{name} is gone.")


def _batches(file: IO[str]) -> Iterator[list[str]]:
    """The codes of a file, in portions that a call may have."""
    batch: list[str] = []
    octets = 0
    for line in file:
        code = line.strip()
        if not code:
            continue
        if len(batch) == bounds.PACK_CODES or octets > _OCTETS:
            yield batch
            batch, octets = [], 0
        batch.append(code)
        octets += len(code.encode()) + 3
    if batch:
        yield batch


def _prize(written: str) -> tuple[int, str]:
    count, _, name = written.partition("=")
    if not count.isdecimal() or not name:
        raise click.BadParameter(f"{written!r} is not like '50=a mug'")
    return int(count), name


def _row(found: Contest) -> Row:
    return (
        found.name,
        Cell(found.state, STYLES.get(found.state, "")),
        str(found.codes),
        str(found.redeemed),
        str(found.won),
        str(found.numbers),
        when(found.closes_at),
    )
