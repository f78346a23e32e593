"""A daemon to talk to, and a way to run commands quickly."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gsmd.cli import root
from tests.cli.fake_daemon import FakeDaemon
from tests.cli.running import Outcome

Gsmd = Callable[..., Outcome]


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    with FakeDaemon(tmp_path / "gsmd.sock") as fake:
        yield fake


@pytest.fixture
def gsmd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Gsmd:
    """Run a command in this process: quick, and as a program does it but for signals and terminals."""
    monkeypatch.setenv("GSMD_SOCKET", str(tmp_path / "gsmd.sock"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("SUDO_USER", raising=False)

    def run(*arguments: str, stdin: str | bytes = "") -> Outcome:
        octets = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(octets), encoding="utf-8"))
        capsys.readouterr()
        code = root.run(arguments)
        return Outcome(code, *capsys.readouterr())

    return run
