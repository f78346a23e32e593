"""A search for a pattern that may take for ever: in a process of its own, which ends when it has taken too long.

Theory of operation. Python's engine holds the interpreter while it searches, and cannot be stopped: one text made for
it, and a pattern that repeats within a repetition, would keep the whole daemon from its modems. So `search` asks a
small process, which is started when the first one asks and lives as long as the daemon (its standard input ends
then). It gets a line of JSON, pattern and text, and answers with one octet. Before each search it has the kernel end
it after `SECONDS` of its processor's time, so that a busy machine changes nothing; then the text is taken not to hold
the pattern, the log says so, and the next one who asks starts another process. One that somebody else ended, a Ctrl-C
or a service manager that stops all processes, says nothing of the text: it is searched once more, in another.
"""

import atexit
import json
import logging
import select
import signal
import subprocess
import sys
import threading

logger = logging.getLogger(__name__)

SECONDS = 0.5
"""Processor time that one search may take."""

_PATIENCE = 30_000
"""Milliseconds until a process that says nothing is taken to be dead."""

_PROGRAM = """
import json, re, signal, sys
for line in sys.stdin:
    seconds, pattern, text = json.loads(line)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    found = re.search(pattern, text)
    signal.setitimer(signal.ITIMER_PROF, 0)
    sys.stdout.write("y" if found else "n")
    sys.stdout.flush()
"""


class BoundedSearch:
    """Searches in a process, one text at a time."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._asking = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, pattern: str, text: str) -> bool:
        """True if a pattern is somewhere in a text. False, with a warning, if that takes too long to say."""
        with self._asking:
            line = json.dumps((self._seconds, pattern, text)).encode() + b"\n"
            answer = self._ask(line)
            if not answer and not self._took_too_long():
                answer = self._ask(line)
            if not answer:
                self._end()
        if not answer:
            words = "searching %d characters for the regex %r takes too long: taken as not found"
            logger.warning(words, len(text), pattern)
        return answer == b"y"

    def close(self) -> None:
        """End the process; the next search starts another."""
        with self._asking:
            self._end()

    def _took_too_long(self) -> bool:
        """End the process that gave no answer. False if its time was not over: somebody else had ended it."""
        process = self._process
        self._end()
        return process is not None and process.returncode in (-signal.SIGPROF, -signal.SIGKILL)

    def _ask(self, line: bytes) -> bytes:
        """The answer; nothing if the process died over it, or cannot be started."""
        if self._process is not None and self._process.poll() is not None:
            self._end()
        try:
            process = self._process = self._process or self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(line)
            waiting = select.poll()
            waiting.register(process.stdout, select.POLLIN)
            return process.stdout.read(1) if waiting.poll(_PATIENCE) else b""
        except OSError as error:
            logger.warning("no process for searching texts: %s", error)
            return b""

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 -- our own words alone
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={},
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


search = BoundedSearch()
atexit.register(search.close)
