"""The programs of others that tests, scripts and targets start, each with the Debian package that has it.

This is the one list of them. `.ci/run` installs from it; a test that `needs` a program is skipped with a
reason taken from it; a target of the Makefile that lacks one says so before it begins; the table of
docs/contributing.md is made of it. `watch` keeps it complete: no test can start what it does not name.

As a program: ``python3 -m tests.tools packages`` prints the Debian packages that the tests lack here,
``… table`` the table of docs/contributing.md, ``… target NAME`` ends with 1 and says what to install if
the target of that name could not do its work here.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:  # .ci/run asks before pytest is there
    import pytest

BASE = frozenset({
    *("bash", "sh", "dpkg", "grep", "mount", "umount", "sed", "setpriv", "unshare"),
    *("cat", "chroot", "cp", "echo", "expand", "mkdir", "nice", "rm", "sleep", "touch", "true", "uname"),
})  # fmt: skip
"""What every Debian has, the smallest too: bash, coreutils, dpkg, grep, mount, sed, util-linux."""

_SYSTEM = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


class Tool(NamedTuple):
    """Something that may be missing here: a program, mostly."""

    name: str
    packages: tuple[str, ...]
    """Debian's."""
    tests: tuple[str, ...] = ()
    """The tests that need it, as paths beneath ``tests/``."""
    targets: tuple[str, ...] = ()
    """The targets of the Makefile that need it."""
    trial: tuple[str, ...] = ()
    """Where being there is not enough: a command that succeeds only if it is whole."""

    @property
    def there(self) -> bool:
        return _succeeds(self.trial) if self.trial else _find(self.name) is not None

    @property
    def lack(self) -> str:
        """The sentence for whoever lacks it."""
        where = f"Debian: {' '.join(self.packages)}" if self.packages else "pip: gsmd[test]"
        return f"{self.name} is not installed ({where})"


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("gammu", ("gammu",), tests=("peers/test_gammu.py",)),
        Tool(
            "python3-gammu",
            ("python3-gammu",),
            tests=("pdu/test_oracles.py",),
            trial=("/usr/bin/python3", "-c", "import gammu"),
        ),
        Tool("smsd", ("smstools",), tests=("peers/test_smstools.py",)),
        Tool("socat", ("socat",), tests=("examples/test_handlers.py",)),
        Tool(
            "jq",
            ("jq",),
            tests=(
                "examples/test_handlers.py",
                "cli/test_documentation.py",
                "gateways/web/rest/test_documentation.py",
            ),
        ),
        Tool(
            "bearerbox",
            ("kannel",),
            tests=("gateways/web/compat/test_kannel.py", "gateways/smpp/test_esmes.py"),
            targets=("esmes",),
        ),
        Tool(
            "smsbox",
            ("kannel",),
            tests=("gateways/web/compat/test_kannel.py", "gateways/smpp/test_esmes.py"),
            targets=("esmes",),
        ),
        Tool("curl", ("curl",), tests=("gateways/web/rest/test_documentation.py",)),
        Tool(
            "node",
            ("nodejs",),
            tests=(
                "browser/test_script.py",
                "examples/test_handlers.py",
                "gateways/smpp/test_esmes.py",
                "gateways/smpp/upstream/test_real_smscs.py",
                "gateways/web/compat/test_smsgate.py",
            ),
            targets=("esmes",),
        ),
        Tool(
            "chromium",
            ("chromium",),
            tests=(
                *("browser/test_flows.py", "browser/test_passkeys.py", "browser/test_axe.py"),
                "browser/test_reaching_many.py",
            ),
            targets=("web-test", "web-pictures"),
        ),
        Tool(
            "cc",
            ("gcc", "libc6-dev"),
            tests=("store/engine/test_database_trouble.py",),
            trial=("cc", "-x", "c", "-fsyntax-only", "-include", "stdlib.h", "/dev/null"),
        ),
        Tool(
            "systemd-analyze",
            ("systemd",),
            tests=("service/test_units.py", "service/test_package.py"),
            targets=("container",),
        ),
        Tool("udevadm", ("udev",), tests=("service/test_package.py",), targets=("container",)),
        Tool(
            "dpkg-deb",
            ("dpkg",),
            tests=("service/test_package.py",),
            targets=("deb", "deb-arm64", "deb-armhf", "container", "vm"),
        ),
        Tool("ps", ("procps",), targets=("container",)),
        Tool(
            "swaks", ("swaks",), tests=("gateways/mail/test_swaks.py",), targets=("mail-servers",)
        ),
        Tool("s-nail", ("s-nail",), targets=("mail-servers",)),
        Tool("postfix", ("postfix",), targets=("mail-servers",)),
        Tool("dovecot", ("dovecot-imapd", "dovecot-lmtpd"), targets=("mail-servers",)),
        Tool("tshark", ("tshark",), tests=("smpp/test_tshark.py",)),
        Tool("npm", ("npm",), targets=("esmes", "smsgate", "web-tools", "node-red")),
        Tool(
            "openssl",
            ("openssl",),
            tests=(
                "gateways/fleet/test_rights.py",
                "gateways/smpp/test_esmes.py",
                "gateways/smpp/upstream/test_real_smscs.py",
                "gateways/smpp/test_tls.py",
                "gateways/mail/test_tls.py",
                "gateways/mqtt/test_tls.py",
            ),
        ),
        Tool(
            "perl",
            ("libnet-smpp-perl",),
            tests=("gateways/smpp/test_esmes.py",),
            trial=("perl", "-MNet::SMPP", "-e", "1"),
        ),
        Tool(
            "mosquitto",
            ("mosquitto",),
            tests=(
                "gateways/mqtt/test_devices.py",
                "gateways/mqtt/test_home_assistant.py",
                "gateways/mqtt/test_hostile.py",
                "gateways/mqtt/test_inbound.py",
                "gateways/mqtt/test_killed.py",
                "gateways/mqtt/test_requests.py",
                "gateways/mqtt/test_sending.py",
                "gateways/mqtt/test_tls.py",
                "test_first_hour.py",
            ),
            targets=(
                "homeassistant",
                "mqtt-killed",
                "node-red",
                "soak",
                "bench-gateways",
                "fuzz-mqtt",
            ),
        ),
        Tool("mosquitto_sub", ("mosquitto-clients",), tests=("test_first_hour.py",)),
        # Debian's own is too old for a fleet; this one is a wheel, among what `make` installs for the tests
        Tool(
            "nats-server",
            (),
            tests=(
                "gateways/fleet/test_commands.py",
                "gateways/fleet/test_killed.py",
                "gateways/fleet/test_lists.py",
                "gateways/fleet/test_many.py",
                "gateways/fleet/test_resuming.py",
                "gateways/fleet/test_rights.py",
                "gateways/fleet/test_sending.py",
                "gateways/fleet/test_setup.py",
                "test_first_hour.py",
            ),
            targets=("fleet-killed", "bench-boxes", "soak"),
        ),
        Tool("mmdebstrap", ("mmdebstrap",), targets=("deb-armhf", "vm", "homeassistant")),
        Tool(
            "arm-linux-gnueabihf-gcc",
            ("gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"),
            targets=("deb-armhf",),
        ),
        Tool("qemu-system-x86_64", ("qemu-system-x86",), targets=("vm",)),
        Tool("mke2fs", ("e2fsprogs",), targets=("vm",)),
    )
}


