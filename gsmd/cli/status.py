"""``gsmd status``: is everything all right? For people at a glance, and for monitors as an exit code."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import click
import msgspec

from gsmd.cli import datetimes, table
from gsmd.cli.cells import Cell
from gsmd.cli.connection import daemon, gateways_of
from gsmd.cli.gateway_start import start_of
from gsmd.cli.options import Duration, daemon_options
from gsmd.cli.terminal import emit, emit_json, one_line
from gsmd.client import (
    CarrierStatus,
    GsmdError,
    HandlerStatus,
    ModemStatus,
    NoDaemon,
    ServerInfo,
)
from gsmd.protocol import modems as rows
from gsmd.protocol.gateways import GatewayStatus
from gsmd.protocol.handlers import HandlerState
from gsmd.protocol.messages import Waiting
from gsmd.protocol.types import Nothing
from gsmd.protocol.wire import plain


class ServiceState(IntEnum):
    """The severity of a state: a service state of monitoring plugins, with its exit code."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


STYLES = {
    ServiceState.OK: "green",
    ServiceState.WARNING: "yellow",
    ServiceState.CRITICAL: "bold red",
}

ON_THE_WAY = frozenset({"opening", "identifying", "sim-busy", "registering", "recovering"})
"""States that a modem leaves by itself."""

NEARLY_FULL = 0.8

_FULL = "gsmd doctor says what fills it; nothing new comes in while it is full"


class Status(NamedTuple):
    """The daemon's report on itself."""

    info: ServerInfo
    modems: Sequence[ModemStatus]
    carriers: Sequence[CarrierStatus]
    handlers: Sequence[HandlerStatus]
    waiting: Waiting
    gateways: Sequence[GatewayStatus]


class Trouble(msgspec.Struct, frozen=True):
    """Something that is not as it should be."""

    level: ServiceState
    text: str
    to_do: str = ""


@click.command()
@click.option("--exit-code", is_flag=True, help="One line, and exit code 0, 1, 2 or 3, as monitors want it.")  # fmt: skip
@click.option("--oldest", type=Duration(), default="15m", show_default=True, help="How long a message may wait; four times that is critical.")  # fmt: skip
@daemon_options
def status(exit_code: bool, oldest: float, as_json: bool) -> int:
    """The state of the daemon, its modems, its queue and its handlers, and what needs somebody.

    With --exit-code it is a plugin for Nagios, Icinga and the like: 0 all is well, 1 warning,
    2 critical (also: no daemon), 3 it cannot be known.
    """
    try:
        found = _ask()
    except GsmdError as error:
        if not exit_code:
            raise
        level = ServiceState.CRITICAL if isinstance(error, NoDaemon) else ServiceState.UNKNOWN
        if as_json:
            trouble = Trouble(level, error.message)
            emit_json([{"level": level.name.lower(), "troubles": [_trouble(trouble)]}])
        else:
            emit(f"GSMD {level.name}: {one_line(error.message)}")
        return level
    troubles = sorted(judge(found, oldest), key=lambda each: -each.level)
    worst = max((each.level for each in troubles), default=ServiceState.OK)
    if as_json:
        emit_json([_as_json(found, worst, troubles)])
    elif exit_code:
        emit(_plugin_line(found, worst, troubles))
    else:
        _show(found, troubles)
    return worst if exit_code else 0


def _ask() -> Status:
    with daemon(timeout=20.0) as client:
        listed = client.ask(rows.LIST, Nothing())
        return Status(
            client.info(),
            listed.modems,
            listed.carriers,
            client.handlers(),
            client.waiting(),
            gateways_of(client),
        )


def judge(found: Status, oldest: float) -> Iterator[Trouble]:
    """The list of all that is not well. ``oldest``: seconds that a message may wait."""
    if trouble := found.info.store:
        yield Trouble(
            ServiceState.CRITICAL,
            f"nothing can be stored, so nothing is taken: {trouble}",
            "make room on the disk of state_dir; if that is not it: journalctl -u gsmd",
        )
    yield from _of_modems(found.modems)
    yield from _of_carriers(found)
    yield from _of_gateways(found.gateways)
    yield from _of_waiting(found.waiting, oldest)
    for handler in found.handlers:
        yield from _of_handler(handler, oldest)


def _of_modems(modems: Sequence[ModemStatus]) -> Iterator[Trouble]:
    working = any(modem.state == "ready" for modem in modems)
    for modem in modems:
        if modem.state != "ready":
            passing = working or modem.state in ON_THE_WAY
            level = ServiceState.WARNING if passing else ServiceState.CRITICAL
            text = f"modem {modem.name} is {modem.state}: {modem.reason}"
            yield Trouble(level, text, "gsmd doctor says what helps")
        for trouble in modem.troubles:
            text = f"modem {modem.name}: {trouble}"
            yield Trouble(ServiceState.WARNING, text, "gsmd doctor says what helps")
        use = modem.storage
        if use is not None and use.total:
            if use.used >= use.total:
                text = f"the SIM in {modem.name} is full"
                yield Trouble(ServiceState.CRITICAL, text, _FULL)
            elif use.used >= NEARLY_FULL * use.total:
                text = f"the SIM in {modem.name} holds {use.used} of {use.total}"
                yield Trouble(ServiceState.WARNING, text, _FULL)


def _of_carriers(found: Status) -> Iterator[Trouble]:
    """A carrier that is away is a warning; where nothing else could send, worse."""
    states = [*(modem.state for modem in found.modems), *(each.state for each in found.carriers)]
    working = any(state in {"ready", "attached"} for state in states)
    for carrier in found.carriers:
        if carrier.state == "away":
            level = ServiceState.WARNING if working else ServiceState.CRITICAL
            text = f"carrier {carrier.name} is away: no program is attached"
            yield Trouble(
                level,
                text,
                "start the program that carries for it; for an SMSC of smpp.providers, gsmd smpp providers tells why",
            )


