"""What the scenarios have in common: phones that do something by themselves, and waiting for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gsmd.client import AsyncClient
from gsmd.simulator.phone import Phone
from tests.cli.running import Outcome, run
from tests.rig import PATIENCE, Rig, rig

PHONE = "+33612345678"
LONG = 4 * PATIENCE
"""For scenes with hundreds of messages."""


@asynccontextmanager
async def scene(directory: Path, **more: Any) -> AsyncIterator[tuple[Rig, AsyncClient, Phone]]:
    """A rig with a daemon at work, and a phone."""
    async with rig(directory) as it, it.running(**more) as client:
        yield it, client, it.network.phone(PHONE)


async def asked(it: Rig, phone: Phone, text: str) -> str | None:
    """Text something to us; what the answer is."""
    before = len(phone.received)
    phone.send(it.sim.number, text)
    return (await phone.expect(before + 1, PATIENCE))[before].text


async def settled(client: AsyncClient, count: int) -> None:
    """Wait until so many inbound messages are there and handled."""
    async with asyncio.timeout(LONG), client.events("message.") as events:
        while len((await client.list(state="handled", limit=1000)).messages) < count:
            await anext(aiter(events))


async def gsmd(it: Rig, *arguments: str, stdin: str = "") -> Outcome:
    return await asyncio.to_thread(run, *arguments, socket=it.socket, stdin=stdin)
