"""The command as a whole: help, how it starts, and how it ends when something is wrong."""

import grp
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gsmd import __version__
from gsmd.cli import root
from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import PATIENCE, FakeDaemon, Refusal
from tests.cli.running import Outcome, environment, program, run


def test_without_a_command_it_shows_the_help(gsmd: Gsmd) -> None:
    assert gsmd() == gsmd("--help")
    for name in ("send", "listen", "inbox", "outbox", "show", "modems", "run"):
        assert re.search(rf"^  {name} ", gsmd().out, re.MULTILINE)


def test_every_command_in_the_help_exists_and_has_help_of_its_own(gsmd: Gsmd) -> None:
    for entries in root.SECTIONS.values():
        for name in entries:
            outcome = gsmd(name, "--help")
            assert outcome.code == 0, name
            assert outcome.out.startswith(f"Usage: gsmd {name}")


def test_the_version_is_printed() -> None:
    assert run("--version", socket=Path("none")) == (0, f"gsmd, version {__version__}\n", "")


def test_whoever_reads_and_has_had_enough_ends_tasks_that_run_together_in_peace() -> None:
    enough, both = BrokenPipeError(), [BrokenPipeError(), ValueError()]
    assert root._had_enough(ExceptionGroup("", [enough, ExceptionGroup("", [enough])]))
    assert not root._had_enough(ExceptionGroup("", both))
    assert not root._had_enough(ValueError())


def test_a_mistyped_command_is_a_usage_error_with_a_hint(gsmd: Gsmd) -> None:
    outcome = gsmd("outbux")
    assert outcome.code == 2
    assert "Did you mean outbox" in outcome.err


@pytest.mark.parametrize("arguments", ["--help", "send --help", "inbox"])
def test_a_command_loads_nothing_that_it_does_not_need(tmp_path: Path, arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gsmd", *arguments.split()],
        env=environment(tmp_path / "none"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    loaded = set(re.findall(r"\| +([\w.]+)$", done.stderr, re.MULTILINE))
    assert "click" in loaded
    heavy = {
        "rich",
        "yaml",
        "serial",
        "asyncio",
        "sqlite3",
        "phonenumbers",
        "gsmd.core",
        "gsmd.pdu",
    }
    assert loaded & heavy == set()


def test_no_daemon_has_an_exit_code_of_its_own_and_says_what_to_do(tmp_path: Path) -> None:
    missing = tmp_path / "gsmd.sock"
    outcome = run("inbox", socket=missing)
    assert (outcome.code, outcome.out) == (3, "")
    assert str(missing) in outcome.err
    assert "systemctl status gsmd" in outcome.err
    assert "--socket" in outcome.err


def test_a_socket_that_nobody_answers_is_no_daemon(tmp_path: Path) -> None:
    path = tmp_path / "gsmd.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    outcome = run("send", "+336", "Hello", socket=path)
    assert outcome.code == 3
    assert "nobody answers" in outcome.err


def test_the_socket_may_be_given_before_or_after_the_command(
    daemon: FakeDaemon, gsmd: Gsmd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GSMD_SOCKET", "/nowhere")
    daemon.methods["modems.list"] = lambda _: {"modems": []}
    path = str(daemon.path)
    assert gsmd("--socket", path, "modems").code == 0
    assert gsmd("modems", "--socket", path).code == 0
    assert gsmd("modems").code == 3


def inbox_as_nobody(socket: Path) -> Outcome:
    # loaded by root, who may read it wherever it is installed; run by nobody
    become_nobody = (
        "import getpass, os; from gsmd.cli import failures, listing, main, root;"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534); os.environ['USER'] = 'nobody';"
        "main(['inbox'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", become_nobody],
        env=environment(socket),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_socket_of_a_group_says_which_group_to_join() -> None:
    with tempfile.TemporaryDirectory() as directory:  # pytest's own are closed to others
        Path(directory).chmod(0o755)
        with FakeDaemon(Path(directory) / "gsmd.sock") as daemon:
            os.chown(daemon.path, 0, 100)
            daemon.path.chmod(0o660)
            outcome = inbox_as_nobody(daemon.path)
    assert outcome.code == 3
    assert f"usermod -aG {grp.getgrgid(100).gr_name} nobody" in outcome.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_socket_in_a_closed_directory_is_no_defect(daemon: FakeDaemon) -> None:
    outcome = inbox_as_nobody(daemon.path)
    assert outcome.code == 3
    assert "sudo" in outcome.err


def test_a_call_that_is_not_permitted_fails_with_the_reason(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    def refuse(_: object) -> None:
        raise Refusal(4, "user bob may not call store.purge: it needs admin", reason="missing_role")

    daemon.methods["store.purge"] = refuse
    outcome = gsmd("purge", "--older-than", "1d")
    assert outcome.code == 1
    assert "it needs admin" in outcome.err
    assert "`access`" in outcome.err


def test_a_daemon_that_goes_away_before_the_answer_is_no_daemon(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    def stop(_: object) -> None:
        raise Refusal(6, "the daemon is stopping", reason="stopping")

    daemon.methods["modems.list"] = stop
    assert gsmd("modems").code == 3


def test_a_defect_is_told_in_a_sentence_and_with_a_traceback_only_on_request(
    daemon: FakeDaemon,
) -> None:
    began = {"name": "north", "state": "ready", "since": "0001-01-01T00:00:00Z"}
    daemon.methods["modems.get"] = lambda _: began
    west = {"TZ": "Etc/GMT+12"}  # where that was before the first year
    outcome = run("modems", "show", "north", socket=daemon.path, env=west)
    assert outcome.code == 1
    assert "GSMD_DEBUG=1" in outcome.err
    assert "Traceback" not in outcome.err
    debug = run("modems", "show", "north", socket=daemon.path, env={**west, "GSMD_DEBUG": "1"})
    assert "Traceback" in debug.err


def test_an_answer_that_is_none_is_told_with_its_place(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["modems.list"] = lambda _: {"modems": [{"nonsense": 1}]}
    outcome = gsmd("modems")
    assert outcome.code == 1
    assert "modems.list cannot be understood" in outcome.err
    assert "$.modems[0]" in outcome.err


def test_closed_streams_are_no_reason_to_fail(daemon: FakeDaemon) -> None:
    daemon.methods["modems.list"] = lambda _: {"modems": [{"name": "north", "state": "absent"}]}
    daemon.methods["messages.send"] = lambda _: {}
    for command, code in ((("modems",), 0), (("send", "+336"), 1)):
        line = f"{' '.join(program(*command))} <&- >&- 2>&-"
        done = subprocess.run(
            ["bash", "-c", line], env=environment(daemon.path), timeout=PATIENCE, check=False
        )
        assert done.returncode == code


def test_a_locale_without_umlauts_is_no_reason_to_fail(daemon: FakeDaemon) -> None:
    daemon.methods["messages.cancel"] = lambda _: {}
    daemon.methods["modems.list"] = lambda _: {
        "modems": [{"name": "nörd", "state": "absent", "reason": "☂"}]
    }
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    outcome = run("modems", socket=daemon.path, env=ascii_only)
    assert outcome.code == 0
    assert outcome.out.startswith("n\\xf6rd\tabsent")
