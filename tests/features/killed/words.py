"""Keywords, robots and a vote that ends while the daemon dies."""

import stat
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from gsmd.client import AsyncClient
from tests.features.killed.stage import Stage, sent_to, until_handled


def crowd(prefix: str, size: int) -> list[str]:
    return [f"{prefix}{number:04}" for number in range(size)]


class Words:
    """JOIN, VOTE and STOP, a few of each."""

    texts = (("+3361111", "VOTE Anna"), ("+3362222", "JOIN"), ("+3363333", "STOP"))

    def begin(self, stage: Stage) -> dict[str, Any]:
        for prefix, text in self.texts:
            for number in crowd(prefix, 4):
                stage.phone(number).send(stage.number, text)
        return {
            "keywords": {
                "table": [
                    {"word": "JOIN", "subscribe": "news", "reply": "Welcome!"},
                    {"word": "VOTE", "poll": "talent"},
                ]
            },
            "polls": [{"name": "talent", "options": [{"name": "Anna"}, {"name": "Ben"}]}],
        }

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        await until_handled(client, 12)

    def judge(self, stage: Stage) -> list[str]:
        faults = []
        for prefix, query in (
            ("+3361111", "SELECT peer FROM vote WHERE choice = 0"),
            ("+3362222", "SELECT peer FROM list_member"),
            ("+3363333", "SELECT peer FROM suppression"),
        ):
            numbers = crowd(prefix, 4)
            if (found := sorted(peer for (peer,) in stage.rows(query))) != numbers:
                faults.append(f"{query}: {found}")
            faults += [fault for number in numbers for fault in sent_to(stage, number)]
        return faults


class Balance:
    """A program that answers; it writes down for which messages it was started."""

    numbers = crowd("+3364444", 8)

    def begin(self, stage: Stage) -> dict[str, Any]:
        program = stage.directory / "balance"
        program.write_text(
            f'#!/bin/sh\necho "$GSMD_ID" >> {stage.directory}/started\necho "$GSMD_PEER has 5.00"\n'
        )
        program.chmod(stat.S_IRWXU)
        for number in self.numbers:
            stage.phone(number).send(stage.number, "balance")
        return {"keywords": {"table": [{"word": "BALANCE", "run": [str(program)]}]}}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        await until_handled(client, len(self.numbers))

    def judge(self, stage: Stage) -> list[str]:
        faults = [fault for number in self.numbers for fault in sent_to(stage, number)]
        started = (stage.directory / "started").read_text().split()
        handed_over = dict(
            stage.rows("SELECT id, attempts FROM delivery JOIN message ON seq = message")
        )
        for number in self.numbers:
            texts = {message.text for message in stage.phone(number).received}
            if texts != {f"{number} has 5.00"}:
                faults.append(f"{number} has got {texts}")
        for id_, attempts in handed_over.items():
            if not 1 <= started.count(id_) <= attempts:
                faults.append(
                    f"{id_} was started {started.count(id_)} times, handed over {attempts}"
                )
        return faults


class Robots:
    """Two machines that say the same to each other until one of them notices."""

    number = "+33655555555"

    def begin(self, stage: Stage) -> dict[str, Any]:
        start = datetime.now(UTC).replace(microsecond=0)
        ticks = count()  # equal texts within one second are one message to a SIM
        stage.network.wall = lambda: start + timedelta(seconds=next(ticks))
        robot = stage.phone(self.number)
        robot.reply_with(lambda _: "I am away until Monday.")
        robot.send(stage.number, "I am away until Monday.")
        return {"keywords": {"default": "This number reads no messages."}}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        while True:
            page = await client.list(direction="inbound", limit=1000)
            for message in page.messages[:1]:
                history = await client.show(message.id)
                if any(event.type == "reply.refused" for event in history.events):
                    await until_handled(client, len(page.messages))
                    return

    def judge(self, stage: Stage) -> list[str]:
        ((answers,),) = stage.rows("SELECT count(*) FROM message WHERE direction = 'outbound'")
        refused = stage.rows("SELECT detail FROM event WHERE type = 'reply.refused'")
        faults = []
        if answers != 10:
            faults.append(f"{answers} answers to a machine")
        if any('"loop"' not in detail for (detail,) in refused):
            faults.append(f"refused: {refused}")
        return faults


class ClosingPoll:
    """A vote that is ended while votes come in; who comes later is told so."""

    early = crowd("+3366666", 6)
    late = crowd("+3367777", 3)

    def __init__(self) -> None:
        self.closed = False
        self.draws: list[Any] = []

    def begin(self, stage: Stage) -> dict[str, Any]:
        for number in self.early:
            stage.phone(number).send(stage.number, "vote ben")
        return {
            "keywords": {"table": [{"word": "VOTE", "poll": "talent"}]},
            "polls": [{"name": "talent", "options": [{"name": "Anna"}, {"name": "Ben"}]}],
        }

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        if not self.closed:
            while (await client.call("polls.get", poll="talent"))["votes"] < 2:
                pass
            closed = await client.call("polls.close", poll="talent")
            self.closed = closed["state"] == "closed"
            for number in self.late:  # before anything else is waited for
                stage.phone(number).send(stage.number, "vote anna")
            self.draws.append(await client.call("polls.draw", poll="talent", winners=2))
        await until_handled(client, len(self.early) + len(self.late))
        self.draws.append(await client.call("polls.draw", poll="talent", winners=2))

    def judge(self, stage: Stage) -> list[str]:
        numbers = (*self.early, *self.late)
        faults = [fault for number in numbers for fault in sent_to(stage, number)]
        ((closes_at,),) = stage.rows("SELECT closes_at FROM poll")
        in_time = stage.rows(
            "SELECT peer, id FROM message WHERE direction = 'inbound' AND created_at < ? ORDER BY peer",
            closes_at,
        )
        votes = stage.rows("SELECT peer, message FROM vote ORDER BY peer")
        if votes != in_time:
            faults.append(f"in time: {in_time}, counted: {votes}")
        if {peer for peer, _ in votes} & set(self.late):
            faults.append("a vote counted that came after the end was told")
        if len({draw["seed"] for draw in self.draws}) > 1:
            faults.append("two seeds")
        return faults
