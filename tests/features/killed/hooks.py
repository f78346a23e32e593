"""A web hook that is made while the daemon dies: it wants no more at first, then fails now and then, then answers."""

import asyncio
import json
from collections import defaultdict
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from gsmd.client import AsyncClient
from gsmd.protocol.handlers import HandlerState
from tests.features.killed.stage import PAUSE, Stage, sent_to, until_handled
from tests.features.killed.words import crowd

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Hooked:
    """STOCK goes to the hook, the rest to nobody. Each message is taken, answered once, and never comes again then."""

    asking, others = crowd("+3365555", 6), crowd("+3366666", 2)

    def __init__(self) -> None:
        self.added = self.written = False
        self.requests: dict[str, list[str]] = defaultdict(list)
        """The ``webhook-id`` of each request, by the message's id."""
        self.taken: list[str] = []
        self.unsigned = 0
        self._server: TestServer | None = None

    def begin(self, stage: Stage) -> dict[str, Any]:
        return {"web": {"hooks_allow": ["127.0.0.0/8"]}}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        url = await self._open()
        if not self.added:
            await client.add_handler(
                "stock",
                post=url,
                match={"keyword": ["STOCK"]},
                secret=SECRET,
                retry={"first": 0.1, "max": 0.2},
            )
            self.added = True
        if not self.written:
            self.written = True
            for number in self.asking:
                stage.phone(number).send(stage.number, "stock?")
            for number in self.others:
                stage.phone(number).send(stage.number, "nothing for it")
        while set(self.taken) < set(self.requests) or len(self.requests) < len(self.asking):
            for handler in await client.handlers():
                if handler.state == HandlerState.SUSPENDED:
                    await client.resume_handler(handler.name)
            await asyncio.sleep(PAUSE)
        await until_handled(client, len(self.asking) + len(self.others))
        assert self._server is not None
        await self._server.close()

    def judge(self, stage: Stage) -> list[str]:
        faults = [fault for number in self.asking for fault in sent_to(stage, number)]
        rows = stage.rows(
            "SELECT message.id, delivery.attempts, delivery.queue, message.peer FROM delivery"
            " JOIN message ON message.seq = delivery.message WHERE handler = 'stock'"
        )
        if sorted(peer for *_, peer in rows) != self.asking:
            faults.append(f"the hook was to get: {rows}")
        for id_, attempts, queue, _ in rows:
            asked, done = self.requests[id_], self._done(stage, id_)
            if queue != "done" or done != [attempts]:
                faults.append(f"{id_} is {queue}, done at {done} of {attempts} attempts")
            if not 1 <= len(asked) <= attempts or id_ not in self.taken:
                faults.append(f"{id_} was posted {len(asked)} times in {attempts} attempts")
            if set(asked) != {f"{id_}:stock"}:
                faults.append(f"{id_} had the names {set(asked)}")
        return faults + [f"{self.unsigned} requests without a signature"] * bool(self.unsigned)

    def _done(self, stage: Stage, id_: str) -> list[int]:
        rows = stage.rows(
            "SELECT detail FROM event WHERE type = 'delivery.done' AND message ="
            " (SELECT seq FROM message WHERE id = ?)",
            id_,
        )
        return [json.loads(detail)["attempt"] for (detail,) in rows]

    async def _open(self) -> str:
        if self._server is None:
            app = web.Application()
            app.router.add_post("/sms", self._take)
            self._server = TestServer(app)
            await self._server.start_server()
        return str(self._server.make_url("/sms"))

    async def _take(self, request: web.Request) -> web.Response:
        id_ = (await request.json())["message"]["id"]
        self.unsigned += not request.headers.get("webhook-signature", "").startswith("v1,")
        self.requests[id_].append(request.headers["webhook-id"])
        count = sum(map(len, self.requests.values()))
        if count == 1:
            return web.Response(status=410)
        if count % 3 == 0:
            return web.Response(status=500)
        self.taken.append(id_)
        return web.json_response({"reply": "17 left"})
