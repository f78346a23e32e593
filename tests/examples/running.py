"""Running an example beside a daemon."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.cli.fake_daemon import FakeDaemon

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def python(name: str, *arguments: str) -> list[str]:
    return [sys.executable, str(EXAMPLES / name), *arguments]


@contextmanager
def running(command: list[str], daemon: FakeDaemon, **more: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        env={**os.environ, "GSMD_SOCKET": str(daemon.path), **more},
        stdout=pipe,
        stderr=pipe,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with what it has started
