"""All of gsmd for hours, with faults: what it holds and how that grows, and whether anything was lost or doubled.

``python -m tests.soak --minutes 240 --every 2 --directory build/soak`` (``make soak``). Every ``--every`` seconds each
modem gets a message from a phone and one goes out through it or another; samples are kept in
``samples.jsonl`` of the directory, and the report is printed at the end. Exit code 1: something was lost or
doubled, a process died, or it grew beyond doubt faster than `BOUNDS`.
"""

import argparse
import asyncio
import json
import math
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import msgspec

from gsmd.client import GsmdError
from gsmd.protocol.message import State
from tests.soak import gauges
from tests.soak.books import OPEN, Books
from tests.soak.doors import DOORS, Door
from tests.soak.gauges import Gauges
from tests.soak.reader import Reader
from tests.soak.weather import Weather
from tests.soak.world import MODEMS, PHONES, World, world

BOUNDS = {"MB": 2.0, "handles": 2.0, "tasks": 1.0}
"""The growth per hour, by kind of gauge, above which a run fails."""

LONG_ENOUGH = 3600.0
"""Seconds of traffic from which on growth is judged: pools and the caches of SQLite fill for half an hour."""

SETTLING = 600.0
"""Seconds in which everything must have ended, once nothing is put in any more."""


