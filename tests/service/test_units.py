"""The units and rules as they stand in the repository."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools import needs

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"

systemd_here = needs("systemd-analyze")


def settings(unit: str) -> list[str]:
    """The lines of a unit that are no comments."""
    lines = (UNITS / unit).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@systemd_here
@pytest.mark.parametrize("unit", ["gsmd.service", "gsmd@.service"])
def test_the_service_is_rated_1_5_or_better(unit: str) -> None:
    done = subprocess.run(
        [
            *("systemd-analyze", "security", "--offline=true", "--no-pager"),
            *("--threshold=15", UNITS / unit),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@systemd_here
@pytest.mark.parametrize("drop_in", sorted(path.name for path in (UNITS / "examples").iterdir()))
def test_every_drop_in_is_understood(tmp_path: Path, drop_in: str) -> None:
    program = tmp_path / "gsmd"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "gsmd.service"
    unit.write_text((UNITS / "gsmd.service").read_text().replace("/usr/bin/gsmd", str(program)))
    (tmp_path / "gsmd.service.d").mkdir()
    shutil.copy(UNITS / "examples" / drop_in, tmp_path / "gsmd.service.d")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "gsmd" not in done.stderr, done.stderr


def test_the_template_is_held_by_the_same_rules() -> None:
    names = {"Description", "ExecStart", "ExecReload", "StateDirectory", "RuntimeDirectory"}

    def rules(unit: str) -> list[str]:
        return [line for line in settings(unit) if line.partition("=")[0] not in names]

    assert rules("gsmd@.service") == rules("gsmd.service")


def test_the_socket_knows_its_callers() -> None:
    assert not [line for line in settings("gsmd.service") if line.startswith("PrivateUsers")]


def test_systemd_waits_longer_than_a_drain_takes() -> None:
    from gsmd.api.server import GRACE
    from gsmd.core import modem_runner

    (seconds,) = (
        int(line.partition("=")[2])
        for line in settings("gsmd.service")
        if line.startswith("TimeoutStopSec=")
    )
    assert seconds > modem_runner.DRAIN + 2 * GRACE


def test_every_rule_goes_somewhere() -> None:
    rules = (ROOT / "udev/60-gsmd.rules").read_text()
    assert set(re.findall(r'GOTO="(\w+)"', rules)) == set(re.findall(r'LABEL="(\w+)"', rules))
