"""Programs that are started for each message: what they get, what they answer, and how they end."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gsmd.handlers.base import HandlerError
from gsmd.handlers.program import (
    REASON_LIMIT,
    REPLY_LIMIT,
    ProgramHandler,
    ProgramSettings,
    as_reply,
    last_line,
)
from gsmd.protocol.message import Reply
from tests.handlers.conftest import PassBy
from tests.handlers.messages import delivery
from tests.rig import PATIENCE

Script = Callable[[str], list[str]]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """A Python program with this text."""

    def write(text: str) -> list[str]:
        file = tmp_path / "program.py"
        file.write_text("import json, os, signal, subprocess, sys, time\n" + text)
        return [sys.executable, "-S", "-E", str(file)]

    return write


def runs(arguments: list[str], *, reply: bool = True, timeout: float = 30) -> ProgramHandler:
    return ProgramHandler(
        "balance",
        ProgramSettings(run=tuple(arguments), reply=reply, timeout=timeout, concurrency=2),
    )


async def test_what_a_program_prints_is_the_reply(script: Script) -> None:
    handler = runs(script("print('Your balance is 5.00')"))

    assert await handler.deliver(delivery()) == Reply("Your balance is 5.00")


async def test_a_program_gets_the_message_as_json(script: Script) -> None:
    handler = runs(script("print(sys.stdin.read())"))
    reply = await handler.deliver(delivery(attempt=3, text="Ünïcode 😀\n$(reboot)"))

    assert reply is not None
    got = json.loads(reply.text)
    assert (got["handler"], got["attempt"]) == ("balance", 3)
    assert got["message"]["text"] == "Ünïcode 😀\n$(reboot)"
    assert got["message"]["created_at"] == "2026-01-02T03:04:05.678Z"
    assert got["message"]["class"] is None


async def test_a_program_gets_the_essentials_in_its_environment(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    monkeypatch.setenv("FROM_OUTSIDE", "inherited")
    handler = runs(script("print(json.dumps(dict(os.environ)))"))
    reply = await handler.deliver(delivery(text="zero\0octet"))

    assert reply is not None
    environment = json.loads(reply.text)
    assert {k: v for k, v in environment.items() if k.startswith("GSMD_")} == {
        "GSMD_HANDLER": "balance",
        "GSMD_ATTEMPT": "1",
        "GSMD_ID": "in-1",
        "GSMD_PEER": "+33612345678",
        "GSMD_MODEM": "north",
        "GSMD_KIND": "text",
        "GSMD_TEXT": "zero�octet",
        "GSMD_CREATED_AT": "2026-01-02T03:04:05.678Z",
    }
    assert environment["FROM_OUTSIDE"] == "inherited"
    assert "NOTIFY_SOCKET" not in environment


@pytest.mark.parametrize(
    "text", ["--help", "; touch owned", "$(touch owned)", "`touch owned`", "\n"]
)
async def test_no_text_becomes_an_argument_or_a_command(
    script: Script, tmp_path: Path, text: str
) -> None:
    handler = runs([*script("print(json.dumps(sys.argv[1:]))"), "$GSMD_TEXT", "*"])

    assert await handler.deliver(delivery(text=text, peer=text)) == Reply('["$GSMD_TEXT", "*"]')
    assert not (tmp_path / "owned").exists()


async def test_without_reply_what_a_program_prints_goes_nowhere(script: Script) -> None:
    assert await runs(script("print('hello')"), reply=False).deliver(delivery()) is None


@pytest.mark.parametrize("print_", ["", "print()", "print('  ')"])
async def test_a_program_that_prints_nothing_sends_no_reply(script: Script, print_: str) -> None:
    assert await runs(script(print_)).deliver(delivery()) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sys.exit(3)", "exit status 3"),
        ("sys.exit('no such account')", "no such account"),
        ("print('first\\n\\tlast \\x1b[31m\\n\\n', file=sys.stderr); sys.exit(1)", "last  [31m"),
        ("os.write(2, b'caf\\xe9'); sys.exit(1)", "caf�"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGRTMIN + 1)", "ended by signal 35"),
    ],
)
async def test_a_program_that_fails_says_why_in_its_last_line(
    script: Script, text: str, reason: str
) -> None:
    with pytest.raises(HandlerError) as caught:
        await runs(script("print('never a reply')\n" + text)).deliver(delivery())

    assert caught.value.reason == reason
    assert not caught.value.permanent


async def test_complaints_of_a_program_that_succeeds_are_not_held_against_it(
    script: Script,
) -> None:
    handler = runs(script("print('warning', file=sys.stderr); print('ok')"))

    assert await handler.deliver(delivery()) == Reply("ok")


async def test_a_program_that_does_not_read_is_none_the_worse(script: Script) -> None:
    handler = runs(script("os.close(0); print('ok')"))

    assert await handler.deliver(delivery(text=None, data="ab" * 140 * 255)) == Reply("ok")


async def test_a_program_that_prints_without_end_is_bounded_and_not_repeated(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    handler = runs(script("[os.write(n, b'x' * 65536) for _ in range(64) for n in (1, 2)]"))

    assert await handler.deliver(delivery()) is None
    assert "too much to be a reply" in caplog.text


async def test_a_long_reply_comes_whole(script: Script) -> None:
    handler = runs(script(f"sys.stdout.write('x' * {REPLY_LIMIT})"))

    assert await handler.deliver(delivery()) == Reply("x" * REPLY_LIMIT)


def end_of(pid: int) -> bool:
    """Whether there is no such process, or only its remains."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


