"""A modem that says what a test tells it to: a table from command to answer, on a pty."""

import asyncio
import os
import tty
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

Answer = str | Callable[[], str | None] | None
"""All that stands between a command and the end of its reply; None: silence."""


class Verbatim(str):
    """An answer that is written as it is, without a line end before it: an echo."""

    __slots__ = ()


PROMPT = "\r\n> "
PAYLOAD = "payload"
"""The key for what is answered to any payload."""
ESCAPE = "escape"

BASIC: dict[str, Answer] = {
    "AT": "OK",
    "ATE0V1": "OK",
    "AT+CMEE=1": "OK",
    "AT+CGMI": "ACME\r\n\r\nOK",
    "AT+CGMM": "Roadrunner 1\r\n\r\nOK",
    "AT+CGSN": "490154203237518\r\n\r\nOK",
    "AT+CGMR": "1.0\r\n\r\nOK",
    "AT+CFUN?": "+CFUN: 1\r\n\r\nOK",
    "AT+CPIN?": "+CPIN: READY\r\n\r\nOK",
    "AT+CMGF=0": "OK",
    "AT+CSMS=1": "+CSMS: 1,1,1\r\n\r\nOK",
    "AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")\r\n\r\nOK',
    'AT+CPMS="SM","SM","SM"': "+CPMS: 0,3,0,3,0,3\r\n\r\nOK",
    'AT+CPMS="SM"': "+CPMS: 0,3,0,3,0,3\r\n\r\nOK",
    'AT+CPMS="ME"': "+CPMS: 0,2,0,3,0,3\r\n\r\nOK",
    "AT+CPMS?": '+CPMS: "SM",0,3,"SM",0,3,"SM",0,3\r\n\r\nOK',
    "AT+CNMI=?": "+CNMI: (0-3),(0-3),(0,2),(0-2),(0,1)\r\n\r\nOK",
    "AT+CNMI=2,1,0,1,0": "OK",
    "AT+CNMI?": "+CNMI: 2,1,0,1,0\r\n\r\nOK",
    "AT+CIMI": "208011234567890\r\n\r\nOK",
    "AT+CREG=1": "OK",
    "AT+CREG?": "+CREG: 1,1\r\n\r\nOK",
    "AT+CSQ": "+CSQ: 20,99\r\n\r\nOK",
    "AT+CMGL=4": "OK",
    "AT+COPS=3,0": "OK",
    "AT+COPS?": '+COPS: 0,0,"Testnet",2\r\n\r\nOK',
}
"""A modem with a SIM in order. What is in no table is answered ERROR."""

MARKS: dict[str, str] = {
    "AT+CMEE?": "+CMEE: 1\r\n\r\nOK",
    "AT+CMGF?": "+CMGF: 0\r\n\r\nOK",
    "AT+CSMS?": "+CSMS: 1,1,1,1\r\n\r\nOK",
}
"""What the driver asks to find its place."""

DEAF: dict[str, Answer] = dict.fromkeys(MARKS)
"""A modem that does not answer."""

BASIC.update(MARKS)

DETAILS_END = "AT+COPS?"
"""The last thing that the driver asks by itself after it became ready."""


class ScriptedModem:
    """Answers from ``answers``. ``heard`` is every command line, payload and escape.

    ``path`` is where to open it; ``link`` is a symbolic link kept pointing at it.
    """

    def __init__(
        self, answers: Mapping[str, Answer] | None = None, *, link: Path | None = None
    ) -> None:
        self.answers: dict[str, Answer] = {**BASIC, **(answers or {})}
        self.heard: list[str] = []
        self.path = ""
        self.link = link
        self._master = self._slave = -1
        self._buffer = b""
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.plug_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.unplug()

    def plug_in(self) -> None:
        """Make a port, with another name than before."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._readable)
        if self.link is not None:
            temporary = self.link.with_suffix(".new")
            temporary.symlink_to(self.path)
            temporary.replace(self.link)

    def unplug(self) -> None:
        """Take the port away."""
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1
        self._buffer = b""
        if self.link is not None:
            self.link.unlink(missing_ok=True)

    def say(self, text: str) -> None:
        """Write ``text`` as it is."""
        if self._master >= 0:
            os.write(self._master, text.encode("latin-1"))

    def notice(self, *lines: str) -> None:
        """Write lines as a modem frames them."""
        self.say("".join(f"\r\n{line}\r\n" for line in lines))

    def later(self, seconds: float, text: str) -> None:
        """Write ``text`` after that time."""
        asyncio.get_running_loop().call_later(seconds, self.say, text)

    def count(self, line: str) -> int:
        """How often ``line`` was said to it."""
        return self.heard.count(line)

    def marks(self) -> int:
        """How often the driver sought its place."""
        return sum(map(self.count, MARKS))

    async def hears(self, line: str, times: int = 1) -> None:
        """Wait until ``line`` was said that often."""
        while self.count(line) < times:
            self._news.clear()
            await self._news.wait()

    def _readable(self) -> None:
        try:
            self._buffer += os.read(self._master, 4096)
        except OSError:
            return
        while ends := [at for at in map(self._buffer.find, (b"\r", b"\x1a", b"\x1b")) if at >= 0]:
            at = min(ends) + 1
            raw, self._buffer = self._buffer[:at], self._buffer[at:]
            self._handle(raw.decode("latin-1"))

    def _handle(self, raw: str) -> None:
        line, key = raw.strip("\r\n\x1a"), raw.strip("\r\n")
        if raw.endswith("\x1b"):
            line = key = ESCAPE
        elif raw.endswith("\x1a"):
            key = PAYLOAD
        self.heard.append(line)
        answer = self.answers.get(key, None if key == ESCAPE else "ERROR")
        if callable(answer):
            answer = answer()
        if answer is not None:
            framed = isinstance(answer, Verbatim) or answer.startswith("\r\n")
            self.say(answer if framed else f"\r\n{answer}\r\n")
        self._news.set()


def in_turn(*answers: str | None) -> Callable[[], str | None]:
    """The first answer at the first time, and so on; the last one for ever."""
    left = list(answers)

    def answer() -> str | None:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer
