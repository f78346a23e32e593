"""A message that really goes out and comes back, seen by nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, Event, Invalid, NotFound
from gsmd.config import SelftestConfig
from gsmd.features.selftest.feature import SelfTest
from gsmd.features.selftest.rules import id_in, text_of
from tests.core.bench import bench
from tests.features.scenes import PHONE
from tests.rig import PATIENCE, Rig, rig

NORTH, SOUTH = "+33600000001", "+33600000002"
EVERY = {"from": "north", "to": "south", "every": 0.2, "within": "20s"}


@asynccontextmanager
async def two_modems(directory: Path, **more: Any) -> AsyncIterator[tuple[Rig, AsyncClient]]:
    async with rig(directory, ("north", "south")) as it, it.running(**more) as client:
        await it.ready(client)
        async with asyncio.timeout(PATIENCE):
            while not all(modem.number for modem in await client.modems()):
                await asyncio.sleep(0.02)  # no event tells of that
        yield it, client


async def next_event(client: AsyncClient, type_: str) -> Event:
    async with asyncio.timeout(PATIENCE), client.events("selftest.") as events:
        async for event in events:
            if event.type == type_:
                return event
    raise AssertionError


def test_a_test_message_is_known_by_its_text() -> None:
    assert id_in(text_of("abcdefgh234567ab")) == "abcdefgh234567ab"
    assert id_in(f"{text_of('abcdefgh234567ab')}\r\n") == "abcdefgh234567ab"
    assert [id_in(text) for text in ("gsmd self-test", "hello", "", None)] == [None] * 4


async def test_one_at_once_says_how_long_it_took_and_nobody_else_sees_it(tmp_path: Path) -> None:
    async with two_modems(tmp_path, handlers=[{"name": "all", "socket": True}]) as (_, client):
        (result,) = await client.selftest("north")
        assert (result.from_, result.to, result.passed) == ("north", "north", True)
        assert result.seconds is not None
        assert [handler.pending for handler in await client.handlers()] == [0]
        inbound = (await client.list(direction="inbound")).messages
        assert [(message.state, message.tag) for message in inbound] == [
            ("handled", "gsmd.selftest")
        ]
        figures = await client.stats()
        assert (figures.outbound, figures.inbound) == ({}, {})
        assert sum((await client.stats(tag="gsmd.selftest")).outbound.values()) == 1


async def test_those_of_the_configuration_go_on_by_themselves(tmp_path: Path) -> None:
    async with two_modems(tmp_path, selftest=[EVERY]) as (_, client):
        event = await next_event(client, "selftest.passed")
        assert (event.fields["from"], event.fields["to"]) == ("north", "south")
        assert event.fields["seconds"] >= 0
        assert [each.passed for each in await client.selftest()] == [True]
        assert [each.to for each in await client.selftest("south")] == ["south"]


async def test_one_that_does_not_come_back_in_time_has_failed(tmp_path: Path) -> None:
    tests = [{**EVERY, "within": 0.1}]
    async with two_modems(tmp_path, selftest=tests) as (it, client):
        it.network.faults.delivery_delay = 60
        event = await next_event(client, "selftest.failed")
        assert event.fields["reason"] == "not back within 0.1 s"


async def test_the_text_of_a_test_from_somebody_else_is_a_text_like_any(tmp_path: Path) -> None:
    async with two_modems(tmp_path) as (it, client):
        async with asyncio.timeout(PATIENCE), client.events("message.") as events:
            it.network.phone(PHONE).send(NORTH, text_of("abcdefgh234567ab"))
            async for event in events:
                if event.type == "message.received":
                    break
        (message,) = (await client.list(direction="inbound")).messages
        assert message.tag is None


async def test_what_cannot_be_tested_is_refused(tmp_path: Path) -> None:
    async with two_modems(tmp_path) as (_, client):
        with pytest.raises(Invalid, match="name a modem"):
            await client.selftest()
        with pytest.raises(NotFound, match="no modem is called 'west'"):
            await client.selftest("west")


async def test_a_modem_whose_number_nobody_knows_fails_with_that_reason(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        feature = SelfTest(it.config, it.app._ledger, lambda: (), lambda _modem: None)
        test = SelftestConfig(from_="north", to="north")
        reason = await feature._fails(it.app._host, test)
    assert reason == "the number of north is not known: modems[].number tells it"
