"""Conversations that are noted on, closed, snoozed and opened again while the daemon dies."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from gsmd.client import AsyncClient
from tests.features.killed.stage import Stage, until_handled
from tests.features.killed.words import crowd

NOTE = "likes tea"


class Desk:
    """Everybody writes, is noted on and put aside, and writes once more; the last one is woken by the clock."""

    numbers = crowd("+3368888", 4)

    def __init__(self) -> None:
        self.put_aside: set[str] = set()

    def begin(self, stage: Stage) -> dict[str, Any]:
        for number in self.numbers:
            stage.phone(number).send(stage.number, "hello")
        return {}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        await until_handled(client, len(self.numbers) + len(self.put_aside - {self.numbers[-1]}))
        for number in self.numbers:
            await client.conversations.note(number, NOTE, key="1")
            await client.conversations.read(number, "anna")
            if number not in self.put_aside:
                await self._put_aside(stage, client, number)
        while len((await client.conversations.list(state="open")).conversations) < len(
            self.numbers
        ):
            pass

    async def _put_aside(self, stage: Stage, client: AsyncClient, number: str) -> None:
        """It is told to be aside before they write again, or before the time is over."""
        if number == self.numbers[-1]:
            until = datetime.now(UTC) + timedelta(seconds=0.5)
            await client.conversations.set(number, snooze_until=until)
        else:
            await client.conversations.set(number, "closed", labels=["tea"])
            stage.phone(number).send(stage.number, "again")
        self.put_aside.add(number)

    def judge(self, stage: Stage) -> list[str]:
        faults = []
        notes = stage.rows("SELECT peer, text FROM conversation_note ORDER BY peer")
        if notes != [(number, NOTE) for number in self.numbers]:
            faults.append(f"notes: {notes}")
        closed = stage.rows("SELECT peer FROM conversation_closing ORDER BY peer")
        if closed != [(number,) for number in self.numbers[:-1]]:
            faults.append(f"closed: {closed}")
        told = [
            json.loads(detail)
            for (detail,) in stage.rows(
                "SELECT detail FROM event WHERE type = 'conversation.updated'"
            )
        ]
        opened = sorted((e["peer"], e["message"]) for e in told if e.get("cause") == "message")
        again = stage.rows("SELECT peer, id FROM message WHERE text = 'again' ORDER BY peer")
        if opened != again:
            faults.append(f"opened {opened}, they wrote {again}")
        snoozed = [e for e in told if e.get("state") == "snoozed"]
        woken = [e for e in told if e.get("cause") == "snooze_over"]
        if not snoozed or len(snoozed) < len(woken) or not woken:
            faults.append(f"snoozed {snoozed}, woken {woken}")
        states = stage.rows("SELECT peer, state FROM conversation ORDER BY peer")
        if states != [(number, "open") for number in self.numbers]:
            faults.append(f"states: {states}")
        return faults
