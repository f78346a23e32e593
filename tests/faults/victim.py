"""The daemon with a bomb in it: started by `tests.faults.lives`, one process per life.

It reads orders from standard input, a JSON object a line: ``{"life", "config", "kill_at", "disk",
"fault"}``. Each order is carried out in a child of its own, forked from this process, which has imported everything.
``{"life", "pid"}`` tells that it has begun, ``{"life", "status"}`` that it has ended.

Points where it can die, counted in the order in which a life comes to them:
``commit before``, ``commit after``: around every commit of the store, on the writer's thread;
``write before``, ``write after``: around everything that is written to a modem;
``read before``, ``read after``: around dealing with anything that a modem said.
At the ``kill_at``-th the child writes down which one it is (to ``reached``, beside the configuration)
and kills itself with SIGKILL, between two instructions. ``disk`` says what is under the database:
``real``; ``kernel``, whose dirty pages outlive the process; ``power``, where they go with it. The
last two may have a ``fault`` (`tests.faults.disk.DiskFault`).
"""

import asyncio
import json
import logging
import os
import select
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gsmd.clock import SystemClock
from gsmd.config import load
from gsmd.daemon import Daemon
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.modem import driver
from gsmd.modem.port import port
from gsmd.modem.timeouts import Timeouts
from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreError
from tests.faults.disk import DiskFault, FaultyDisk
from tests.faults.lives import GAVE_UP

QUICK = Timeouts(sync=0.1, drain=0.02, stray=0.05, sim_retry=0.05, registration=0.05, settle=0.05)
"""A simulated modem answers at once."""


class Impatient(SystemClock):
    """Pauses for a moment only: a disk that is to heal after some tries shall be tried often."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))


class Diary:
    """Lines in files beside the configuration. A trial reads them when the life is over."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def note(self, file: str, line: str) -> None:
        target = os.open(self._directory / file, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(target, f"{line}\n".encode())
        os.close(target)


class Bomb:
    """Counts points; goes off at one of them."""

    def __init__(self, diary: Diary, kill_at: int, explode: Callable[[], None]) -> None:
        self._diary = diary
        self._kill_at = kill_at
        self._explode = explode
        self._count = 0
        self._lock = threading.Lock()

    def point(self, name: str) -> None:
        with self._lock:
            self._count += 1
            if self._count == self._kill_at:
                self._diary.note("reached", f"{self._count} {name}")
                self._explode()
            self._diary.note("passed", f"{self._count} {name}")


def die() -> None:
    """At once, and without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def disk_under(order: dict[str, Any], diary: Diary) -> Callable[[], None]:
    """Lays the disk that the order wants; returns how one dies on it."""
    if order["disk"] == "real":
        return die
    fault = order["fault"] and DiskFault(**order["fault"])
    memory = Path(order["config"]).parent / "kernel"
    disk = FaultyDisk(fault, diary.note, memory, kernel=order["disk"] == "kernel")
    disk.install()
    return disk.die


def plant(bomb: Bomb) -> None:
    """Put the points into the daemon's code. Nothing of production knows of them."""
    open_database = Database.open

    async def opened(path: Path, **more: Any) -> Database:
        more["on_commit"] = lambda moment: bomb.point(f"commit {moment}")
        return await open_database(path, **more)

    Database.open = staticmethod(opened)  # type: ignore[method-assign]  # stands in for the real one
    write, attach = port.SerialPort.write, port.SerialPort.attach

    def written(self: port.SerialPort, data: bytes) -> None:
        bomb.point("write before")
        write(self, data)
        bomb.point("write after")

    def attached(
        self: port.SerialPort, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]
    ) -> None:
        def heard(data: bytes) -> None:
            bomb.point("read before")
            on_data(data)
            bomb.point("read after")

        attach(self, heard, on_lost)

    port.SerialPort.write = written  # type: ignore[method-assign]  # stands in for the real one
    port.SerialPort.attach = attached  # type: ignore[method-assign]  # stands in for the real one
    driver.Timeouts = lambda: QUICK  # type: ignore[misc, assignment, attr-defined]  # a class, replaced by a function, in a module that imports it


def live(order: dict[str, Any]) -> None:
    """One life of the daemon, in the child."""
    config = Path(order["config"])
    log = os.open(config.parent / "daemon.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logging.basicConfig(level=logging.INFO)
    diary = Diary(config.parent)
    plant(Bomb(diary, order["kill_at"], disk_under(order, diary)))
    asyncio.run(Daemon(load(config, HANDLER_KINDS), clock=Impatient()).run())


def main() -> None:
    """Carry out orders until standard input ends."""
    lives: dict[int, int] = {}
    buffered = b""
    while True:
        if select.select([0], [], [], 0.002 if lives else 1.0)[0]:
            data = os.read(0, 65536)
            if not data:
                break
            *lines, buffered = (buffered + data).split(b"\n")
            for line in lines:
                order = json.loads(line)
                child = os.fork()
                if not child:
                    _in_child(order)
                lives[child] = order["life"]
                print(json.dumps({"life": order["life"], "pid": child}), flush=True)
        while lives:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                break
            print(json.dumps({"life": lives.pop(child), "status": status}), flush=True)
    for child in lives:
        os.kill(child, signal.SIGKILL)


def _in_child(order: dict[str, Any]) -> None:
    status = 1
    try:
        live(order)
        status = 0
    except StoreError as error:
        logging.getLogger("victim").critical("%s", error)
        status = GAVE_UP
    except BaseException as error:
        logging.getLogger("victim").exception("the daemon failed", exc_info=error)
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
