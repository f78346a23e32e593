"""Forms that are answered while the daemon dies: no answer lost or counted twice, no question asked twice."""

import asyncio
from collections import Counter
from typing import Any

from gsmd.client import AsyncClient
from gsmd.simulator.phone import PhoneMessage
from tests.faults.judge import Sent, sent_in_silence, submitted
from tests.features.killed.stage import Stage, until_handled
from tests.features.killed.words import crowd

QUESTIONS = {"Rating?": "2", "Why?": "too loud", "Again?": "yes"}
ANSWERS = '{"rating":2,"why":"too loud","again":true}'
FORM = {
    "name": "feedback",
    "questions": [
        {"name": "rating", "ask": "Rating?", "type": "number", "min": 1, "max": 5},
        {"name": "why", "ask": "Why?", "when": {"rating": {"below": 4}}},
        {"name": "again", "ask": "Again?", "type": "yes_no"},
    ],
    "thanks": "Thanks!",
}


class Asked:
    """Some text the keyword, some are asked; phones answer each question; a program gets what is finished."""

    texting = crowd("+3361212", 4)
    asked = crowd("+3361313", 3)

    def __init__(self) -> None:
        self.texts = 0
        self.got: list[tuple[str, str, Any]] = []

    def begin(self, stage: Stage) -> dict[str, Any]:
        for number in (*self.texting, *self.asked):
            self._person(stage, number)
        for number in self.texting:
            self._send(stage, number, "FEEDBACK")
        return {
            "forms": [FORM],
            "keywords": {"table": [{"word": "FEEDBACK", "form": "feedback"}]},
            "handlers": [{"name": "crm", "socket": True, "match": {"form": "feedback"}}],
        }

    def _person(self, stage: Stage, number: str) -> None:
        answered = set()

        def read(message: PhoneMessage) -> None:
            answer = QUESTIONS.get(message.text or "")
            if (
                answer is not None and message.text not in answered
            ):  # who is asked again need not say it again
                answered.add(message.text)
                self._send(stage, number, answer)

        stage.phone(number).listeners.append(read)

    def _send(self, stage: Stage, number: str, text: str) -> None:
        self.texts += 1
        stage.phone(number).send(stage.number, text)

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        for number in self.asked:
            await client.forms.start("feedback", number, key=number)
        wanted = len(self.texting) + len(self.asked)
        taking = asyncio.create_task(self._take(stage))
        try:
            while (await client.forms.get("feedback")).counts["finished"] < wanted:
                await asyncio.sleep(0.01)
            await until_handled(client, self.texts)
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)

    async def _take(self, stage: Stage) -> None:
        async with AsyncClient(stage.socket) as client, client.listen("crm") as inbox:
            async for message in inbox:
                assert message.form
                self.got.append((message.id, message.peer, message.form))
                await message.acknowledge()

    def judge(self, stage: Stage) -> list[str]:
        numbers = [*self.texting, *self.asked]
        kept = stage.rows("SELECT peer, state, answers FROM form_entry ORDER BY peer")
        wanted = [(number, "finished", ANSWERS) for number in sorted(numbers)]
        faults = [] if kept == wanted else [f"entries: {kept}"]
        finished = {(id_, form.entry) for id_, _, form in self.got}
        if len(finished) != len(numbers) or sorted({peer for _, peer, _ in self.got}) != sorted(
            numbers
        ):
            faults.append(f"handed over: {self.got}")
        rows = stage.rows(
            "SELECT peer, text, possible_duplicate FROM message WHERE direction = 'outbound'"
        )
        told = Counter((peer, text) for peer, text, _ in rows)
        once = {(number, text) for number in numbers for text in (*QUESTIONS, "Thanks!")}
        if told != Counter(once):
            faults.append(f"asked: {told - Counter(once)}, not asked: {Counter(once) - told}")
        for number in numbers:
            ours = [
                Sent(number, text, bool(marked)) for peer, text, marked in rows if peer == number
            ]
            theirs = [each for each in submitted(stage.network) if str(each.destination) == number]
            faults += sent_in_silence(theirs, ours)
        return faults
