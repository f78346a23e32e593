"""Messages that a program carries which dies while the daemon dies: none lost, none twice unless it says so."""

import asyncio
from itertools import count
from typing import Any

from gsmd.client import AsyncClient, Conflict, NoDaemon
from tests.features.killed.stage import PAUSE, Stage
from tests.features.killed.words import crowd

CARRIER = "provider"


class Carried:
    """A carrier that goes away now and then with messages that its network has taken, and one network behind it."""

    numbers = crowd("+3367777", 12)

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}
        """How often the network was given each text."""
        self._references = count(1)
        self._owed: list[str] = []

    def begin(self, stage: Stage) -> dict[str, Any]:
        del stage
        return {"carriers": [CARRIER], "routes": [{"to": "*", "modems": [CARRIER]}]}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        carrying = asyncio.create_task(self._carry(stage))
        try:
            for number in self.numbers:
                key, text = f"key {number}", f"text to {number}"
                await client.send(number, text, key=key, report=True)
                await client.carriers.receive(CARRIER, number, key=key, text=f"from {number}")
            while not await self._is_over(client):
                await asyncio.sleep(PAUSE)
        finally:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)

    async def _is_over(self, client: AsyncClient) -> bool:
        outbound = (await client.list(direction="outbound", limit=1000)).messages
        return {message.state for message in outbound} == {"delivered"}

    async def _carry(self, stage: Stage) -> None:
        while True:
            try:
                async with AsyncClient(stage.socket) as client:
                    await self._live(client)
            except (NoDaemon, Conflict):
                pass
            await asyncio.sleep(PAUSE)

    async def _live(self, client: AsyncClient) -> None:
        """A life of the carrier, until it dies in the middle, or its daemon does."""
        await self._report(client)
        async with client.carry(CARRIER, max_in_flight=4, reconnect=False) as messages:
            async for message in messages:
                text = message.text or ""
                self.taken[text] = self.taken.get(text, 0) + 1
                reference = f"r{next(self._references)}"
                self._owed.append(reference)
                if sum(self.taken.values()) % 5 == 0:
                    return  # the network has it, and nobody will ever say so
                if (
                    len(self.taken) % 2
                ):  # some networks are faster with the report than with the answer
                    await self._report(client)
                await message.sent(reference)
                await self._report(client)

    async def _report(self, client: AsyncClient) -> None:
        """What the network still has to tell: it does so until it is answered."""
        for reference in [*self._owed]:
            await client.carriers.report(CARRIER, reference, state="delivered")
            self._owed.remove(reference)

    def judge(self, stage: Stage) -> list[str]:
        rows = stage.rows(
            "SELECT text, state, possible_duplicate FROM message WHERE direction = 'outbound'"
        )
        faults = [] if len(rows) == len(self.numbers) else [f"{len(rows)} messages were accepted"]
        for text, state, marked in rows:
            times = self.taken.get(text, 0)
            if times == 0 or (times > 1 and not marked):
                faults.append(f"{text!r} went out {times} times, marked: {bool(marked)}")
            if state != "delivered":
                faults.append(f"{text!r} is {state}")
        came = [
            text for (text,) in stage.rows("SELECT text FROM message WHERE direction = 'inbound'")
        ]
        if sorted(came) != [f"from {number}" for number in self.numbers]:
            faults.append(f"what came in: {sorted(came)}")
        return faults
