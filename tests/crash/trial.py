"""One trial: messages go both ways, the daemon dies on the way, and the network is the judge."""

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem
from tests.crash.forge import Forge

PATIENCE = 30.0
"""Seconds for a trial to come to its end."""

SINGLE = "How much is left?"
LONG = "Une question qui ne tient pas dans un seul message, et de loin. " * 4
ANSWER = "Five euros."
LETTER = "Une lettre qui ne tient pas dans un seul message non plus. " * 4
NOTE = "Just a note."


@dataclass
class Verdict:
    """What a trial showed. ``faults`` is empty if gsmd kept its promise."""

    reached: list[str]
    passed: int
    faults: list[str]
    duplicates: int = 0


@dataclass
class Trial:
    """``kill_at`` has one number per life: the point at which it dies; the last life lives."""

    directory: Path
    forge: Forge
    kill_at: tuple[int, ...]
    profile: str = "generic"
    slots: int = 30
    faults: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    seen: dict[str, set[str]] = field(default_factory=dict)
    accepted: dict[str, set[str]] = field(default_factory=dict)
    state: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def run(self) -> Verdict:
        """Live, die, live again, and be judged."""
        self.directory.mkdir(parents=True)
        self.network = Network()
        self.network.faults.retry_after = 0.05
        sim = Sim(number="+33600000001", slots=self.slots)
        self.modem = SimulatedModem(sim, self.network, self.profile)
        async with PtyModem(self.modem, link=self.directory / "modem"):
            self._configure()
            self.network.phone("+33611111111").send(sim.number, SINGLE)
            self.network.phone("+33622222222").send(sim.number, LONG)
            program = asyncio.create_task(self._program())
            reached = []
            try:
                for kill_at in (*self.kill_at, 0):
                    reached += await self._live(kill_at)
            except TimeoutError:
                self.faults.append(f"not done after {PATIENCE:g} s: {self._where()}")
            finally:
                await _ended(program)
        self._judge()
        passed = len(self._noted("passed"))
        duplicates = sum(message["possible_duplicate"] for message in self.state.values())
        return Verdict(reached, passed, self.faults, duplicates)

    async def _live(self, kill_at: int) -> list[str]:
        """One life, to its death or to the end of the work; the point where it died."""
        self._forget("reached", "passed")
        life = self.forge.start(self.directory / "gsmd.yaml", kill_at)
        async with asyncio.timeout(PATIENCE):
            while not life.ended.done() and not self._done():
                await asyncio.sleep(0.005)
        if life.ended.done() and not life.killed:
            self.faults.append(f"it ended by itself with status {life.ended.result()}")
        async with asyncio.timeout(PATIENCE):
            await life.end()
        self.acknowledged |= set(self._on_disk())
        return self._noted("reached")

    def _noted(self, file: str) -> list[str]:
        """What the last life wrote down; nothing if it had no time to."""
        try:
            return (self.directory / file).read_text().splitlines()
        except FileNotFoundError:
            return []

    # the program on the same machine

    async def _program(self) -> None:
        """Connects again and again, sends by key, answers what it is asked."""
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self.directory / "gsmd.sock")
            except OSError:
                await asyncio.sleep(0.005)
                continue
            with closing(writer), suppress(OSError):
                await asyncio.gather(self._listen(reader, writer), self._ask(writer))

    async def _ask(self, writer: asyncio.StreamWriter) -> None:
        self._write(writer, "subscribe", "inbox.subscribe", {"handler": "crm", "max_in_flight": 2})
        for key, text, number in (("letter", LETTER, "33"), ("note", NOTE, "44")):
            to = f"+336{number * 4}"
            self._write(writer, key, "messages.send", {"to": to, "text": text, "key": key})
        while not writer.is_closing():
            self._write(writer, "list", "messages.list", {})
            await asyncio.sleep(0.02)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for line in reader:
                self._hear(json.loads(line), writer)
        finally:
            writer.close()

    def _hear(self, said: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if said.get("method") == "inbox.deliver":
            message = said["params"]["message"]
            if message["id"] in self.acknowledged:
                self.faults.append(f"handed over after its acknowledgement: {message['id']}")
            self.seen.setdefault(message["text"], set()).add(message["id"])
            reply = {"reply": ANSWER} if message["text"] == SINGLE else None
            answer = {"jsonrpc": "2.0", "id": said["id"], "result": reply}
            writer.write(json.dumps(answer).encode() + b"\n")
        elif "error" in said:
            self.faults.append(f"an error: {said['error']}")
        elif said.get("id") in {"letter", "note"}:
            self.accepted.setdefault(said["id"], set()).add(said["result"]["id"])
        elif said.get("id") == "list":
            self.state = {message["id"]: message for message in said["result"]["messages"]}

    @staticmethod
    def _write(writer: asyncio.StreamWriter, id_: str, method: str, params: Any) -> None:
        call = {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}
        writer.write(json.dumps(call).encode() + b"\n")

    # the judge

    def _done(self) -> bool:
        states = Counter(message["state"] for message in self.state.values())
        assert self.modem.sim is not None
        return states == {"handled": 2, "delivered": 3} and not self.modem.sim.messages.used

    def _judge(self) -> None:
        assert self.modem.sim is not None
        if self.modem.sim.messages.used:
            self.faults.append(f"{self.modem.sim.messages.used} messages stay on the SIM")
        for text in (SINGLE, LONG):
            ids = self.seen.get(text, set())
            if len(ids) != 1:
                self.faults.append(f"{text[:10]!r} has the ids {ids}")
        for key in ("letter", "note"):
            if len(self.accepted.get(key, ())) != 1:
                self.faults.append(f"{key} was accepted as {self.accepted.get(key)}")
        for number, text in (
            ("+33611111111", ANSWER),
            ("+33633333333", LETTER),
            ("+33644444444", NOTE),
        ):
            self._judge_sent(number, text)

    def _judge_sent(self, number: str, text: str) -> None:
        received = [message.text for message in self.network.phone(number).received]
        if not received or set(received) != {text}:
            self.faults.append(f"{number} received {received}")
        times = Counter(item.key for item in self.network.submitted if item.destination == number)
        rows = [
            m for m in self.state.values() if m["peer"] == number and m["direction"] == "outbound"
        ]
        if len(rows) != 1:
            self.faults.append(f"{len(rows)} messages to {number}")
        elif max(times.values(), default=0) > 1 and not rows[0]["possible_duplicate"]:
            self.faults.append(f"sent twice to {number} and not marked")

    def _on_disk(self) -> list[str]:
        """Ids of the messages whose acknowledgement is in the store of a daemon that is dead."""
        path = self.directory / "state" / "gsmd.db"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                rows = connection.execute(
                    "SELECT message.id FROM delivery JOIN message ON message.seq = delivery.message"
                    " WHERE queue = 'done'"
                ).fetchall()
        except sqlite3.OperationalError:
            return []  # it died before there was a store
        return [id_ for (id_,) in rows]

    def _where(self) -> str:
        return ", ".join(f"{m['direction']} {m['state']}" for m in self.state.values())

    def _forget(self, *names: str) -> None:
        for name in names:
            (self.directory / name).unlink(missing_ok=True)

    def _configure(self) -> None:
        config = {
            "state_dir": str(self.directory / "state"),
            "socket": {"path": str(self.directory / "gsmd.sock")},
            "modems": [{"name": "north", "port": str(self.directory / "modem")}],
            "outbound": {"report": True, "retry": {"first": 0.02, "max": 0.1}, "attempts": 20},
            "inbound": {"sweep_every": 1},
            "handlers": [
                {"name": "crm", "socket": True, "retry": {"first": 0.02, "max": 0.1}},
            ],
        }
        (self.directory / "gsmd.yaml").write_text(yaml.safe_dump(config))


async def _ended(task: "asyncio.Task[None]") -> None:
    """Cancel a task, as often as it takes: one that is just connecting may not hear the first time."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)
