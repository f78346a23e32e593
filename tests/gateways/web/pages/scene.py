"""Pages on a whole gateway, a real daemon and simulated modems: what a browser without a script sees."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from gsmd.client import AsyncClient
from gsmd.protocol.method import Role
from tests.gateways.web.house import Answer, House, house
from tests.rig import PATIENCE, Rig, rig

PEER = "+33612345678"

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Scene:
    rig: Rig
    client: AsyncClient
    house: House
    cookie: str

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.house.ask("GET", path, cookie=self.cookie, headers=headers)

    async def page(self, path: str) -> str:
        """The page as text, markup included, of a request that succeeds."""
        answer = await self.get(path)
        assert answer.status == 200, (path, answer)
        return answer.body.decode()

    async def post(self, path: str, **fields: str) -> Answer:
        body = urlencode(fields).encode()
        return await self.house.ask(
            "POST", path, cookie=self.cookie, body=body or b"x=", headers=FORM
        )

    async def done(self, path: str, **fields: str) -> str:
        """Send a form that leads to another page; where it leads."""
        answer = await self.post(path, **fields)
        assert answer.status == 303, (path, answer.status, words(answer.body.decode()))
        return answer.header("location")

    async def as_(self, name: str, *roles: Role) -> "Scene":
        """The same, seen by somebody else."""
        return Scene(self.rig, self.client, self.house, await self.house.signed_in(name, *roles))

    async def came_in(self, text: str, phone: str = PEER) -> dict[str, Any]:
        """Text something to us; the message once it is on disk."""
        async with self.client.events("message.received") as events:
            self.rig.network.phone(phone).send(self.rig.sim.number, text)
            event = await events.receive(PATIENCE)
        message: dict[str, Any] = await self.client.call("messages.get", id=event.fields["id"])
        return message


def words(page: str) -> str:
    """The text of a page, as somebody reads it."""
    body = page.partition("<body")[2].partition(">")[2]
    plain = re.sub(r"<(script|style)\b.*?</\1>", " ", body, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", plain)).split())


@asynccontextmanager
async def scene(
    directory: Path, *, modems: tuple[str, ...] = ("north",), web: str = "", **config: Any
) -> AsyncIterator[Scene]:
    keys = "rate: {per_address: null}" + (f", {web}" if web else "")
    async with rig(directory, modems) as it, it.running(**config) as client:
        await it.ready(client)
        async with house(directory, keys, daemon=it.socket) as open_house:
            async with asyncio.timeout(PATIENCE):
                cookie = await open_house.signed_in("anna")
            yield Scene(it, client, open_house, cookie)
