"""gsmd as an ESME while the gateway, or the daemon, is killed in the middle; the SMSC is the judge.

The SMSC does as a good one does: what it hands over and is not answered comes again, receipts too. What must be true at the
end: each message was submitted, more than once only if it says that it may be a duplicate; each is delivered; each message that
the SMSC handed over is there, more than once only if it had to hand it over more than once.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from gsmd.client import AsyncClient, GsmdError
from gsmd.smpp import Address, CommandStatus, MessageState, pdus
from tests.gateways.smpp.killed import PATIENCE, Stage
from tests.gateways.smpp.scene import section
from tests.gateways.smpp.upstream.smsc import ROUTES, Smsc, provider
from tests.rig import rig

FROM = Address(1, 1, b"33612345678")
LONG = (
    "a text that takes two messages on its way, since it is longer than any one could hold it. " * 2
)
TEXTS = ("one", "two", LONG)
PIECES = (b"first half, ", b"second half")


class Judge(Smsc):
    """Ids in hex, receipts in decimal."""

    def __init__(self, killed_at: Collection[int], stage: "list[Stage]") -> None:
        super().__init__()
        self.number = lambda n: f"{0xC000 + n:X}"
        self.answer = self._answer
        self.tries: Counter[str] = Counter()
        self._killed_at = killed_at
        self._stage = stage
        self._owed: set[asyncio.Task[None]] = set()

    def _answer(self, pdu: pdus.SubmitSm) -> pdus.SubmitSmResp:
        if len(self.got) in self._killed_at:
            self._stage[0].kill_daemon()
        number = 0xC000 + len(self.got)
        told = asyncio.create_task(
            self.until_answered(
                f"receipt {number}",
                source=pdu.destination,
                esm_class=4,
                short_message=f"id:{number} stat:{MessageState.DELIVERED.stat} err:000".encode(),
            )
        )
        self._owed.add(told)
        return pdus.SubmitSmResp(message_id=f"{number:X}".encode())

    async def until_answered(self, name: str, **fields: Any) -> None:
        """Hand something over, as often as it takes."""
        while True:
            self.tries[name] += 1
            with contextlib.suppress(ConnectionError, TimeoutError):
                if (await self.hands_over(**fields)).status == CommandStatus.ROK:
                    return
            await asyncio.sleep(0.05)

    async def inbound(self) -> None:
        for number in range(3):
            name = f"in {number}"
            await self.until_answered(name, source=FROM, short_message=name.encode())
        for number, piece in enumerate(PIECES, 1):
            header = bytes((5, 0, 3, 9, len(PIECES), number))
            await self.until_answered(
                "parts", source=FROM, esm_class=0x40, short_message=header + piece
            )

    async def receipts_answered(self) -> None:
        while self._owed:
            await asyncio.gather(*[*self._owed])
            self._owed = {each for each in self._owed if not each.done()}


async def converse(
    directory: Path, *, points: Sequence[int] = (), pdus: Collection[int] = ()
) -> Stage:
    """One conversation: the gateway's first lives end at ``points``, the daemon's at the nth submit_sm for each of ``pdus``."""
    stages: list[Stage] = []
    judge = Judge(pdus, stages)
    async with judge.at_work(), rig(directory, modems=()) as built:
        settings = section(directory, providers=[provider(directory, judge.port)])
        stage = Stage(
            built,
            settings,
            carriers=["sky"],
            routes=ROUTES,
            outbound={"report": True, "retry": {"first": "1s"}},
        )
        stages.append(stage)
        async with (
            stage.alive(points),
            AsyncClient(built.socket) as client,
            asyncio.timeout(PATIENCE),
        ):
            coming = asyncio.create_task(judge.inbound())
            for text in TEXTS:
                await send(client, text)
            await coming
            await over(client)
            await judge.receipts_answered()
            await check(client, judge)
        return stage


async def send(client: AsyncClient, text: str) -> None:
    """Until it is accepted: the key makes it the same message."""
    while True:
        with contextlib.suppress(GsmdError):
            await client.send("+33612345678", text, key=text[:20])
            return
        await asyncio.sleep(0.05)


async def over(client: AsyncClient) -> None:
    while True:
        with contextlib.suppress(GsmdError):
            messages = (await client.list(direction="outbound")).messages
            if {message.state for message in messages} == {"delivered"}:
                return
        await asyncio.sleep(0.05)


async def check(client: AsyncClient, judge: Judge) -> None:
    outbound = (await client.list(direction="outbound")).messages
    assert len(outbound) == len(TEXTS)
    submitted = Counter(pdu.short_message for pdu in judge.got if not pdu.esm_class)
    for message in outbound:
        text = message.text or ""
        times = submitted[text.encode()] if text != LONG else 1
        assert times == 1 or (times > 1 and message.possible_duplicate), (text, times)
    firsts = [pdu for pdu in judge.got if pdu.esm_class and pdu.short_message[5] == 1]
    (long,) = (message for message in outbound if message.text == LONG)
    assert len(firsts) == 1 or (firsts and long.possible_duplicate)
    inbound = Counter(m.text or "" for m in (await client.list(direction="inbound")).messages)
    for name in ("in 0", "in 1", "in 2"):
        assert 1 <= inbound[name] <= judge.tries[name], (inbound, judge.tries)
    assert inbound[b"".join(PIECES).decode()] == 1, inbound
