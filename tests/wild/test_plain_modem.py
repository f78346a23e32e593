"""The daemon on a modem that knows next to nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gsmd import pdu
from gsmd.client import AsyncClient
from gsmd.protocol.message import State
from gsmd.simulator import Network
from tests.rig import Rig

from .patience import PATIENCE, quick_modem
from .plain_modem import PlainModem

PHONE = "+33612345678"
VARIANTS = {
    "plain": PlainModem(),
    "silent about garbage": PlainModem(garbage_answered=False),
    "slow octets": PlainModem(pause=0.001),
    "storage ME": PlainModem(storage="ME"),
    "alpha field": PlainModem(alpha=True),
    "all at once": PlainModem("ME", garbage_answered=False, alpha=True, pause=0.001, awaited=20),
    "left at a prompt": PlainModem(awaited=20, garbage_answered=False),
    "does not tell its storage": PlainModem(storage_told=False, garbage_answered=False),
}


@asynccontextmanager
async def at_work(directory: Path, modem: PlainModem) -> AsyncIterator[AsyncClient]:
    rig = Rig(directory, Network(), build_modem=quick_modem)
    modems = [{"name": "plain", "port": modem.path}]
    handlers = [{"name": "crm", "socket": True}]
    async with (
        asyncio.timeout(PATIENCE),
        rig.running(modems=modems, handlers=handlers) as client,
    ):
        async with client.events("modem.state") as events:
            while (await client.modem("plain")).state != "ready":
                await anext(aiter(events))
        yield client


def frame(text: str) -> str:
    (deliver,) = pdu.compose_deliver(text, PHONE, datetime.now(UTC))
    return pdu.Frame(pdu.Address.parse("+33609001390"), deliver.encode()).hex()


@pytest.mark.parametrize("name", VARIANTS)
async def test_a_modem_that_knows_next_to_nothing_receives_and_sends(
    tmp_path: Path, name: str
) -> None:
    async with VARIANTS[name] as modem, at_work(tmp_path, modem) as client:
        async with client.listen("crm") as messages:
            modem.arrive(frame("first"))
            message = await messages.receive(PATIENCE)
            await message.reply("second")
            await client.wait(message.id, State.HANDLED, PATIENCE)
        reply = (await client.list(direction="outbound")).messages[0]
        sent = await client.wait(reply.id, State.SENT, PATIENCE)
    assert message.text == "first"
    (taken,) = modem.taken
    submit = pdu.Submit.decode(pdu.Frame.from_hex(taken).tpdu)
    assert (str(submit.destination), submit.user_data.text) == (PHONE, "second")
    assert not sent.possible_duplicate
    assert not modem.slots


async def test_a_frame_damaged_on_the_line_is_not_lost(tmp_path: Path) -> None:
    modem = PlainModem(spoils=1)
    modem.slots[3] = (0, frame("precious"))
    async with modem, at_work(tmp_path, modem) as client, client.listen("crm") as messages:
        message = await messages.receive(PATIENCE)
        await message.acknowledge()
        await client.wait(message.id, State.HANDLED, PATIENCE)
    assert message.text == "precious"
    assert "AT+CMGR=3" in modem.heard
    assert not modem.slots
