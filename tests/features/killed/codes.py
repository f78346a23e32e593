"""One-time codes in all three directions: none good twice, none lost, no guesses given back by a death."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from gsmd.client import AsyncClient
from gsmd.simulator.phone import PhoneMessage
from tests.features.killed.stage import PAUSE, Stage, until_handled

PHONE = "+33612345678"
OTHER = "+33687654321"

_CODE = re.compile(r"(\d{6}) is code (\d+)")
_TEXT = "{{code}} is code {}."


class Tries:
    """Asks for codes until it hears the id of one; a phone that reads them."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.asked = 0
        self.id: str | None = None
        self.codes: dict[int, str] = {}

    def read(self, message: PhoneMessage) -> None:
        if found := _CODE.match(message.text or ""):
            self.codes[int(found[2])] = found[1]

    async def begin(self, client: AsyncClient, method: str) -> tuple[str, str]:
        """The id and the code of the last one that was asked for."""
        if self.id is None:
            self.asked += 1
            text = _TEXT.format(self.asked)
            self.id = str((await client.call(method, to=self.number, text=text))["id"])
        while self.asked not in self.codes:
            await asyncio.sleep(PAUSE)
            await client.call("server.info")  # notices if the daemon is dead
        return self.id, self.codes[self.asked]


class Guessed:
    """`verify.start`: some wrong guesses and the right one; and wrong ones until there are no more."""

    def __init__(self) -> None:
        self.known, self.guessed = Tries(PHONE), Tries(OTHER)
        self.wrong = self.tried = self.right = 0
        self.said: list[str] = []

    def begin(self, stage: Stage) -> dict[str, Any]:
        stage.phone(PHONE).listeners.append(self.known.read)
        stage.phone(OTHER).listeners.append(self.guessed.read)
        return {"verify": {"attempts": 6}}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        id_, code = await self.known.begin(client, "verify.start")
        while self.wrong < 2:
            self.said.append(await self._guess(client, id_, _other_than(code)))
            self.wrong += 1
        while self.tried < 3:
            self.right += await self._guess(client, id_, code) == "ok"
            self.tried += 1
        id_, code = await self.guessed.begin(client, "verify.start")
        while "too_many_attempts" not in self.said:
            self.said.append(await self._guess(client, id_, _other_than(code)))
        self.said.append(await self._guess(client, id_, code))

    async def _guess(self, client: AsyncClient, id_: str, code: str) -> str:
        return str((await client.call("verify.check", id=id_, code=code)).get("reason", "ok"))

    def judge(self, stage: Stage) -> list[str]:
        states = dict(stage.rows("SELECT id, state FROM code"))
        attempts = dict(stage.rows("SELECT id, attempts FROM code"))
        faults = []
        if self.right > 1:
            faults.append(f"one code was right {self.right} times")
        if states[self.known.id] != "verified":
            faults.append(f"verified, and then {states[self.known.id]}")
        if attempts[self.known.id] < self.wrong:
            faults.append(f"{self.wrong} wrong guesses, {attempts[self.known.id]} on disk")
        if self.said.count("wrong") > self.wrong + 5 or "ok" in self.said:
            faults.append(f"guesses were given back: {self.said}")
        if states[self.guessed.id] != "failed":
            faults.append(f"guessed too often, and {states[self.guessed.id]}")
        return faults


class Answered:
    """`verify.reply`: the phone mistypes the code, then answers with it, then once more."""

    def __init__(self) -> None:
        self.tries = Tries(PHONE)
        self.state = ""
        self.texts = 0

    def begin(self, stage: Stage) -> dict[str, Any]:
        phone = stage.phone(PHONE)
        start = datetime.now(UTC).replace(microsecond=0)
        ticks = count()  # equal texts within one second are one message to a SIM
        stage.network.wall = lambda: start + timedelta(seconds=next(ticks))

        def answer(message: PhoneMessage) -> None:
            self.tries.read(message)
            code = (message.text or "")[:6]
            for text in (_other_than(code), code, f"again {code}"):
                phone.send(stage.number, text)
                self.texts += 1

        phone.listeners.append(answer)
        return {"verify": {"attempts": 20}}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        id_, _ = await self.tries.begin(client, "verify.reply")
        self.state = (await client.call("verify.wait", id=id_, timeout=60))["state"]
        await until_handled(client, self.texts)

    def judge(self, stage: Stage) -> list[str]:
        rows = stage.rows("SELECT id, state, attempts FROM code")
        faults = []
        if self.state != "verified" or (self.tries.id, "verified") not in {r[:2] for r in rows}:
            faults.append(f"answered, and {self.state}: {rows}")
        if len(rows) == 1 and self.texts == 3 and rows[0][2] != 1:
            faults.append(f"one wrong answer counted {rows[0][2]} times")
        used = stage.rows("SELECT message FROM code WHERE state = 'verified'")
        if len(set(used)) != len(used):
            faults.append("one text was good for two codes")
        return faults + _readable(stage, self.tries.codes.values())


class Expected:
    """`verify.expect`: the phone texts the code, and so does somebody who has read it later."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.codes: list[str] = []
        self.waited: list[dict[str, Any]] = []
        self.stolen = False

    def begin(self, stage: Stage) -> dict[str, Any]:
        return {}

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        if self.id is None:
            expected = await client.call("verify.expect")
            self.id = expected["id"]
            self.codes.append(expected["code"])
            stage.phone(PHONE).send(stage.number, f"Code {expected['code']}")
        self.waited.append(await client.call("verify.wait", id=self.id, timeout=60))
        if not self.stolen:
            self.stolen = True
            stage.phone(OTHER).send(stage.number, f"Code {self.codes[-1]}")
        await until_handled(client, 2)
        self.waited.append(await client.call("verify.wait", id=self.id, timeout=60))

    def judge(self, stage: Stage) -> list[str]:
        rows = stage.rows("SELECT id, state, peer, attempts FROM code WHERE state != 'pending'")
        faults = []
        if rows != [(self.id, "verified", PHONE, 0)]:
            faults.append(f"verified: {rows}")
        if any(each != {"state": "verified", "peer": PHONE} for each in self.waited):
            faults.append(f"told: {self.waited}")
        texts = stage.rows("SELECT text FROM message WHERE peer = ?", PHONE)
        if texts != [("Code ******",)]:
            faults.append(f"kept: {texts}")
        return faults


def _other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def _readable(stage: Stage, codes: Any) -> list[str]:
    """Codes that were texted and used, and still stand in the store."""
    texts = stage.rows("SELECT text FROM message WHERE direction = 'outbound'")
    return [f"{code} is kept" for code in codes if any(code in text for (text,) in texts)]