def needs(*names: str) -> "pytest.MarkDecorator":
    """Skip a test where one of these is missing, and say which."""
    import pytest

    lacking = [TOOLS[name].lack for name in names if not TOOLS[name].there]
    return pytest.mark.skipif(bool(lacking), reason=", ".join(lacking))


def path(name: str) -> str:
    """Where a program is that is there, also one that only root has on its PATH."""
    found = _find(name)
    assert found is not None, TOOLS[name].lack
    return found


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578) under which nothing is started that is neither in `TOOLS` nor in `BASE`.

    It sees what the tests' own process starts, not what a shell or gsmd starts for it. Errors:
    `UnlistedError`.
    """
    if event != "subprocess.Popen":
        return
    name = _name_in_system(os.fsdecode(arguments[0]))
    if name and name not in TOOLS and name not in BASE:
        raise UnlistedError(f"{name} is not in tests/tools.py: which Debian package has it?")


class UnlistedError(Exception):
    """A test starts a program of which nobody knows where it comes from."""


def packages(tools: Iterable[Tool]) -> list[str]:
    """The packages to install for what is missing of these."""
    return sorted({package for tool in tools if not tool.there for package in tool.packages})


def table() -> str:
    """The tools as a table in Markdown."""
    return "\n".join(
        ("| tool | Debian package | who needs it | without it |", "|---|---|---|---|", *_rows())
    )


def _rows() -> Iterator[str]:
    for tool in TOOLS.values():
        tests = [f"`tests/{each}`" for each in tool.tests]
        targets = [f"`make {each}`" for each in tool.targets]
        without = ["those tests are skipped"] * bool(tests) + [
            "the target says so and stops"
        ] * bool(targets)
        needed = ", ".join(tests + targets)
        packages_ = ", ".join(tool.packages) or "none: a wheel of `gsmd[test]`"
        yield f"| `{tool.name}` | {packages_} | {needed} | {'; '.join(without)} |"


@cache
def _find(name: str) -> str | None:
    ours = str(Path(sys.executable).parent)
    places = (ours, os.environ.get("PATH", ""), *_SYSTEM)
    return shutil.which(name, path=os.pathsep.join(places))


@cache
def _succeeds(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _name_in_system(program: str) -> str | None:
    """The name of a program that was found on the PATH or is in a system directory; our own Python is none."""
    directory, name = os.path.split(program)
    ours = name.startswith("python") or (directory and directory not in _SYSTEM)
    return None if ours else name


def main(arguments: list[str]) -> int:
    """One of the three questions above; returns the exit code."""
    match arguments:
        case ["packages"]:
            print("\n".join(packages(tool for tool in TOOLS.values() if tool.tests)))
        case ["table"]:
            print(table())
        case ["target", target]:
            wanted = [tool for tool in TOOLS.values() if target in tool.targets]
            if lacking := [tool.lack for tool in wanted if not tool.there]:
                print(f"make {target}:", ", ".join(lacking), file=sys.stderr)
                return 1
        case _:
            print("usage: python3 -m tests.tools packages | table | target NAME", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
