"""A modem that knows next to nothing, written apart from gsmd.simulator: what one has in common with
the driver by chance, the other has not.
"""

import asyncio
import os
import re
import tty
from collections import deque
from dataclasses import dataclass, field
from typing import Self

_SUBMISSION = 0.3  # seconds


@dataclass
class PlainModem:
    """One command a line, and only a handful of them; every other is an ERROR.

    ``garbage_answered``: a line that begins with ESC is an ERROR too, else there is no answer.
    ``pause``: seconds between two octets it writes. ``spoils``: so many frames it tells are damaged
    on the way. ``awaited``: it stands at the prompt, for a TPDU of so many octets. ``taken`` is what
    went out, ``slots`` what is stored, by index from 0.
    """

    storage: str = "SM"
    garbage_answered: bool = True
    storage_told: bool = True
    alpha: bool = False
    pause: float = 0.0
    spoils: int = 0
    awaited: int | None = None
    slots: dict[int, tuple[int, str]] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    path: str = ""

    async def __aenter__(self) -> Self:
        self._echo, self._pdu_mode, self._announces = True, False, False
        self._typed, self._waiting = b"", b""
        self._busy = False
        self._unsaid: deque[int] = deque()
        self._loop = asyncio.get_running_loop()
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._loop.add_reader(self._master, self._read)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._loop.remove_reader(self._master)
        self._unsaid.clear()
        os.close(self._master)
        os.close(self._slave)
        self._master = -1

    def arrive(self, frame: str) -> None:
        """The network brings a message."""
        index = next(number for number in range(1000) if number not in self.slots)
        self.slots[index] = (0, frame)
        if self._announces:
            self._say(f'+CMTI: "{self.storage}",{index}')

    def _read(self) -> None:
        self._waiting += os.read(self._master, 4096)
        while self._waiting and not self._busy:
            octet, self._waiting = self._waiting[:1], self._waiting[1:]
            if self._echo:
                self._write(octet)
            self._take(octet)

    def _take(self, octet: bytes) -> None:
        if self.awaited is not None and octet in {b"\x1a", b"\x1b"}:
            text, self._typed = self._typed.decode().strip(), b""
            if octet == b"\x1a":
                self._submit(text)
            self.awaited = None
        elif self.awaited is None and octet == b"\r":
            line, self._typed = self._typed.decode("latin-1").strip("\r\n "), b""
            if line:
                self.heard.append(line)
                self._answer(line)
        else:
            self._typed += octet

    def _answer(self, line: str) -> None:
        if line.startswith("\x1b"):
            answer = ["ERROR"] if self.garbage_answered else []
        elif (sending := re.fullmatch(r"AT\+CMGS=(\d+)", line)) and self._pdu_mode:
            self.awaited = int(sending[1])
            self._write(b"\r\n> ")
            return
        else:
            answer = self._command(line)
        if answer:
            self._say(*answer)

    def _command(self, line: str) -> list[str]:
        storage = f'"{self.storage}",{len(self.slots)},30'
        match line.split("=" if "=" in line else "?"):
            case ["AT"]:
                pass
            case ["ATE0"]:
                self._echo = False
            case ["AT+CMGF", "0" | "1" as mode]:
                self._pdu_mode = mode == "0"
            case ["AT+CPMS", ""] if self.storage_told and line.endswith("?"):
                return [f"+CPMS: {storage},{storage},{storage}", "OK"]
            case ["AT+CPMS", names] if {*names.split(",")} == {f'"{self.storage}"'}:
                return [f"+CPMS: {len(self.slots)},30", "OK"]
            case ["AT+CNMI", "1,1"]:
                self._announces = True
            case ["AT+CMGL", "4"] if self._pdu_mode:
                lines = [self._told(f"+CMGL: {index},", index) for index in sorted(self.slots)]
                return [*lines, "OK"]
            case ["AT+CMGR", index] if self._pdu_mode and int(index) in self.slots:
                return [self._told("+CMGR: ", int(index)), "OK"]
            case ["AT+CMGD", index] if index.isdigit():
                self.slots.pop(int(index), None)
            case _:
                return ["ERROR"]
        return ["OK"]

    def _told(self, begins: str, index: int) -> str:
        status, frame = self.slots[index]
        self.slots[index] = (1, frame)
        header = f"{begins}{status},{'Mum,' if self.alpha else ','}{_octets(frame)}"
        if self.spoils:
            self.spoils -= 1
            frame = frame[:10] + frame[11:]
        return f"{header}\r\n{frame}"

    def _submit(self, frame: str) -> None:
        right = self.awaited == _octets(frame)
        self._busy = True
        self._loop.call_later(_SUBMISSION, self._submitted, frame if right else None)

    def _submitted(self, frame: str | None) -> None:
        if self._master < 0:
            return
        self._busy = False
        if frame is None:
            self._say("ERROR")
        else:
            self.taken.append(frame)
            self._say(f"+CMGS: {len(self.taken)}", "OK")

    def _say(self, *lines: str) -> None:
        self._write("".join(f"\r\n{line}\r\n" for line in lines).encode())

    def _write(self, data: bytes) -> None:
        if not self.pause:
            os.write(self._master, data)
            return
        idle = not self._unsaid
        self._unsaid.extend(data)
        if idle:
            self._drip()

    def _drip(self) -> None:
        if self._unsaid:
            os.write(self._master, bytes([self._unsaid[0]]))
            self._loop.call_later(self.pause, self._dripped)

    def _dripped(self) -> None:
        if self._unsaid:
            self._unsaid.popleft()
            self._drip()


def _octets(frame: str) -> int:
    """The length of the TPDU in a frame."""
    return len(frame) // 2 - 1 - int(frame[:2], 16)
