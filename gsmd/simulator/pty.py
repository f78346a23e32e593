"""A pseudo terminal with a simulated modem behind it: what programs open as their serial port."""

import asyncio
import os
import select
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from gsmd.simulator.modem import SimulatedModem
from gsmd.simulator.pacing import Pacer

_CHUNK = 65_536
_BACKLOG = 1 << 20  # bytes kept for a computer that does not read; older ones are lost


class Equipment(Protocol):
    """The device behind the port: `SimulatedModem`, or a `Player` of a recording."""

    output: Callable[[bytes], object]

    def feed(self, data: bytes) -> None: ...

    def port_closed(self) -> None: ...

    def power_off(self) -> None: ...

    def reboot(self) -> None: ...


class Pty:
    """A modem's plug. ``path`` is the port now; ``link``, if given, always points to it.

    What the modem writes while no program has the port open is lost, as on a serial line: the
    port counts as open from the first byte a program writes until it closes it. While a program does
    not read what it was sent, the modem takes no further command.
    """

    def __init__(
        self,
        equipment: Equipment,
        *,
        link: str | os.PathLike[str] | None = None,
        baudrate: int | None = None,
    ) -> None:
        self._equipment = equipment
        self.link = Path(link) if link is not None else None
        self.baudrate = baudrate  # None: as fast as can be
        self.path = ""
        self._master = -1
        self._poll: select.epoll | None = None
        self._heard = False
        self._unsent = bytearray()
        self._to_modem: Pacer | None = None
        self._to_computer: Pacer | None = None

    async def __aenter__(self) -> Self:
        self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def plugged(self) -> bool:
        """True if there is a port."""
        return self._poll is not None

    def open(self) -> None:
        """Make the port. Needs a running event loop."""
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        # Edge-triggered: a port that nobody has open reports its hang-up once, not for ever.
        self._poll = select.epoll()
        self._poll.register(self._master, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
        asyncio.get_running_loop().add_reader(self._poll.fileno(), self._ready)
        self._equipment.output = self._write
        self.pace(self.baudrate)
        if self.link is not None:
            point(self.link, self.path)

    def close(self) -> None:
        """Take the port away; programs that have it open see a hang-up."""
        if self._poll is None:
            return
        asyncio.get_running_loop().remove_reader(self._poll.fileno())
        self._poll.close()
        self._poll = None
        os.close(self._master)
        self._heard = False
        self._unsent.clear()
        self._stop_pacing()
        if (
            self.link is not None
            and self.link.is_symlink()
            and str(self.link.readlink()) == self.path
        ):
            self.link.unlink()

    def unplug(self) -> None:
        """Pull the modem out: no port, no power."""
        self._equipment.power_off()
        self.close()

    def replug(self, link: str | os.PathLike[str] | None = None) -> None:
        """Put it back: it starts anew, on another port, under another name if ``link`` is given."""
        if link is not None:
            self.link = Path(link)
        if not self.plugged:
            self.open()
        self._equipment.reboot()

    def pace(self, baudrate: int | None) -> None:
        """Carry bytes at the speed of a serial line from now on; None: as fast as can be."""
        self.baudrate = baudrate
        for pacer in (self._to_modem, self._to_computer):
            if pacer is not None:
                pacer.flush()
        self._to_modem = Pacer(baudrate, self._equipment.feed) if baudrate else None
        self._to_computer = Pacer(baudrate, self._send) if baudrate else None

    def _stop_pacing(self) -> None:
        for pacer in (self._to_modem, self._to_computer):
            if pacer is not None:
                pacer.close()
        self._to_modem = self._to_computer = None

    def _ready(self) -> None:
        assert self._poll is not None
        events = 0
        for _, event in self._poll.poll(0):
            events |= event
        if self._unsent:
            self._send(b"")
        if not self._unsent:
            self._receive(hung_up=bool(events & select.EPOLLHUP))

    def _receive(self, *, hung_up: bool) -> None:
        while self.plugged and not self._unsent:
            try:
                data = os.read(self._master, _CHUNK)
            except BlockingIOError:
                return
            except OSError:
                # EIO: nobody has the port open
                self._heard = False
                self._unsent.clear()
                self._equipment.port_closed()
                return
            self._heard = not hung_up
            if self._to_modem is not None:
                self._to_modem.feed(data)
            else:
                self._equipment.feed(data)
            if len(data) < _CHUNK and not hung_up:
                return

    def _write(self, data: bytes) -> None:
        if self._to_computer is not None:
            self._to_computer.feed(data)
        else:
            self._send(data)

    def _send(self, data: bytes) -> None:
        if not self._heard:
            return
        if self._unsent:
            self._unsent += data
            del self._unsent[:-_BACKLOG]
            data = bytes(self._unsent)
        try:
            written = os.write(self._master, data)
        except BlockingIOError:
            written = 0
        except OSError:
            self._heard = False
            written = len(data)
        self._unsent[:] = data[written:]


class PtyModem(Pty):
    """The plug of a simulated modem."""

    def __init__(
        self,
        modem: SimulatedModem,
        *,
        link: str | os.PathLike[str] | None = None,
        baudrate: int | None = None,
    ) -> None:
        super().__init__(modem, link=link, baudrate=baudrate)
        self.modem = modem


def point(link: Path, target: str) -> None:
    """Make or move a symbolic link in one step."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)
