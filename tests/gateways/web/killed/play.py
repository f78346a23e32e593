"""Programs at REST while the gateway and the daemon die under them: one sends with keys, one pulls and settles.

Each does what the page says a program is to do: it asks again until it is answered, and remembers what it has settled. In the
end each message that was sent is there once, each that came in is handled, was answered once, and was handed over no more after its
settlement had been confirmed.
"""

import asyncio
import json
import socket
import sys
from collections import Counter
from contextlib import suppress
from typing import Any

from gsmd.client import AsyncClient
from tests.faults.judge import Sent, sent_in_silence, submitted
from tests.faults.lives import REPOSITORY
from tests.features.killed.stage import PAUSE, Stage, until_handled

SENDERS = [f"+3361100000{n}" for n in range(4)]
RECIPIENT = "+33622000000"
TEXTS = [f"order {n}" for n in range(6)]
HANDLER = "shop"


class Gateways:
    """Lives of the gateway, one after the other; the ``kills`` say at which point each dies, the last one lives."""

    def __init__(self, stage: Stage, kills: list[int]) -> None:
        self._socket = stage.socket
        self._kills = [*kills, 0]
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
        self.deaths = 0

    async def run(self) -> None:
        for kill_at in self._kills:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.gateways.web.killed.victim"),
                *(str(self._socket), str(self.port), str(kill_at)),
                cwd=REPOSITORY,
            )
            try:
                await process.wait()
                self.deaths += 1
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


class RestPlay:
    """The play of `tests.features.killed.stage`."""

    def __init__(self, kills: list[int]) -> None:
        self._kills = kills
        self.settled: set[str] = set()
        self.faults: list[str] = []
        self.gateways: Gateways | None = None

    def begin(self, stage: Stage) -> dict[str, Any]:
        for number in SENDERS:
            stage.phone(number).send(stage.number, f"hello from {number}")
        return {"handlers": [{"name": HANDLER, "socket": True}]}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        if self.gateways is None:  # it outlives the daemon
            self.gateways = Gateways(stage, self._kills)
            self._running = asyncio.create_task(self.gateways.run())
        await asyncio.gather(self._send(), self._serve())
        await until_handled(client, len(SENDERS))
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def _send(self) -> None:
        for text in TEXTS:
            answer = await self._insist(
                "POST", "/messages", {"to": RECIPIENT, "text": text, "key": text}
            )
            if answer.get("text") != text:
                self.faults.append(f"{text}: answered {answer}")

    async def _serve(self) -> None:
        while len(self.settled) < len(SENDERS):
            wanted = {"max": 2, "wait": "1s", "lease": "2s"}
            pulled = await self._insist("POST", f"/handlers/{HANDLER}/pull", wanted)
            for each in pulled["messages"]:
                await self._answer(each)
            if not pulled["messages"] and not pulled["pending"]:
                # a settlement whose answer was lost may have counted
                listed = await self._insist(
                    "GET", "/messages?direction=inbound&state=handled", None
                )
                self.settled |= {message["id"] for message in listed["messages"]}

    async def _answer(self, pulled: dict[str, Any]) -> None:
        id_ = pulled["message"]["id"]
        if id_ in self.settled:
            self.faults.append(f"{id_} was handed over after it was settled")
        settle = {
            "settle": [{"lease": pulled["lease"], "reply": f"to {pulled['message']['peer']}"}]
        }
        settled = await self._insist("POST", f"/handlers/{HANDLER}/settle", settle)
        if settled["settled"] == 1:
            self.settled.add(id_)

    async def _insist(self, verb: str, path: str, body: Any) -> dict[str, Any]:
        """The answer of a request, made again until there is one."""
        while True:
            with suppress(OSError, EOFError, ValueError):
                status, answer = await self._ask(verb, path, body)
                if status < 300:
                    return answer
                if status != 503:
                    self.faults.append(f"{verb} {path}: {status} {answer}")
                    return answer
            await asyncio.sleep(PAUSE)

    async def _ask(self, verb: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        assert self.gateways is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", self.gateways.port)
        try:
            octets = b"" if body is None else json.dumps(body).encode()
            head = f"{verb} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {len(octets)}\r\n\r\n"
            writer.write(head.encode() + octets)
            status = int((await reader.readline()).split()[1]) if not reader.at_eof() else 0
            rest = await reader.read()
            return status, json.loads(rest.partition(b"\r\n\r\n")[2])
        except IndexError:
            raise EOFError from None
        finally:
            writer.close()

    def judge(self, stage: Stage) -> list[str]:
        return [*self.faults, *self._sent(stage), *self._received(stage)]

    def _sent(self, stage: Stage) -> list[str]:
        rows = stage.rows("SELECT text, possible_duplicate FROM message WHERE peer = ?", RECIPIENT)
        there = Counter(text for text, _ in rows)
        faults = [f"{text}: {there[text]} messages" for text in TEXTS if there[text] != 1]
        got = {sms.text for sms in stage.phone(RECIPIENT).received}
        faults += [f"{text} never came" for text in TEXTS if text not in got]
        sent = [Sent(RECIPIENT, text, bool(marked)) for text, marked in rows]
        to_it = [each for each in submitted(stage.network) if str(each.destination) == RECIPIENT]
        return faults + sent_in_silence(to_it, sent)

    def _received(self, stage: Stage) -> list[str]:
        faults = []
        for number in SENDERS:
            rows = stage.rows("SELECT direction, state FROM message WHERE peer = ?", number)
            inbound = [state for direction, state in rows if direction == "inbound"]
            if inbound != ["handled"]:
                faults.append(f"{number}: {inbound} came in")
            if len(rows) - len(inbound) != 1:
                faults.append(f"{number}: {len(rows) - len(inbound)} answers")
        return faults
