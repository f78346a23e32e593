"""The programs that have a serial port open: /proc/*/fd, and the lock files of the old days."""

import os
import stat
from pathlib import Path

import msgspec

_PSEUDO_TERMINALS = range(136, 144)
"""Major numbers; each container has its own /dev/pts."""

_LOCKS = (Path("/run/lock"), Path("/var/lock"))


class PortUser(msgspec.Struct, frozen=True):
    """A process that has a port open. ``name`` is its command."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})"


def port_users(path: str, proc: Path = Path("/proc")) -> list[PortUser]:
    """The processes, but ourselves, that have ``path`` open, as far as we may see them.

    Only root sees those of other users.
    """
    try:
        status = Path(path).stat()
    except OSError:
        return []
    if not stat.S_ISCHR(status.st_mode):
        return []
    device = _identity(status)
    found = [
        PortUser(int(process.name), _command(process))
        for process in proc.iterdir()
        if process.name.isdigit()
        and int(process.name) != os.getpid()
        and _has_open(process, device)
    ]
    return found or _by_lock_file(path, proc)


def explain(path: str, reason: str) -> str:
    """``reason`` with the programs that hold ``path``, and what to do about them."""
    found = port_users(path)
    if not found:
        return reason
    names = ", ".join(str(user) for user in found)
    advice = (
        "; tell it to ignore the modem (udev/60-gsmd.rules)"
        if any(user.name == "ModemManager" for user in found)
        else "; stop it, or use another port of the modem"
    )
    return f"{path} is held by {names}{advice}"


def _identity(status: os.stat_result) -> tuple[int, int]:
    """The identity that two names of one device share. Pseudo terminals are counted in each instance anew."""
    instance = status.st_dev if os.major(status.st_rdev) in _PSEUDO_TERMINALS else 0
    return instance, status.st_rdev


def _has_open(process: Path, device: tuple[int, int]) -> bool:
    try:
        for descriptor in (process / "fd").iterdir():
            try:
                if _identity(descriptor.stat()) == device:
                    return True
            except OSError:
                continue
    except OSError:
        return False
    return False


def _by_lock_file(path: str, proc: Path) -> list[PortUser]:
    name = f"LCK..{Path(path).resolve().name}"
    for directory in _LOCKS:
        try:
            pid = int((directory / name).read_text(encoding="ascii", errors="replace").split()[0])
        except (OSError, ValueError, IndexError):
            continue
        if (proc / str(pid)).exists() and pid != os.getpid():
            return [PortUser(pid, _command(proc / str(pid)))]
    return []


def _command(process: Path) -> str:
    try:
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "a process"
