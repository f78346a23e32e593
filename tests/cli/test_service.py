"""``gsmd run`` as a service manager starts it."""

import subprocess
import sys
from pathlib import Path

import pytest

from gsmd import cli
from gsmd.cli import service
from gsmd.cli.exits import Exit

UNLOADED = {"click", "rich", "typing_extensions", "_ssl", "gsmd.cli.root", "aiohttp", "apprise"}


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["run"], "/etc/gsmd/gsmd.yaml"),
        (["run", "-c", "x.yaml"], "x.yaml"),
        (["run", "--config", "x.yaml"], "x.yaml"),
    ],
)
def test_the_spellings_of_units_need_no_command_line(
    arguments: list[str], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GSMD_CONFIG", raising=False)
    assert service.configuration(arguments) == Path(file)


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["--help"], ["run", "--help"], ["run", "--all"], ["run", "-c"], ["run", "-c", ""]),
        *(["run", "-c", "--all"], ["run", "x.yaml"], ["status"], ["run", "--config=x.yaml"]),
    ],
)
def test_everything_else_is_for_the_command_line(arguments: list[str]) -> None:
    assert service.configuration(arguments) is None


def test_the_environment_names_the_file_where_the_command_line_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GSMD_CONFIG", "/srv/gsmd.yaml")
    assert service.configuration(["run"]) == Path("/srv/gsmd.yaml")


def test_the_daemon_loads_nothing_that_it_can_do_without() -> None:
    code = "import sys; from gsmd.cli import service; service.prepare(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert UNLOADED & {*done.stdout.split()} == set()


def test_a_defect_is_told_in_words_as_by_any_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(_: Path) -> int:
        raise KeyError("unforeseen")

    monkeypatch.setattr(service, "run", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "-c", str(tmp_path / "x.yaml")])
    assert ended.value.code == 1
    assert "a defect in gsmd: KeyError" in capsys.readouterr().err


def test_a_ctrl_c_before_the_daemon_listens_ends_it_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupted(_: Path) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "run", interrupted)
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "-c", str(tmp_path / "x.yaml")])
    assert ended.value.code == Exit.INTERRUPTED
    assert capsys.readouterr().err == ""
