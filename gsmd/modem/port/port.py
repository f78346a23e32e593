"""The serial port: opened by pyserial off the loop, read and written on the loop without a thread."""

import asyncio
import errno
import os
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

import serial

from gsmd.modem.errors import PortBlocked, PortLost

READ_SIZE = 4096


T = TypeVar("T")


class Port(Protocol):
    """Octets both ways. ``path`` is where it was opened."""

    path: str

    def attach(self, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        """Call ``on_data`` with what comes in, and ``on_lost`` once with why no more can come."""
        ...

    def write(self, data: bytes) -> None:
        """Write all of ``data``, later what cannot go now. Errors: `PortLost`."""
        ...

    async def close(self) -> None:
        """Let go of the port. May be called twice."""
        ...


async def off_loop(work: Callable[[], T]) -> T:
    """``work()`` in a thread of its own, so that a driver that hangs holds up nothing but itself."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # None only where T is None

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as caught:  # noqa: BLE001 -- it is the caller's, wherever it was raised
            error = caught
        with suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="gsmd-port", daemon=True).start()
    return await done


class _Device(serial.Serial):
    """A port without control lines is a port all the same.

    Many modems (SIMCom, Huawei, ZTE) refuse to have DTR and RTS set on some or all of their ports, which
    the kernel tells as a broken pipe; pyserial would give up. The kernel has raised both at the opening.
    """

    def _update_dtr_state(self) -> None:
        with suppress(BrokenPipeError):
            super()._update_dtr_state()  # type: ignore[misc]  # the stubs leave out what is not public

    def _update_rts_state(self) -> None:
        with suppress(BrokenPipeError):
            super()._update_rts_state()  # type: ignore[misc]  # likewise


class SerialPort:
    """A tty, exclusively ours. Reading is `os.read` when the loop says there is something."""

    def __init__(self, device: serial.Serial) -> None:
        self.path = str(device.port)
        self._device = device
        self._fd: int = device.fileno()
        self._loop = asyncio.get_running_loop()
        self._pending = b""
        self._on_lost: Callable[[str], None] | None = None
        self._open = True

    def attach(self, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._on_lost = on_lost
        self._loop.add_reader(self._fd, self._read, on_data)

    def write(self, data: bytes) -> None:
        if not self._open:
            raise PortLost("the port is closed")
        if self._pending:
            self._pending += data
            return
        rest = data[self._write_now(data) :]
        if rest:
            self._pending = rest
            self._loop.add_writer(self._fd, self._flush)

    async def close(self) -> None:
        if self._open:
            self._let_go()
            await off_loop(self._device.close)

    def _read(self, on_data: Callable[[bytes], None]) -> None:
        try:
            data = os.read(self._fd, READ_SIZE)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(os.strerror(error.errno or 0))
            return
        if data:
            on_data(data)
        else:
            self._lose("hung up")

    def _write_now(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            self._lose(reason)
            raise PortLost(f"{self.path} is gone: {reason}") from error

    def _flush(self) -> None:
        with suppress(PortLost):  # told by on_lost
            self._pending = self._pending[self._write_now(self._pending) :]
        if self._open and not self._pending:
            self._loop.remove_writer(self._fd)

    def _lose(self, why: str) -> None:
        if not self._open:
            return
        self._let_go()
        # closing a tty whose device is gone can take seconds
        threading.Thread(target=self._device.close, name="gsmd-close", daemon=True).start()
        if self._on_lost is not None:
            self._on_lost(f"{self.path} is gone: {why}")

    def _let_go(self) -> None:
        self._open = False
        self._pending = b""
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)


async def open_port(path: str, baudrate: int) -> Port:
    """Open ``path`` for us alone. Errors: `PortLost` if it is not there, `PortBlocked` if it cannot be had."""
    opening = asyncio.ensure_future(off_loop(lambda: _open(path, baudrate)))
    try:
        device = await asyncio.shield(opening)
    except asyncio.CancelledError:
        # it may succeed after all: then it must not stay open
        opening.add_done_callback(_close_unwanted)
        raise
    except serial.SerialException as error:
        raise _explained(path, error) from error
    except OSError as error:
        raise PortLost(f"{path}: {os.strerror(error.errno or 0)}") from error
    return SerialPort(device)


def _open(path: str, baudrate: int) -> serial.Serial:
    device = _Device(
        path, baudrate, timeout=0, write_timeout=0, exclusive=True, rtscts=False, xonxoff=False
    )
    try:
        # with VMIN 0, as pyserial sets it, "nothing there" and "gone for ever" both read as b""
        settings = termios.tcgetattr(device.fileno())
        settings[6][termios.VMIN] = 1
        termios.tcsetattr(device.fileno(), termios.TCSANOW, settings)
    except (termios.error, OSError) as error:
        device.close()
        raise serial.SerialException(errno.EIO, f"no terminal: {error}") from error
    return device


def _close_unwanted(opening: asyncio.Future[serial.Serial]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        device = opening.result()
        threading.Thread(target=device.close, name="gsmd-close", daemon=True).start()


def _explained(path: str, error: serial.SerialException) -> PortLost | PortBlocked:
    if error.errno in {errno.EACCES, errno.EPERM}:
        return PortBlocked(f"no permission to open {path}")
    if error.errno in {errno.EBUSY, errno.EAGAIN}:
        return PortBlocked(f"{path} is in use by another program")
    if error.errno in {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO}:
        return PortLost(f"{path} is not there")
    return PortBlocked(f"{path} cannot be opened: {error}")
