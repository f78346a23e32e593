"""The program on the same machine: sends, listens, answers, and comes back whenever the daemon does."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.situations import Order, Situation

STORE = {"store", "store_full", "store_read_only"}
"""Reasons of the daemon's that speak of its disk."""


@dataclass
class Program:
    """What it has seen, heard and been told, in all lives of the daemon together."""

    socket: Path
    situation: Situation
    acknowledged: set[str] = field(default_factory=set)
    """Ids (of receipts, with their number behind a full stop) whose acknowledgement was found on the disk of a daemon that was dead."""
    seen: dict[str, set[str]] = field(default_factory=dict)
    accepted: dict[str, set[str]] = field(default_factory=dict)
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: dict[str, dict[int, str]] = field(default_factory=dict)
    """The receipts for each message: by their numbers, the states they told of."""
    refusals: list[dict[str, Any]] = field(default_factory=list)
    """Errors that spoke of the disk."""
    faults: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self.socket)
            except OSError:
                await asyncio.sleep(0.005)
                continue
            connection = Connection(self, writer)
            with closing(writer), suppress(OSError):
                await asyncio.gather(connection.listen(reader), connection.ask())


class Connection:
    """One connection to the daemon, until it ends."""

    def __init__(self, program: Program, writer: asyncio.StreamWriter) -> None:
        self._program = program
        self._writer = writer
        self._pending: set[str] = set()
        self._subscribed = False

    async def ask(self) -> None:
        """What it wants of the daemon: everything once, and what was refused again."""
        for order in self._program.situation.orders:
            if order.key is not None:
                self._send(order)
        while not self._writer.is_closing():
            if not self._subscribed:
                params = {"handler": "crm", "max_in_flight": 2}
                self._call("subscribe", "inbox.subscribe", params)
            self._call("list", "messages.list", {})
            await asyncio.sleep(0.02)

    async def listen(self, reader: asyncio.StreamReader) -> None:
        try:
            async for line in reader:
                self._hear(json.loads(line))
        finally:
            self._writer.close()

    def _hear(self, said: dict[str, Any]) -> None:
        if said.get("method") == "inbox.deliver":
            self._take(said)
            return
        asked = str(said.get("id"))
        self._pending.discard(asked)
        if "error" in said:
            self._refused(asked, said["error"])
        elif asked == "subscribe":
            self._subscribed = True
        elif asked == "list":
            self._look({message["id"]: message for message in said["result"]["messages"]})
        elif asked.startswith("send "):
            accepted = self._program.accepted.setdefault(asked.removeprefix("send "), set())
            accepted.add(said["result"]["id"])

    def _take(self, said: dict[str, Any]) -> None:
        message, program = said["params"]["message"], self._program
        receipt = said["params"].get("receipt", {"number": 0})
        name = f"{message['id']}.{receipt['number']}"
        if name in program.acknowledged:
            program.faults.append(f"handed over after its acknowledgement: {name}")
        if receipt["number"]:
            self._note(message, receipt)
            self._write({"jsonrpc": "2.0", "id": said["id"], "result": None})
            return
        program.seen.setdefault(message["text"], set()).add(message["id"])
        answers = {arrival.text: arrival.answer for arrival in program.situation.arrivals}
        answer = answers.get(message["text"])
        result = None if answer is None else {"reply": answer}
        self._write({"jsonrpc": "2.0", "id": said["id"], "result": result})

    def _note(self, message: dict[str, Any], receipt: dict[str, Any]) -> None:
        told = self._program.told.setdefault(message["id"], {})
        before = told.setdefault(receipt["number"], receipt["state"])
        if not before == receipt["state"] == message["state"]:
            self._program.faults.append(f"{message} came with {receipt}, and with {before} before")

    def _refused(self, asked: str, error: dict[str, Any]) -> None:
        if error.get("data", {}).get("reason") in STORE:
            self._program.refusals.append(error)
        else:
            self._program.faults.append(f"an error to {asked}: {error}")

    def _look(self, state: dict[str, dict[str, Any]]) -> None:
        """The daemon's own word on what it has, and what is to be asked for because of it."""
        self._program.state = state
        there = {message["peer"]: message for message in state.values()}
        for order in self._program.situation.orders:
            message = there.get(order.to)
            if message is None:
                self._send(order)
            elif order.ends == "cancelled" and message["state"] == "queued":
                self._call(f"cancel {order.key}", "messages.cancel", {"id": message["id"]})

    def _send(self, order: Order) -> None:
        params = {"to": order.to, "text": order.text, **order.more}
        if order.key is not None:
            params["key"] = order.key
        elif order.to in self._program.accepted:
            return
        self._call(f"send {order.key or order.to}", "messages.send", params)

    def _call(self, id_: str, method: str, params: Any) -> None:
        """Ask, unless that is being asked already."""
        if id_ not in self._pending:
            self._pending.add(id_)
            self._write({"jsonrpc": "2.0", "id": id_, "method": method, "params": params})

    def _write(self, said: Any) -> None:
        self._writer.write(json.dumps(said).encode() + b"\n")


def whole(program: Program, states: Sequence[str]) -> bool:
    """Whether the daemon lists messages in just these states."""
    return sorted(message["state"] for message in program.state.values()) == sorted(states)
