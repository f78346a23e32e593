"""The place of a modem: by path, by USB id and interface, by IMEI or ICCID; looked up at every opening.

While it is absent nothing is polled: the kernel tells when a directory on the way to it changes.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gsmd.config import Match, ModemConfig
from gsmd.modem.errors import ModemError
from gsmd.modem.port.port import off_loop
from gsmd.modem.port.port_users import port_users
from gsmd.modem.port.sysfs import SerialDevice, serial_devices
from gsmd.modem.probe import QUICK, Identity, identify
from gsmd.modem.timeouts import Timeouts

if TYPE_CHECKING:
    from gsmd.modem.port.inotify import DirectoryWatch

log = logging.getLogger(__name__)

_FIRST_LOOK, _LAST_LOOK = 2.0, 60.0
"""Seconds until a port that was silent, or in use, is asked again: a modem starts for long."""

Devices = Callable[[], Sequence[SerialDevice]]


class Finder:
    """Finds the port of one modem. ``devices`` lists the serial ports of the machine."""

    def __init__(
        self,
        config: ModemConfig,
        timeouts: Timeouts,
        devices: Devices = serial_devices,
        root: Path = Path("/dev"),
    ) -> None:
        self._config = config
        self._timeouts = timeouts
        self._devices = devices
        self._root = root
        self._strangers: dict[str, float] = {}
        self._last: str | None = None
        self._undecided = False
        self._patience = _FIRST_LOOK

    @property
    def sought(self) -> str:
        """The port that is looked for, in words for people."""
        match = self._config.match
        return self._config.port or "" if match is None else _words(match)

    @property
    def asks(self) -> bool:
        """True if every port has to be asked who it is, which takes seconds for each that is silent."""
        match = self._config.match
        return match is not None and (match.imei is not None or match.iccid is not None)

    async def find(self) -> str | None:
        """The path of the modem's port, None while it is not there."""
        match = self._config.match
        if match is None:
            port = self._config.port or ""
            return port if _is_there(port) else None
        candidates = [each for each in await off_loop(self._devices) if _fits(each, match)]
        if match.imei is None and match.iccid is None:
            return candidates[0].path if candidates else None
        return await self._ask_each(match, [each.path for each in candidates])

    async def appearance(self) -> str | None:
        """Wait until something changes on the way to the modem; its path, None if it was not that."""
        from gsmd.modem.port.inotify import DirectoryWatch  # ctypes, only for a port that is away

        try:
            with DirectoryWatch() as watch:
                watch.watch(self._on_the_way())
                # it may have come between the look and the watch
                while (path := await self.find()) is None:
                    await self._something_new(watch)
                    watch.watch(self._on_the_way())
                return path
        except OSError as error:
            log.info("no inotify (%s): looking every %g s", error, self._timeouts.hot_plug_poll)
            await asyncio.sleep(self._timeouts.hot_plug_poll)
            return await self.find()

    async def _something_new(self, watch: "DirectoryWatch") -> None:
        """Until there is a reason to look again: also for ports that were silent, or in use."""
        if not self._undecided:
            await watch.changed()
            return
        try:
            async with asyncio.timeout(self._patience):
                await watch.changed()
            self._patience = _FIRST_LOOK
        except TimeoutError:
            self._patience = min(self._patience * 2, _LAST_LOOK)

    def _on_the_way(self) -> Iterable[Path]:
        if self._config.port is not None:
            return directories_to(Path(self._config.port))
        return [self._root]

    async def _ask_each(self, match: Match, paths: list[str]) -> str | None:
        """The first port whose modem is the one; ports that somebody holds are not touched."""
        paths.sort(key=lambda path: path != self._last)
        appeared = {path: _appeared(path) for path in paths}
        self._strangers = {
            path: at for path, at in self._strangers.items() if appeared.get(path) == at
        }
        self._undecided = False
        for path in paths:
            if path in self._strangers:
                continue
            identity = await self._ask(path, sim=match.iccid is not None)
            if identity is None:
                self._undecided = True
            elif _is(identity, match):
                self._last = path
                return path
            else:
                self._strangers[path] = appeared[path]
        return None

    async def _ask(self, path: str, *, sim: bool) -> Identity | None:
        if await off_loop(partial(port_users, path)):
            return None
        try:
            return await identify(path, self._config.baudrate, QUICK, sim=sim)
        except ModemError as error:
            log.debug("%s: %s", path, error.reason)
            return None


def directories_to(path: Path) -> list[Path]:
    """The directories to watch for ``path`` to appear: its own, or the nearest above that exists.

    Of a symbolic link also the way to what it points at.
    """
    found = [_nearest(path.parent)]
    if path.is_symlink():
        target = path.parent / path.readlink()
        found.append(_nearest(target.parent))
    return found


def _is_there(port: str) -> bool:
    try:
        return port != "" and Path(port).exists()
    except PermissionError:
        return True  # somewhere behind a closed directory: opening it will say so


def _nearest(directory: Path) -> Path:
    while not directory.is_dir() and directory != directory.parent:
        directory = directory.parent
    return directory


def _fits(device: SerialDevice, match: Match) -> bool:
    if match.usb is not None and device.usb != match.usb.lower():
        return False
    if match.interface is not None and device.interface != match.interface:
        return False
    return match.usb is not None or not device.built_in


def _is(identity: Identity, match: Match) -> bool:
    imei, iccid = identity.imei or "", identity.iccid or ""
    # the 15th digit of an IMEI is a check digit that some modems leave out, the 20th of an ICCID too
    return (match.imei is None or imei[:14] == match.imei[:14]) and (
        match.iccid is None or iccid[:18] == match.iccid[:18]
    )


def _appeared(path: str) -> float:
    try:
        status = Path(path).stat()
    except OSError:
        return 0.0
    return status.st_ino + status.st_ctime


def _words(match: Match) -> str:
    said = {
        "IMEI": match.imei,
        "ICCID": match.iccid,
        "USB id": match.usb,
        "interface": None if match.interface is None else str(match.interface),
    }
    return "a modem with " + ", ".join(f"{name} {value}" for name, value in said.items() if value)
