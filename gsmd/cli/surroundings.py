"""The examinations of ``gsmd doctor`` around gsmd: the service manager, and ModemManager."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from gsmd.cli.port_examination import RULES
from gsmd.protocol.findings import Finding, Severity

UNIT = "gsmd.service"

BAD_CONFIGURATION = "4"
"""The daemon's exit status if it could not use its configuration (`gsmd.cli.exits.Exit`)."""

Properties = Mapping[str, str]
"""The properties of a unit by ``systemctl show``; empty where there is no systemd."""

_RULES_PLACES = [
    Path(directory) / "udev" / "rules.d" / "60-gsmd.rules"
    for directory in ("/etc", "/run", "/usr/lib", "/lib")
]


def unit_properties(unit: str = UNIT) -> Properties:
    """The state of a unit. It is asked for without rights, and nothing is changed."""
    if not Path("/run/systemd/system").is_dir() or shutil.which("systemctl") is None:
        return {}
    done = subprocess.run(  # noqa: S603 -- no shell, and a name of ours
        [  # noqa: S607 -- the caller's own path
            "systemctl",
            "show",
            unit,
            "--property=LoadState,ActiveState,SubState,Result,ExecMainStatus,UnitFileState",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    pairs = (line.partition("=") for line in done.stdout.splitlines())
    return {name: value for name, _, value in pairs}


def examine_service(show: Callable[[], Properties] = unit_properties) -> Iterator[Finding]:
    """Find out whether systemd has the daemon running and starts it with the machine; nothing if it knows no such unit."""
    unit = show()
    if unit.get("LoadState") in {None, "", "not-found"}:
        return
    if unit["LoadState"] != "loaded":
        yield _wrong(
            f"the unit is {unit['LoadState']}", "systemctl unmask gsmd, or install it again"
        )
    elif unit.get("ExecMainStatus") == BAD_CONFIGURATION and unit["ActiveState"] == "failed":
        yield _wrong("it could not use its configuration, and was not started again",
                     "gsmd check; then: systemctl start gsmd")  # fmt: skip
    elif unit["ActiveState"] == "failed" or unit["SubState"] == "auto-restart":
        again = ", and is started again and again" if unit["SubState"] == "auto-restart" else ""
        yield _wrong(f"it failed ({unit['Result']}){again}", "see why: journalctl -u gsmd")
    elif unit.get("UnitFileState") == "disabled":
        yield Finding(
            Severity.WARNING,
            UNIT,
            "it is not started with this machine",
            "after the next start of the machine nothing is received or sent",
            "systemctl enable gsmd",
        )


def _wrong(what: str, to_do: str) -> Finding:
    return Finding(Severity.PROBLEM, UNIT, what, "nothing is received or sent like this", to_do)


def examine_modem_manager(
    proc: Path = Path("/proc"), rules: Sequence[Path] = _RULES_PLACES
) -> Iterator[Finding]:
    """Find out whether ModemManager runs and is not told to leave modems alone.

    Only root sees which ports it has open; that it runs everybody may see.
    """
    running = next(filter(_is_modem_manager, _processes(proc)), None)
    if running is not None and not any(path.exists() for path in rules):
        yield Finding(
            Severity.WARNING,
            "ModemManager",
            f"it runs (pid {running.name}) and is not told to leave modems to gsmd",
            "it opens every port of a modem that is plugged in, and takes answers that are not its own",
            RULES,
        )


def _processes(proc: Path) -> Iterator[Path]:
    return (entry for entry in proc.iterdir() if entry.name.isdigit())


def _is_modem_manager(process: Path) -> bool:
    try:
        return (process / "comm").read_text(errors="replace").strip() == "ModemManager"
    except OSError:
        return False  # it has just ended
