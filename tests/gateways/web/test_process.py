"""``gsmd web`` and ``gsmd run --all`` as processes, with a systemd that the test plays, and who may use the gateway."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.gateways.web.house import PASSWORD, Answer, all_of, parse
from tests.service.daemon import PATIENCE, Running, Systemd

ME = "/api/v1/me"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def configure(directory: Path, **web: Any) -> Path:
    path = directory / "gsmd.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "state_dir": str(directory / "state"),
                "socket": {"path": str(directory / "gsmd.sock")},
                "modems": [{"name": "m", "port": "/dev/nothing"}],
                "web": {"state_dir": str(directory / "web"), **web},
            }
        )
    )
    return path


@asynccontextmanager
async def process(
    *arguments: str, environment: dict[str, str] | None = None, **more: Any
) -> AsyncIterator[Running]:
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gsmd", *arguments),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        **more,
    )
    running = Running(started)
    try:
        yield running
    finally:
        await running.close()


async def said(*arguments: str) -> str:
    """What a command prints."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gsmd", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await command.communicate()
    assert command.returncode == 0, err.decode()
    return out.decode().strip()


async def ask(port: int, path: str, token: str, verb: str = "GET", body: str = "") -> Answer:
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        kind = "Content-Type: application/json\r\n" if body else ""
        head = f"Host: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{kind}"
        length = f"Content-Length: {len(body)}\r\n"
        writer.write(f"{verb} {path} HTTP/1.1\r\n{head}{length}\r\n{body}".encode())
        octets = await all_of(reader)
        writer.close()
    return parse(octets)


async def test_its_life_as_systemd_sees_it(tmp_path: Path) -> None:
    port = free_port()
    path = configure(tmp_path, listen=f"127.0.0.1:{port}")
    systemd = Systemd(tmp_path / "notify")
    environment = {"NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": "1000000"}
    try:
        async with process("web", "-c", str(path), environment=environment) as running:
            told = await systemd.hears("READY")
            assert f"127.0.0.1:{port}" in told["STATUS"]
            await systemd.hears("WATCHDOG", 2)
            token = await said("web", "-c", str(path), "token", "bot")
            assert (await ask(port, ME, token)).json["actor"] == "bot@web"
            # the daemon is away: it is said, and the gateway stays
            answer = await ask(port, "/api/v1/messages", token)
            assert answer.status == 503
            assert answer.header("retry-after")

            configure(tmp_path, listen=f"127.0.0.1:{port}", rate={"per_token": "sixty"})
            running.signal(signal.SIGHUP)
            await running.says("the configuration is not taken")
            await systemd.hears("READY", 2)
            assert (await ask(port, ME, token)).status == 200
            configure(tmp_path, listen=f"127.0.0.1:{port}", rate={"per_token": "1/d"})
            running.signal(signal.SIGHUP)
            await systemd.hears("READY", 3)
            assert [(await ask(port, ME, token)).status for _ in range(2)] == [200, 429]

            assert await running.stop() == 0
            assert systemd.told("STOPPING") == ["1"]
    finally:
        systemd.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a section web"),
        ("web: {listen: ':8090'}\n", "trusted_proxies"),
        ("web: {x: 1}\n", "x"),
    ],
)
async def test_a_configuration_that_will_not_do_is_exit_code_4(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "gsmd.yaml"
    path.write_text("modems: [{name: m, port: /dev/nothing}]\n" + text)
    async with process("web", "-c", str(path)) as running:
        assert await running.ended() == 4
        assert words in running.log


async def test_an_address_in_use_is_exit_code_1_and_names_the_address(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        async with process("web", "-c", str(configure(tmp_path, listen=listen))) as running:
            assert await running.ended() == 1
            assert listen in running.log


_AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.executable, [sys.executable, "-m", "gsmd", *sys.argv[2:]])
"""


async def test_systemds_socket_is_taken_and_it_ends_when_nobody_wants_anything(
    tmp_path: Path,
) -> None:
    path = configure(tmp_path, idle_exit=1)
    token = await said("web", "token", "bot", "-c", str(path))
    with socket.create_server(("127.0.0.1", 0)) as door:
        started = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _AS_SYSTEMD, str(door.fileno()), "web", "-c", str(path)),
            stderr=asyncio.subprocess.PIPE,
            pass_fds=(door.fileno(),),
        )
        running = Running(started)
        try:
            # it waits in the socket's queue until somebody is there
            assert (await ask(int(door.getsockname()[1]), ME, token)).status == 200
            assert await running.ended() == 0
            assert "nobody wanted anything" in running.log
        finally:
            await running.close()


async def test_all_run_together_are_started_again_and_end_in_order(tmp_path: Path) -> None:
    port = free_port()
    path = configure(tmp_path, listen=f"127.0.0.1:{port}")
    async with process("run", "--all", "-c", str(path)) as running:
        await running.says(f"listening on 127.0.0.1:{port}")
        token = await said("web", "token", "bot", "-c", str(path))
        while (await ask(port, "/api/v1/messages", token)).status == 503:
            await asyncio.sleep(0.1)
        child = int(running.log.partition("gateway web runs as process ")[2].split()[0])
        os.kill(child, signal.SIGKILL)
        await running.says("gateway web ended with -9")
        async with asyncio.timeout(PATIENCE):
            while running.log.count("listening on 127.0.0.1") < 2:
                await asyncio.sleep(0.05)
        assert (await ask(port, "/api/v1/messages", token)).status == 200
        assert await running.stop() == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


async def test_the_gateways_end_with_a_daemon_that_is_killed(tmp_path: Path) -> None:
    port = free_port()
    path = configure(tmp_path, listen=f"127.0.0.1:{port}")
    async with process("run", "--all", "-c", str(path)) as running:
        await running.says(f"listening on 127.0.0.1:{port}")
        running.process.kill()
        await running.process.wait()
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                except ConnectionRefusedError:
                    break
                await asyncio.sleep(0.05)


async def test_who_may_use_it_is_decided_on_the_command_line(tmp_path: Path) -> None:
    port = free_port()
    path = str(configure(tmp_path, listen=f"127.0.0.1:{port}"))
    link = await said("web", "invite", "anna", "--may", "read,send", "-c", path)
    assert link.startswith(f"http://127.0.0.1:{port}/invitation/")
    users = json.loads(await said("web", "users", "--json", "-c", path))
    assert (users["name"], users["may"], users["state"]) == ("anna", ["read", "send"], "invited")
    async with process("web", "-c", path) as running:
        await running.says("listening on")
        secret = link.rpartition("/")[2]
        body = json.dumps({"invitation": secret, "password": PASSWORD})
        async with asyncio.timeout(PATIENCE):
            assert (await ask(port, "/api/v1/invitations", "", "POST", body)).status in {201, 401}
        token = await said(
            *("web", "token", "crm", "--may", "handle", "--handlers", "crm,shop"),
            *("--expires", "90d", "-c", path),
        )
        me = (await ask(port, ME, token)).json
        assert (me["may"], me["handlers"]) == (["handle"], ["crm", "shop"])
        (listed,) = [
            json.loads(line)
            for line in (await said("web", "tokens", "--json", "-c", path)).splitlines()
        ]
        assert "token" not in listed
        await said("web", "revoke", listed["id"], "-c", path)
        assert (await ask(port, ME, token)).status == 401
        other = await said("web", "token", "crm", "-c", path)
        await said("web", "disable", "crm", "-c", path)
        assert (await ask(port, ME, other)).status == 401
        assert await running.stop() == 0
    for file in (tmp_path / "web").iterdir():
        assert file.stat().st_mode & 0o077 == 0
