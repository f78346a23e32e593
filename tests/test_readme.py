"""The README's commands work as they stand there, on a simulated modem instead of /dev/ttyUSB0."""

import asyncio
import re
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gsmd.client import AsyncClient
from tests.rig import PATIENCE, Rig, rig
from tests.walking import environment, free_port, write_program

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PHONE = "+33612345678"


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", README, re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def commands() -> list[str]:
    lines = [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line]


class Shell:
    """Runs what the README shows, in a directory that stands for the README's /tmp/gsmd."""

    def __init__(self, directory: Path, port: str) -> None:
        self.directory = directory
        self.port = port
        self.environment = environment()
        self.ports = {usual: str(free_port()) for usual in ("8090", "1883", "25")}
        write_program(directory / "gsmd", self.ports)

    def here(self, text: str) -> str:
        return text.replace("/tmp/gsmd", str(self.directory)).replace("/dev/ttyUSB0", self.port)

    async def start(self, command: str) -> asyncio.subprocess.Process:
        words = shlex.split(self.here(command))
        assert words[0] == "gsmd", command
        return await self._run([str(self.directory / "gsmd"), *words[1:]])

    async def python(self, code: str) -> asyncio.subprocess.Process:
        return await self._run([sys.executable, "-c", code])

    async def _run(self, arguments: list[str]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *arguments,
            cwd=self.directory,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


async def finished(process: asyncio.subprocess.Process) -> tuple[int, str, str]:
    async with asyncio.timeout(PATIENCE * 3):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def daemon(it: Rig, shell: Shell) -> AsyncIterator[AsyncClient]:
    """`gsmd run` with the README's configuration, ready to send."""
    (run,) = [each for each in commands() if each.startswith("gsmd run")]
    first = next(each for each in commands() if each.startswith("gsmd setup"))
    code, _, err = await finished(await shell.start(f"{first} --yes --name m {shell.port}"))
    assert code == 0, err
    path = shell.directory / "gsmd.yaml"
    own = f'web:\n  listen: "127.0.0.1:{shell.ports["8090"]}"\n'
    path.write_text(path.read_text().replace("web:\n", own))
    process = await shell.start(run)
    try:
        async with asyncio.timeout(PATIENCE * 3):
            while not it.socket.exists():
                assert process.returncode is None, await finished(process)
                await asyncio.sleep(0.01)
        async with AsyncClient(it.socket) as client:
            await it.ready(client, "m")
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        code, _, err = await finished(process)
        assert code == 0, err


@pytest.mark.parametrize("command", [each for each in commands() if each.startswith("make ")])
def test_the_make_targets_are_there(command: str) -> None:
    assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_command_is_one_that_a_test_knows_how_to_run() -> None:
    known = ("make ", "gsmd ", "export GSMD_SOCKET=", "mkdir -p /tmp/gsmd")
    to_install = ("python3 -m venv ~/", "~/gsmd-try/bin/pip install", "export PATH=~/")
    assert [command for command in commands() if not command.startswith(known + to_install)] == []


async def test_the_steps_lead_to_a_message_that_is_sent(tmp_path: Path) -> None:
    async with rig(tmp_path, modems=("m",)) as it:
        shell = Shell(tmp_path, str(tmp_path / "m"))
        async with daemon(it, shell):
            began = False
            for command in commands():
                if command == "gsmd setup --here":
                    if began:
                        code, out, err = await finished(
                            await shell.start(f"{command} --yes --test own")
                        )
                        assert (code, "It came in again." in err) == (0, True), err
                        assert "Pages: http://127.0.0.1:" in out
                    began = True
                elif command.startswith("export GSMD_SOCKET"):
                    name, value = command.removeprefix("export ").split("=")
                    shell.environment[name] = shell.here(value)
                elif command.startswith("gsmd ") and command.split()[1] not in {"run", "probe"}:
                    if "--as" in command:
                        continue  # the next tests
                    process = await shell.start(command)
                    if command.startswith("gsmd listen"):
                        process = await overheard(it, process)
                    code, _, err = await finished(process)
                    assert code == 0, (command, err)
        phone = it.network.phone(PHONE)
        assert [message.text for message in phone.received] == ["Hello from gsmd"]


async def overheard(it: Rig, process: asyncio.subprocess.Process) -> asyncio.subprocess.Process:
    """Text until the listener, which keeps nothing, has heard one."""
    phone = it.network.phone("+33698765432")
    async with asyncio.timeout(PATIENCE * 3):
        while process.returncode is None:
            phone.send("+33600000001", "is anybody there?")
            await asyncio.wait({asyncio.ensure_future(process.wait())}, timeout=0.5)
    return process


async def test_the_handler_in_one_line_answers(tmp_path: Path) -> None:
    (command,) = [each for each in commands() if "--exec" in each]
    async with rig(tmp_path, modems=("m",)) as it:
        shell = Shell(tmp_path, str(tmp_path / "m"))
        shell.environment["GSMD_SOCKET"] = str(it.socket)
        async with daemon(it, shell) as client:
            process = await shell.start(command)
            await connected(client, "thanks")
            phone = it.network.phone(PHONE)
            phone.send("+33600000001", "hello")
            (reply,) = await phone.expect(1, PATIENCE)
            process.send_signal(signal.SIGINT)
            code, _, err = await finished(process)
    assert (code, err) == (0, "")
    assert reply.text == "Thank you, we will call you back."


async def test_the_handler_in_python_answers(tmp_path: Path) -> None:
    (code,) = blocks("python")
    async with rig(tmp_path, modems=("m",)) as it:
        shell = Shell(tmp_path, str(tmp_path / "m"))
        shell.environment["GSMD_SOCKET"] = str(it.socket)
        async with daemon(it, shell) as client:
            process = await shell.python(code)
            await connected(client, "balance")
            phone = it.network.phone(PHONE)
            phone.send("+33600000001", "how much?")
            (reply,) = await phone.expect(1, PATIENCE)
            process.kill()
            await finished(process)
    assert reply.text == f"Hello {PHONE}, your balance is 5.00"


async def connected(client: AsyncClient, handler: str) -> None:
    """Wait until somebody takes messages for the handler."""
    async with asyncio.timeout(PATIENCE * 3):
        while not any(each.name == handler and each.connected for each in await client.handlers()):
            await asyncio.sleep(0.02)
