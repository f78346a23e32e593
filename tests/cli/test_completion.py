"""What the shell completes."""

import subprocess
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import PATIENCE, FakeDaemon
from tests.cli.messages import inbound
from tests.cli.running import environment, program


def complete(socket: Path, *words: str) -> tuple[list[str], str]:
    """What bash would offer for the last of ``words``, and what stderr would show."""
    done = subprocess.run(
        program(),
        env=environment(
            socket,
            _GSMD_COMPLETE="bash_complete",
            COMP_WORDS=" ".join(("gsmd", *words)),
            COMP_CWORD=str(len(words)),
        ),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return [line.partition(",")[2] for line in done.stdout.split()], done.stderr


def test_commands_and_options_are_completed(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    assert complete(missing, "in") == (["inbox"], "")
    assert complete(missing, "send", "--bu")[0] == ["--bulk"]
    assert complete(missing, "modems", "")[0] == ["history", "reset", "show", "unlock"]
    assert complete(missing, "inbox", "--state", "ha")[0] == ["handled"]


def test_names_that_the_daemon_knows_are_completed(daemon: FakeDaemon) -> None:
    daemon.methods["modems.list"] = lambda _: {
        "modems": [{"name": "north", "state": "ready"}, {"name": "south", "state": "absent"}]
    }
    daemon.methods["handlers.list"] = lambda _: {"handlers": [{"name": "crm"}, {"name": "hook"}]}
    daemon.methods["messages.list"] = lambda _: {
        "messages": [inbound(id="abc"), inbound(id="xyz")], "next": None,
    }  # fmt: skip
    assert complete(daemon.path, "modems", "reset", "n")[0] == ["north"]
    assert complete(daemon.path, "send", "--modem", "")[0] == ["north", "south"]
    assert complete(daemon.path, "listen", "--as", "c")[0] == ["crm"]
    assert complete(daemon.path, "handlers", "dead", "h")[0] == ["hook"]
    assert complete(daemon.path, "show", "a")[0] == ["abc"]


def test_the_socket_on_the_command_line_is_the_one_that_is_asked(
    daemon: FakeDaemon, tmp_path: Path
) -> None:
    daemon.methods["modems.list"] = lambda _: {"modems": [{"name": "north", "state": "ready"}]}
    words = ("--socket", str(daemon.path), "modems", "show", "")
    assert complete(tmp_path / "none", *words) == (["north"], "")


def test_without_a_daemon_there_is_nothing_and_nobody_complains(tmp_path: Path) -> None:
    assert complete(tmp_path / "none", "show", "") == ([], "")


def test_a_daemon_that_does_not_answer_is_not_waited_for(daemon: FakeDaemon) -> None:
    asked_enough = threading.Event()
    daemon.methods["messages.list"] = lambda _: asked_enough.wait(PATIENCE)
    assert complete(daemon.path, "show", "") == ([], "")
    asked_enough.set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(gsmd: Gsmd, shell: str) -> None:
    outcome = gsmd("completion", shell)
    assert outcome.code == 0
    assert f"_GSMD_COMPLETE={shell}_complete" in outcome.out
    assert outcome.err == ""


def test_the_script_for_bash_works_in_bash(gsmd: Gsmd, daemon: FakeDaemon, tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(gsmd("completion", "bash").out)
    line = (
        f"source {script}; COMP_WORDS=(gsmd outb); COMP_CWORD=1; _gsmd_completion gsmd;"
        " echo ${COMPREPLY[@]}"
    )
    bindir = tmp_path / "bin"
    bindir.mkdir()
    wrapper = bindir / "gsmd"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(program())} "$@"\n')
    wrapper.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", line],
        env=environment(daemon.path, PATH=f"{bindir}:/usr/bin:/bin"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout.strip() == "outbox"
