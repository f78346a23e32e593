"""Questions to the engine, and which answer is to which: all answers come to one subject of ours, whose last word is the question's number.

nats-py can ask too, but draws a random word, starts a task and a timer of its own for each question; an agent asks several times for each
message. Here one timer looks after all that are open, so that patience may last up to `_TICK` seconds longer than was asked for.
"""

import asyncio
from collections.abc import Mapping
from itertools import count

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

_NOBODY = "503"
_TICK = 1.0


class Questions:
    """Those of one connection."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._numbers = count()
        self._open: dict[str, tuple[asyncio.Future[Msg], float]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._begins = ""
        self._opening = asyncio.Lock()

    async def ask(
        self, subject: str, data: bytes, headers: Mapping[str, str] | None, patience: float
    ) -> Msg:
        """The answer. Errors: `nats.errors.Error`; `TimeoutError` after ``patience`` seconds, or somewhat later."""
        if not self._begins:
            await self._listen()
        loop = asyncio.get_running_loop()
        number = str(next(self._numbers))
        answer: asyncio.Future[Msg] = loop.create_future()
        self._open[number] = answer, loop.time() + patience
        if self._timer is None:
            self._timer = loop.call_later(_TICK, self._tick)
        try:
            reply = f"{self._begins}.{number}"
            more = None if not headers else dict(headers)
            await self._client.publish(subject, data, reply=reply, headers=more)
            return await answer
        finally:
            del self._open[number]

    async def _listen(self) -> None:
        async with self._opening:
            if not self._begins:
                begins = self._client.new_inbox()
                await self._client.subscribe(f"{begins}.*", cb=self._hear)
                self._begins = begins

    async def _hear(self, message: Msg) -> None:
        answer, _ = self._open.get(message.subject.rpartition(".")[2], (None, 0.0))
        if answer is None or answer.done():
            return
        headers = message.headers
        if headers and not message.data and headers.get("Status") == _NOBODY:
            answer.set_exception(NoRespondersError())
        else:
            answer.set_result(message)

    def _tick(self) -> None:
        """Give up on what had its time."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for answer, until in self._open.values():
            if until <= now and not answer.done():
                answer.set_exception(TimeoutError("no answer"))
        self._timer = loop.call_later(_TICK, self._tick) if self._open else None
