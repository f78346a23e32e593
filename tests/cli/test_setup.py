"""``gsmd setup``: what it asks, what it writes, what it leaves alone."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from gsmd.cli.setup_gateways import OFFERED
from gsmd.config import load
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.simulator import SimulatorThread
from tests.cli.conftest import Gsmd
from tests.cli.running import converse, environment, program

MODEM = "modems: [{name: m, port: /dev/ttyUSB0}]\n"
COMMENTS = "# mine\noutbound: {report: true}\n"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[SimulatorThread]:
    (tmp_path / "sim").mkdir()
    with SimulatorThread(tmp_path / "sim", ("generic", "generic")) as running:
        yield running


def nothing() -> list[str]:
    """The options that offer no gateway."""
    return [word for name in OFFERED for word in ("--without", name)]


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
        program("setup", "--no-start", *nothing(), "-c", str(tmp_path / "gsmd.yaml"), *ports),
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


def test_a_configuration_with_modems_keeps_them(gsmd: Gsmd, tmp_path: Path) -> None:
    path = tmp_path / "gsmd.yaml"
    path.write_text(MODEM)
    outcome = gsmd("setup", "--yes", "--no-start", *nothing(), "-c", str(path))
    assert (outcome.code, path.read_text()) == (0, MODEM)
    assert "they stay as they are" in outcome.err


def test_a_port_for_a_configuration_with_modems_is_refused(gsmd: Gsmd, tmp_path: Path) -> None:
    path = tmp_path / "gsmd.yaml"
    path.write_text(MODEM)
    outcome = gsmd("setup", "--yes", "-c", str(path), str(path))
    assert (outcome.code, path.read_text()) == (4, MODEM)
    assert "gsmd probe" in outcome.err


def test_beginning_anew_keeps_the_former_configuration_beside_it(
    gsmd: Gsmd, tmp_path: Path, simulator: SimulatorThread
) -> None:
    path = tmp_path / "gsmd.yaml"
    path.write_text(MODEM)
    for number in (1, 2):
        outcome = gsmd("setup", "--yes", "--force", "--no-start", *nothing(), "-c", str(path), port(simulator, number))  # fmt: skip
        assert outcome.code == 0, outcome.err
    assert (tmp_path / "gsmd.yaml.before-1").read_text() == MODEM
    assert port(simulator, 1) in (tmp_path / "gsmd.yaml.before-2").read_text()
    assert port(simulator, 2) in path.read_text()


@pytest.mark.parametrize("name", ["on", "1", "2026-01-31", "1.5"])
def test_a_name_that_yaml_takes_for_something_else_and_an_odd_directory_are_written_as_they_are(
    gsmd: Gsmd,
    tmp_path: Path,
    simulator: SimulatorThread,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    simulator.call(lock, simulator, "1234")
    odd = tmp_path / "it's: [odd] #1"
    odd.mkdir()
    (odd / "modem1").symlink_to(port(simulator, 1))
    (tmp_path / "pin").write_text("1234")
    monkeypatch.chdir(odd)
    outcome = gsmd("setup", "--yes", "--here", "--no-start", "--name", name, "--pin-file", str(tmp_path / "pin"), "modem1")  # fmt: skip
    assert outcome.code == 0, outcome.err
    config = load(odd / "gsmd.yaml", HANDLER_KINDS)
    (modem,) = config.modems
    assert (modem.name, modem.port, modem.pin_file) == (
        name,
        str(odd / "modem1"),
        odd / f"{name}.pin",
    )
    assert (config.state_dir, config.socket.path) == (odd / "state", odd / "gsmd.sock")


@pytest.mark.parametrize("name", ["../north", "a: b", "", "n\nhandlers: []"])
def test_a_name_that_is_none_is_refused_before_anything_is_asked(
    gsmd: Gsmd, tmp_path: Path, name: str
) -> None:
    outcome = gsmd("setup", "--yes", "--name", name, "-c", str(tmp_path / "gsmd.yaml"))
    assert (outcome.code, "is no name" in outcome.err) == (1, True)
    assert not [*tmp_path.iterdir()]


def test_a_pin_that_was_there_stays_beside_the_new_one_and_a_link_stays_a_link(
    gsmd: Gsmd, tmp_path: Path, simulator: SimulatorThread
) -> None:
    simulator.call(lock, simulator, "1234")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/mine.yaml").write_text(COMMENTS)
    (tmp_path / "gsmd.yaml").symlink_to("elsewhere/mine.yaml")
    (tmp_path / "modem.pin").write_text("9876\n")
    (tmp_path / "pin").write_text("1234")
    outcome = gsmd("setup", "--yes", "--name", "modem", "--no-start", *nothing(), "--pin-file", str(tmp_path / "pin"), "-c", str(tmp_path / "gsmd.yaml"), port(simulator, 1))  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "modem.pin").read_text() == "1234\n"
    assert (tmp_path / "modem.pin.before-1").read_text() == "9876\n"
    assert (tmp_path / "gsmd.yaml").is_symlink()
    assert (tmp_path / "elsewhere/mine.yaml").read_text().startswith(COMMENTS + "\nmodems:")


def test_without_a_modem_nothing_is_written(gsmd: Gsmd, tmp_path: Path) -> None:
    silent = tmp_path / "silent"
    silent.touch()
    outcome = gsmd("setup", "--yes", "-c", str(tmp_path / "gsmd.yaml"), str(silent))
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
