"""The Debian package on a machine of its own: a virtual one, with USB modems that come and go.

Boots the Debian whose Python is the one that runs this, and goes through what an owner goes
through, from the installation to the purge. Needs root, mmdebstrap and QEMU; no network in the
machine. The image is kept in build/vm.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checks import Bench, steps
from image import disk_of, image
from machine import Failed, Machine
from modems import Adapter, Dongle, Simulator

ROOT = Path(__file__).resolve().parents[2]

RELEASES = {(3, 11): "bookworm", (3, 13): "trixie"}
"""Which Debian has which Python: the package depends on it."""


def main() -> int:
    """Build, boot, check; returns the exit code."""
    suite = RELEASES.get(sys.version_info[:2])
    if suite is None:
        sys.exit("no Debian has this Python")
    made = image(suite, ROOT / "build/vm" / suite)
    with tempfile.TemporaryDirectory(prefix="gsmd-vm-") as directory:
        here = Path(directory)
        ports = here / "modems"
        packages = _packages(here)
        with Simulator(ports) as simulator, Machine(made, packages, here) as machine:
            print("== booted", flush=True)
            bench = Bench(machine, simulator, Adapter(machine, ports), Dongle(machine))
            return _go_through(bench)


def _go_through(bench: Bench) -> int:
    for step in steps:
        begun = time.monotonic()
        print(f"== {step.__name__.strip('_').replace('_', ' ')}", flush=True)
        try:
            step(bench)
        except Failed as error:
            print(error)
            print(bench.machine.run("journalctl --no-pager -u gsmd | tail -30", check=False))
            return 1
        print(f"   {time.monotonic() - begun:.0f} s", flush=True)
    print("== everything works")
    return 0


def _packages(here: Path) -> Path:
    """A disk with two versions of the package."""
    directory = here / "packages"
    directory.mkdir()
    for version in ("0.1~1", "0.1~2"):
        subprocess.run(
            [
                *(sys.executable, ROOT / ".ci/deb.py", "--output", directory),
                *("--compression", "none", "--version", version),
            ],
            check=True,
        )
    disk = here / "packages.ext4"
    disk_of(directory, disk, "300M")
    return disk


if __name__ == "__main__":
    sys.exit(main())
