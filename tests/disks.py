"""File systems that are soon full, files that cannot be written to."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(directory: Path, size: str) -> Iterator[Path]:
    """A file system of a size like ``8m``; where none can be mounted, the test is skipped."""
    disk = directory / "disk"
    disk.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={size}", "gsmd-test", str(disk))
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@contextmanager
def unwritable(path: Path) -> Iterator[None]:
    """Nobody can write to this file, root neither; to its directory they can."""
    if os.geteuid() != 0:
        path.chmod(0o400)
        yield
        return
    _mount("--bind", str(path), str(path))
    try:
        _mount("-o", "remount,bind,ro", str(path))
        yield
    finally:
        subprocess.run(["umount", path], check=True)


def _mount(*arguments: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.splitlines()[0]}")


def fill(disk: Path) -> Path:
    """A file that takes all the room that is left."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler
