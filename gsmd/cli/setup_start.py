"""The start of ``gsmd setup``: by systemd where it can be, else by telling what to run."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gsmd.cli.exits import Stop
from gsmd.cli.setup_answers import Answers
from gsmd.cli.surroundings import unit_properties
from gsmd.cli.terminal import say
from gsmd.client import Client, NoDaemon
from gsmd.config import Config


def start(answers: Answers, path: Path, config: Config, *, written: bool) -> bool:
    """Start what does not run, and what has to read another configuration; true if something was started."""
    if not _by_systemd():
        _say_how(path, config, written=written)
        return False
    units = ["gsmd", *(f"gsmd-{name}" for name in config.gateways)]
    to_start = [unit for unit in units if written or not _is_active(unit)]
    if not to_start:
        return False
    names = ", ".join(to_start)
    if not answers.confirm(f"Start {names} now, and at every start of this machine?"):
        return False
    for unit in to_start:
        if not (_systemctl("enable", unit) and _systemctl("restart", unit)):
            raise Stop(f"{unit} did not start", advice=f"Why: systemctl status {unit}; journalctl -u {unit}")  # fmt: skip
    return True


def is_running(config: Config) -> bool:
    """A daemon answers at the configuration's socket. Errors: `GsmdError` if one is there, and not for us."""
    try:
        with Client(config.socket.path, timeout=20.0) as client:
            client.info()
    except NoDaemon:
        return False
    return True


def command(path: Path, config: Config) -> str:
    """The command that runs all of it in a terminal."""
    return f"gsmd run{' --all' if config.gateways else ''} -c {path}"


def _say_how(path: Path, config: Config, *, written: bool) -> None:
    if not is_running(config):
        say("\nTo start it, in a terminal of its own:")
        say(f"  {command(path, config)}")
        if config.socket.path != Path("/run/gsmd/gsmd.sock"):
            say("And in every other one, so that gsmd's commands find it:")
            say(f"  export GSMD_SOCKET={config.socket.path}")
        say("Then run gsmd setup once more: it sends a test message.")
    elif written:
        say(f"\nFor the new sections to count, start it again: {command(path, config)}")


def _by_systemd() -> bool:
    """There is a systemd that may be told, and it knows gsmd."""
    return os.geteuid() == 0 and unit_properties().get("LoadState") == "loaded"


def _is_active(unit: str) -> bool:
    states = [
        unit_properties(f"{unit}.{kind}").get("ActiveState") for kind in ("service", "socket")
    ]
    return "active" in states


def _systemctl(*arguments: str) -> bool:
    done: Sequence[str] = ("systemctl", *arguments)
    return subprocess.run(done, check=False, capture_output=True).returncode == 0  # noqa: S603 -- words of ours
