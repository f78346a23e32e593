"""The choice of messages of a name that no configuration has: from then on, while nobody is there, over restarts."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import HandlerConfig, MatchRule
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.inbox import PullParams
from tests.core.bench import Bench, Worker, bench, deliver


async def arrive(it: Bench, *texts: str) -> None:
    for text in texts:
        await it.modem.listener.direct(it.modem, deliver(text=text)[0])


async def leave(it: Bench, worker: Worker, name: str = "crm") -> None:
    it.app.handlers.unsubscribe(name, worker)
    await it.settled()


async def pulled(it: Bench, match: dict[str, Any] | None = None, **more: Any) -> list[str | None]:
    answer = await it.app.pulling.pull(PullParams("crm", max=10, match=match, **more))
    return [each.message.text for each in answer.messages]


async def test_it_gets_only_what_it_chose(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker("crm", match={"keyword": ["STOCK", "PRICE"], "from": "+33*"})
        await arrive(it, "STOCK 1", "hello", "price of 2")
        await worker.gets(2)
        assert worker.texts == ["STOCK 1", "price of 2"]


async def test_it_holds_while_nobody_is_there_and_after_a_restart(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker("crm", match={"keyword": ["STOCK"]})
        await leave(it, worker)
        await arrive(it, "hello", "STOCK 1")
        await it.restart()
        await arrive(it, "hello again", "STOCK 2")
        (status,) = await it.app.handlers.status()
        assert (status.pending, status.match) == (2, {"keyword": ["STOCK"]})
        worker = await it.worker("crm")  # without a choice: as it was
        await worker.gets(2)
        assert worker.texts == ["STOCK 1", "STOCK 2"]


async def test_another_choice_holds_from_then_on_and_what_waits_stays(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await leave(it, await it.worker("crm", match={"keyword": ["STOCK"]}))
        await arrive(it, "STOCK 1", "PRICE 1")
        await leave(it, await it.worker("crm", room=0, match={"keyword": ["PRICE"]}))
        await arrive(it, "STOCK 2", "PRICE 2")
        await leave(it, await it.worker("crm", room=0, match={}))
        await arrive(it, "STOCK 3", "hello")
        worker = await it.worker("crm")
        await worker.gets(4)
        assert worker.texts == ["STOCK 1", "PRICE 2", "STOCK 3", "hello"]


async def test_who_pulls_chooses_too(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        assert await pulled(it, {"keyword": ["STOCK"]}) == []
        await arrive(it, "hello", "STOCK 1")
        assert await pulled(it) == ["STOCK 1"]


async def test_a_new_name_that_begins_further_back_gets_only_what_it_chose(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await arrive(it, "STOCK 1", "hello", "STOCK 2")
        worker = await it.worker("crm", match={"keyword": ["STOCK"]}, from_="beginning")
        await worker.gets(2)
        assert worker.texts == ["STOCK 1", "STOCK 2"]
        assert worker.pending == 2


async def test_what_nobody_else_took_can_be_chosen(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        stock = await it.worker("stock", match={"keyword": ["STOCK"]})
        rest = await it.worker("rest", match={"unclaimed": True})
        await arrive(it, "STOCK 1", "hello")
        await asyncio.gather(stock.gets(1), rest.gets(1))
        assert (stock.texts, rest.texts) == (["STOCK 1"], ["hello"])


async def test_the_configuration_decides_for_those_in_it(tmp_path: Path) -> None:
    crm = HandlerConfig(name="crm", match=MatchRule(keyword=("STOCK",)), settings=SocketSettings())
    async with bench(tmp_path, handlers=(crm,)) as it:
        for ask in (it.worker("crm", match={"keyword": ["PRICE"]}), pulled(it, {})):
            with pytest.raises(Refused, match="stands in the configuration") as caught:
                await ask
            assert (caught.value.code, caught.value.data["field"]) == (Code.CONFLICT, "match")
        worker = await it.worker("crm")
        await arrive(it, "PRICE 1", "STOCK 1")
        await worker.gets(1)
        assert worker.texts == ["STOCK 1"]


@pytest.mark.parametrize(
    ("match", "field"),
    [
        ({"colour": "red"}, "match.colour"),
        ({"regex": "("}, "match.regex"),
        ({"from": []}, "match.from"),
        ({"keyword": [1]}, "match.keyword[0]"),
        ({"kind": "letter"}, "match.kind"),
        ({"keyword": [[[["x"]]]]}, "match.keyword[0]"),
    ],
)
async def test_a_choice_that_cannot_be_is_refused_and_nothing_begins(
    tmp_path: Path, match: dict[str, Any], field: str
) -> None:
    async with bench(tmp_path) as it:
        with pytest.raises(Refused) as caught:
            await it.worker("crm", match=match)
        assert (caught.value.code, caught.value.data["field"]) == (Code.INVALID, field)
        assert await it.app.handlers.status() == []


async def test_a_name_that_was_removed_and_comes_again_takes_everything(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await leave(it, await it.worker("crm", match={"keyword": ["STOCK"]}))
        await it.app.handlers.remove("crm")
        worker = await it.worker("crm")
        await arrive(it, "hello")
        await worker.gets(1)
        await it.restart()
        worker = await it.worker("crm")
        await arrive(it, "hello again")
        await worker.gets(1)
