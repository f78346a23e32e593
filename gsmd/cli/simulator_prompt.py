"""The prompt of ``gsmd simulate``: lines from standard input, answers, and what phones receive."""

import asyncio
import sys
import threading
from collections.abc import Sequence

import click

from gsmd.simulator import Phone, PhoneMessage, Simulation
from gsmd.simulator.prompt import respond
from gsmd.simulator.verbs import VERBS

_PROMPT = "simulator> "
_LEAVE = ("quit", "exit")


class Prompt:
    """Reads standard input in a thread of its own: it may be a terminal, a pipe, a file or nothing.

    At a terminal its end is the simulator's; elsewhere the simulator goes on without it.
    """

    def __init__(self, simulation: Simulation, stop: asyncio.Event) -> None:
        self._simulation = simulation
        self._stop = stop
        self._interactive = sys.stdin is not None and sys.stdin.isatty()
        self._typing = False
        self._answered = threading.Event()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        simulation.network.listeners.append(self._show_message)

    async def run(self) -> None:
        """Carry out what is typed, until there is no more."""
        threading.Thread(target=self._read, name="prompt", daemon=True).start()
        while (line := await self._lines.get()) is not None:
            if line.strip() in _LEAVE:
                self._stop.set()
                return
            answer = await respond(self._simulation, line)
            if answer:
                click.echo(answer)
            self._answered.set()
        if self._interactive:
            click.echo()
            self._stop.set()

    def _read(self) -> None:
        if self._interactive:
            _complete_with(sorted([*VERBS, *_LEAVE]))
        while True:
            try:
                self._typing = self._interactive
                line = input(_PROMPT if self._interactive else "")
            except (EOFError, OSError, RuntimeError, UnicodeDecodeError):
                self._post(None)
                return
            finally:
                self._typing = False
            self._answered.clear()
            self._post(line)
            self._answered.wait()

    def _post(self, line: str | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
        except RuntimeError:
            return  # the simulator has ended meanwhile

    def _show_message(self, phone: Phone, message: PhoneMessage) -> None:
        """Say what a phone has received, above the line that is being typed."""
        content = message.text if message.text is not None else (message.data or b"").hex()
        got = click.style(f"{phone.number} got", fg="magenta", bold=True)
        shown = f"{got} from {message.originator}: {content}\n"
        if self._typing:
            shown = f"\r\x1b[K{shown}{_PROMPT}{_typed()}"
        click.echo(shown, nl=False)


def _typed() -> str:
    """The line that is being typed."""
    try:
        import readline
    except ImportError:
        return ""
    return readline.get_line_buffer()


def _complete_with(words: Sequence[str]) -> None:
    """History, and completion of verbs, where Python has readline."""
    try:
        import readline
    except ImportError:
        return
    readline.set_completer(
        lambda text, state: next(
            iter([f"{word} " for word in words if word.startswith(text)][state:]), None
        )
    )
    readline.parse_and_bind("tab: complete")