class Soak:
    """One run. ``every``: seconds between two messages of a modem, in each direction."""

    def __init__(self, built: World, options: argparse.Namespace) -> None:
        self.world = built
        self.options = options
        self.books = Books()
        self.chance = random.Random(options.seed)
        self.doors: list[Door] = [door(built, self.books) for door in DOORS]
        self.weather = Weather(built, self.chance, self.books)
        self.reader = Reader(built, self.books, self.chance)
        self.gauges = Gauges()
        self.began = time.monotonic()
        self.traffic_ended = math.inf
        """Seconds from the beginning: what is measured later says nothing of growth under load."""
        self._put: set[asyncio.Task[None]] = set()
        for name, process in built.processes.items():
            self.gauges.readings |= gauges.of_process(name, process.pid, built.log_of(name))
        self.gauges.readings |= {
            "store KB": lambda: gauges.octets(built.directory / "state"),
            "gateways' state KB": lambda: gauges.octets(
                *(built.directory / name for name in ("web", "smpp", "mqtt", "mail", "fleet"))
            ),
            "messages": lambda: len(self.books.accepted) + len(self.books.said),
        }

    async def run(self) -> list[str]:
        """All of it; returns what is wrong."""
        serving = [asyncio.create_task(door.serve()) for door in self.doors]
        beside = [
            asyncio.create_task(work)
            for work in (self._sample(), self._look_on(), self.reader.run())
        ]
        weather = asyncio.create_task(self.weather.run(calm=self.options.calm))
        traffic = asyncio.create_task(self._traffic())
        try:
            await _first_of(traffic, weather, *serving, *beside)
            self.traffic_ended = time.monotonic() - self.began
            weather.cancel()
            await asyncio.gather(weather, return_exceptions=True)
            beside.append(asyncio.create_task(self._settled()))
            await _first_of(*serving, *beside)
        finally:
            tasks = (weather, traffic, *beside, *serving)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._collect()
        self._keep_evidence()
        telling = [door.name for door in self.doors if door.tells]
        dead = [f"{name} died" for name in self.world.dead()]
        return [*dead, *self.books.faults(self.arrived(), telling), *self._grown()]

    def arrived(self) -> Counter[str]:
        """The texts on all phones."""
        return Counter(
            sms.text or "" for number in PHONES for sms in self.world.network.phone(number).received
        )

    # -- traffic ------------------------------------------------------------------------------

    async def _traffic(self) -> None:
        """Phones and doors in turn, evenly."""
        await asyncio.sleep(1)  # who serves has begun
        sims = self.world.numbers()
        end = self.began + self.options.minutes * 60
        number = 0
        while time.monotonic() < end:
            await asyncio.sleep(self.options.every / len(MODEMS))
            door = self.doors[number % len(self.doors)]
            phone = self.chance.choice(PHONES)
            text = f"{door.name} in {number}{self._more(door)}"
            self.books.said[text], self.books.writers[text] = door.name, phone
            self.world.network.phone(phone).send(self.chance.choice(sims), text)
            self._put.add(task := asyncio.create_task(self._go_in(door, phone, number)))
            task.add_done_callback(self._put.discard)
            number += 1

    def _more(self, door: Door) -> str:
        """Some texts take three parts; an ESME of ours writes short ones."""
        return " and more" * 40 if door.name != "smpp" and self.chance.random() < 0.1 else ""

    async def _go_in(self, door: Door, phone: str, number: int) -> None:
        text = f"{door.name} out {number}{self._more(door)}"
        self.books.partners.add((door.name, phone))
        try:
            await door.put(phone, text)
        except Exception as error:  # noqa: BLE001 -- the run goes on, and tells
            self.books.trouble.append(f"{text}: {error!r}")
        else:
            self.books.accepted[text] = door.name

    async def _settled(self) -> None:
        """Wait until everything has ended."""
        telling = [door.name for door in self.doors if door.tells]
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLING):
                while self._put or self.books.unheard() or self.books.unended(telling):
                    await asyncio.sleep(1)
                    await self._excuse(telling)
                await self._collect()
                while any(each.state in OPEN for each in self.books.outbound.values()):
                    await asyncio.sleep(1)
                    await self._collect()

    async def _excuse(self, telling: list[str]) -> None:
        """Find out which of those without an end are out, and had a report that got lost."""
        if not self.world.network.lost_reports:
            return
        await self._collect()
        known = {message.text: message for message in self.books.outbound.values()}
        for text in self.books.unended(telling):
            message = known.get(text)
            if message is None or message.state is not State.SENT or message.modem is None:
                continue
            sender = self.world.number_of(message.modem)
            history = await self.world.client.show(message.id)
            wanted = {(sender, message.peer, part.message_reference) for part in history.parts}
            if wanted.intersection(self.world.network.lost_reports):
                self.books.unreported.add(text)

    # -- looking on ---------------------------------------------------------------------------

    async def _sample(self) -> None:
        file = self.world.directory / "samples.jsonl"
        while True:
            if dead := self.world.dead():
                raise RuntimeError(f"died: {dead}")
            await self.weather.look_after()
            found = self.gauges.sample(time.monotonic() - self.began)
            with file.open("a") as out:
                out.write(json.dumps(found) + "\n")
            await asyncio.sleep(self.options.sample)

    async def _look_on(self) -> None:
        """Keep what the daemon tells of messages, and let it forget the old ones, as it would after weeks."""
        while True:
            await asyncio.sleep(60)
            with suppress(GsmdError):
                await self._collect()
                await self.world.client.purge(self.options.keep * 60)

    async def _collect(self) -> None:
        while True:
            try:
                pages = self.world.client.pages(
                    self.world.client.list, direction="outbound", limit=1000
                )
                async for page in pages:
                    self.books.outbound |= {each.id: each for each in page.messages}
            except GsmdError:
                await asyncio.sleep(1)
            else:
                return

    def _keep_evidence(self) -> None:
        """What the network took and what the daemon tells of it, in files: whoever looks for a cause needs both."""
        with (self.world.directory / "submitted.jsonl").open("w") as out:
            for each in self.world.network.submitted:
                told = {**asdict(each), "tpdu": each.tpdu.hex()}
                out.write(json.dumps(told) + "\n")
        encoder = msgspec.json.Encoder()
        told_of = encoder.encode_lines([*self.books.outbound.values()])
        (self.world.directory / "outbound.jsonl").write_bytes(told_of)

    def _grown(self) -> list[str]:
        if self.traffic_ended < LONG_ENOUGH:
            return []
        found = []
        for name in self.gauges.readings:
            bound = BOUNDS.get(name.rpartition(" ")[2])
            rise = gauges.slope(self.gauges.points(name, self.warm, self.traffic_ended))
            if bound is not None and rise.least > bound:
                found.append(f"{name} grows by {rise.per_hour:.2f} ± {2 * rise.error:.2f} an hour")
        return found

    @property
    def warm(self) -> float:
        """From then on growth counts."""
        return float(self.options.minutes * 60 / 3)

    def report(self) -> str:
        """Counts and slopes."""
        minutes = (time.monotonic() - self.began) / 60
        books, reader = self.books, self.reader
        lines = (
            f"{minutes:.0f} min, {len(books.accepted)} messages out and {len(books.said)} in",
            f"  {reader.pages} pages, {reader.events} events; struck: {dict(self.weather.struck)}",
            books.summary(self.arrived()),
            f"growth from minute {self.warm / 60:.0f} to {self.traffic_ended / 60:.0f}"
            + (":" if self.traffic_ended >= LONG_ENOUGH else " (too short to judge it):"),
            self.gauges.report(self.warm, self.traffic_ended),
        )
        return "\n".join(lines)


async def _first_of(*tasks: "asyncio.Task[None]") -> None:
    """Wait until one has ended. Errors: its own."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=240)
    parser.add_argument("--every", type=float, default=2.0)
    parser.add_argument("--sample", type=float, default=30.0, help="seconds between two samples")
    parser.add_argument("--keep", type=float, default=15.0, help="minutes that messages are kept")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", action="store_true", help="without faults")
    parser.add_argument("--apart", action="store_true", help="each gateway in a process of its own")
    parser.add_argument("--directory", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gsmd-soak-") as name:
        directory = options.directory.resolve() if options.directory else Path(name)
        directory.mkdir(parents=True, exist_ok=True)
        async with world(directory, apart=options.apart) as built:
            soak = Soak(built, options)
            wrong = await soak.run()
            print(soak.report())
    print(f"wrong: {len(wrong)}")
    for each in wrong[:50]:
        print(f"  {each[:200]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
