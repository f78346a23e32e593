"""A page of the documentation, walked: its commands are run as a person would, block by block.

A block of ``sh`` is run by bash; one whose last command says ``# stays`` is started in a terminal of its own. Before anything else
is typed, all that was started is waited for until it is at work. A block of ``text`` whose lines begin with ``simulator>`` is typed at the simulator's prompt; what stands
below such a line has to appear. ``/tmp/gsmd`` is a directory of the test's, and the usual ports are ports of its own.
"""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from gsmd.client import Client, GsmdError
from gsmd.config import load
from gsmd.handler_kinds import HANDLER_KINDS

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0

_IN_TEXTS = ("8090", "2775", "1883", "4222", "8222")
_PORTS = (*_IN_TEXTS, "25")
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_STAYS = re.compile(r"\s+# stays$", re.MULTILINE)


def sections(page: Path) -> dict[str, str]:
    """The sections of a page, by their headings."""
    _, *parts = re.split(r"^## ", page.read_text(), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part for part in parts}


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Walk:
    """One person's terminals, in a directory. ``said`` is all that their commands printed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.said = ""
        self.ports = {usual: str(free_port()) for usual in _PORTS}
        self._staying: dict[str, tuple[subprocess.Popen[str], Path]] = {}
        self._ending = ExitStack()
        self._beginning: list[tuple[str, Callable[[], bool]]] = []
        programs = directory / "bin"
        programs.mkdir()
        write_program(programs / "gsmd", self.ports)
        (programs / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (programs / "python3").chmod(0o755)
        path = [str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]
        self._environment = {**environment(), "PATH": ":".join(path)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process, _log in reversed(self._staying.values()):
            process.terminate()
            process.wait(PATIENCE)
        self._ending.close()

    def walk(self, section: str) -> None:
        """Do what a section says, from top to bottom."""
        for kind, block in _BLOCK.findall(section):
            text = self._here(block)
            if kind == "text":
                self._type(text)
            elif _STAYS.search(text):
                self._start(_STAYS.sub("", text).strip())
            else:
                self._run(text)
        self._wait_for_those_begun()

    def _here(self, text: str) -> str:
        text = text.replace("/tmp/gsmd", str(self.directory))
        for usual in _IN_TEXTS:
            own = self.ports[usual]
            text = re.sub(rf"\b{usual}\b", own, text)
        return text

    # -- commands -----------------------------------------------------------------------------

    def _run(self, text: str) -> None:
        """Errors: AssertionError if a command fails."""
        self._wait_for_those_begun()
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", text],
            cwd=self.directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, (text, done.stdout, done.stderr, self._logs())
        self.said += done.stdout + done.stderr
        if found := re.search(r"^export (GSMD_SOCKET)=(.*)$", text, re.MULTILINE):
            self._environment[found[1]] = found[2]
        self._keep_to_our_ports()

    def _keep_to_our_ports(self) -> None:
        """What a configuration leaves to the usual ports."""
        path = self.directory / "gsmd.yaml"
        text = path.read_text() if path.exists() else ""
        for section, usual in (("web", "8090"), ("smpp", "2775")):
            own = f'  listen: "127.0.0.1:{self.ports[usual]}"\n'
            if own not in text:
                text = text.replace(f"\n{section}:\n", f"\n{section}:\n{own}")
        if text:
            path.write_text(text)

    def _start(self, text: str) -> None:
        *before, command = text.split("\n")
        if before:
            self._run("\n".join(before))
        log = self.directory / f"terminal-{len(self._staying)}"
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.directory / "fleet" if "nats.conf" in command else self.directory,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=self._ending.enter_context(log.open("w")),
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdin is not None
        self._ending.enter_context(process.stdin)
        self._staying[command] = process, log
        self._beginning.append((command, self._sign(shlex.split(command))))

    def _wait_for_those_begun(self) -> None:
        for command, at_work in self._beginning:
            process, log = self._staying[command]
            self._until(
                lambda process=process, at_work=at_work: process.poll() is not None or at_work(),  # type: ignore[misc]
                f"{command} is at work",
            )
            assert process.poll() is None, (command, log.read_text())
        self._beginning.clear()

    def _sign(self, words: list[str]) -> Callable[[], bool]:
        """By what a command that stays is known to be at work."""
        match words:
            case ["gsmd", "simulate", *_]:
                return (Path(words[words.index("--dir") + 1]) / "control.sock").exists
            case ["gsmd", "run", *_]:
                config = load(self.directory / words[-1], HANDLER_KINDS)
                return lambda: self._at_work(config.socket.path)
            case ["gsmd", "listen", "--as", handler, *_]:
                return lambda: any(
                    each.connected for each in self._client().handlers() if each.name == handler
                )
            case ["gsmd", name, *_]:
                return lambda: any(
                    each.state == "running" and not each.troubles
                    for each in self._client().gateways.list()
                    if each.name == name
                )
            case ["nats-server", *_]:
                return lambda: self._listens(self.ports["4222"])
        raise AssertionError(words)

    def _client(self) -> Client:
        client = Client(self.directory / "gsmd.sock", timeout=PATIENCE)
        self._ending.callback(client.close)
        return client

    def _at_work(self, door: Path) -> bool:
        if not door.exists():
            return False
        try:
            with Client(door, timeout=PATIENCE) as client:
                ready = all(each.state == "ready" for each in client.modems())
                gateways = client.gateways.list()
        except GsmdError:
            return False
        return ready and all(each.state == "running" and not each.troubles for each in gateways)

    def _listens(self, port: str) -> bool:
        with socket.socket() as door:
            return door.connect_ex(("127.0.0.1", int(port))) == 0

    # -- the simulator's prompt ---------------------------------------------------------------

    def _type(self, text: str) -> None:
        self._wait_for_those_begun()
        (process, log) = next(
            each for command, each in self._staying.items() if "gsmd simulate" in command
        )
        assert process.stdin is not None
        before = 0
        for line in text.splitlines():
            if (typed := line.removeprefix("simulator> ")) != line:
                before = len(log.read_text())
                process.stdin.write(typed + "\n")
                process.stdin.flush()
            else:
                self._until(lambda wanted=line: wanted in log.read_text()[before:], line)  # type: ignore[misc] # noqa: B023 -- used at once

    # -- waiting ------------------------------------------------------------------------------

    def _until(self, come: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE
        while not come():
            assert time.monotonic() < until, (what, self._logs())
            time.sleep(0.05)

    def received(self, *phones: str, world: str = "world") -> Iterator[str]:
        """What phones have received in all, once they have something each."""
        door = self.directory / world / "control.sock"
        for phone in phones:
            self._until(lambda wanted=phone: bool(asked(door, wanted)), f"{phone} gets something")  # type: ignore[misc]
            yield from asked(door, phone)

    def _logs(self) -> str:
        return "\n".join(log.read_text() for _, log in self._staying.values())


_PROGRAM = """\
#!{python}
import sys

