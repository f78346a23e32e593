"""A machine to throw away: this one's files, with every change going into a directory of the test."""

import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

_ENTER = """
set -e
mount -t overlay gsmd-test -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /sys "$1/root/sys"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
mkdir "$1/root/run/gsmd-test"
mount --bind "$1/shared" "$1/root/run/gsmd-test"
root="$1"; shift
chroot "$root/root" "$@" || exit $?  # not exec: as the first of all processes, systemd's programs log elsewhere
"""

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Machine:
    """Each `run` enters it anew; what was changed in its files is still there."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in ("upper", "work", "root", "shared"):
            (directory / name).mkdir()

    @property
    def shared(self) -> Path:
        """A directory that it sees as /run/gsmd-test."""
        return self.directory / "shared"

    def run(
        self, *arguments: str, check: bool = True, user: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in it; stderr is among stdout."""
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        done = subprocess.run(
            [
                *("unshare", "--mount", "--pid", "--fork", "--propagation", "private"),
                *("sh", "-c", _ENTER, "sh", str(self.directory), *become, *arguments),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
            env={"PATH": _PATH, "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"},
        )
        if check:
            assert done.returncode == 0, f"{arguments}:\n{done.stdout}"
        return done

    def stat(self, path: str) -> str:
        """Permissions, owner and group, such as ``750 root:gsmd``."""
        return self.run("stat", "-c", "%a %U:%G", path).stdout.strip()

    def has(self, path: str) -> bool:
        return self.run("test", "-e", path, check=False).returncode == 0


@cache
def why_not() -> str | None:
    """Why there can be no such machine here; None if there can."""
    if os.geteuid() != 0:
        return "only root can mount"
    with tempfile.TemporaryDirectory() as directory:
        tried = Machine(Path(directory)).run("true", check=False)
    return f"no such machine here: {tried.stdout.strip()}" if tried.returncode else None
