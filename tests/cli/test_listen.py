"""``gsmd listen``."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import PATIENCE, FakeDaemon, Refusal, only_from
from tests.cli.messages import inbound
from tests.cli.running import Outcome, environment, program


@contextmanager
def listening(daemon: FakeDaemon, *arguments: str, **popen: Any) -> Iterator[subprocess.Popen[str]]:
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}
    with subprocess.Popen(
        program("listen", *arguments), env=environment(daemon.path), text=True, **options
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def finish(process: subprocess.Popen[str]) -> Outcome:
    out, err = process.communicate(timeout=PATIENCE)
    return Outcome(process.returncode, out, err)


def script(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return str(path)


def test_each_message_is_printed_at_once_and_then_acknowledged(daemon: FakeDaemon) -> None:
    with listening(daemon, "--as", "crm", "--json") as process:
        connection = daemon.subscriber()
        assert daemon.asked("inbox.subscribe") == [{"handler": "crm", "max_in_flight": 1}]
        for number in range(3):
            message = inbound(id=f"in{number}")
            connection.deliver(message, handler="crm", identity=f"d{number}")
            assert process.stdout is not None
            assert json.loads(process.stdout.readline()) == message
            assert daemon.acknowledgement() == {"jsonrpc": "2.0", "id": f"d{number}", "result": {}}


def received(id_: str, seq: int) -> dict[str, Any]:
    at = "2026-01-02T03:04:05.678Z"
    return {"type": "message.received", "at": at, "id": id_, "seq": seq}


def test_without_a_handler_it_only_looks_on(daemon: FakeDaemon) -> None:
    daemon.methods["messages.get"] = lambda _: inbound(text="two\nlines\x1b[2J")
    with listening(daemon, "--count", "1") as process:
        connection = daemon.subscriber()
        assert daemon.asked("events.subscribe")[1:] == [{"types": ["message.received"], "after": 0}]
        connection.notify("event", received("in1", 1))
        outcome = finish(process)
    assert outcome.code == 0
    assert outcome.out.rstrip("\n").split("\t") == [
        "in1", "2026-01-02 03:04:05", "+33612345678", "north", "two ↵ lines\\x1b[2J",
    ]  # fmt: skip
    assert daemon.answers.empty()


def test_looking_on_misses_nothing_and_repeats_nothing_while_the_daemon_is_away(
    daemon: FakeDaemon,
) -> None:
    daemon.methods["messages.get"] = lambda params: inbound(id=params["id"])
    with listening(daemon, "--count", "2", "--json") as process:
        connection = daemon.subscriber()
        connection.notify("event", received("in1", 7))
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["id"] == "in1"
        connection.hang_up()
        again = daemon.subscriber()
        assert daemon.asked("events.subscribe")[-1]["after"] == 7
        again.notify("event", received("in2", 8))
        assert [message["id"] for message in finish(process).json] == ["in2"]


def test_looking_on_says_where_messages_are_missing(daemon: FakeDaemon) -> None:
    daemon.methods["messages.get"] = lambda params: inbound(id=params["id"])
    with listening(daemon, "--count", "1", "--json") as process:
        connection = daemon.subscriber()
        daemon.methods["events.subscribe"] = only_from(5)
        connection.hang_up()
        daemon.subscriber().notify("event", received("in6", 6))
        outcome = finish(process)
    assert [message["id"] for message in outcome.json] == ["in6"]
    assert "missing" in outcome.err


def test_it_stops_after_the_number_of_messages_asked_for(daemon: FakeDaemon) -> None:
    with listening(daemon, "--as", "crm", "--count", "2", "--json") as process:
        connection = daemon.subscriber()
        for number in range(3):
            with contextlib.suppress(OSError):  # it may have had enough, and gone, before the third
                connection.deliver(inbound(id=f"in{number}"), handler="crm", identity=f"d{number}")
        outcome = finish(process)
    assert outcome.code == 0
    assert [message["id"] for message in outcome.json] == ["in0", "in1"]
    assert [daemon.acknowledgement()["id"] for _ in range(2)] == ["d0", "d1"]
    daemon.gone.get(timeout=PATIENCE)
    assert daemon.answers.empty()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_waiting_ends_it_cleanly(daemon: FakeDaemon, number: signal.Signals) -> None:
    with listening(daemon, "--as", "crm") as process:
        connection = daemon.subscriber()
        connection.deliver(inbound(), handler="crm")
        daemon.acknowledgement()
        process.send_signal(number)
        outcome = finish(process)
    assert outcome.code == 0
    assert outcome.err == ""


def test_a_program_gets_the_message_as_json_and_the_essentials_as_variables(
    daemon: FakeDaemon, tmp_path: Path
) -> None:
    prog = script(
        tmp_path / "prog",
        "import json, os, sys\n"
        "given = json.load(sys.stdin)\n"
        "print(json.dumps([given, {k: v for k, v in os.environ.items() if k.startswith('GSMD_')},"
        " sys.argv[1:], os.getcwd()]))\n",
    )
    hostile = "'; touch x; $(reboot) \"` \\\n--help\x1b[2J ☂"
    arguments = ("--as", "crm", "--count", "1", "--exec", prog, "one", "-v", "--", "--json")
    with listening(daemon, *arguments, cwd=tmp_path) as process:
        connection = daemon.subscriber()
        connection.deliver(inbound(text=hostile), handler="crm")
        outcome = finish(process)
    assert outcome.code == 0
    given, variables, argv, directory = json.loads(outcome.out)
    assert given == {"handler": "crm", "attempt": 1, "message": inbound(text=hostile)}
    assert variables["GSMD_TEXT"] == hostile
    assert variables["GSMD_PEER"] == "+33612345678"
    assert variables["GSMD_HANDLER"] == "crm"
    assert variables["GSMD_ATTEMPT"] == "1"
    assert argv == ["one", "-v", "--json"]
    assert directory == str(tmp_path)
    assert daemon.acknowledgement()["result"] == {}


def test_what_a_program_prints_is_the_reply_if_it_is_asked_to(
    daemon: FakeDaemon, tmp_path: Path
) -> None:
    prog = script(tmp_path / "prog", "import os; print('You said', os.environ['GSMD_TEXT'])")
    with listening(daemon, "--as", "crm", "--count", "1", "--exec", prog, "--reply") as process:
        daemon.subscriber().deliver(inbound(text="Grüße\nhier"), handler="crm")
        outcome = finish(process)
    assert outcome == (0, "", "")
    assert daemon.acknowledgement()["result"] == {"reply": "You said Grüße\nhier"}


def test_a_program_that_prints_nothing_replies_nothing(daemon: FakeDaemon, tmp_path: Path) -> None:
    prog = script(tmp_path / "prog", "print()")
    with listening(daemon, "--as", "crm", "--count", "1", "--exec", prog, "--reply") as process:
        daemon.subscriber().deliver(inbound(), handler="crm")
        assert finish(process).code == 0
    assert daemon.acknowledgement()["result"] == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import sys; sys.exit(3)", "exit status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
        ("print('x' * 70000)", "printed too much to be a reply"),
    ],
)
def test_a_program_that_fails_gives_the_message_back_with_the_reason(
    daemon: FakeDaemon, tmp_path: Path, text: str, reason: str
) -> None:
    prog = script(tmp_path / "prog", text)
    with listening(daemon, "--as", "crm", "--count", "1", "--reply", "--exec", prog) as process:
        daemon.subscriber().deliver(inbound(), handler="crm")
        outcome = finish(process)
    assert outcome.code == 0
    assert outcome.err == f"in1: {reason}\n"
    assert daemon.acknowledgement()["error"]["message"] == reason


def test_a_program_that_hangs_is_ended_with_what_it_has_started(daemon: FakeDaemon) -> None:
    deaf = "trap '' TERM; sleep 1000 & wait"
    arguments = ("--as", "crm", "--count", "1", "--timeout", "1", "--exec", "sh", "-c", deaf)
    with listening(daemon, *arguments) as process:
        daemon.subscriber().deliver(inbound(), handler="crm")
        outcome = finish(process)
    assert outcome.err == "in1: took longer than 1 s and was ended\n"
    assert daemon.acknowledgement()["error"]["code"] == 1
    until = time.monotonic() + PATIENCE
    while left := started_with(
        daemon.path
    ):  # a killed process is there until it has come to its end
        assert time.monotonic() < until, left
        time.sleep(0.01)


def started_with(socket: Path) -> list[str]:
    """The processes whose environment names this socket."""
    mark = f"GSMD_SOCKET={socket}\0".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # somebody else's, or gone
            if mark in environ.read_bytes():
                found.append(environ.parent.name)
    return found


def test_a_signal_while_a_program_runs_lets_it_finish_and_acknowledges(
    daemon: FakeDaemon, tmp_path: Path
) -> None:
    began, go = tmp_path / "began", tmp_path / "go"
    os.mkfifo(began)
    os.mkfifo(go)
    prog = script(
        tmp_path / "prog",
        f"open({str(began)!r}, 'w').close(); open({str(go)!r}).read(); print('done')",
    )
    with listening(daemon, "--as", "crm", "--reply", "--exec", prog) as process:
        daemon.subscriber().deliver(inbound(), handler="crm")
        began.read_text()  # it runs now
        process.send_signal(signal.SIGTERM)
        go.write_text("")
        outcome = finish(process)
    assert outcome.code == 0
    assert daemon.acknowledgement()["result"] == {"reply": "done"}


def test_a_reader_that_goes_away_gives_the_message_back(daemon: FakeDaemon) -> None:
    with listening(daemon, "--as", "crm") as process:
        connection = daemon.subscriber()
        assert process.stdout is not None
        process.stdout.close()
        connection.deliver(inbound(), handler="crm")
        assert "error" in daemon.acknowledgement()
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_it_waits_for_a_daemon_that_went_away_and_goes_on(
    daemon: FakeDaemon,
) -> None:
    with listening(daemon, "--as", "crm", "--json", "--count", "1") as process:
        daemon.subscriber().hang_up()
        daemon.subscriber().deliver(inbound(), handler="crm")
        outcome = finish(process)
    assert outcome.code == 0
    assert len(outcome.json) == 1
    assert "waiting for it" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("prog",), "--exec"),
        (("--reply",), "--exec"),
        (("--reply", "--exec", "true"), "--as"),
        (("--from", "beginning"), "--as"),
        (("--count", "0", "--as", "x"), "--count"),
    ],
)
def test_a_wrong_command_line_is_refused(gsmd: Gsmd, arguments: tuple[str, ...], word: str) -> None:
    outcome = gsmd("listen", *arguments)
    assert outcome.code == 2
    assert word in outcome.err


def test_a_program_that_does_not_exist_is_said_before_any_message_is_taken(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    outcome = gsmd("listen", "--as", "crm", "--exec", "/no/such/program")
    assert outcome.code == 1
    assert "/no/such/program" in outcome.err
    assert daemon.calls == []


def test_a_refused_subscription_ends_with_the_reason(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    def refuse(_: Any) -> None:
        raise Refusal(4, "user nobody may not handle messages", reason="missing_role")

    daemon.methods["inbox.subscribe"] = refuse
    outcome = gsmd("listen", "--as", "crm")
    assert outcome.code == 1
    assert "may not handle" in outcome.err
    assert "access" in outcome.err