def _of_waiting(waiting: Waiting, oldest: float) -> Iterator[Trouble]:
    age = _age(waiting)
    if age >= oldest:
        level = ServiceState.CRITICAL if age >= 4 * oldest else ServiceState.WARNING
        text = f"a message has been waiting to be sent for {datetimes.words(age)}"
        yield Trouble(level, text, "gsmd outbox --state queued tells what each waits for")
    if waiting.held:
        yield Trouble(
            ServiceState.WARNING,
            f"{waiting.held} held: nobody knows whether they went out",
            "gsmd outbox --state uncertain shows them; then gsmd retry ID or gsmd cancel ID",
        )


def _of_handler(handler: HandlerStatus, oldest: float) -> Iterator[Trouble]:
    if handler.state == HandlerState.SUSPENDED:
        text = f"handler {handler.name} is suspended ({handler.reason})"
        yield Trouble(ServiceState.WARNING, text, f"gsmd handlers resume {handler.name}")
    if handler.oldest_at is not None:
        age = (datetimes.current() - handler.oldest_at).total_seconds()
        if age >= oldest:
            level = ServiceState.CRITICAL if age >= 4 * oldest else ServiceState.WARNING
            why = "" if handler.connected else ", and nobody is connected"
            text = f"handler {handler.name} is behind by {datetimes.words(age)}{why}"
            yield Trouble(level, text, _behind(handler))
    if handler.dead:
        yield Trouble(
            ServiceState.WARNING,
            f"handler {handler.name} gave up on {handler.dead}",
            f"gsmd handlers dead shows them and why; gsmd handlers redrive {handler.name} --all",
        )


def _behind(handler: HandlerStatus) -> str:
    if handler.connected:
        return f"gsmd handlers attempts {handler.name} tells how its last hand-overs went"
    return f"start the program that takes them: gsmd listen --as {handler.name}, or your own"


def _of_gateways(gateways: Sequence[GatewayStatus]) -> Iterator[Trouble]:
    for gateway in gateways:
        if gateway.state == "away" and (to_do := start_of(gateway.name)):
            text = f"gateway {gateway.name} is configured, and does not run"
            yield Trouble(ServiceState.WARNING, text, to_do)
        for trouble in gateway.troubles:
            text = f"gateway {gateway.name}: {trouble.what}"
            yield Trouble(ServiceState.WARNING, text, trouble.to_do)


def _age(waiting: Waiting) -> float:
    if waiting.oldest_at is None:
        return 0.0
    age = datetimes.current() - waiting.oldest_at
    return max(0.0, age.total_seconds())


def _ready(found: Status) -> str:
    ready = sum(modem.state == "ready" for modem in found.modems)
    modems = f"{ready} of {len(found.modems)} modems ready"
    if not found.carriers:
        return modems
    attached = sum(carrier.state == "attached" for carrier in found.carriers)
    carriers = f"{attached} of {len(found.carriers)} carriers attached"
    return f"{modems}, {carriers}" if found.modems else carriers


def _running(gateways: Sequence[GatewayStatus]) -> Cell:
    troubled = list(_of_gateways(gateways))
    said = "; ".join(f"{each.name} {each.state}" for each in gateways)
    return Cell(said, "yellow" if troubled else "green")


def _plugin_line(found: Status, worst: ServiceState, troubles: Sequence[Trouble]) -> str:
    """``GSMD WARNING: … | figures``, as the guidelines for monitoring plugins have it."""
    said = "; ".join(one_line(each.text) for each in troubles) or _ready(found)
    figures = {
        "modems_ready": str(sum(modem.state == "ready" for modem in found.modems)),
        "queued": str(found.waiting.queued),
        "oldest": f"{_age(found.waiting):.0f}s",
        "dead": str(sum(handler.dead for handler in found.handlers)),
    }
    return f"GSMD {worst.name}: {said.replace('|', '/')} | " + " ".join(
        f"{name}={value}" for name, value in figures.items()
    )


def _show(found: Status, troubles: Sequence[Trouble]) -> None:
    info, waiting = found.info, found.waiting
    pending = sum(handler.pending for handler in found.handlers)
    table.pairs(
        [
            ("daemon", f"{info.version}, up {datetimes.words(info.uptime)}"),
            ("modems", Cell(_ready(found), "green" if not list(_of_modems(found.modems)) else "yellow")),
            *([("gateways", _running(found.gateways))] if found.gateways else []),
            ("to be sent", f"{waiting.queued}, and {waiting.scheduled} later"),
            ("for handlers", str(pending)),
        ]
    )  # fmt: skip
    for trouble in troubles:
        emit(f"{table.paint('!', STYLES[trouble.level])} {one_line(trouble.text)}")
        if trouble.to_do:
            emit(f"  to do: {one_line(trouble.to_do)}")
    if not troubles:
        emit(table.paint("All is well.", "green"))


def _trouble(trouble: Trouble) -> dict[str, Any]:
    return {"level": trouble.level.name.lower(), "text": trouble.text, "to_do": trouble.to_do}


def _as_json(found: Status, worst: ServiceState, troubles: Sequence[Trouble]) -> dict[str, Any]:
    return {
        "level": worst.name.lower(),
        "troubles": [*map(_trouble, troubles)],
        "version": found.info.version,
        "uptime": found.info.uptime,
        "modems": {modem.name: modem.state for modem in found.modems},
        "carriers": {carrier.name: carrier.state for carrier in found.carriers},
        "gateways": {gateway.name: gateway.state for gateway in found.gateways},
        "waiting": plain(found.waiting),
        "pending": {handler.name: handler.pending for handler in found.handlers},
    }
