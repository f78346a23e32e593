"""The Debian package: what is in it, and what it does to a machine when it comes and goes."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.machine import Machine, why_not
from tests.tools import needs

ROOT = Path(__file__).parents[2]
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"

pytestmark = needs("dpkg-deb")
on_a_machine = pytest.mark.skipif(
    why_not() is not None or not Path(f"/usr/bin/{PYTHON}").exists(),
    reason=why_not() or f"this system's Python is not {PYTHON}",
)
with_what_it_depends_on = needs("systemd-analyze", "udevadm")

MODEM = "modems: [{name: m, port: /dev/ttyUSB7}]\n"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once, also where several workers run these tests."""
    base = tmp_path_factory.getbasetemp()
    output = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "package"
    output.mkdir(exist_ok=True)
    with (output / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(output.glob("*.deb")):
            build(output)
    (built,) = output.glob("*.deb")
    return built


def build(output: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / ".ci/deb.py", "--output", output, "--compression", "none"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def machine(tmp_path: Path, package: Path) -> Machine:
    machine = Machine(tmp_path)
    shutil.copy(package, machine.shared / "gsmd.deb")
    return machine


def install(machine: Machine, *options: str) -> str:
    return machine.run(
        "dpkg", "--force-unsafe-io", *options, "--install", "/run/gsmd-test/gsmd.deb"
    ).stdout


def listed(package: Path) -> dict[str, str]:
    """The package's files, each with its permissions and owner."""
    lines = subprocess.run(
        ["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return {line.split()[5][1:]: " ".join(line.split()[:2]) for line in lines}


def test_everything_belongs_to_root_and_nobody_else_can_write(package: Path) -> None:
    for path, rights in listed(package).items():
        assert rights.endswith("root/root"), path
        assert re.match(r"l|[d-]rw[x-]r-[x-]r-[x-] ", rights), (path, rights)


def test_it_has_the_units_the_rules_the_user_and_the_documentation(package: Path) -> None:
    files = listed(package)
    for path in (
        "/usr/bin/gsmd",
        "/lib/systemd/system/gsmd.service",
        "/lib/systemd/system/gsmd@.service",
        "/lib/systemd/system/gsmd.socket",
        "/lib/systemd/system/gsmd-web.service",
        "/lib/systemd/system/gsmd-web.socket",
        "/lib/systemd/system/gsmd-smpp.service",
        "/lib/systemd/system/gsmd-smpp.socket",
        "/lib/systemd/system/gsmd-mqtt.service",
        "/lib/systemd/system/gsmd-mail.service",
        "/lib/udev/rules.d/60-gsmd.rules",
        "/usr/lib/sysusers.d/gsmd.conf",
        "/etc/gsmd/gsmd.yaml",
        "/usr/share/doc/gsmd/operations.md",
        "/usr/share/bash-completion/completions/gsmd",
    ):
        assert path in files, path


def test_it_has_what_gsmd_needs_and_none_of_the_tools_for_its_tests(package: Path) -> None:
    packages = {
        found[1]
        for path in listed(package)
        if (found := re.search(r"site-packages/([a-z_0-9]+)/__init__\.py$", path))
    }
    assert {
        "gsmd",
        "serial",
        "msgspec",
        "click",
        "yaml",
        "aiohttp",
        "prometheus_client",
        "starlette",
        "uvicorn",
        "argon2",
    } <= packages
    assert not {"pytest", "mypy", "hypothesis", "apprise", "_pytest", "pip"} & packages


def test_nothing_in_it_tells_where_it_was_built(package: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "-R", package, tmp_path / "x"], check=True)
    done = subprocess.run(
        ["grep", "-rl", "--exclude=copyright", str(ROOT), tmp_path / "x"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stdout


@on_a_machine
@with_what_it_depends_on
def test_a_first_installation_starts_nothing_and_what_it_brings_works(machine: Machine) -> None:
    said = install(machine)
    assert "no modem is configured yet, so nothing was started" in said
    assert "sudo gsmd setup" in said
    assert machine.stat("/etc/gsmd") == "750 root:gsmd"
    assert machine.stat("/etc/gsmd/gsmd.yaml") == "640 root:gsmd"
    assert not machine.has("/etc/systemd/system/multi-user.target.wants/gsmd.service")
    check = machine.run("gsmd", "check", check=False)
    assert check.returncode == 4
    assert "modems" in check.stdout

    assert "delivered" in machine.run("gsmd", "demo", user="gsmd").stdout
    where = "import gsmd, serial; print(gsmd.__file__, serial.__file__)"
    found = machine.run("/usr/lib/gsmd/bin/python3", "-I", "-c", where, user="gsmd").stdout.split()
    assert all(path.startswith("/usr/lib/gsmd/") for path in found)

    # what systemd and udev say of it; other units of this machine may have faults of their own
    gateways = ("gsmd-web.service", "gsmd-web.socket", "gsmd-smpp.socket", "gsmd-mail.service")
    for unit in ("gsmd.service", "gsmd@office.service", "gsmd.socket", *gateways):
        said = machine.run("systemd-analyze", "verify", "--man=no", unit, check=False).stdout
        assert "gsmd" not in said, said
    asked = ("udevadm", "--debug", "test", "--action=add", "/sys/class/mem/null")
    said = machine.run(*asked, check=False).stdout
    assert "60-gsmd.rules" in said
    assert not re.findall(r"60-gsmd\.rules:\d+.*", said), said


@on_a_machine
@with_what_it_depends_on
def test_what_was_configured_outlives_upgrades_and_messages_go_only_with_a_purge(
    machine: Machine,
) -> None:
    install(machine)
    machine.run("sh", "-c", f"echo '{MODEM}' >> /etc/gsmd/gsmd.yaml; mkdir /var/lib/gsmd")
    machine.run("touch", "/var/lib/gsmd/gsmd.db")

    said = install(machine, "--force-confold")
    assert "nothing was started" not in said
    assert machine.run("gsmd", "check").returncode == 0

    machine.run("dpkg", "--remove", "gsmd")
    for path in ("/usr/lib/gsmd", "/usr/bin/gsmd", "/lib/systemd/system/gsmd.service"):
        assert not machine.has(path), path
    assert "/dev/ttyUSB7" in machine.run("cat", "/etc/gsmd/gsmd.yaml").stdout
    assert machine.has("/var/lib/gsmd/gsmd.db")

    machine.run("dpkg", "--purge", "gsmd")
    assert not machine.has("/etc/gsmd")
    assert not machine.has("/var/lib/gsmd")
