"""Octets into lines and prompts, however they are cut into pieces.

Either of CR and LF ends a line (a modem's S3 and S4 may be anything, ITU-T V.250 §6.2.1 and
§6.2.2), and octets that no modem means to send are dropped: NUL and 0xFF come from level
shifters and resets, XON and XOFF from flow control, Ctrl-Z and ESC from echo.
"""

from collections.abc import Iterator

from gsmd.patterns import pattern

NOISE = b"\x00\x08\x11\x13\x1a\x1b\xff"
_LINE_END = pattern(rb"[\r\n]")
LONGEST_LINE = 8192
"""No modem says more in one line; what is longer is noise and is cut."""

PROMPT = ">"

_FRAME = 2
"""Line ends before a line that is framed by them: CR LF text CR LF (V.250 §5.7.1)."""


class LineReader:
    """Collects octets; hands out lines without their ends, and prompts.

    A prompt has no line end: it is a ``>`` at the beginning of a line. ``verbatim`` is set by
    the reader of the lines, also between two of them: a ``>`` is text then. ``framed``: an empty
    line stood before the line that was handed out last, as before a modem's own lines; an echo
    begins where the modem happened to be.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._blank = 0
        self.verbatim = False
        self.framed = False

    def feed(self, data: bytes) -> Iterator[str]:
        """Every line that ``data`` completes, and `PROMPT` for each prompt. Blank lines are left out."""
        *complete, rest = _LINE_END.split(self._rest + data.translate(None, NOISE))
        self._rest = b""
        for raw in complete:
            yield from self._line(raw)
        self._rest = rest
        while not self.verbatim and self._rest.lstrip()[:1] == b">":
            self._rest = self._rest.lstrip()[1:]
            yield PROMPT
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""

    def _line(self, raw: bytes) -> Iterator[str]:
        raw = raw.strip()
        while not self.verbatim and raw.startswith(b">"):
            yield PROMPT
            raw = raw[1:].strip()
        if raw:
            self.framed, self._blank = self._blank >= _FRAME, 0
            yield raw.decode("latin-1")
        else:
            self._blank += 1

    def take_rest(self) -> str:
        """The unfinished line so far, given up: it is noise or will never end."""
        rest, self._rest = self._rest, b""
        return rest.decode("latin-1")

    @property
    def rest(self) -> str:
        """The unfinished line so far."""
        return self._rest.decode("latin-1")
