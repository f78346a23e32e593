"""Carriers that are programs, among the modems: how they are shown."""

from collections.abc import Iterator

import msgspec

from gsmd.cli import datetimes, table
from gsmd.cli.cells import Cell, Row
from gsmd.client import CarrierStatus, Client
from gsmd.protocol import modems
from gsmd.protocol.types import Nothing


def named(client: Client, name: str) -> CarrierStatus | None:
    """The carrier of that name; None if there is none."""
    listed = client.ask(modems.LIST, Nothing()).carriers
    return next((carrier for carrier in listed if carrier.name == name), None)


def row(carrier: CarrierStatus) -> Row:
    """Its line in the table of modems."""
    return (
        carrier.name,
        table.state(carrier.state),
        "",
        "",
        "",
        carrier.number or "",
        _program(carrier),
        why(carrier),
    )


def why(carrier: CarrierStatus) -> str:
    """Why it gets nothing now; since when it is away; else how much is with it."""
    if carrier.state == "away":
        return f"no program is attached, {_since(carrier)}"
    return carrier.reason or _in_flight(carrier)


def everything(carrier: CarrierStatus) -> Iterator[tuple[str, str | Cell]]:
    """All that is known of it."""
    yield "name", Cell(carrier.name, "bold")
    yield "state", table.state(carrier.state)
    yield "why", carrier.reason
    yield "since", _since(carrier)
    yield "program", _program(carrier)
    yield "in flight", _in_flight(carrier)
    yield "limits", carrier.limits
    yield "number", carrier.number or ""
    counted = msgspec.structs.asdict(carrier.counters).items()
    yield "so far", ", ".join(f"{name} {count}" for name, count in counted if count)


def _program(carrier: CarrierStatus) -> str:
    return f"process {carrier.pid} of {carrier.user}" if carrier.pid is not None else ""


def _in_flight(carrier: CarrierStatus) -> str:
    return f"{carrier.in_flight} of {carrier.max_in_flight}" if carrier.max_in_flight else ""


def _since(carrier: CarrierStatus) -> str:
    if carrier.since is None:
        return ""
    return f"since {datetimes.local(carrier.since)}, {datetimes.ago(carrier.since)}"
