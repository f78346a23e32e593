"""The modem's ear: echo, line editing, ``A/``, and the text after a prompt (ITU-T V.250 §5.2)."""

from collections.abc import Callable

from gsmd.simulator.settings import Settings
from gsmd.simulator.wire import Wire

CTRL_Z = 0x1A
ESCAPE = 0x1B
_END_OF_TEXT = (CTRL_Z, ESCAPE)


class Terminal:
    """Turns the bytes from the computer into command lines and message texts.

    ``on_line`` gets a whole line without its end. While ``busy`` says that a command is under
    way, what comes in waits, unless ``abort`` takes it as the wish to end that command
    (V.250 §5.6.1).
    """

    def __init__(
        self,
        settings: Settings,
        wire: Wire,
        *,
        on_line: Callable[[str], None],
        busy: Callable[[], bool],
        abort: Callable[[], bool],
    ) -> None:
        self.settings = settings
        self._wire = wire
        self._on_line = on_line
        self._busy = busy
        self._abort = abort
        self._pending = bytearray()
        self._line = bytearray()
        self._text = bytearray()
        self._on_text: Callable[[bytes | None], None] | None = None
        self._text_lines = False
        self._last = ""
        self._proceeding = False

    @property
    def prompting(self) -> bool:
        """True if the modem waits for a text."""
        return self._on_text is not None

    def feed(self, data: bytes) -> None:
        """Take what the computer wrote."""
        self._pending += data
        if self._busy() and any(byte >= 0x20 for byte in data) and self._abort():
            self._pending.clear()
        self.proceed()

    def proceed(self) -> None:
        """Work through what has come in, as far as possible."""
        if self._proceeding:
            return  # a command that ended at once: the loop below is at work
        self._proceeding = True
        try:
            while self._pending and not self._busy():
                if self._on_text is None:
                    self._take_line()
                elif not self._take_text(self._on_text):
                    return
        finally:
            self._proceeding = False

    def ask(self, on_text: Callable[[bytes | None], None], *, lines: bool) -> None:
        """Take what follows as a text, up to Ctrl-Z; ``on_text`` gets None when ESC ends it.

        With ``lines`` every carriage return is answered with a new prompt (text mode).
        """
        self._on_text = on_text
        self._text_lines = lines
        self._text.clear()

    def reset(self, settings: Settings) -> None:
        """Forget everything, as after a restart."""
        self.settings = settings
        self._pending.clear()
        self._line.clear()
        self._text.clear()
        self._on_text = None

    def _take_line(self) -> None:
        end = self._pending.find(self.settings.carriage_return)
        length = len(self._pending) if end < 0 else end + 1
        chunk = bytes(self._pending[:length])
        repeat = chunk.find(b"/")
        if repeat >= 0 and self._is_repeat(chunk[: repeat + 1]):
            chunk = chunk[: repeat + 1]
            end = -1
        else:
            repeat = -1
        del self._pending[: len(chunk)]
        if self.settings.echo:
            self._wire.echo(chunk)
        self._line += chunk if end < 0 else chunk[:-1]
        if end >= 0 or repeat >= 0:
            self._end_line()

    def _is_repeat(self, chunk: bytes) -> bool:
        return self._edited(self._line + chunk).lower() == "a/"

    def _end_line(self) -> None:
        line = self._edited(self._line)
        self._line.clear()
        if line.lower() == "a/":
            self._on_line(self._last)
            return
        self._last = line
        self._on_line(line)

    def _edited(self, raw: bytes | bytearray) -> str:
        """The line with S5 applied and control characters dropped (V.250 §5.2.2)."""
        if raw.isascii() and raw.decode("ascii").isprintable():
            return raw.decode("ascii")
        line = bytearray()
        for byte in raw:
            if byte == self.settings.backspace:
                del line[-1:]
            elif byte >= 0x20:
                line.append(byte)
        return line.decode("latin-1")

    def _take_text(self, on_text: Callable[[bytes | None], None]) -> bool:
        """Take one piece of a text; False when more must come first."""
        ends = [at for at in map(self._pending.find, map(_byte, _END_OF_TEXT)) if at >= 0]
        line_end = self._pending.find(self.settings.carriage_return) if self._text_lines else -1
        if line_end >= 0 and (not ends or line_end < min(ends)):
            self._collect(line_end + 1)
            self._wire.prompt(b"\r\n> ")
            return True
        if not ends:
            self._collect(len(self._pending))
            return False
        self._collect(min(ends))
        terminator = self._pending[0]
        del self._pending[:1]
        self._on_text = None
        on_text(self._entered() if terminator == CTRL_Z else None)
        return True

    def _collect(self, length: int) -> None:
        chunk = bytes(self._pending[:length])
        del self._pending[:length]
        if self.settings.echo:
            self._wire.echo(chunk)
        self._text += chunk

    def _entered(self) -> bytes:
        text = bytearray()
        for byte in self._text:
            if byte == self.settings.backspace:
                del text[-1:]
            else:
                text.append(byte)
        # the line feed of a computer that ends its command lines with both
        return bytes(text[1:] if text[:1] == b"\n" else text)


def _byte(value: int) -> bytes:
    return bytes((value,))
