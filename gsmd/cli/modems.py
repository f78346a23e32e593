"""``gsmd modems``: what they are, how they are, and what may be done to them."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
import msgspec

from gsmd.cli import carriers, datetimes, table
from gsmd.cli.cells import Cell, Column, Row
from gsmd.cli.combinations import Noun
from gsmd.cli.connection import daemon
from gsmd.cli.options import Moment, daemon_options, modem_argument
from gsmd.cli.terminal import emit_json, is_terminal, one_line, say
from gsmd.client import ModemStatus, NotFound, StorageUse
from gsmd.protocol import modems as rows
from gsmd.protocol.modems import Credit, ModemHistoryRow
from gsmd.protocol.types import Nothing

COLUMNS = (
    Column("NAME", "bold"),
    Column("STATE"),
    Column("NETWORK"),
    Column("SIGNAL"),
    Column("SIM", right=True),
    Column("NUMBER"),
    Column("MODEL"),
    Column("WHY", wide=True),
)

HISTORY = (
    Column("FROM", "bold"),
    Column("STATE"),
    Column("NETWORK"),
    Column("SIGNAL"),
    Column("LOWEST", right=True),
    Column("HIGHEST", right=True),
    Column("WHY", wide=True),
)

BARS = "▂▄▆█"
SIGNAL_STEPS = (-103, -93, -83, -73)
"""dBm from which there is one bar more; 3GPP TS 27.007 §8.5 reaches from -113 to -51."""

NEARLY_FULL = 0.8


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def modems(ctx: click.Context, as_json: bool) -> None:
    """State, signal, network, number and SIM use of every modem, and the programs that are carriers."""
    if ctx.invoked_subcommand is not None:
        return
    with daemon() as client:
        found = client.ask(rows.LIST, Nothing())
    if as_json:
        emit_json([*found.modems, *found.carriers])
    else:
        lines = [*map(_row, found.modems), *map(carriers.row, found.carriers)]
        table.show(COLUMNS, lines, nothing="No modem is configured.")


@modems.command()
@modem_argument
@daemon_options
def show(modem: str, as_json: bool) -> None:
    """Show all that is known of MODEM; it may be a carrier, too."""
    with daemon() as client:
        try:
            found = client.modem(modem)
        except NotFound:
            carrier = carriers.named(client, modem)
            if carrier is None:
                raise
            emit_json([carrier]) if as_json else table.pairs(carriers.everything(carrier))
            return
    emit_json([found]) if as_json else table.pairs(_everything(found))


@modems.command()
@modem_argument
@click.option(
    "--since", type=Moment("past"), metavar="TIME", help="From then on; a week unless given."
)
@click.option("--until", type=Moment("past"), metavar="TIME", help="Before then.")
@daemon_options
def history(modem: str, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """How MODEM was over time: a line when that changed, and one an hour."""
    with daemon() as client:
        told = client.modem_history(modem, since, until)
    if as_json:
        emit_json([told])
    else:
        table.show(HISTORY, map(_past, told.rows), nothing=f"Nothing is known of {modem} then.")


@modems.command()
@modem_argument
@daemon_options
def reset(modem: str, as_json: bool) -> None:
    """Restart MODEM; what was waiting goes on afterwards."""
    with daemon() as client:
        status = client.reset(modem)
    _tell(status, f"{modem} was restarted. gsmd modems show {modem} tells how it is.", as_json)


@modems.command()
@modem_argument
@click.option(
    "--pin-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the PIN from this file instead of the keyboard or a pipe.",
)
@daemon_options
def unlock(modem: str, pin_file: Path | None, as_json: bool) -> None:
    """Give the SIM in MODEM its PIN; without one, the daemon takes that of its configuration.

    The PIN is no argument: the list of processes shows arguments to everybody. It is tried once,
    and never when it is the last try that the SIM allows.
    """  # fmt: skip
    pin = _pin(modem, pin_file)
    with daemon() as client:
        status = client.unlock(modem, pin or None)
    _tell(status, f"The SIM in {modem} took its PIN.", as_json)


def _tell(status: ModemStatus, sentence: str, as_json: bool) -> None:
    if as_json:
        emit_json([status])
    else:
        say(sentence)


def _pin(modem: str, pin_file: Path | None) -> str:
    if pin_file is not None:
        return pin_file.read_text().strip()
    if is_terminal(sys.stdin):
        pin: str = click.prompt(
            f"PIN of the SIM in {modem}", default="", show_default=False, hide_input=True, err=True
        )
        return pin.strip()
    return sys.stdin.readline().strip()


def _row(modem: ModemStatus) -> Row:
    return (
        modem.name,
        table.state(modem.state),
        _network(modem),
        signal(modem.signal_dbm),
        _storage(modem.storage),
        modem.number or "",
        modem.model or "",
        _why(modem),
    )


def _past(row: ModemHistoryRow) -> Row:
    return (
        datetimes.local(row.at),
        table.state(row.state),
        _network(row),
        signal(row.signal_dbm),
        _number(row.lowest_dbm),
        _number(row.highest_dbm),
        "" if row.state == "ready" else row.reason,
    )


def _number(dbm: int | None) -> str:
    return "" if dbm is None else str(dbm)


def _why(modem: ModemStatus) -> str:
    return "" if modem.state == "ready" else modem.reason or ""


def _network(modem: ModemStatus | ModemHistoryRow) -> str:
    network = modem.operator or modem.registration or ""
    return f"{network} (roaming)" if network and modem.roaming else network


def signal(dbm: int | None) -> Cell:
    """``▂▄▆_ -80 dBm`` in the colour that says how good that is."""
    if dbm is None:
        return Cell("")
    count = sum(dbm >= step for step in SIGNAL_STEPS)
    bars = BARS[:count] + "_" * (len(BARS) - count)
    return Cell(f"{bars} {dbm} dBm", ("red", "red", "yellow", "green", "green")[count])


def _storage(storage: StorageUse | None) -> Cell:
    if storage is None or not storage.total:
        return Cell("")
    full = storage.used >= NEARLY_FULL * storage.total
    return Cell(f"{storage.used}/{storage.total}", "red" if full else "")


def _credit(credit: Credit) -> str:
    figure = "" if credit.amount is None else f"{credit.amount:g}: "
    return f"{figure}{one_line(credit.text)}, {datetimes.ago(credit.at)}"


def _everything(modem: ModemStatus) -> Iterator[tuple[str, str | Cell]]:
    yield "name", Cell(modem.name, "bold")
    yield "state", table.state(modem.state)
    yield "why", _why(modem)
    yield "trouble", "; ".join(modem.troubles)
    if modem.since:
        yield "since", f"{datetimes.local(modem.since)}, {datetimes.ago(modem.since)}"
    yield "network", _network(modem)
    yield "registration", modem.registration or ""
    yield "signal", signal(modem.signal_dbm)
    yield "SIM storage", _storage(modem.storage)
    yield "reception", "" if modem.reception == "storage" else modem.reception or ""
    yield "number", modem.number or ""
    if modem.credit is not None:
        yield "credit", _credit(modem.credit)
    yield "service centre", modem.smsc or ""
    yield "port", modem.port or ""
    yield "model", " ".join(filter(None, (modem.manufacturer, modem.model, modem.revision)))
    yield "IMEI", modem.imei or ""
    yield "IMSI", modem.imsi or ""
    yield "ICCID", modem.iccid or ""
    counted = msgspec.structs.asdict(modem.counters).items()
    counters = (f"{name.replace('_', ' ')} {n}" for name, n in counted if n)
    yield "so far", ", ".join(counters)