async def ended(pid: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while not end_of(pid):
            await asyncio.sleep(0.01)


STUBBORN = """
trap '' TERM
sleep 600 &
echo $$ $! > "$0.part"
mv "$0.part" "$0"
wait
"""


def stubborn(pids: Path) -> list[str]:
    """A program that ignores being asked, with a child that does so too; it writes down both."""
    return ["/bin/sh", "-c", STUBBORN, str(pids)]


async def pids_in(file: Path) -> list[int]:
    async with asyncio.timeout(PATIENCE):
        while not file.exists():
            await asyncio.sleep(0.01)
    return [int(pid) for pid in file.read_text().split()]


async def test_a_program_that_takes_too_long_is_ended_with_what_it_started(
    tmp_path: Path, pass_by: PassBy
) -> None:
    pids = tmp_path / "pids"
    handler = runs(stubborn(pids), timeout=600)
    task = asyncio.create_task(handler.deliver(delivery()))
    running = await pids_in(pids)
    pass_by(600)

    with pytest.raises(HandlerError, match="took longer than 600 s"):
        await task
    for pid in running:
        await ended(pid)
    assert handler.capacity == 2


async def test_a_hand_over_that_is_cancelled_ends_the_program(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    handler = runs(stubborn(pids))
    task = asyncio.create_task(handler.deliver(delivery()))
    running = await pids_in(pids)
    assert handler.capacity == 1
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    for pid in running:
        await ended(pid)
    assert handler.capacity == 2


async def test_a_program_that_leaves_a_child_behind_is_done_when_it_is_done(
    script: Script, tmp_path: Path
) -> None:
    pids = tmp_path / "pid"
    handler = runs(
        script(
            "child = subprocess.Popen(['/bin/sleep', '600'])\n"
            f"open({str(pids)!r}, 'w').write(str(child.pid))\nprint('done')"
        )
    )

    assert await handler.deliver(delivery()) == Reply("done")
    (child,) = await pids_in(pids)
    assert not end_of(child)
    os.kill(child, 9)


@pytest.mark.parametrize("program", ["/no/such/program", "/etc/passwd", "/"])
async def test_a_program_that_cannot_be_started_is_named(program: str) -> None:
    handler = runs([program])
    with pytest.raises(HandlerError, match=f"^{program}: "):
        await handler.deliver(delivery())

    assert handler.capacity == 2
    await handler.close()


async def test_nothing_stays_open(script: Script) -> None:
    handler = runs(script("print('ok')"))
    await handler.deliver(delivery())  # what the loop itself opens is open now
    before = sorted(Path("/proc/self/fd").iterdir())
    for _ in range(3):
        await handler.deliver(delivery())
        with pytest.raises(HandlerError):
            await runs(["/no/such/program"]).deliver(delivery())

    assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_a_reply_in_another_encoding_is_still_a_reply() -> None:
    assert as_reply(b"caf\xe9\r\n\n") == Reply("caf�")
    assert as_reply(b"two\nlines\n") == Reply("two\nlines")


def test_a_reason_is_one_short_printable_line() -> None:
    assert last_line(b"") == ""
    assert len(last_line(b"x" * 1000)) == REASON_LIMIT
    assert last_line(b"one\r\n two \0 \r\n\r\n") == "two"
