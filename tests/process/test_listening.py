"""The socket file: who may open it, what is replaced, what is left alone."""

import asyncio
import grp
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gsmd.api.server import Server
from gsmd.config import SocketConfig
from gsmd.process import listening
from gsmd.process.listening import CannotListen
from tests.api.fake_backend import FakeBackend
from tests.api.wire import Wire

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root")


def a_server(path: Path, **config: object) -> Server:
    return Server(FakeBackend(), SocketConfig(path=path, **config))  # type: ignore[arg-type]  # what the tests give is right


async def test_the_file_has_the_mode_of_the_configuration(tmp_path: Path) -> None:
    server = a_server(tmp_path / "s", mode=0o640)
    await server.start()
    assert stat.S_IMODE(server.path.stat().st_mode) == 0o640
    await server.close()


@as_root
async def test_the_file_has_the_group_of_the_configuration(tmp_path: Path) -> None:
    group = next(entry for entry in grp.getgrall() if entry.gr_gid != os.getegid())
    server = a_server(tmp_path / "s", group=group.gr_name)
    await server.start()
    assert server.path.stat().st_gid == group.gr_gid
    await server.close()


def test_a_group_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no-such-group"):
        a_server(tmp_path / "s", group="no-such-group")


def test_without_a_group_it_is_gsmd_if_there_is_one_else_our_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def known(name: str) -> grp.struct_group:
        return grp.struct_group((name, "x", os.getegid() + 1, []))

    def unknown(name: str) -> grp.struct_group:
        raise KeyError(name)

    monkeypatch.setattr(grp, "getgrnam", unknown)
    assert listening.group_id(None) == os.getegid()
    monkeypatch.setattr(grp, "getgrnam", known)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert listening.group_id(None) == os.getegid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getgroups", list)
    assert listening.group_id(None) == os.getegid()  # we could not give it away


async def test_a_socket_that_nobody_answers_at_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    server = a_server(path)
    await server.start()
    async with await Wire.open(path) as wire:
        assert await wire.result("server.info")
    await server.close()


async def test_a_daemon_that_answers_is_left_alone(tmp_path: Path) -> None:
    first, second = a_server(tmp_path / "s"), a_server(tmp_path / "s")
    await first.start()
    with pytest.raises(CannotListen, match="another daemon answers"):
        await second.start()
    async with await Wire.open(first.path) as wire:
        assert await wire.result("server.info")
    await first.close()


async def test_a_daemon_that_is_too_busy_to_answer_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    busy = socket.socket(socket.AF_UNIX)
    busy.bind(str(path))
    busy.listen(0)
    waiting = [socket.socket(socket.AF_UNIX) for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(str(path))
    with pytest.raises(CannotListen, match="another daemon answers"):
        await a_server(path).start()
    for one in [busy, *waiting]:
        one.close()


async def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_text("precious")
    with pytest.raises(CannotListen, match="not a socket"):
        await a_server(path).start()
    assert path.read_text() == "precious"


async def test_a_directory_that_is_missing_is_made_but_not_its_parents(tmp_path: Path) -> None:
    server = a_server(tmp_path / "run" / "s")
    await server.start()
    await server.close()
    with pytest.raises(CannotListen, match="No such file"):
        await a_server(tmp_path / "a" / "b" / "s").start()


async def test_the_longest_path_works(tmp_path: Path) -> None:
    path = tmp_path / ("x" * (107 - len(str(tmp_path)) - 1))
    server = a_server(path)
    await server.start()
    async with await Wire.open(path) as wire:
        assert (await wire.result("server.info"))["socket"] == str(path)
    await server.close()
    assert list(tmp_path.iterdir()) == []


async def test_the_file_goes_with_the_server_unless_it_is_somebody_elses(tmp_path: Path) -> None:
    first = a_server(tmp_path / "s")
    await first.start()
    first.path.unlink()
    second = a_server(tmp_path / "s")
    await second.start()
    await first.close()
    async with await Wire.open(second.path) as wire:
        assert await wire.result("server.info")
    await second.close()
    assert not second.path.exists()


ACTIVATED = """
import asyncio, os, sys
os.environ["LISTEN_PID"] = str(os.getpid())
from pathlib import Path
from gsmd.api.server import Server
from gsmd.config import SocketConfig
from tests.api.fake_backend import FakeBackend
async def main():
    server = Server(FakeBackend(), SocketConfig(path=Path(sys.argv[1])))
    await server.start()
    assert "LISTEN_FDS" not in os.environ
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.close()
asyncio.run(main())
"""


def activation(sock: socket.socket, script: str, *arguments: str) -> list[str]:
    """A command that runs the script with the socket as its file descriptor 3."""
    script = f"import os; os.dup2({sock.fileno()}, 3)\n{script}"
    return [sys.executable, "-c", script, *arguments]


async def test_systemd_may_hand_the_socket_over_and_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "s"
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(str(path))
    sock.listen()
    with subprocess.Popen(
        activation(sock, ACTIVATED, str(path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "LISTEN_FDS": "1"},
        pass_fds=[sock.fileno()],
    ) as daemon:
        assert daemon.stdout is not None
        await asyncio.to_thread(daemon.stdout.readline)
        async with await Wire.open(path) as wire:
            assert await wire.result("server.info")
        daemon.communicate()
    assert daemon.returncode == 0
    assert path.exists()
    sock.close()


def test_activation_that_is_meant_for_another_process_is_ignored() -> None:
    environment = {"LISTEN_PID": "1", "LISTEN_FDS": "1"}
    assert listening.activated(environment) == []
    assert environment
    assert listening.activated({}) == []


def test_an_activated_socket_of_another_kind_is_refused() -> None:
    script = (
        "import os; os.environ['LISTEN_PID'] = str(os.getpid())\n"
        "from gsmd.process import listening\n"
        "try: listening.activated()\n"
        "except listening.CannotListen as error: print(error)"
    )
    sock = socket.socket(socket.AF_INET)
    done = subprocess.run(
        activation(sock, script),
        env={**os.environ, "LISTEN_FDS": "1"},
        pass_fds=[sock.fileno()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "ListenStream" in done.stdout
    sock.close()
