"""A virtual machine: QEMU, what can be plugged into it, and commands in it by the guest agent."""

import base64
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from image import Image

ACCELERATION = os.environ.get("GSMD_VM_ACCEL", "tcg,thread=multi")
"""Software emulation is everywhere; with `kvm` it is ten times as fast."""

_BOOT = 900.0
"""Seconds until the guest agent answers."""

PATIENCE = 300.0
"""Seconds after which a command in the guest is taken to hang: software emulation on a busy machine."""


class Failed(Exception):
    """A command in the guest ended otherwise than it should."""


class Machine:
    """Use it as a context: it runs inside. ``packages`` is a disk, at /mnt/packages in the guest."""

    def __init__(self, image: Image, packages: Path, directory: Path) -> None:
        self._image = image
        self._packages = packages
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._monitor: _Lines | None = None
        self._agent: _Lines | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["nice", "-n5", "qemu-system-x86_64", *self._arguments()], stdin=subprocess.DEVNULL
        )
        try:
            self._monitor = _Lines(self._directory / "monitor")
            self._monitor.receive(10)  # its greeting
            self.monitor("qmp_capabilities")
            self._agent = _Lines(self._directory / "agent")
            self._agent.synchronise(_BOOT)
            self.run("systemctl is-system-running --wait || systemctl --failed", timeout=_BOOT)
            self.run("mount -o ro /dev/vdb /mnt/packages")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._end()

    def monitor(self, command: str, **arguments: Any) -> None:
        """Ask QEMU for something; what it tells meanwhile is dropped. Errors: `Failed`."""
        assert self._monitor is not None
        self._monitor.send({"execute": command, "arguments": arguments})
        while "event" in (answer := self._monitor.receive(30)):
            pass
        if "error" in answer:
            raise Failed(f"{command}: {answer['error']['desc']}")

    def monitor_soon(self, command: str, **arguments: Any) -> None:
        """The same once QEMU is able to, within 10 s. Errors: `Failed`."""
        until = time.monotonic() + 10
        while True:
            try:
                return self.monitor(command, **arguments)
            except Failed:
                if time.monotonic() > until:
                    raise
            time.sleep(0.1)

    def run(self, command: str, *, timeout: float = PATIENCE, check: bool = True) -> str:
        """The output of a shell command in the guest. Errors: `Failed` if it does not end with 0."""
        pid = self._ask(
            "guest-exec",
            path="/bin/sh",
            arg=["-c", f"exec 2>&1; {command}"],
            **{"capture-output": True},
        )["pid"]
        until = time.monotonic() + timeout
        while not (status := self._ask("guest-exec-status", pid=pid))["exited"]:
            if time.monotonic() > until:
                raise Failed(f"{command}\nstill runs after {timeout:g} s")
            time.sleep(0.1)
        said = base64.b64decode(status.get("out-data", "")).decode(errors="replace")
        if check and status.get("exitcode") != 0:
            raise Failed(f"{command}\nends with {status.get('exitcode')}:\n{said}")
        return said

    def wait(self, words: str, command: str, *, timeout: float = PATIENCE) -> str:
        """Run a command until it prints these words; what it prints then. Errors: `Failed`."""
        until = time.monotonic() + timeout
        while words not in (said := self.run(command, check=False)):
            if time.monotonic() > until:
                raise Failed(f"{command}\nnever says {words!r}:\n{said}")
        return said

    def write(self, path: str, text: str) -> None:
        """Make a file in the guest."""
        coded = base64.b64encode(text.encode()).decode()
        self.run(f"echo {coded} | base64 -d > {path}")

    def _ask(self, command: str, **arguments: Any) -> Any:
        assert self._agent is not None
        self._agent.send({"execute": command, "arguments": arguments})
        answer = self._agent.receive(60)
        if "error" in answer:
            raise Failed(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def _arguments(self) -> list[str]:
        image, here = self._image, self._directory
        disks = [(image.disk, "on"), (self._packages, "off")]
        return [
            *("-accel", ACCELERATION, "-cpu", "max", "-m", "768", "-smp", "1"),
            *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"),
            *("-kernel", str(image.kernel), "-initrd", str(image.initrd)),
            *("-append", "root=/dev/vda rw console=ttyS0 quiet"),
            *("-serial", f"file:{here / 'console'}"),
            *("-qmp", f"unix:{here / 'monitor'},server=on,wait=off"),
            *(
                word
                for path, snapshot in disks
                for word in ("-drive", f"file={path},format=raw,if=virtio,snapshot={snapshot}")
            ),
            *("-device", "virtio-serial", "-device", "qemu-xhci,id=usb"),
            *("-chardev", f"socket,id=agent,path={here / 'agent'},server=on,wait=off"),
            *("-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"),
            # the cable of a modem that the guest plugs into itself
            *("-chardev", f"serial,id=cable,path={here / 'modems/modem2'}"),
            *("-device", "virtserialport,chardev=cable,name=cable"),
        ]

    def _end(self) -> None:
        for line in (self._monitor, self._agent):
            if line is not None:
                line.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


class _Lines:
    """JSON lines over one of QEMU's sockets."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        until = time.monotonic() + 10
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.05)
        self._socket.connect(str(path))
        self._buffer = b""

    def send(self, request: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(request).encode() + b"\n")

    def receive(self, timeout: float) -> dict[str, Any]:
        self._socket.settimeout(timeout)
        while b"\n" not in self._buffer:
            self._buffer += self._socket.recv(65_536)
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(line.strip(b"\xff"))
        return answer

    def synchronise(self, timeout: float) -> None:
        """Wait until somebody answers at the other end."""
        until = time.monotonic() + timeout
        self.send({"execute": "guest-sync", "arguments": {"id": 1}})
        while time.monotonic() < until:
            if self.receive(max(1.0, until - time.monotonic())).get("return") == 1:
                return

    def close(self) -> None:
        self._socket.close()
