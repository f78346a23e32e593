"""The Debian package on a machine of its own: a virtual one, with USB modems that come and go.

``python .ci/vm [SUITE]``: boots Debian (bookworm unless said otherwise), and goes through what an
owner goes through, from the installation to the purge. Needs root, mmdebstrap and QEMU; no network
in the machine. The image is kept in build/vm.
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

PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
"""The Python of each Debian."""


def main() -> int:
    """Build, boot, check; returns the exit code."""
    suite = sys.argv[1] if len(sys.argv) > 1 else "bookworm"
    made = image(suite, ROOT / "build/vm" / suite)
    with tempfile.TemporaryDirectory(prefix="gsmd-vm-") as directory:
        here = Path(directory)
        ports = here / "modems"
        packages = _packages(PYTHONS[suite], here)
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


def _packages(python: str, here: Path) -> Path:
    """A disk with two versions of the package."""
    directory = here / "packages"
    directory.mkdir()
    for version in ("0.1~1", "0.1~2"):
        subprocess.run(
            [
                *(sys.executable, ROOT / ".ci/deb.py", "--output", directory),
                *("--compression", "none", "--version", version, "--python", python),
            ],
            check=True,
        )
    disk = here / "packages.ext4"
    disk_of(directory, disk, "300M")
    return disk


if __name__ == "__main__":
    sys.exit(main())
