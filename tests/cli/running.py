"""Running the command line: inside the test's process, as a program, or on a terminal."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.cli.fake_daemon import PATIENCE


class Outcome(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> list[Any]:
        """Every line of stdout; none may be anything but JSON."""
        return [json.loads(line) for line in self.lines]


def environment(socket: Path, **more: str) -> dict[str, str]:
    """As a user has it, with nothing of ours but the socket."""
    ours = ("GSMD_", "SUDO_USER")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**clean, "GSMD_SOCKET": str(socket), "TZ": "UTC", **more}


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "gsmd", *arguments]


def run(
    *arguments: str, socket: Path, stdin: str | bytes = "", env: Mapping[str, str] | None = None
) -> Outcome:
    """Run ``gsmd`` as a program, with pipes."""
    done = subprocess.run(
        program(*arguments),
        env=environment(socket, **(env or {})),
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_on_terminal(
    *arguments: str, socket: Path, answers: Mapping[str, str] | None = None, columns: int = 120
) -> Outcome:
    """Run ``gsmd`` on a terminal of its own; ``out`` is all that a person would have seen.

    ``answers`` are what the person types when they see something.
    """
    env = environment(socket, TERM="xterm-256color", COLUMNS=str(columns), LINES="40")
    code, seen = converse(program(*arguments), env, answers or {})
    return Outcome(code, seen.replace("\r\n", "\n"), "")


def converse(
    command: list[str], env: Mapping[str, str], answers: Mapping[str, str], cwd: Path | None = None
) -> tuple[int, str]:
    """Run any command on a terminal: its exit status and what was seen."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        command, env=env, cwd=cwd, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    ) as process:
        os.close(slave)
        try:
            seen = _talk(master, dict(answers))
            return process.wait(PATIENCE), seen
        finally:
            process.kill()
            os.close(master)


def _talk(fd: int, answers: dict[str, str]) -> str:
    seen = b""
    until = time.monotonic() + PATIENCE
    while select.select([fd], [], [], until - time.monotonic())[0]:
        try:
            seen += os.read(fd, 65536)
        except OSError:  # EIO: the last one has closed the other side
            return seen.decode()
        for prompt in [prompt for prompt in answers if prompt.encode() in seen]:
            os.write(fd, answers.pop(prompt).encode())
    raise TimeoutError(seen.decode(errors="replace"))
