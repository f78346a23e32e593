"""Receipts, end to end: what became of a message is told at the socket, to a program and to a web hook."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient
from gsmd.protocol.message import Receipt, State
from tests.core.hook_shop import Shop, open_shop
from tests.rig import PATIENCE, rig

PHONE = "+33612345678"


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as shop:
        yield shop


async def told(client: AsyncClient, handler: str) -> tuple[str, State, str | None]:
    """The message, the state and the text of the next receipt, which is acknowledged."""
    async with asyncio.timeout(PATIENCE), client.listen(handler) as messages:
        message = await anext(aiter(messages))
        assert isinstance(message.receipt, Receipt)
        await message.acknowledge()
        return message.id, message.receipt.state, message.text


async def nothing_waits(client: AsyncClient) -> None:
    async with asyncio.timeout(PATIENCE), client.events("delivery.") as events:
        while any(handler.pending for handler in await client.handlers()):
            await anext(aiter(events))


async def test_the_report_of_the_network_reaches_who_was_away_while_it_came(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        async with it.running() as client:
            sent = await client.send(PHONE, "hello", handler="crm", receipt=True, report=True)
            await client.wait(sent.id, State.DELIVERED, PATIENCE)
        async with it.running() as client:
            assert await told(client, "crm") == (sent.id, State.DELIVERED, "hello")
            await nothing_waits(client)
        async with it.running() as client:
            assert (await client.pull("crm", wait=0)).messages == []


async def test_a_program_is_started_for_the_end_of_each_message_in_its_name(tmp_path: Path) -> None:
    program, seen = tmp_path / "program", tmp_path / "seen"
    program.write_text(f'#!/bin/sh\necho "$GSMD_RECEIPT $GSMD_TEXT" >> {seen}\ncat >> {seen}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    handler = {"name": "shop", "run": [str(program)], "receipts": True}
    async with rig(tmp_path) as it, it.running(handlers=[handler]) as client:
        sent = await client.send(PHONE, "parcel 7", handler="shop", report=True)
        await client.wait(sent.id, State.DELIVERED, PATIENCE)
        await nothing_waits(client)
    first, body = seen.read_text().splitlines()
    assert first == "delivered parcel 7"
    assert json.loads(body)["message"]["id"] == sent.id
    assert json.loads(body)["receipt"]["state"] == "delivered"


async def test_a_web_hook_gets_the_end_again_until_it_takes_it(tmp_path: Path, shop: Shop) -> None:
    shop.settle = lambda count: 500 if count == 1 else 204
    handler: dict[str, Any] = {"name": "shop", "post": shop.url, "retry": {"first": 0.1}}
    async with rig(tmp_path) as it, it.running(handlers=[handler]) as client:
        sent = await client.send(PHONE, "parcel 7", handler="shop", receipt=True, report=True)
        await shop.gets(2)
        await nothing_waits(client)
    assert [body["attempt"] for body in shop.bodies] == [1, 2]
    assert {body["receipt"]["state"] for body in shop.bodies} == {"delivered"}
    assert shop.ids == [sent.id, sent.id]
    assert len({headers["webhook-id"] for headers in shop.headers}) == 1


async def test_what_a_carrier_reports_is_told_like_the_report_of_a_modem(tmp_path: Path) -> None:
    routes = [{"to": "*", "modems": ["provider"]}]
    async with (
        rig(tmp_path, modems=()) as it,
        it.running(carriers=["provider"], routes=routes) as client,
    ):
        good = await client.send(PHONE, "one", handler="crm", receipt=True, report=True)
        bad = await client.send(PHONE, "two", handler="crm", receipt=True, report=True)
        async with asyncio.timeout(PATIENCE), client.carry("provider") as messages:
            for state in ("delivered", "failed"):
                message = await anext(aiter(messages))
                await message.sent(f"their {state}")
                await client.carriers.report("provider", f"their {state}", state=state)
        assert await told(client, "crm") == (good.id, State.DELIVERED, "one")
        assert await told(client, "crm") == (bad.id, State.FAILED, "two")
