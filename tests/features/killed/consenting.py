"""Lists that are joined by a second message, and an offer to those who agreed, while the daemon dies."""

import asyncio
from collections import Counter
from typing import Any

from gsmd.client import AsyncClient
from gsmd.simulator.phone import PhoneMessage
from tests.faults.judge import Sent, sent_in_silence, submitted
from tests.features.killed.stage import PAUSE, Stage, until_handled
from tests.features.killed.words import crowd

QUESTION, WELCOME, NO_NEWS, OFFER = "News? YES or NO", "Welcome!", "All right.", "Roses!"


class Consenting:
    """Some say YES, some say NO, some are put on the list by hand; an offer goes to all of the list."""

    agreeing = crowd("+3361414", 4)
    declining = crowd("+3361515", 2)
    by_hand = crowd("+3361616", 2)

    def __init__(self) -> None:
        self.campaign: dict[str, Any] = {}

    def begin(self, stage: Stage) -> dict[str, Any]:
        for numbers, answer in ((self.agreeing, "Yes"), (self.declining, "No")):
            for number in numbers:
                self._person(stage, number, answer)
        return {
            "keywords": {"table": [{"word": "JOIN", "subscribe": "news", "reply": WELCOME}]},
            "lists": [{"name": "news", "confirm": QUESTION, "declined": NO_NEWS}],
            "campaigns": {"quiet": None, "quiet_in": {}},
        }

    @staticmethod
    def _person(stage: Stage, number: str, answer: str) -> None:
        def read(message: PhoneMessage) -> None:
            if message.text == QUESTION and read in listeners:
                listeners.remove(read)  # who is asked again need not say it again
                stage.phone(number).send(stage.number, answer)

        listeners = stage.phone(number).listeners
        listeners.append(read)
        stage.phone(number).send(stage.number, "JOIN")

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        await client.lists.add("news", self.by_hand)
        await until_handled(client, 2 * (len(self.agreeing) + len(self.declining)))
        begun = await client.campaigns.create(
            "news", OFFER, category="promotional", key="the offer"
        )
        while self.campaign.get("state") != "done" or "queued" in self.campaign["messages"]:
            self.campaign = await client.call("campaigns.get", id=begun.id)
            await asyncio.sleep(PAUSE)
        await until_handled(client, 0)

    def judge(self, stage: Stage) -> list[str]:
        faults = []
        kept = stage.rows("SELECT peer, state, shown, text FROM consent ORDER BY peer")
        wanted: list[tuple[str | None, ...]] = [
            (number, "given", QUESTION, "Yes") for number in self.agreeing
        ]
        wanted += [(number, "declined", QUESTION, None) for number in self.declining]
        if kept != wanted:
            faults.append(f"consents: {kept}")
        on_it = [peer for (peer,) in stage.rows("SELECT peer FROM list_member ORDER BY peer")]
        if on_it != [*self.agreeing, *self.by_hand]:
            faults.append(f"on the list: {on_it}")
        if self.campaign["skipped"] != {"no_consent": len(self.by_hand)}:
            faults.append(f"skipped: {self.campaign['skipped']}")
        rows = stage.rows(
            "SELECT peer, text, possible_duplicate FROM message WHERE direction = 'outbound'"
        )
        told = Counter((peer, text) for peer, text, _ in rows)
        once = Counter((n, text) for n in self.agreeing for text in (QUESTION, WELCOME, OFFER))
        once.update((number, text) for number in self.declining for text in (QUESTION, NO_NEWS))
        if told != once:
            faults.append(f"told: {told - once}, not told: {once - told}")
        for number in {peer for peer, *_ in rows}:
            ours = [Sent(peer, text, bool(marked)) for peer, text, marked in rows if peer == number]
            theirs = [each for each in submitted(stage.network) if str(each.destination) == number]
            faults += sent_in_silence(theirs, ours)
        return faults
