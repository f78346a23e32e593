"""Messages taken on lease by programs that die while the daemon dies: none lost, none again once it is settled."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from gsmd.client import AsyncClient, NoDaemon
from gsmd.protocol.inbox import PulledMessage, Settlement
from gsmd.protocol.types import Seconds
from tests.features.killed.stage import PAUSE, Stage, until_handled
from tests.features.killed.words import crowd

HANDLER = "crm"


class Pulled:
    """Pullers that answer, one that asks for more time first, and ones that take messages and are gone."""

    numbers = crowd("+3368888", 8)
    each = 2

    def __init__(self) -> None:
        self.taken: dict[str, list[int]] = {}
        """The attempts that were seen of each message."""
        self.settled: dict[str, str] = {}
        """The lease by which each was settled, once the daemon has said so."""
        self.faults: list[str] = []

    def begin(self, stage: Stage) -> dict[str, Any]:
        start = datetime.now(UTC).replace(microsecond=0)
        ticks = count()  # two texts of one phone within a second could be one message to a SIM
        stage.network.wall = lambda: start + timedelta(seconds=next(ticks))
        for turn in range(self.each):
            for number in self.numbers:
                stage.phone(number).send(stage.number, f"question {turn}")
        return {"handlers": [{"name": HANDLER, "socket": True}]}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        async with asyncio.TaskGroup() as group:
            pullers = [
                group.create_task(self._pull(stage, settles=settles, extends=extends))
                for settles, extends in ((True, False), (True, True), (False, False))
            ]
            try:
                await until_handled(client, len(self.numbers) * self.each)
            except NoDaemon as gone:  # as one error: the play is begun anew on it
                raise_later: NoDaemon | None = gone
            else:
                raise_later = None
            finally:
                for each in pullers:
                    each.cancel()
        if raise_later is not None:
            raise raise_later

    async def _pull(self, stage: Stage, *, settles: bool, extends: bool) -> None:
        while True:
            try:
                async with AsyncClient(stage.socket) as client:
                    lease = 30 if settles else 0.2
                    pulled = (await client.pull(HANDLER, 3, wait=1, lease=lease)).messages
                    for each in pulled:
                        self._take(each)
                    if extends:
                        await client.settle(
                            [Settlement(p.lease, extend=Seconds(60)) for p in pulled]
                        )
                    if settles:
                        await self._settle(client, pulled)
            except NoDaemon:
                pass
            await asyncio.sleep(PAUSE)

    def _take(self, pulled: PulledMessage) -> None:
        id_ = pulled.message.id
        if id_ in self.settled:
            self.faults.append(f"{id_} is settled and came again")
        self.taken.setdefault(id_, []).append(pulled.attempt)

    async def _settle(self, client: AsyncClient, pulled: Sequence[PulledMessage]) -> None:
        answers = [
            Settlement(each.lease, reply=f"answer to {each.message.text}") for each in pulled
        ]
        unknown = set((await client.settle(answers)).unknown) if answers else set()
        for each in pulled:
            if each.lease not in unknown:
                if each.message.id in self.settled:
                    self.faults.append(f"{each.message.id} was settled twice")
                self.settled[each.message.id] = each.lease

    def judge(self, stage: Stage) -> list[str]:
        faults = [*self.faults]
        rows = stage.rows(
            "SELECT id, message.state, queue, attempts FROM message JOIN delivery ON delivery.message = seq"
            " WHERE direction = 'inbound'"
        )
        if len(rows) != len(self.numbers) * self.each:
            faults.append(f"{len(rows)} messages for the handler")
        for id_, state, queue, attempts in rows:
            seen = self.taken.get(id_, [])
            if (state, queue) != ("handled", "done"):
                faults.append(f"{id_} is {state}, {queue}")
            if not seen:
                faults.append(f"{id_} was handed over to nobody")
            elif len(set(seen)) != len(seen) or max(seen) > attempts:
                faults.append(f"{id_}: attempts {seen}, {attempts} on disk")
        for number in self.numbers:
            faults += self._answers(stage, number)
        return faults

    def _answers(self, stage: Stage, number: str) -> list[str]:
        """One answer to each question, in the order of the questions."""
        texts = [
            text
            for (text,) in stage.rows(
                "SELECT text FROM message WHERE direction = 'outbound' AND peer = ? ORDER BY seq",
                number,
            )
        ]
        wanted = [f"answer to question {turn}" for turn in range(self.each)]
        got = {message.text for message in stage.phone(number).received}
        faults = [] if texts == wanted else [f"{number}: {texts} for it"]
        return faults if got == set(wanted) else [*faults, f"{number} has got {got}"]
