"""The Debian package: what is in it, and what it does to a machine when it comes and goes."""

import fcntl
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gsmd import __version__
from gsmd.gateways.catalogue import GATEWAYS
from tests.service.machine import Machine, why_not
from tests.store.schema.scene import DATABASES
from tests.tools import needs

ROOT = Path(__file__).parents[2]
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"

pytestmark = needs("dpkg-deb")
on_a_machine = pytest.mark.skipif(
    why_not() is not None or not Path(f"/usr/bin/{PYTHON}").exists(),
    reason=why_not() or f"this system's Python is not {PYTHON}",
)
with_what_it_depends_on = needs("systemd-analyze", "udevadm")

UNITS = sorted(
    path.name for path in (ROOT / "systemd").iterdir() if path.suffix in {".service", ".socket"}
)


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


def groups_of_gateways(machine: Machine) -> list[str]:
    """Those of each gateway's user."""
    script = "; ".join(f"id -nG gsmd-{name}" for name in GATEWAYS)
    return machine.run("sh", "-c", script).stdout.splitlines()


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
        *(f"/lib/systemd/system/{unit}" for unit in UNITS),
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
        *("gmqtt", "aiosmtpd", "aiosmtplib", "nats", "nkeys", "webauthn", "segno"),
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
    wanted = machine.run("find", "/etc/systemd/system", "-name", "gsmd*").stdout
    assert not wanted
    assert groups_of_gateways(machine) == [f"gsmd-{name} gsmd" for name in GATEWAYS]
    check = machine.run("gsmd", "check", check=False)
    assert check.returncode == 4
    assert "modems" in check.stdout

    assert "delivered" in machine.run("gsmd", "demo", user="gsmd").stdout
    where = "import gsmd, serial; print(gsmd.__file__, serial.__file__)"
    found = machine.run("/usr/lib/gsmd/bin/python3", "-I", "-c", where, user="gsmd").stdout.split()
    assert all(path.startswith("/usr/lib/gsmd/") for path in found)

    # what systemd and udev say of it; other units of this machine may have faults of their own
    units = (unit.replace("@", "@office") for unit in UNITS)
    said = machine.run("systemd-analyze", "verify", "--man=no", *units, check=False).stdout
    assert "gsmd" not in said, said
    asked = ("udevadm", "--debug", "test", "--action=add", "/sys/class/mem/null")
    said = machine.run(*asked, check=False).stdout
    assert "60-gsmd.rules" in said
    assert not re.findall(r"60-gsmd\.rules:\d+.*", said), said


BEFORE = """\
access: [{group: gsmd, may: [read, send, handle]}]
modems: [{name: north, port: /dev/ttyUSB7, pin_file: /etc/gsmd/north.pin}]
handlers: [{name: crm, socket: true}]
inbound: {retention: null}
"""
"""A configuration of 0.1.0, which knew no gateways."""

LOOKED_AT = """
set -e
gsmd run 2>/dev/null & daemon=$!
for _ in $(seq 600); do [ -S /run/gsmd/gsmd.sock ] && break; sleep 0.1; done
gsmd inbox --json --limit 1000
gsmd outbox --json --limit 1000
kill $daemon
wait $daemon
"""


def first_version(package: Path, directory: Path) -> None:
    """The package as 0.1.0 was: without the gateways, their users and their part in the scripts."""
    root = directory / "first"
    subprocess.run(["dpkg-deb", "-R", package, root], check=True)
    for unit in (root / "lib/systemd/system").glob("gsmd-*"):
        unit.unlink()
    accounts = root / "usr/lib/sysusers.d/gsmd.conf"
    accounts.write_text('u gsmd - "SMS daemon" /var/lib/gsmd\n')
    control = root / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*", "Version: 0.1.0", control.read_text()))
    (root / "DEBIAN/prerm").write_text("#!/bin/sh\nexit 0\n")
    shutil.rmtree(root / "usr/share/doc")
    subprocess.run(
        ["dpkg-deb", "--build", "--root-owner-group", "-Znone", root, directory / "gsmd.deb"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    shutil.rmtree(root)


@on_a_machine
@with_what_it_depends_on
def test_a_filled_store_and_an_old_configuration_outlive_upgrades_and_go_only_with_a_purge(
    machine: Machine, package: Path
) -> None:
    new = machine.shared / "gsmd.deb"
    new.rename(machine.shared / "new.deb")
    first_version(package, machine.shared)
    install(machine)
    (machine.shared / "gsmd.yaml").write_text(BEFORE)
    (machine.shared / "gsmd.db").write_bytes(
        gzip.decompress((DATABASES / "0001.db.gz").read_bytes())
    )
    here = "/run/gsmd-test"
    machine.run("sh", "-c", f"cat {here}/gsmd.yaml > /etc/gsmd/gsmd.yaml")
    machine.run("install", "-d", "-o", "gsmd", "-m", "700", "/var/lib/gsmd")
    machine.run(*("install", "-o", "gsmd", "-m", "600", f"{here}/gsmd.db", "/var/lib/gsmd/gsmd.db"))
    machine.run("sh", "-c", "umask 027; echo 1234 > /etc/gsmd/north.pin")
    machine.run("chgrp", "gsmd", "/etc/gsmd/north.pin")

    (machine.shared / "new.deb").rename(new)
    said = install(machine, "--force-confold")
    assert "nothing was started" not in said
    assert machine.run("dpkg-query", "-W", "-f", "${Version}", "gsmd").stdout.startswith(
        __version__
    )
    assert machine.run("cat", "/etc/gsmd/gsmd.yaml").stdout == BEFORE
    assert groups_of_gateways(machine) == [f"gsmd-{name} gsmd" for name in GATEWAYS]
    enabled = machine.run(
        "systemctl", "is-enabled", *(f"gsmd-{name}.service" for name in GATEWAYS), check=False
    )
    assert set(enabled.stdout.split()) == {"disabled"}

    script = f"install -d -o gsmd /run/gsmd; setpriv --reuid=gsmd --regid=gsmd --init-groups sh -c '{LOOKED_AT}'"
    told = machine.run("sh", "-c", script).stdout
    texts = {json.loads(line)["text"] for line in told.splitlines() if line.startswith("{")}
    with closing(sqlite3.connect(machine.shared / "gsmd.db")) as database:
        kept = {text for (text,) in database.execute("SELECT text FROM message")}
    assert kept <= texts
    assert len(kept) > 5

    machine.run("dpkg", "--remove", "gsmd")
    for path in ("/usr/lib/gsmd", "/usr/bin/gsmd", "/lib/systemd/system/gsmd.service"):
        assert not machine.has(path), path
    assert machine.run("cat", "/etc/gsmd/gsmd.yaml").stdout == BEFORE
    assert machine.has("/var/lib/gsmd/gsmd.db")

    machine.run("mkdir", *(f"/var/lib/gsmd-{name}" for name in GATEWAYS))
    machine.run("dpkg", "--purge", "gsmd")
    left = machine.run("find", "/var/lib", "/run", "-maxdepth", "1", "-name", "gsmd*").stdout
    assert set(left.split()) == {here}
    assert machine.has("/etc/gsmd/north.pin")  # a secret that the package did not bring
