"""A campaign with two texts, of which one drives people away, while the daemon dies under it."""

import asyncio
from functools import partial
from typing import Any

from gsmd.client import AsyncClient
from gsmd.simulator.phone import Phone, PhoneMessage
from tests.features.killed.stage import PAUSE, Stage, sent_to
from tests.features.killed.words import crowd

RUDE, KIND = "Buy now, {peer}", "Roses for {peer}?"


class Trial:
    """To phones of which those with the one text say STOP, and the others YES, each once; the rest get the other."""

    numbers = crowd("+3361414", 16)

    def __init__(self) -> None:
        self.said: dict[str, str] = {}
        self.results: dict[str, Any] = {}

    def begin(self, stage: Stage) -> dict[str, Any]:
        for number in self.numbers:
            phone = stage.phone(number)
            phone.listeners.append(partial(self._answer, phone))
        return {}

    def _answer(self, phone: Phone, message: PhoneMessage) -> None:
        text = message.text or ""
        if phone.number in self.said or not text.startswith(("Buy", "Roses")):
            return  # the same once more, or the confirmation of a STOP
        self.said[phone.number] = "STOP" if text.startswith("Buy") else "Yes"
        phone.send(message.originator, self.said[phone.number])

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        await client.call("lists.add", list="all", members=self.numbers)
        variants = [{"name": "rude", "text": RUDE}, {"name": "kind", "text": KIND}]
        plan = {"list": "all", "variants": variants, "share": 0.75, "key": "roses", "window": "1h"}
        begun = await client.call("campaigns.create", **plan)
        while not self._over():
            self.results = await client.call("campaigns.results", id=begun["id"])
            await asyncio.sleep(PAUSE)

    @property
    def _groups(self) -> list[dict[str, Any]]:
        return [*self.results["variants"], self.results["rest"]]

    def _over(self) -> bool:
        """Everybody has got one and is heard."""
        if not self.results or len(self.said) < len(self.numbers):
            return False
        heard = sum(each["answered"] + each["opted_out"] for each in self._groups)
        return heard >= len(self.numbers) and not self._waiting()

    def _waiting(self) -> bool:
        return bool(sum(each["sent"] for each in self._groups) < len(self.numbers))

    def judge(self, stage: Stage) -> list[str]:
        faults = [
            fault
            for number in self.numbers
            for fault in sent_to(stage, number, f"campaign-{self.results['id']}")
        ]
        rude, kind, rest = self._groups
        stops = sum(said == "STOP" for said in self.said.values())
        counted = (rude["opted_out"], kind["answered"] + rest["answered"])
        if counted != (stops, len(self.numbers) - stops):
            faults.append(f"counted {counted}, said {self.said}")
        if rude["answered"] or kind["opted_out"] or rest["opted_out"]:
            faults.append(f"counted for another: {self._groups}")
        if sum(each["sent"] for each in self._groups) != len(self.numbers):
            faults.append(f"sent: {self._groups}")
        if (self.results["decision"]["winner"], rest["name"]) != ("kind", "kind"):
            faults.append(f"decided: {self.results['decision']}")
        twice = stage.rows("SELECT peer FROM campaign_recipient GROUP BY peer HAVING count(*) > 1")
        return faults + [f"{peer} is in it twice" for (peer,) in twice]
