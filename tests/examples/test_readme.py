"""What docs/examples/README.md says, done as it says it."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gsmd.client import Client, GsmdError
from tests.cli.fake_daemon import PATIENCE
from tests.cli.running import environment, program
from tests.examples.running import EXAMPLES, python

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def begin(command: list[str]) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        env = environment(tmp_path / "gsmd.sock", PYTHONUNBUFFERED="1")
        process = subprocess.Popen(
            command, env=env, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
        )
        started.append(process)
        return process

    yield begin
    for process in reversed(started):
        process.terminate()
        process.communicate(timeout=PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_connected(socket: Path, handler: str) -> bool:
    try:
        with Client(socket) as client:
            return any(each.name == handler and each.connected for each in client.handlers())
    except GsmdError:
        return False  # the daemon is about to start


def test_an_example_is_tried_without_a_modem(tmp_path: Path, start: Start) -> None:
    recipe = (EXAMPLES / "README.md").read_text().replace("/tmp/gsm", str(tmp_path))
    (configuration,) = re.findall(r"```yaml\n(.*?)```", recipe, re.DOTALL)
    (typed,) = re.findall(r"`(text .*?)`", recipe)
    (tmp_path / "gsmd.yaml").write_text(configuration)

    simulator = start(program("simulate", "--dir", str(tmp_path)))
    wait_until((tmp_path / "modem1").exists)
    start(program("run", "-c", str(tmp_path / "gsmd.yaml")))
    socket = tmp_path / "gsmd.sock"
    wait_until(socket.exists)
    start(python("handler.py"))
    wait_until(lambda: is_connected(socket, "balance"))

    assert simulator.stdin is not None
    assert simulator.stdout is not None
    simulator.stdin.write(f"{typed}\n")
    simulator.stdin.flush()
    assert any("Your balance is 5.00" in line for line in simulator.stdout)
