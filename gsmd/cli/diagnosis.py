"""The examinations of ``gsmd doctor`` besides the modems themselves: machine, files, and the way to each port."""

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from gsmd.cli import examination, gateway_rights
from gsmd.cli.port_examination import examine_port
from gsmd.clock import EARLIEST_PLAUSIBLE, SystemClock
from gsmd.config import Config, HandlerConfig, ModemConfig
from gsmd.modem.errors import ModemError
from gsmd.modem.link import by_hand, commands
from gsmd.modem.link.line import Line
from gsmd.modem.port.discovery import Finder
from gsmd.modem.port.port import open_port
from gsmd.modem.probe import QUICK
from gsmd.modem.quirks import WORDS
from gsmd.protocol.findings import Finding, Severity

LITTLE_ROOM = 100 << 20
"""Octets free on the store's disk below which it is worth a word."""


def examine_clock() -> Iterator[Finding]:
    """Find out whether this machine knows the time."""
    if SystemClock().wall() < EARLIEST_PLAUSIBLE:
        yield Finding(
            Severity.WARNING,
            "clock",
            "this machine's clock has not been set",
            "messages get the wrong time; waiting and order do not suffer",
            "let it be set from the network: timedatectl set-ntp true",
        )


def examine_files(config: Config) -> Iterator[Finding]:
    """The disk, and the files that the configuration names."""
    yield from _state_dir(config.state_dir)
    for modem in config.modems:
        if modem.pin_file is not None:
            yield from _secret(modem.name, modem.pin_file)
    for handler in config.handlers:
        yield from _handler(handler)
    for name in config.gateways:
        for file in gateway_rights.secrets(name, config):
            yield from _secret(f"gateway {name}", file)


def _state_dir(path: Path) -> Iterator[Finding]:
    there = next(place for place in (path, *path.parents) if _can_be_seen(place))
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding(
            Severity.PROBLEM if there == path else Severity.WARNING,
            "store",
            f"{there} may not be written by you",
            "it is fine if the daemon runs as another user, who may",
            f"look who that is: ls -ld {there}; systemctl show -p User gsmd",
        )
    free = shutil.disk_usage(there).free
    if free < LITTLE_ROOM:
        yield Finding(
            Severity.WARNING,
            "store",
            f"only {free >> 20} MB are free for {path}",
            "on a full disk nothing is taken off the SIM and nothing is accepted",
            "make room, or: gsmd purge --older-than 90d",
        )


def _can_be_seen(place: Path) -> bool:
    return os.path.exists(place)  # noqa: PTH110 -- Path.exists fails where we may not look


def _secret(subject: str, path: Path) -> Iterator[Finding]:
    """A file with a PIN or a key: there, and nobody else's to read."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        yield Finding(
            Severity.WARNING if isinstance(error, PermissionError) else Severity.PROBLEM,
            subject,
            f"{path}: {error.strerror}",
            "the daemon must be able to read it",
            "correct the path in the configuration, or the file's owner and mode",
        )
        return
    if mode & stat.S_IROTH:
        yield Finding(
            Severity.WARNING,
            subject,
            f"everybody on this machine can read {path}",
            "there is a secret in it",
            f"chmod o= {path}",
        )


def _handler(handler: HandlerConfig) -> Iterator[Finding]:
    for file in handler.settings.secret_files:
        yield from _secret(handler.name, file)
    for program in handler.settings.programs:
        if shutil.which(program) is None:
            yield Finding(
                Severity.PROBLEM,
                handler.name,
                f"{program} is no program that could be run",
                "every message for this handler would end as a dead letter",
                f"correct the path, or: chmod +x {program}",
            )


async def examine_modem(config: ModemConfig) -> Sequence[Finding]:
    """A modem that no daemon drives: its port, and what it says of itself."""
    findings = examine_port(config)
    if findings:
        return findings
    try:
        return await _ask(config)
    except ModemError as error:
        return [
            Finding(
                Severity.PROBLEM,
                config.name,
                f"no modem answers: {error.reason}",
                "there may be another one of its ports that does",
                "find the right port: gsmd probe; or unplug the modem and plug it in again",
            )
        ]


async def _ask(config: ModemConfig) -> Sequence[Finding]:
    path = await Finder(config, QUICK).find()
    if path is None:
        raise ModemError("none of the ports has the modem that `match` describes")
    port = await open_port(path, config.baudrate)
    try:
        line = Line(port, QUICK, lambda _event: None, lambda _why: None, words=WORDS)
        await line.resync()
        await commands.speak_plainly(line)

        async def ask(command: str) -> Sequence[str] | None:
            reply = await by_hand.run(line, command)
            return reply.lines if reply.ok else None

        return await examination.examine_modem(config.name, ask)
    finally:
        await port.close()
