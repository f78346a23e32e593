"""Where a code can be read by somebody it is not for: nowhere."""

import sqlite3
from contextlib import closing
from pathlib import Path

from gsmd import pdu
from gsmd.client import AsyncClient
from gsmd.protocol.message import State
from tests.features.scenes import PHONE, scene
from tests.features.verify.test_verifying import received_code, start
from tests.rig import PATIENCE, rig

LONG = (
    "I think this is what I have read on the page that you sent me to, as far as I see. " * 2 + "{}"
)


async def everything(client: AsyncClient) -> str:
    """All that clients are told of messages when they ask."""
    page = await client.list()
    seen = [repr(page), repr(await client.handlers())]
    for message in page.messages:
        seen += [repr(await client.get(message.id)), repr(await client.show(message.id))]
        seen.append(repr(await client.call("people.messages", peer=message.peer)))
    return "\n".join(seen)


def stored(directory: Path) -> bytes:
    """The database as it lies on the disk once the daemon has ended."""
    return (directory / "state" / "gsmd.db").read_bytes()


def queued_text(directory: Path) -> str:
    """What is about to be sent, from the TPDUs in the store."""
    path = directory / "state" / "gsmd.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        ((tpdu,),) = connection.execute("SELECT tpdu FROM outbound_part").fetchall()
    return pdu.Submit.decode(tpdu).user_data.text or ""


async def test_a_code_that_waits_for_a_modem_is_shown_to_nobody(tmp_path: Path) -> None:
    modems = [{"name": "north", "port": str(tmp_path / "nothing")}]
    async with rig(tmp_path) as it, it.running(modems=modems) as client:
        async with client.events() as events:
            await start(client, text="{code}")
            told = repr(await anext(aiter(events)))
        seen = told + await everything(client)
        code = queued_text(tmp_path)

    assert len(code) == 6
    assert code not in seen


async def test_a_code_that_is_texted_to_us_is_seen_by_nobody_else(tmp_path: Path) -> None:
    handlers = [{"name": "crm", "socket": True}, {"name": "rest", "forward": "+33687654321"}]
    async with scene(tmp_path, handlers=handlers) as (it, client, phone):
        code = str((await client.call("verify.expect"))["code"])
        async with client.listen() as tail, client.events() as events:
            tpdus = phone.send(it.sim.number, LONG.format(code))
            seen = repr(await anext(aiter(tail)))
            happening = aiter(events)
            while "verify.verified" not in seen:
                seen += repr(await anext(happening))
        seen += await everything(client)
        (message,) = (await client.list(direction="inbound")).messages
        outbound = (await client.list(direction="outbound")).messages
    database = stored(tmp_path)

    assert (message.state, message.parts) == (State.HANDLED, 2)
    assert "******" in (message.text or "")
    assert code not in seen
    assert outbound == []
    assert code.encode() not in database
    for tpdu in tpdus:
        assert tpdu.hex().upper()[-40:].encode() not in database


async def test_nothing_of_a_code_is_left_on_the_disk_once_it_is_out(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        async with it.running() as client:
            await start(client)
            code = await received_code(it)
            (message,) = (await client.list(direction="outbound")).messages
            await client.wait(message.id, State.SENT, PATIENCE)
        octets = next(iter(it.network.submitted)).tpdu[-12:]  # of the text, packed

    assert code.encode() not in stored(tmp_path)
    assert octets not in stored(tmp_path)


async def test_a_tagged_text_is_not_left_on_the_disk_in_any_form(tmp_path: Path) -> None:
    text = "Your new password is sesame-7."
    async with scene(tmp_path, redact={"tags": ["password"]}) as (it, client, phone):
        sent = await client.send(PHONE, text, tag="password")
        await client.wait(sent.id, State.SENT, PATIENCE)
        await phone.expect(1, PATIENCE)
        octets = next(iter(it.network.submitted)).tpdu[-16:]

    assert b"sesame" not in stored(tmp_path)
    assert octets not in stored(tmp_path)
