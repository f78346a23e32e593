"""A campaign whose recipients answer, while the daemon dies under it."""

import asyncio
from typing import Any

from gsmd.client import AsyncClient
from tests.features.killed.stage import PAUSE, Stage, sent_to

TEXT = "Do you come, {peer}?"


class Campaign:
    """To ``size`` phones, every other of which answers; one opted out, and one is on two lists."""

    def __init__(self, size: int) -> None:
        self.numbers = [f"+336200{number:05}" for number in range(size)]
        self.opted_out = "+33620099999"
        self.answering = self.numbers[::2]
        self.campaign: dict[str, Any] = {}
        self.figures: dict[str, Any] = {}

    def begin(self, stage: Stage) -> dict[str, Any]:
        for number in self.answering:
            stage.phone(number).reply_with(lambda _: "Yes")
        return {}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        await client.call("lists.add", list="all", members=[*self.numbers, self.opted_out])
        await client.call("lists.add", list="more", members=self.numbers[:1])
        await client.call("optout.add", peer=self.opted_out)
        plan = {"list": ["all", "more"], "text": TEXT, "tag": "party", "key": "the party"}
        begun = await client.call("campaigns.create", **plan)
        while not self._over():
            self.campaign = await client.call("campaigns.get", id=begun["id"])
            self.figures = await client.call("stats.get", tag="party")
            await asyncio.sleep(PAUSE)

    def _over(self) -> bool:
        if self.campaign.get("state") != "done" or self.figures["answered"] < len(self.answering):
            return False
        return set(self.campaign["messages"]) == {"sent"}

    def judge(self, stage: Stage) -> list[str]:
        faults = [fault for number in self.numbers for fault in sent_to(stage, number)]
        if self.campaign["messages"] != {"sent": len(self.numbers)}:
            faults.append(f"counted: {self.campaign['messages']}")
        if self.campaign["skipped"] != {"opted_out": 1, "duplicate": 1}:
            faults.append(f"skipped: {self.campaign['skipped']}")
        if self.figures["answered"] != len(self.answering):
            faults.append(f"answered: {self.figures['answered']}")
        if stage.phone(self.opted_out).received:
            faults.append("somebody who opted out has got it")
        if (campaigns := stage.rows("SELECT count(*) FROM campaign")) != [(1,)]:
            faults.append(f"campaigns: {campaigns}")
        tied = stage.rows(
            "SELECT DISTINCT answer.peer FROM message AS answer JOIN message AS sent"
            " ON sent.id = answer.in_reply_to WHERE answer.peer = sent.peer AND sent.tag = 'party'"
            " ORDER BY 1"
        )
        if [peer for (peer,) in tied] != self.answering:
            faults.append(f"{len(tied)} answers are tied to it")
        return faults
