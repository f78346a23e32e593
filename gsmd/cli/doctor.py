"""``gsmd doctor``: what is wrong, why it matters, and what to do about it."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from gsmd.cli import diagnosis
from gsmd.cli.check import explain
from gsmd.cli.connection import socket_path
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.options import configuration_option, daemon_options
from gsmd.cli.progress import working
from gsmd.cli.table import paint
from gsmd.cli.terminal import emit, emit_json, printable, say
from gsmd.client import Client, GsmdError, NoDaemon, NotPermitted
from gsmd.config import Config, ConfigError, load
from gsmd.modem.doctor import Finding, Severity, examine_modem, examine_status
from gsmd.modem.status import ModemStatus

MARKS = {Severity.PROBLEM: ("✗", "bold red"), Severity.WARNING: ("!", "yellow")}


@click.command()
@configuration_option
@daemon_options
@click.pass_context
def doctor(ctx: click.Context, config: Path, as_json: bool) -> None:
    """Look for what usually goes wrong, and say what to do: exit code 1 if something is.

    With a running daemon its modems are asked through it; without one, on their ports.
    """
    try:
        loaded = load(config)
    except ConfigError as error:
        raise Stop(explain(error), Exit.CONFIGURATION) from None
    chosen = ctx.meta.get("gsmd.socket")
    with working("Looking"):
        findings = [*examine(loaded, socket_path() if chosen else loaded.socket.path)]
    if as_json:
        emit_json(map(msgspec.to_builtins, findings))
    else:
        for finding in findings:
            _tell(finding)
    problems = sum(finding.severity is Severity.PROBLEM for finding in findings)
    if problems:
        raise Stop("1 problem" if problems == 1 else f"{problems} problems")
    if not findings:
        modems = "1 modem" if len(loaded.modems) == 1 else f"{len(loaded.modems)} modems"
        say(f"Nothing wrong with {config}, this machine and {modems}.")


def examine(config: Config, socket: Path) -> Iterator[Finding]:
    """Everything that can be looked at from here."""
    yield from diagnosis.examine_machine(config)
    with Client(socket, timeout=60.0) as client:
        try:
            client.info()
        except NoDaemon as error:
            yield _no_daemon(error)
            for modem in config.modems:
                yield from asyncio.run(diagnosis.examine_modem(modem))
        except NotPermitted as error:
            yield _not_permitted(error)
        else:
            for status in _statuses(client):
                yield from _examine_running(client, status)


def _statuses(client: Client) -> Sequence[ModemStatus]:
    return msgspec.convert(client.call("modems.list")["modems"], list[ModemStatus])


def _examine_running(client: Client, status: ModemStatus) -> Sequence[Finding]:
    """What the daemon knows, or what the modem says itself if we may ask it."""
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
