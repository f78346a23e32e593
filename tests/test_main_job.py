"""The main job, end to end: an SMS comes in, a handler answers it, the reply goes out."""

import asyncio
from pathlib import Path

from gsmd.client import AsyncClient
from gsmd.protocol.message import State
from tests.rig import PATIENCE, rig

PHONE = "+33612345678"
EMOJI = "Bonjour 👩‍👩‍👧, voilà " + "ce que je voulais vous dire. " * 3
LONG_REPLY = "Merci de votre message. " * 20


async def answer_one(client: AsyncClient, handler: str, text: str) -> str:
    async with asyncio.timeout(PATIENCE):
        async with client.listen(handler) as messages:
            async for message in messages:
                await message.reply(text)
                return message.id
    raise AssertionError("nothing came")


async def test_a_long_unicode_message_is_answered_with_a_long_reply_that_is_delivered(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it, it.running(outbound={"report": True}) as client:
        phone = it.network.phone(PHONE)
        async with asyncio.timeout(PATIENCE):
            async with client.listen("crm") as messages:
                assert len(phone.send(it.sim.number, EMOJI)) == 2
                message = await anext(aiter(messages))
                await message.reply(LONG_REPLY)
            (reply,) = await phone.expect(1, PATIENCE)
            sent = (await client.list(direction="outbound")).messages[0]
            delivered = await client.wait(sent.id, State.DELIVERED, PATIENCE)
        inbound = await client.get(message.id)

    assert (inbound.text, inbound.parts, inbound.alphabet, inbound.peer) == (
        EMOJI,
        2,
        "ucs2",
        PHONE,
    )
    assert inbound.state is State.HANDLED
    assert reply.text == LONG_REPLY
    assert reply.parts == delivered.parts == 4
    assert list(reply.tpdus) == sorted(reply.tpdus, key=_sequence)
    assert delivered.state is State.DELIVERED
    assert delivered.in_reply_to == inbound.id
    assert not it.sim.messages.used


def _sequence(tpdu: bytes) -> int:
    from gsmd import pdu

    deliver = pdu.Deliver.decode(tpdu)
    assert deliver.user_data.concatenation is not None
    return deliver.user_data.concatenation.sequence


async def test_handlers_that_come_and_go_are_told_as_events(tmp_path: Path) -> None:
    async with (
        rig(tmp_path) as it,
        it.running() as client,
        asyncio.timeout(PATIENCE),
        client.events("handler.") as events,
    ):
        async with client.listen("crm"):
            came = await anext(aiter(events))
        went = await anext(aiter(events))
    assert (came.type, went.type) == ("handler.connected", "handler.disconnected")
    assert came.fields["handler"] == went.fields["handler"] == "crm"
