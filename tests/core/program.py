"""A program that is a carrier, without a socket: it answers as it is told."""

import asyncio
from collections.abc import Callable

from gsmd.protocol.carriers import Submission
from tests.core.bench import PATIENCE, Bench

Answer = str | Exception | asyncio.Event | None


class Program:
    """It takes every message, and calls the first ``r1``, unless ``answer`` says otherwise.

    An answer that is an event is none yet: once it is set, it is the usual one.
    """

    user = "anna"
    pid = 4711

    def __init__(self, name: str = "provider", max_in_flight: int = 8) -> None:
        self.name = name
        self.max_in_flight = max_in_flight
        self.got: list[Submission] = []
        self.answer: Callable[[Submission], Answer] = self.usual
        self._came = asyncio.Event()

    def usual(self, _: Submission) -> Answer:
        return f"r{len(self.got)}"

    async def submit(self, submission: Submission) -> str | None:
        self.got.append(submission)
        reference = f"r{len(self.got)}"
        self._came.set()
        answer = self.answer(submission)
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = reference
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def gets(self, count: int) -> list[Submission]:
        """What it got, once that is ``count`` submissions."""
        async with asyncio.timeout(PATIENCE):
            while len(self.got) < count:
                self._came.clear()
                await self._came.wait()
        return self.got


def attached(it: Bench, program: Program) -> Program:
    """The program, attached to the bench."""
    it.app.carriers.attach(program.name, program)
    return program
