"""``gsmd doctor``: what is wrong, why it matters, and what to do about it."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from gsmd.cli import diagnosis, surroundings
from gsmd.cli.check import explain
from gsmd.cli.connection import gateways_of, socket_path
from gsmd.cli.examination import examine_modem
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.gateway_examination import examine_gateways
from gsmd.cli.options import configuration_option, daemon_options
from gsmd.cli.port_examination import examine_ports
from gsmd.cli.progress import working
from gsmd.cli.table import paint
from gsmd.cli.terminal import emit, emit_json, printable, say
from gsmd.client import CarrierStatus, Client, GsmdError, NoDaemon, NotPermitted
from gsmd.config import Config, ConfigError, load
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.modem.status import ModemStatus
from gsmd.protocol import modems
from gsmd.protocol.findings import Finding, Severity, examine_carrier, examine_status
from gsmd.protocol.gateways import GatewayStatus
from gsmd.protocol.types import Nothing

MARKS = {Severity.PROBLEM: ("✗", "bold red"), Severity.WARNING: ("!", "yellow")}


@click.command()
@configuration_option
@daemon_options
@click.pass_context
def doctor(ctx: click.Context, config: Path, as_json: bool) -> None:
    """Look for what usually goes wrong, and say what to do: exit code 1 if something is.

    Where nothing is wrong, it tells which modems offer reception: direct. With a running daemon its modems are asked through it; without one, on their ports. Without a configuration,
    or with a wrong one, everything is looked at that needs none; the exit code is 4 then.
    """
    loaded, mistakes = _load(config)
    path = socket_path() if loaded is None or "gsmd.socket" in ctx.meta else loaded.socket.path
    with working("Looking"):
        found = [*mistakes, *examine(loaded, path)]
    findings = [each for each in found if each.severity is not Severity.NOTE]
    if as_json:
        emit_json(map(msgspec.to_builtins, findings))
    else:
        for finding in findings[len(mistakes) :]:  # they were told already
            _tell(finding)
        for note in found if not findings else ():
            say(f"{note.subject}: {note.what}; {note.why}.")
    problems = sum(finding.severity is Severity.PROBLEM for finding in findings)
    if problems:
        code = Exit.CONFIGURATION if mistakes else Exit.FAILED
        raise Stop("1 problem" if problems == 1 else f"{problems} problems", code)
    if not findings and loaded is not None:
        modems = "1 modem" if len(loaded.modems) == 1 else f"{len(loaded.modems)} modems"
        say(f"Nothing wrong with {config}, this machine and {modems}.")


def _load(path: Path) -> tuple[Config | None, Sequence[Finding]]:
    """The configuration, or what is wrong with it, which is told at once."""
    try:
        return load(path, HANDLER_KINDS), []
    except ConfigError as error:
        to_do = _way_out(path)
        say(f"gsmd: {explain(error)}")
        say(f"To do: {to_do}. Now to what needs no configuration.")
        why = "without it the daemon does not start"
        return None, [
            Finding(Severity.PROBLEM, "configuration", str(problem), why, to_do)
            for problem in error.problems
        ]


def _way_out(path: Path) -> str:
    """The thing to do about a configuration that could not be loaded."""
    try:
        path.open().close()
    except FileNotFoundError:
        return "let gsmd write one: sudo gsmd setup"
    except PermissionError:
        return "look as somebody who may read it: sudo gsmd doctor"
    except OSError:
        pass
    return "correct it, and look again: gsmd check"


def examine(config: Config | None, socket: Path) -> Iterator[Finding]:
    """Examine all that can be looked at from here."""
    yield from diagnosis.examine_clock()
    if config is not None:
        yield from diagnosis.examine_files(config)
    yield from surroundings.examine_service()
    driven: Sequence[ModemStatus] = ()
    carriers: Sequence[CarrierStatus] = ()
    gateways: Sequence[GatewayStatus] | None = None
    with Client(socket, timeout=60.0) as client:
        try:
            client.info()
            listed = client.ask(modems.LIST, Nothing())
            driven, carriers = listed.modems, listed.carriers
            gateways = gateways_of(client)
        except NoDaemon as error:
            yield _no_daemon(error)
            for modem in config.modems if config is not None else ():
                yield from asyncio.run(diagnosis.examine_modem(modem))
        except NotPermitted as error:
            yield _not_permitted(error)
        for status in driven:
            yield from _examine_running(client, status)
        for carrier in carriers:
            yield from examine_carrier(carrier)
    yield from examine_gateways(config, gateways)
    if config is None:
        yield from surroundings.examine_modem_manager()
        yield from examine_ports(driven=[each.port for each in driven if each.port])


def _examine_running(client: Client, status: ModemStatus) -> Sequence[Finding]:
    """Findings from what the daemon knows, or what the modem says itself if we may ask it."""
    findings = examine_status(status)
    if findings:
        return findings

    async def ask(command: str) -> Sequence[str] | None:
        reply = client.at(status.name, command)
        return reply.lines if reply.result == "OK" else None

    try:
        return asyncio.run(examine_modem(status.name, ask))
    except GsmdError:
        return []  # not an administrator, or it has just gone: the daemon's knowledge must do


def _no_daemon(error: NoDaemon) -> Finding:
    return Finding(
        Severity.WARNING,
        "daemon",
        error.message,
        "nothing is received or sent now",
        "systemctl start gsmd; if it does not stay: journalctl -u gsmd",
    )


def _not_permitted(error: NotPermitted) -> Finding:
    return Finding(
        Severity.PROBLEM,
        "daemon",
        error.message,
        "you cannot talk to the daemon",
        "become a member of the socket's group, or see `access` in the configuration",
    )


def _tell(finding: Finding) -> None:
    mark, style = MARKS[finding.severity]
    emit(f"{paint(mark, style)} {paint(finding.subject, 'bold')}: {printable(finding.what)}")
    emit(f"  why    {printable(finding.why)}")
    emit(f"  to do  {printable(finding.to_do)}")
