"""``gsmd setup``: what it asks, what it writes, what it leaves alone."""

import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gsmd.config import load
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.simulator import SimulatorThread
from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import PATIENCE
from tests.cli.running import converse, environment, program

COMMENTS = "# mine\noutbound: {report: true}\n"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[SimulatorThread]:
    (tmp_path / "sim").mkdir()
    with SimulatorThread(tmp_path / "sim", ("generic", "generic")) as running:
        yield running


def port(simulator: SimulatorThread, number: int) -> str:
    return str(simulator.directory / f"modem{number}")


def lock(simulator: SimulatorThread, pin: str) -> None:
    modem = simulator.simulation.modems["modem1"]
    assert modem.sim is not None
    modem.sim.pin = pin
    modem.insert(modem.sim)


def answer(tmp_path: Path, *ports: str, **answers: str) -> tuple[int, str]:
    """Run it on a terminal; ``answers`` are the words of a prompt, with _ for blanks, and what is typed."""
    return converse(
        program("setup", "--no-start", "-c", str(tmp_path / "gsmd.yaml"), *ports),
        environment(tmp_path / "gsmd.sock", TERM="dumb"),
        {
            (prompt if "/" in prompt else prompt.replace("_", " ")): f"{typed}\n"
            for prompt, typed in answers.items()
        },
    )


def test_a_modem_is_found_and_written_down(tmp_path: Path, simulator: SimulatorThread) -> None:
    code, seen = answer(tmp_path, port(simulator, 1), be_called="north")
    assert code == 0, seen
    (modem,) = load(tmp_path / "gsmd.yaml", HANDLER_KINDS).modems
    assert (modem.name, modem.port, modem.pin_file) == ("north", port(simulator, 1), None)
    assert stat.S_IMODE((tmp_path / "gsmd.yaml").stat().st_mode) == 0o640


def test_the_pin_goes_into_a_file_of_its_own_and_nowhere_else(
    tmp_path: Path, simulator: SimulatorThread
) -> None:
    simulator.call(lock, simulator, "1234")
    code, seen = answer(tmp_path, port(simulator, 1), **{"be_called": "north", "SIM's_PIN": "1234"})
    assert code == 0, seen
    (modem,) = load(tmp_path / "gsmd.yaml", HANDLER_KINDS).modems
    assert modem.pin_file == tmp_path / "north.pin"
    assert modem.pin_file.read_text() == "1234\n"
    assert stat.S_IMODE(modem.pin_file.stat().st_mode) == 0o600
    assert "1234" not in (tmp_path / "gsmd.yaml").read_text() + seen


def test_of_several_modems_those_are_taken_that_are_wanted(
    tmp_path: Path, simulator: SimulatorThread
) -> None:
    answers = {
        f"{port(simulator, 1)}; the SIM is ready": "n",
        f"{port(simulator, 2)}; the SIM is ready": "y",
        "be_called": "south",
    }
    code, seen = answer(tmp_path, port(simulator, 1), port(simulator, 2), **answers)
    assert code == 0, seen
    (modem,) = load(tmp_path / "gsmd.yaml", HANDLER_KINDS).modems
    assert (modem.name, modem.port) == ("south", port(simulator, 2))


def test_what_stood_in_the_file_stays(tmp_path: Path, simulator: SimulatorThread) -> None:
    (tmp_path / "gsmd.yaml").write_text(COMMENTS)
    code, seen = answer(tmp_path, port(simulator, 1), be_called="north")
    assert code == 0, seen
    assert (tmp_path / "gsmd.yaml").read_text().startswith(COMMENTS)
    assert load(tmp_path / "gsmd.yaml", HANDLER_KINDS).outbound.report


def test_a_configuration_with_modems_is_left_alone(gsmd: Gsmd, tmp_path: Path) -> None:
    path = tmp_path / "gsmd.yaml"
    path.write_text("modems: [{name: m, port: /dev/ttyUSB0}]\n")
    outcome = gsmd("setup", "-c", str(path))
    assert outcome.code == 4
    assert "gsmd setup --force" in outcome.err
    assert path.read_text() == "modems: [{name: m, port: /dev/ttyUSB0}]\n"


def test_without_a_modem_nothing_is_written(gsmd: Gsmd, tmp_path: Path) -> None:
    silent = tmp_path / "silent"
    silent.touch()
    outcome = gsmd("setup", "-c", str(tmp_path / "gsmd.yaml"), str(silent))
    assert outcome.code == 1
    assert "no modem was found" in outcome.err
    assert not (tmp_path / "gsmd.yaml").exists()


def test_a_mistake_that_was_in_the_file_before_is_told_and_nothing_written(
    tmp_path: Path, simulator: SimulatorThread
) -> None:
    (tmp_path / "gsmd.yaml").write_text("outbund: {}\n")
    code, seen = answer(tmp_path, port(simulator, 1), be_called="north")
    assert code == 4
    assert "outbund" in seen
    assert (tmp_path / "gsmd.yaml").read_text() == "outbund: {}\n"


TRY = """
import sys
from pathlib import Path
from gsmd.cli import setup
from gsmd.cli.root import run
setup._started = lambda config: True
sys.exit(run(["setup", "--force", "-c", sys.argv[1], sys.argv[2]]))
"""


def test_a_test_message_to_its_own_number_tries_both_ways(
    tmp_path: Path, simulator: SimulatorThread
) -> None:
    path = tmp_path / "gsmd.yaml"
    path.write_text(
        f"state_dir: {tmp_path}/state\nsocket: {{path: {tmp_path}/gsmd.sock}}\n"
        f"modems: [{{name: north, port: {tmp_path}/elsewhere}}]\n"
    )
    running = environment(tmp_path / "gsmd.sock", TERM="dumb")
    (tmp_path / "elsewhere").symlink_to(port(simulator, 1))
    with subprocess.Popen(program("run", "-c", str(path)), env=running) as daemon:
        try:
            until = time.monotonic() + PATIENCE
            while not (tmp_path / "gsmd.sock").exists() and time.monotonic() < until:
                time.sleep(0.02)
            # the daemon holds the first modem; the second is asked, and called like the first
            code, seen = converse(
                [sys.executable, "-c", TRY, str(tmp_path / "new.yaml"), port(simulator, 2)],
                running,
                {"be called": "north\n", "test message": "\n"},
            )
        finally:
            daemon.terminate()
    assert code == 0, seen
    assert "It came in again." in seen
