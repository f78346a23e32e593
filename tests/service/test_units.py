"""The units and rules as they stand in the repository."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gsmd.gateways.catalogue import GATEWAYS
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
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    program = tmp_path / "gsmd"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in (*UNITS.glob("*.service"), *UNITS.glob("*.socket")):
        text = unit.read_text().replace("/usr/bin/gsmd", str(program))
        (tmp_path / unit.name.replace("@", "@office")).write_text(text)
    done = subprocess.run(
        [
            *("systemd-analyze", "verify", "--man=no", "--recursive-errors=no"),
            *sorted(path for path in tmp_path.iterdir() if path != program),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "gsmd" not in done.stderr, done.stderr


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


@systemd_here
@pytest.mark.parametrize("name", GATEWAYS)
def test_the_service_of_a_gateway_is_rated_1_3_or_better(name: str) -> None:
    done = subprocess.run(
        [
            *("systemd-analyze", "security", "--offline=true", "--no-pager"),
            *("--threshold=13", UNITS / f"gsmd-{name}.service"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_gateways_are_held_by_the_same_rules_each_as_a_user_of_its_own() -> None:
    own = {"Description", "ExecStart", "User", "Group", "StateDirectory", "MemoryMax"}
    own |= {"RuntimeDirectory", "RuntimeDirectoryMode"}

    def rules(unit: str) -> list[str]:
        return [line for line in settings(unit) if line.partition("=")[0] not in own]

    accounts = (UNITS / "sysusers.conf").read_text()
    for name in GATEWAYS:
        unit = f"gsmd-{name}.service"
        assert rules(unit) == rules("gsmd-web.service")
        lines = settings(unit)
        for line in (
            f"ExecStart=/usr/bin/gsmd {name}",
            f"User=gsmd-{name}",
            f"StateDirectory=gsmd-{name}",
            "SupplementaryGroups=gsmd",
            "PrivateDevices=yes",
        ):
            assert line in lines, unit
        assert f"\nu gsmd-{name} " in accounts
        assert f"\nm gsmd-{name} gsmd\n" in accounts


@pytest.mark.parametrize("script", ["prerm", "postrm"])
def test_the_package_takes_every_gateway_away_with_it(script: str) -> None:
    said = (ROOT / "config/debian" / script).read_text()
    (words,) = re.findall(r"for \w+ in (.+); do", said)
    ending = ".service" if script == "prerm" else ""
    assert {f"{name}{ending}" for name in GATEWAYS} <= set(words.split())
    if script == "prerm":
        sockets = {path.name.removeprefix("gsmd-") for path in UNITS.glob("gsmd-*.socket")}
        assert sockets <= set(words.split())


def test_systemd_waits_longer_than_a_gateway_drains() -> None:
    from gsmd.daemon import children
    from gsmd.gateways import running

    (seconds,) = (
        int(line.partition("=")[2])
        for line in settings("gsmd-web.service")
        if line.startswith("TimeoutStopSec=")
    )
    assert seconds > children.GRACE > running.DRAIN


def test_the_sockets_of_gateways_are_those_of_their_defaults() -> None:
    from gsmd.config.smpp import SmppConfig
    from gsmd.config.web import WebConfig

    assert f"ListenStream={WebConfig().listen}" in settings("gsmd-web.socket")
    assert f"ListenStream={SmppConfig().listen}" in settings("gsmd-smpp.socket")


def test_the_socket_knows_its_callers() -> None:
    assert not [line for line in settings("gsmd.service") if line.startswith("PrivateUsers")]


def test_systemd_waits_longer_than_a_drain_takes() -> None:
    from gsmd.api.server import GRACE
    from gsmd.core import carrier

    (seconds,) = (
        int(line.partition("=")[2])
        for line in settings("gsmd.service")
        if line.startswith("TimeoutStopSec=")
    )
    assert seconds > carrier.DRAIN + 2 * GRACE


def test_every_rule_goes_somewhere() -> None:
    rules = (ROOT / "udev/60-gsmd.rules").read_text()
    assert set(re.findall(r'GOTO="(\w+)"', rules)) == set(re.findall(r'LABEL="(\w+)"', rules))
