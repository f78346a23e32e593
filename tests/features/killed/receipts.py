"""Receipts for programs, a web hook and who pulls, while the daemon dies: each at least once, and never again once done."""

import asyncio
import json
import stat
from collections import defaultdict
from itertools import count
from typing import Any, ClassVar

from aiohttp import web
from aiohttp.test_utils import TestServer

from gsmd.client import AsyncClient
from gsmd.protocol.inbox import Settlement
from gsmd.protocol.message import Receipt
from tests.features.killed.stage import PAUSE, Stage
from tests.features.killed.words import crowd

PULLED, POSTED, RUN = "crm", "hook", "program"

Key = tuple[str, str, int]
"""Handler, message and number of a receipt."""


class Receipts:
    """Messages in the name of three handlers; each wants to know what becomes of them, and fails now and then."""

    numbers: ClassVar = {
        PULLED: crowd("+3369111", 6),
        POSTED: crowd("+3369222", 6),
        RUN: crowd("+3369333", 6),
    }

    def __init__(self) -> None:
        self.told: dict[Key, list[tuple[int, str]]] = defaultdict(list)
        """Attempt and state of each hand-over."""
        self.settled: set[Key] = set()
        """Those of which the daemon has said that they are done."""
        self.faults: list[str] = []
        self._server: TestServer | None = None
        self._posted = count(1)

    def begin(self, stage: Stage) -> dict[str, Any]:
        program = stage.directory / "program"
        lines = (
            "#!/bin/sh",
            f'cat >> "{stage.directory}/told"',
            f'echo >> "{stage.directory}/told"',
            # every other first try fails after all was taken
            'case "$GSMD_ATTEMPT$GSMD_ID" in 1*[02468aceg]) exit 1;; esac',
        )
        program.write_text("\n".join(lines) + "\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        retry = {"first": 0.1, "max": 0.2}
        return {
            "web": {"hooks_allow": ["127.0.0.0/8"]},
            "handlers": [
                {"name": RUN, "run": [str(program)], "receipts": True, "retry": retry},
                {"name": PULLED, "socket": True, "match": {"keyword": ["nothing"]}},
            ],
        }

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        url, retry = await self._open(), {"first": 0.1, "max": 0.2}
        await client.add_handler(POSTED, post=url, match={"keyword": ["nothing"]}, retry=retry)
        for handler, numbers in self.numbers.items():
            for number in numbers:
                key, wants = f"for {number}", None if handler == RUN else True
                await client.send(number, key, key=key, handler=handler, receipt=wants, report=True)
        while not await self._is_over(client):
            await self._pull(client)
            await asyncio.sleep(PAUSE)
        assert self._server is not None
        await self._server.close()
        self._read(stage)

    async def _is_over(self, client: AsyncClient) -> bool:
        outbound = (await client.list(direction="outbound", limit=1000)).messages
        pending = sum(handler.pending for handler in await client.handlers())
        return {message.state for message in outbound} == {"delivered"} and not pending

    async def _pull(self, client: AsyncClient) -> None:
        pulled = (await client.pull(PULLED, 3, wait=0, lease=30)).messages
        taken: list[Key] = []
        for each in pulled:
            assert isinstance(each.receipt, Receipt)
            key = (PULLED, each.message.id, each.receipt.number)
            if key in self.settled:
                self.faults.append(f"{key} is settled and came again")
            self.told[key].append((each.attempt, str(each.receipt.state)))
            taken.append(key)
        if pulled:
            unknown = (await client.settle([Settlement(each.lease) for each in pulled])).unknown
            self.settled |= {
                key for key, each in zip(taken, pulled, strict=True) if each.lease not in unknown
            }

    async def _open(self) -> str:
        if self._server is None:
            app = web.Application()
            app.router.add_post("/sms", self._posted_to)
            self._server = TestServer(app)
            await self._server.start_server()
        return str(self._server.make_url("/sms"))

    async def _posted_to(self, request: web.Request) -> web.Response:
        self._note(await request.json())
        return web.Response(status=500 if next(self._posted) % 3 == 0 else 204)

    def _note(self, told: Any) -> None:
        receipt = told["receipt"]
        key = (told["handler"], told["message"]["id"], receipt["number"])
        self.told[key].append((told["attempt"], receipt["state"]))

    def _read(self, stage: Stage) -> None:
        """What the program was told; a line may have been cut off where it died with the daemon."""
        for line in (stage.directory / "told").read_text().splitlines():
            try:
                self._note(json.loads(line))
            except ValueError:
                continue

    def judge(self, stage: Stage) -> list[str]:
        faults = [*self.faults]
        rows = stage.rows(
            "SELECT handler, message.id, receipt, queue, attempts, json_extract(told, '$.state') FROM delivery"
            " JOIN message ON message.seq = delivery.message WHERE receipt > 0 ORDER BY message.seq, receipt"
        )
        last = {(handler, id_): state for handler, id_, *_, state in rows}
        if len(last) != sum(map(len, self.numbers.values())) or {*last.values()} != {"delivered"}:
            faults.append(f"the last receipts: {last}")
        for handler, id_, number, queue, attempts, _ in rows:
            told = sorted(self.told[handler, id_, number])
            about = f"receipt {number} of {id_} for {handler}"
            if queue != "done":
                faults.append(f"{about} is {queue}")
            if not told:
                faults.append(f"{about} was told to nobody")
            # what the last attempt acknowledged was told at it, and each attempt told it once
            elif told[-1][0] != attempts or len({attempt for attempt, _ in told}) != len(told):
                faults.append(f"{about}: told at {told}, {attempts} attempts on disk")
        return faults