if sys.argv[1:2] == ["setup"]:
    from gsmd.cli import knocking, setup_gateways

    knocking.BROKER, knocking.MAIL_SERVER = "127.0.0.1:{broker}", "127.0.0.1:{mail}"
    setup_gateways.PORTS = ({pages},)
from gsmd.cli import main

main()
"""


def write_program(path: Path, ports: Mapping[str, str]) -> None:
    """``gsmd``, which takes these for the usual ports of this machine: whatever else runs on it is not met."""
    path.write_text(
        _PROGRAM.format(
            python=sys.executable, broker=ports["1883"], mail=ports["25"], pages=ports["8090"]
        )
    )
    path.chmod(0o755)


def environment() -> dict[str, str]:
    """That of somebody who has set nothing for gsmd; what Python compiles is kept, as it is where gsmd is installed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GSMD_", "SSH_"))}
    if clean.pop("PYTHONDONTWRITEBYTECODE", ""):
        clean["PYTHONPYCACHEPREFIX"] = str(ROOT / "build" / "compiled")
    return {**clean, "PYTHONPATH": str(ROOT)}


def asked(door: Path, phone: str) -> list[str]:
    """What a phone has received, as the simulator at ``door`` says."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(str(door))
        sock.sendall(json.dumps({"do": "received", "phone": phone}).encode() + b"\n")
        with sock.makefile() as answer:
            told = json.loads(answer.readline())
    return [message["text"] for message in told["messages"]]
