"""The port: real file descriptors, real time."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem

PATIENCE = 5.0


class Computer:
    """A program that has opened the port."""

    def __init__(self, path: str | Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.read = bytearray()

    def write(self, data: bytes) -> None:
        os.write(self.descriptor, data)

    async def until(self, expected: bytes) -> bytes:
        """What has come up to and with ``expected``."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            while expected not in self.read:
                readable = asyncio.Event()
                loop.add_reader(self.descriptor, readable.set)
                try:
                    await readable.wait()
                finally:
                    loop.remove_reader(self.descriptor)
                self.read += os.read(self.descriptor, 65_536)
        end = self.read.index(expected) + len(expected)
        taken = bytes(self.read[:end])
        del self.read[:end]
        return taken

    async def ask(self, line: bytes) -> bytes:
        self.write(line + b"\r")
        return await self.until(b"\r\nOK\r\n")

    async def hung_up(self) -> bool:
        """Wait until the port is gone."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self.descriptor, readable.set)
        try:
            async with asyncio.timeout(PATIENCE):
                await readable.wait()
        finally:
            loop.remove_reader(self.descriptor)
        try:
            return os.read(self.descriptor, 1) == b""
        except OSError:
            return True

    def close(self) -> None:
        os.close(self.descriptor)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[PtyModem]:
    modem = SimulatedModem(Sim("+33600000001"), Network())
    async with PtyModem(modem, link=tmp_path / "modem") as line:
        yield line


@asynccontextmanager
async def opened(path: str | Path) -> AsyncIterator[Computer]:
    computer = Computer(path)
    try:
        yield computer
    finally:
        computer.close()


async def test_a_program_talks_to_the_modem_through_the_link(line: PtyModem) -> None:
    assert line.link is not None
    assert line.link.readlink() == Path(line.path)
    async with opened(line.link) as computer:
        assert await computer.ask(b"ATE0") == b"ATE0\r\r\nOK\r\n"
        assert await computer.ask(b"AT+CSQ") == b"\r\n+CSQ: 20,0\r\n\r\nOK\r\n"


async def test_the_port_is_as_transparent_as_a_cable(line: PtyModem) -> None:
    line.modem.settings.echo = 1
    octets = bytes(byte for byte in range(256) if byte not in b"\r")
    async with opened(line.path) as computer:
        computer.write(octets)
        assert await computer.until(octets[-1:]) == octets


async def test_what_is_said_while_nobody_listens_is_lost(line: PtyModem) -> None:
    line.modem.unsolicited("BEFORE")
    async with opened(line.path) as computer:
        assert await computer.ask(b"ATE0") == b"ATE0\r\r\nOK\r\n"
        line.modem.unsolicited("WHILE")
        assert await computer.until(b"WHILE\r\n") == b"\r\nWHILE\r\n"
    async with opened(line.path) as computer:
        assert await computer.ask(b"AT") == b"\r\nOK\r\n"
    for _ in range(100):  # the hang-up is noticed in the loop
        await asyncio.sleep(0)
    line.modem.unsolicited("BETWEEN")
    async with opened(line.path) as computer:
        assert await computer.ask(b"AT") == b"\r\nOK\r\n"


async def test_a_modem_that_nobody_talks_to_costs_nothing(line: PtyModem) -> None:
    async with opened(line.path) as computer:
        await computer.ask(b"AT")
    before = time.process_time()
    await asyncio.sleep(0.3)
    assert time.process_time() - before < 0.05


async def test_a_program_that_does_not_read_gets_everything_later(line: PtyModem) -> None:
    for ordinal in range(20):
        line.modem.network.phone("+33611111111").send("+33600000001", f"{ordinal} " + "x" * 150)
    async with opened(line.path) as computer:
        await computer.ask(b"ATE0")
        while len(line.modem.network.delivered) < 20:
            await asyncio.sleep(0)
        computer.write(b"AT+CMGL=4\r" * 10 + b"AT+CGSN\r")
        answer = await computer.until(b"490154203237518\r\n\r\nOK\r\n")
    assert answer.count(b"+CMGL:") == 200
    assert answer.count(b"\r\nOK\r\n") == 11


async def test_unplugging_hangs_up_and_takes_the_link_away(line: PtyModem) -> None:
    assert line.link is not None
    async with opened(line.path) as computer:
        await computer.ask(b"AT")
        line.unplug()
        assert await computer.hung_up()
    assert not line.link.is_symlink()
    assert not line.plugged


async def test_the_modem_comes_back_under_another_name_and_starts_anew(
    line: PtyModem, tmp_path: Path
) -> None:
    line.modem.reset_settings()
    async with opened(line.path) as computer:
        await computer.ask(b"ATE0")
    other = tmp_path / "other"
    line.unplug()
    line.replug(other)
    async with opened(other) as computer:
        async with asyncio.timeout(PATIENCE):
            while not line.modem.powered:
                await asyncio.sleep(0.01)
        assert await computer.ask(b"AT") == b"AT\r\r\nOK\r\n"
    assert not (tmp_path / "modem").exists()


async def test_a_program_that_closes_the_port_is_noticed(line: PtyModem) -> None:
    async with opened(line.path) as computer:
        await computer.ask(b"ATE0")
        line.modem.faults.hang_until_closed = True
        computer.write(b"AT\r")
    async with asyncio.timeout(PATIENCE):
        while line.modem.faults.hang_until_closed:
            await asyncio.sleep(0)
    async with opened(line.path) as computer:
        assert await computer.ask(b"AT") == b"\r\nOK\r\n"


async def test_what_piles_up_unread_is_lost_in_the_end(line: PtyModem) -> None:
    async with opened(line.path) as computer:
        await computer.ask(b"ATE0")
        for _ in range(150):
            line.modem.unsolicited("x" * 10_000)
        line.modem.unsolicited("LAST")
        read = await computer.until(b"LAST\r\n")
    assert len(read) < 1_300_000


async def test_replugging_a_modem_that_is_plugged_in_is_a_restart(line: PtyModem) -> None:
    path = line.path
    line.replug()
    assert line.path == path
    assert not line.modem.powered


async def test_a_slow_line_takes_its_time(tmp_path: Path) -> None:
    modem = SimulatedModem(Sim("+33600000001"), Network())
    async with PtyModem(modem, baudrate=2400) as line, opened(line.path) as computer:
        start = time.monotonic()
        answer = await computer.ask(b"ATE1")
        octets = len(b"ATE1\r") + len(answer) - len(b"ATE1\r")
        assert time.monotonic() - start > octets * 10 / 2400
        line.pace(None)
        assert await computer.ask(b"ATE0") == b"ATE0\r\r\nOK\r\n"


async def test_a_slow_line_keeps_the_order_of_bytes(tmp_path: Path) -> None:
    modem = SimulatedModem(Sim("+33600000001"), Network())
    async with PtyModem(modem, baudrate=115_200) as line, opened(line.path) as computer:
        await computer.ask(b"ATE0")
        assert (await computer.ask(b"AT+CLAC")).count(b"\r\nAT") > 80


async def test_closing_twice_is_no_mistake(line: PtyModem) -> None:
    line.close()
    line.close()
    line.modem.unsolicited("NOBODY")
