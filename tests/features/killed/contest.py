"""Codes that several phones have, while the daemon dies: each counts once, each prize is given once, nobody is left without a word."""

from typing import Any

from gsmd.client import AsyncClient
from tests.features.killed.stage import Stage, sent_to, until_handled
from tests.features.killed.words import crowd

WINNERS = 2


class Contest:
    """Two phones text each code."""

    numbers = crowd("+3368888", 8)

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.texted = 0

    def begin(self, stage: Stage) -> dict[str, Any]:
        return {
            "keywords": {"table": [{"word": "WIN", "contest": "summer"}]},
            "contests": [{"name": "summer", "prizes": [{"name": "a mug", "codes": WINNERS}]}],
        }

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        if not self.codes:
            made = await client.call("contests.generate", contest="summer", count=4)
            self.codes = list(made["codes"])
        while self.texted < len(self.numbers):
            number = self.numbers[self.texted]
            stage.phone(number).send(stage.number, f"WIN {self.codes[self.texted % 4]}")
            self.texted += 1
        await until_handled(client, len(self.numbers))

    def judge(self, stage: Stage) -> list[str]:
        faults = [fault for number in self.numbers for fault in sent_to(stage, number)]
        texts = [
            {message.text for message in stage.phone(number).received} for number in self.numbers
        ]
        used = sum(each == {"This code was used before."} for each in texts)
        if used != 4:
            faults.append(f"{used} of 4 were told that their code was used: {texts}")
        entries = stage.rows("SELECT peer, prize FROM contest_entry")
        if len(entries) != 4:
            faults.append(f"4 codes, and {entries}")
        told = sum(each == {"You won a mug!"} for each in texts)
        won = sum(prize is not None for _, prize in entries)
        if told != won or won > WINNERS:
            faults.append(f"{won} prizes of {WINNERS}, {told} told")
        kept = stage.rows("SELECT text FROM message WHERE direction = 'inbound'")
        if set(kept) != {("WIN *********",)}:
            faults.append(f"kept: {kept}")
        return faults
