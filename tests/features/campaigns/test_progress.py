"""The progress of campaigns, counted as it goes; what is no campaign in the end; who is forgotten on the way."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, GsmdError
from gsmd.features.campaigns import planning, table, unfinished
from gsmd.features.campaigns.table import Campaign, Recipient
from gsmd.protocol.errors import Code, Refused
from gsmd.store.engine.database import Database
from tests.features.scenes import LONG, gsmd, scene
from tests.rig import PATIENCE, rig

TEXT = "Hello {peer}"


def numbers(count: int) -> list[str]:
    return [f"+336200{number:05}" for number in range(count)]


def slow(directory: Path) -> dict[str, Any]:
    """A configuration under which one message goes out, and all others wait."""
    port = str(directory / "north")
    return {"modems": [{"name": "north", "port": port, "limits": {"per_hour": 1}}]}


async def campaign(
    client: AsyncClient, id_: str, until: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """A campaign, once it is so."""
    async with asyncio.timeout(LONG), client.events("campaign.", "message.", "optout.") as events:
        stream = aiter(events)
        while True:
            found: dict[str, Any] = await client.call("campaigns.get", id=id_)
            if until(found):
                return found
            await anext(stream)


async def begun(client: AsyncClient, count: int, **more: Any) -> str:
    await client.call("lists.add", list="all", members=numbers(count))
    return str((await client.call("campaigns.create", list="all", text=TEXT, **more))["id"])


async def test_whoever_answers_with_a_stop_counts_as_opted_out_of_that_campaign(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as (it, client, _):
        ids = [await begun(client, 3), await begun(client, 4)]
        for id_ in ids:
            await campaign(client, id_, lambda found: found["messages"].get("sent", 0) >= 3)
        leaver = it.network.phone(numbers(4)[3])  # is in the second only
        leaver.send(it.sim.number, "STOP")
        leaver.send(it.sim.number, "stop")
        it.network.phone(numbers(1)[0]).send(it.sim.number, "How nice")
        left = await campaign(client, ids[1], lambda found: found["opted_out"] > 0)
        kept = await client.call("campaigns.get", id=ids[0])
        shown = await gsmd(it, "campaigns", "show", ids[1])
        async with asyncio.timeout(LONG), client.events("message.") as events:
            while len((await client.list(direction="inbound", state="handled")).messages) < 2:
                await anext(aiter(events))
        after = await client.call("campaigns.get", id=ids[1])

    assert (left["opted_out"], kept["opted_out"], after["opted_out"]) == (1, 0, 1)
    assert "opted out" in shown.out


async def test_campaigns_are_listed_page_by_page_newest_first(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, _):
        ids = [await begun(client, 1) for _ in range(5)]
        pages = [page async for page in _pages(client)]
        shown = await gsmd(it, "campaigns", "--limit", "2")
        with pytest.raises(GsmdError):
            await client.call("campaigns.list", after="x")

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [each for page in pages for each in page] == ids[::-1]
    assert ids[4] in shown.out
    assert ids[2] not in shown.out


async def _pages(client: AsyncClient) -> Any:
    after = None
    while True:
        page = await client.call("campaigns.list", limit=2, after=after)
        yield [each["id"] for each in page["campaigns"]]
        if (after := page["next"]) is None:
            return


async def test_what_is_refused_while_it_is_prepared_is_no_campaign_and_can_be_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_BATCH", 2)
    monkeypatch.setattr(unfinished, "_BATCH", 1)
    honest = table.add_recipient

    def refuse(connection: Any, campaign: int, recipient: Recipient, reason: str | None) -> None:
        if recipient.position == 4:
            raise Refused(Code.REFUSED, "no space left", reason="store_full")
        honest(connection, campaign, recipient, reason)

    async with scene(tmp_path) as (it, client, _):
        monkeypatch.setattr(table, "add_recipient", refuse)
        with pytest.raises(GsmdError):
            await begun(client, 6, key="spring")
        async with asyncio.timeout(PATIENCE):
            while (await client.call("campaigns.list"))["campaigns"]:
                await asyncio.sleep(0.01)
        monkeypatch.setattr(table, "add_recipient", honest)
        id_ = await begun(client, 6, key="spring")
        found = await campaign(client, id_, lambda found: found["messages"] == {"sent": 6})

    assert found["recipients"] == 6
    assert len(it.network.submitted) == 6


async def test_who_begins_it_anew_at_once_begins_one_that_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_BATCH", 2)
    monkeypatch.setattr(unfinished, "_BATCH", 1)
    honest, refused = table.add_recipient, asyncio.Event()
    loop = asyncio.get_running_loop()

    def refuse(connection: Any, campaign: int, recipient: Recipient, reason: str | None) -> None:
        if recipient.position == 20 and not refused.is_set():
            loop.call_soon_threadsafe(refused.set)
            raise Refused(Code.REFUSED, "no space left", reason="store_full")
        honest(connection, campaign, recipient, reason)

    async with scene(tmp_path) as (it, client, _):
        await client.call("lists.add", list="all", members=numbers(24))
        monkeypatch.setattr(table, "add_recipient", refuse)
        plan = {"list": "all", "text": TEXT, "key": "spring"}
        with pytest.raises(GsmdError):
            await client.call("campaigns.create", **plan)
        await refused.wait()
        again = await asyncio.gather(
            *(client.call("campaigns.create", **plan) for _ in range(3)),
        )
        id_ = str(again[0]["id"])
        found = await campaign(client, id_, lambda found: found["messages"] == {"sent": 24})

    assert {each["id"] for each in again} == {id_}
    assert "preparing" not in {each["state"] for each in again}
    assert found["recipients"] == 24
    assert len(it.network.submitted) == 24


async def test_whoever_is_forgotten_does_not_get_what_waits_for_them(tmp_path: Path) -> None:
    async with scene(tmp_path, **slow(tmp_path)) as (it, client, _):
        people = numbers(30)  # more than wait in the queue
        id_ = await begun(client, 30)
        await campaign(client, id_, lambda found: found["messages"].get("sent") == 1)
        (first,) = it.network.submitted
        queued = (await client.list(state="queued")).messages
        told = await client.call("people.forget", peer=queued[0].peer)
        last = await client.call("people.forget", peer=people[-1])
        waiting = {m.peer for m in (await client.list(state="queued", limit=1000)).messages}
        found = await client.call("campaigns.get", id=id_)

    assert told["messages"] == 1
    assert told["kept"] == last["kept"] == 0
    assert queued[0].peer not in waiting
    assert found["skipped"] == {"forgotten": 2}
    assert found["recipients"] == 30
    assert first.destination in people


async def test_what_a_message_became_stays_counted_once_it_is_deleted(tmp_path: Path) -> None:
    async with scene(tmp_path) as (_, client, _phone):
        id_ = await begun(client, 3)
        await campaign(client, id_, lambda found: found["messages"] == {"sent": 3})
        purged = await client.call("store.purge", older_than=0)
        found = await client.call("campaigns.get", id=id_)

    assert purged["purged"] == 3
    assert found["messages"] == {"sent": 3}


async def test_whoever_is_on_a_list_by_a_national_number_is_followed_by_the_number_written_to(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as (it, client, _):
        await client.call("lists.add", list="all", members=["0620000000", "0620000001"])
        await client.call("lists.add", list="all", members=["+33620000001"])
    async with rig(tmp_path) as it, it.running(outbound={"country": "FR"}) as client:
        id_ = (await client.call("campaigns.create", list="all", text=TEXT))["id"]
        found = await campaign(client, id_, lambda found: found["messages"] == {"sent": 2})
        written_to = sorted(each.destination for each in it.network.submitted)
        it.network.phone("+33620000000").send(it.sim.number, "STOP")
        left = await campaign(client, id_, lambda found: found["opted_out"] > 0)

    assert found["skipped"] == {"duplicate": 1}
    assert written_to == ["+33620000000", "+33620000001"]
    assert left["opted_out"] == 1


async def test_forgetting_and_progress_read_a_few_rows_however_many_recipients(
    tmp_path: Path,
) -> None:
    database = await Database.open(tmp_path / "gsmd.db")

    def plans(connection: Any) -> list[str]:
        told: list[str] = []
        with closing(connection.cursor()):
            for statement in (*table._ERASE, "SELECT * FROM campaign_count WHERE campaign = ?"):
                told += [
                    row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", ("x",))
                ]
        return told

    found = await database.read(plans)
    await database.close()

    assert found
    assert not [line for line in found if line.startswith("SCAN") and "campaign" in line]


def test_a_campaign_tells_its_lists() -> None:
    plain = Campaign(1, "c", "a,b", "Hi", "t", "running", None, None, None, None, 0, None, 0, None)

    assert plain.lists == ["a", "b"]
