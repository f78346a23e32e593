"""Opening, losing and closing a serial port."""

import asyncio
import errno
import fcntl
import os
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from gsmd.modem.errors import PortBlocked, PortLost
from gsmd.modem.port.port import off_loop, open_port
from tests.modem.scripted import ScriptedModem


async def test_a_port_that_is_not_there_is_lost(tmp_path: Path) -> None:
    with pytest.raises(PortLost, match="is not there"):
        await open_port(str(tmp_path / "ttyUSB9"), 115_200)


async def test_a_file_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PortBlocked):
        await open_port(str(tmp_path / "file"), 115_200)


async def test_a_second_opening_is_refused() -> None:
    async with ScriptedModem() as device:
        port = await open_port(device.path, 115_200)
        with pytest.raises(PortBlocked, match="in use"):
            await open_port(device.path, 115_200)
        await port.close()
        again = await open_port(device.path, 115_200)
        await again.close()


async def test_a_port_that_refuses_its_control_lines_is_opened_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real: Callable[..., object] = fcntl.ioctl
    refused: list[int] = []

    def ioctl(fd: int, request: int, *more: bytes) -> object:
        if request in {termios.TIOCMBIS, termios.TIOCMBIC}:
            refused.append(request)
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")  # what a USB modem's stall becomes
        return real(fd, request, *more)

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    async with ScriptedModem() as device:
        port = await open_port(device.path, 115_200)
        assert refused
        await port.close()


async def test_a_port_closed_twice_is_closed() -> None:
    async with ScriptedModem() as device:
        port = await open_port(device.path, 115_200)
        await port.close()
        await port.close()
        with pytest.raises(PortLost):
            port.write(b"AT\r")


async def test_the_end_of_a_port_is_told_once_and_it_lets_go_of_the_device() -> None:
    async with ScriptedModem() as device:
        port = await open_port(device.path, 115_200)
        lost: asyncio.Queue[str] = asyncio.Queue()
        port.attach(lambda _data: None, lost.put_nowait)
        device.unplug()
        async with asyncio.timeout(5):
            assert device.path in await lost.get()
        with pytest.raises(PortLost):
            port.write(b"AT\r")
        assert lost.empty()


async def test_what_does_not_fit_at_once_is_written_later() -> None:
    master, slave = os.openpty()
    try:
        port = await open_port(os.ttyname(slave), 115_200)
        port.attach(lambda _data: None, lambda _why: None)
        data = bytes(range(65, 91)) * 10_000
        port.write(data[:200_000])
        port.write(data[200_000:])
        os.set_blocking(master, False)
        got = b""
        async with asyncio.timeout(10):
            while len(got) < len(data):
                await asyncio.sleep(0)
                try:
                    got += os.read(master, 65_536)
                except BlockingIOError:
                    continue
        assert got == data
        await port.close()
    finally:
        os.close(master)
        os.close(slave)


async def test_work_off_the_loop_brings_its_result_or_its_error() -> None:
    assert await off_loop(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await off_loop(lambda: 1 // 0)


async def test_an_opening_that_is_given_up_leaves_the_port_free() -> None:
    async with ScriptedModem() as device:
        opening = asyncio.create_task(open_port(device.path, 115_200))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        async with asyncio.timeout(5):
            while True:
                try:
                    port = await open_port(device.path, 115_200)
                except PortBlocked:
                    await asyncio.sleep(0.01)
                else:
                    break
        await port.close()
