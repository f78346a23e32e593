"""Who has a port open."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gsmd.modem.port import port_users as module
from gsmd.modem.port.port_users import PortUser, explain, port_users
from tests.modem.scripted import ScriptedModem

HOLD = "import sys; port = open(sys.argv[1], 'rb', 0); print('open', flush=True); sys.stdin.read()"


@asynccontextmanager
async def held(path: str) -> AsyncIterator[int]:
    """Another process has ``path`` open; its pid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLD,
        path,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        yield process.pid
    finally:
        await process.communicate(b"")


async def test_another_process_that_has_the_port_open_is_named() -> None:
    async with ScriptedModem() as device, held(device.path) as pid:
        (user,) = port_users(device.path)
        assert user.pid == pid
        assert f"pid {pid}" in explain(device.path, "it is busy")


async def test_we_are_not_named_ourselves() -> None:
    async with ScriptedModem() as device:
        assert port_users(device.path) == []
        assert explain(device.path, "it is busy") == "it is busy"


def test_a_port_that_is_not_there_has_no_user(tmp_path: Path) -> None:
    assert port_users(str(tmp_path / "ttyUSB0")) == []


async def test_a_lock_file_names_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proc = tmp_path / "proc"
    (proc / "4711" / "fd").mkdir(parents=True)
    (proc / "4711" / "comm").write_text("minicom\n")
    locks = tmp_path / "lock"
    locks.mkdir()
    monkeypatch.setattr(module, "_LOCKS", (locks,))
    async with ScriptedModem() as device:
        (locks / f"LCK..{Path(device.path).name}").write_text("      4711\n")
        assert port_users(device.path, proc) == [PortUser(4711, "minicom")]
        (locks / f"LCK..{Path(device.path).name}").write_text("      4712\n")  # it is gone
        assert port_users(device.path, proc) == []


def test_modem_manager_is_told_what_to_do_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "port_users", lambda _path: [PortUser(612, "ModemManager")])
    assert "udev/60-gsmd.rules" in explain("/dev/ttyUSB2", "busy")
