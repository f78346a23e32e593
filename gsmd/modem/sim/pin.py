"""The SIM's PIN: given once, never when it could be the last try, and never a PUK.

What was refused is remembered, if there is a directory for it also across restarts: a daemon
that is started again and again would otherwise burn all three tries.
"""

import json
import logging
import os
import re
from pathlib import Path

from gsmd.at import AtError, Command
from gsmd.modem.errors import PinRefused
from gsmd.modem.link import commands
from gsmd.modem.link.line import Line
from gsmd.modem.quirks.profile import Profile

log = logging.getLogger(__name__)


class PinMemory:
    """A PIN file that was tried on a SIM without success: its path and time stamp, never its content.

    ``path`` None: only as long as the process lives.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._tried: dict[str, str] = _load(path)

    def may_try(self, sim: str, pin_file: Path) -> bool:
        """True if the PIN in ``pin_file``, as the file is now, has not been refused by ``sim``."""
        return self._tried.get(sim) != _mark(pin_file)

    def trying(self, sim: str, pin_file: Path) -> None:
        """Remember it before it is given: a crash in between must not cost a second try."""
        self._tried[sim] = _mark(pin_file)
        self._save()

    def worked(self, sim: str) -> None:
        """It was accepted: it may be given again after the next power cut."""
        if self._tried.pop(sim, None) is not None:
            self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        temporary = self._path.with_suffix(".new")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(self._tried, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)


async def unlock(line: Line, profile: Profile, memory: PinMemory, sim: str, pin_file: Path) -> None:
    """Give the PIN in ``pin_file`` to a SIM that asks for it. Errors: `PinRefused` with the reason."""
    try:
        pin = read_pin(pin_file)
    except OSError as error:
        raise PinRefused(f"cannot read {pin_file}: {error.strerror}") from error
    if not memory.may_try(sim, pin_file):
        raise PinRefused(
            f"the SIM refused the PIN in {pin_file}; change the file or unlock by hand"
        )
    tries = await tries_left(line, profile)
    if tries is not None and tries <= 1:
        raise PinRefused(f"only {tries} try left for the PIN: unlock by hand")
    memory.trying(sim, pin_file)
    await give(line, pin)
    memory.worked(sim)


async def give(line: Line, pin: str) -> None:
    """Enter ``pin`` once. Errors: `PinRefused`."""
    if re.fullmatch(r"[0-9]{4,8}", pin) is None:
        raise PinRefused("a PIN has 4 to 8 digits")
    try:
        await commands.enter_pin(line, pin, line.timeouts.slow)
    except AtError as error:
        raise PinRefused(f"the SIM refused the PIN: {error.text}") from error


async def tries_left(line: Line, profile: Profile) -> int | None:
    """The number of tries that the PIN has left, None if the modem cannot say."""
    for question in profile.pin_tries:
        try:
            reply = await line.run(Command(f"AT{question.command}", raw=True))
        except AtError:
            continue
        for answer in reply.lines:
            found = re.search(question.pattern, answer)
            if found is not None:
                return int(found.group(1))
    return None


def from_file(pin_file: Path | None) -> str:
    """The PIN in the configured file. Errors: `PinRefused` if there is none, or it cannot be read."""
    if pin_file is None:
        raise PinRefused("no PIN was given, and no pin_file is configured")
    try:
        return read_pin(pin_file)
    except OSError as error:
        raise PinRefused(f"cannot read {pin_file}: {error.strerror}") from error


def read_pin(pin_file: Path) -> str:
    """The PIN in ``pin_file``, without the line end. Errors: `OSError`."""
    return pin_file.read_text(encoding="ascii", errors="replace").strip()


def _mark(pin_file: Path) -> str:
    return f"{pin_file}@{pin_file.stat().st_mtime_ns}"


def _load(path: Path | None) -> dict[str, str]:
    if path is None or not path.exists():
        return {}
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        log.warning("cannot read %s: %s", path, error)
        return {}
    return {str(sim): str(mark) for sim, mark in loaded.items()} if isinstance(loaded, dict) else {}
