"""Lists of people: by hand, and by keyword."""

from pathlib import Path

import pytest

from gsmd.client import NotFound
from tests.features.scenes import PHONE, asked, scene
from tests.rig import PATIENCE

KEYWORDS = {
    "table": [
        {"word": "JOIN", "subscribe": "news", "reply": "Welcome to the news, {peer}."},
        {"word": "LEAVE", "unsubscribe": "news", "reply": "Goodbye."},
    ],
}


async def test_lists_are_made_filled_and_deleted(tmp_path: Path) -> None:
    async with scene(tmp_path, outbound={"country": "FR"}) as (_, client, _phone):
        await client.call("lists.add", list="news", members=["06 20 00 00 01", "+33620000002"])
        again = await client.call(
            "lists.add", list="news", members=[{"peer": "+33620000001", "fields": {"name": "Ana"}}]
        )
        page = await client.call("lists.get", list="news", limit=1)
        rest = await client.call("lists.get", list="news", after=page["next"])
        removed = await client.call("lists.remove", list="news", peers=["+33620000002"])
        lists = (await client.call("lists.list"))["lists"]
        await client.call("lists.delete", list="news")
        with pytest.raises(NotFound):
            await client.call("lists.get", list="news")

    assert again == {"added": 0, "known": 1, "refused": []}
    assert page["members"][0]["fields"] == {"name": "Ana"}
    assert [member["peer"] for member in rest["members"]] == ["+33620000002"]
    assert removed == {"removed": 1}
    assert [(each["list"], each["members"]) for each in lists] == [("news", 1)]


async def test_join_and_leave_change_a_list(tmp_path: Path) -> None:
    async with scene(tmp_path, keywords=KEYWORDS) as (it, client, phone):
        welcome = await asked(it, phone, "Join")
        members = (await client.call("lists.get", list="news"))["members"]
        await asked(it, phone, "LEAVE")
        nobody = (await client.call("lists.get", list="news"))["members"]

    assert welcome == f"Welcome to the news, {PHONE}."
    assert [member["peer"] for member in members] == [PHONE]
    assert nobody == []


async def test_who_joins_after_stop_gets_messages_again(tmp_path: Path) -> None:
    async with scene(tmp_path, keywords=KEYWORDS) as (it, client, phone):
        await asked(it, phone, "STOP")
        welcome = await asked(it, phone, "JOIN")
        await client.send(PHONE, "news")
        await phone.expect(3, PATIENCE)

    assert welcome == f"Welcome to the news, {PHONE}."
