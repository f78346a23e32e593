"""Regular expressions of a configuration, searched for in texts of strangers: in a process of their own, with an end.

Theory of operation. Python's engine holds the interpreter while it searches, and cannot be stopped: a text made for an expression
that repeats within a repetition would keep the whole process from everything else. So a small process is asked, which the
kernel ends after `SECONDS` of its processor's time; a busy machine changes nothing.
"""

import asyncio
import contextlib
import json
import logging
import signal
import sys
from collections.abc import Sequence

log = logging.getLogger(__name__)

SECONDS = 2
"""Processor time for the expressions in one text."""

_PATIENCE = 60.0

_PROGRAM = """
import json, re, signal, sys
seconds, expressions, content = json.load(sys.stdin)
signal.setitimer(signal.ITIMER_PROF, seconds)
found = {}
for each in expressions:
    match = re.search(each, content)
    if match:
        found.update((k, v) for k, v in match.groupdict().items() if v is not None)
json.dump(found, sys.stdout)
"""


async def groups_in(expressions: Sequence[str], content: str, what: str) -> dict[str, str]:
    """What the groups found; nothing, with a warning about ``what``, if that takes too long.

    Errors: `OSError`; `ChildProcessError`, one of these, if others ended the search: it is to be done again.
    """
    if not expressions:
        return {}
    answer = await _apart(json.dumps((SECONDS, expressions, content)).encode())
    if not answer:
        log.warning("%s: looking for values in %d characters takes too long", what, len(content))
    found: dict[str, str] = json.loads(answer or b"{}")
    return found


async def _apart(question: bytes) -> bytes:
    """The answer of a small process; nothing if it took too long. Errors: `OSError`; `ChildProcessError`, one of these, if others ended it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", "-c", _PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            answer, _ = await process.communicate(question)
    except TimeoutError:
        return b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode in (-signal.SIGINT, -signal.SIGTERM):  # as the daemon is, for one
        raise ChildProcessError("looking for values was ended from outside")
    return answer if process.returncode == 0 else b""
