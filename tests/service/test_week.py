"""What a log has after days without a modem: few lines, and none that says nothing new."""

import asyncio
import logging
import os
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from gsmd.clock import SystemClock
from gsmd.config import ModemConfig
from gsmd.modem import Modem
from gsmd.process.repeat_filter import RepeatFilter
from tests.modem.recorder import Recorder
from tests.service import hurried

DAY = 24 * 3600.0


class Lines(logging.Handler):
    """What passes the flood gate, by the loop's time."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(RepeatFilter(lambda: asyncio.get_running_loop().time()))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")


@contextmanager
def logged() -> Iterator[list[str]]:
    lines, logger = Lines(), logging.getLogger("gsmd")
    level = logger.level
    logger.setLevel(logging.INFO)  # not the attribute: loggers below remember what they may tell
    logger.addHandler(lines)
    try:
        yield lines.lines
    finally:
        logger.removeHandler(lines)
        logger.setLevel(level)


async def _drive(port: Path, days: float) -> None:
    modem = Modem(ModemConfig(name="north", port=str(port)), Recorder(), clock=SystemClock())
    try:
        async with asyncio.timeout(days * DAY):
            await modem.run()
    except TimeoutError:
        pass


def after(days: float, port: Path) -> list[str]:
    """The lines of so many days with a modem that is looked for at ``port``."""
    with logged() as lines:
        hurried.run(_drive(port, days))
    return lines


def test_a_modem_that_is_absent_for_a_week_is_told_once(tmp_path: Path) -> None:
    lines = after(7, tmp_path / "ttyUSB0")
    assert [line for line in lines if "waiting for" in line] == lines[:1]
    assert len(lines) <= 2  # the other one is about the end


def test_a_modem_that_does_not_answer_for_days_is_told_now_and_then() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    try:
        lines = after(2, Path(os.ttyname(slave)))
    finally:
        os.close(master)
        os.close(slave)
    assert len(lines) < 200, "\n".join(lines[-50:])  # of some 4000
    assert any("does not answer" in line and "times before)" in line for line in lines)


def test_a_port_that_somebody_else_has_for_hours_is_told_now_and_then() -> None:
    master, slave = os.openpty()
    with serial.Serial(os.ttyname(slave), exclusive=True):
        lines = after(1 / 8, Path(os.ttyname(slave)))
    os.close(master)
    os.close(slave)
    assert len(lines) < 10, "\n".join(lines)
    assert any("in use by" in line for line in lines), "\n".join(lines)
