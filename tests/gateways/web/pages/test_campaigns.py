"""Campaigns and lists, without a script."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gsmd.gateways.web import people_files
from gsmd.gateways.web.pages import campaign_plan, uploads
from gsmd.gateways.web.problems import Problem
from gsmd.protocol.method import Role
from tests.gateways.web.house import Answer
from tests.gateways.web.pages.scene import FORM, PEER, Scene, scene, words
from tests.rig import PATIENCE

OTHER = "+33612345679"

FILE = (
    "Name;Telefon;Ort\r\nAnna;'+33 6 12 34 56 78;Lyon\r\nBen;=cmd|x;\r\nCarla;+33612345679;Nice\r\n"
)


async def _upload(desk: Scene, path: str, file: bytes, **fields: str) -> Answer:
    parts = [
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = '--xx\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = b"".join(parts) + head.encode() + file + b"\r\n--xx--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=xx"}
    return await desk.house.ask("POST", path, cookie=desk.cookie, body=body, headers=headers)


async def test_a_file_becomes_a_list_and_the_list_a_file(desk: Scene) -> None:
    page = words(
        (await _upload(desk, "/lists/import", FILE.encode("cp1252"), list="news")).body.decode()
    )
    assert "2 are new on the list" in page
    assert "=cmd|x" in page
    again = words(
        (await _upload(desk, "/lists/import", FILE.encode("utf-16"), list="news")).body.decode()
    )
    assert "0 are new on the list, 2 were there already" in again
    csv = await desk.get("/lists/news/export")
    assert csv.header("content-disposition") == 'attachment; filename="news.csv"'
    assert csv.body.decode().splitlines()[:2] == ["peer,Name,Ort", "'+33612345678,Anna,Lyon"]
    tsv = (await desk.get("/lists/news/export?as=tsv")).body.decode()
    assert tsv.splitlines()[1] == "+33612345678\tAnna\tLyon"
    home = words((await _upload(desk, "/lists/import", csv.body, list="copy")).body.decode())
    assert "2 are new on the list" in home


async def test_a_file_without_numbers_says_what_is_missing(desk: Scene) -> None:
    answer = await _upload(desk, "/lists/import", b"name,town\nAnna,Lyon\n", list="news")
    assert "No column is called" in words(answer.body.decode())
    assert words(await desk.page("/lists")).count("news") == 0


async def test_people_come_on_a_list_by_hand_and_go(desk: Scene) -> None:
    await desk.done("/lists", list="news")
    await desk.done("/lists/news/add", peer=PEER, name="name", value="Anna")
    assert "Anna" in await desk.page("/lists/news")
    assert (await desk.post("/lists/news/add", peer="x")).status == 422
    await desk.done("/lists/news/remove", peer=PEER)
    assert "Nobody is on it" in await desk.page("/lists/news")
    await desk.done("/lists/news/delete", x="y")
    assert (await desk.get("/lists/news")).status == 404


async def test_a_campaign_begins_only_once_somebody_saw_to_how_many_it_goes(desk: Scene) -> None:
    members: list[dict[str, Any] | str] = [
        {"peer": PEER, "fields": {"name": "Anna"}},
        {"peer": OTHER},
        {"peer": "+33612345670"},
    ]
    await desk.client.lists.add("news", members)
    await desk.client.optout.add("+33612345670")
    form = {
        "list": "news",
        "text": "Hello {name}, come " + "x" * 160,
        "tag": "autumn",
        "price": "0,10 €",
    }
    page = await _campaign(desk, **form)
    shown = words(page)
    assert "1 person gets it" in shown
    assert "2 SMS in all" in shown
    assert "0.20 € cost" in shown
    assert "said STOP 1" in shown
    assert "a field of the text is missing 1" in shown
    assert (await desk.client.campaigns.list()).campaigns == []
    unseen = await desk.post("/campaigns/new", **form, do="begin")
    assert unseen.status == 409
    where = await desk.done("/campaigns/new", **form, do="begin", confirm="1", key="k")
    assert await desk.done("/campaigns/new", **form, do="begin", confirm="1", key="k") == where
    await desk.rig.network.phone(PEER).expect(1, PATIENCE)
    assert "autumn" in words(await desk.page("/campaigns"))
    assert "said STOP 1" in words(await desk.page(where))
    assert "0,10 €" in await desk.page(
        "/campaigns/new?like=" + where.split("/")[2].partition("?")[0]
    )


async def _campaign(desk: Scene, **fields: str) -> str:
    answer = await desk.post("/campaigns/new", **fields)
    assert answer.status == 200, words(answer.body.decode())
    return answer.body.decode()


async def test_a_campaign_is_paused_resumed_and_cancelled(desk: Scene) -> None:
    await desk.client.lists.add("news", [PEER, OTHER])
    made = await desk.client.campaigns.create("news", "hello", per_minute=0.01)
    path = f"/campaigns/{made.id}"
    assert "Pause" in words(await desk.page(path))
    await desk.done(path, do="pause")
    assert "paused" in words(await desk.page(path))
    await desk.done(path, do="resume")
    await desk.done(path, do="cancel")
    assert "Nothing more" in words(await desk.page(path + "?done=cancelled_campaign"))
    assert (await desk.post(path, do="cancel")).status == 409
    reader = await desk.as_("ben", Role.READ)
    assert (await reader.post(path, do="pause")).status == 403
    assert "New campaign" not in await reader.page("/campaigns")


async def test_how_much_somebody_may_send_holds_on_the_pages_too(tmp_path: Path) -> None:
    async with scene(tmp_path, web="sends: {per_user: 1/h}") as desk:
        await desk.client.lists.add("news", [PEER, OTHER])
        await desk.done("/compose", to=PEER, text="one")
        form = {"list": "news", "text": "hello", "do": "begin", "confirm": "2"}
        assert (await desk.post("/campaigns/new", **form)).status == 429
        refused = await desk.post("/compose", to=PEER, text="two")
        assert "more messages than this user may send" in words(refused.body.decode())


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"per_minute": "many"}, "per_minute"), ({"at": "soon"}, "at"), ({"price": "1"}, "")],
)
def test_what_is_no_number_is_named(fields: dict[str, str], field: str) -> None:
    given = [("list", "a"), ("list", "b"), ("text", "x"), *fields.items()]
    if not field:
        assert campaign_plan.plan(given)["list"] == ["a", "b"]
        return
    with pytest.raises(Problem) as raised:
        campaign_plan.plan(given)
    assert raised.value.members["field"] == field


def test_a_file_with_no_head_has_its_number_first() -> None:
    found = list(people_files.people("+33612345678,Anna\n0612345679,Ben\n"))
    assert [each.peer for each in found] == ["+33612345678", "0612345679"]
    assert found[0].fields == {"field1": "Anna"}


def test_a_cell_over_several_lines_keeps_them() -> None:
    found = list(
        people_files.people('peer,note\n\n+33612345678,"a\n\nb"\n\n+33612345679,5" nails\n')
    )
    assert [each.fields["note"] for each in found] == ["a\n\nb", '5" nails']
    with pytest.raises(ValueError, match="no column"):
        list(people_files.people(""))


def test_a_form_that_is_cut_off_is_refused_wherever_it_is_cut() -> None:
    whole = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n--b--\r\n'
    assert uploads.read("multipart/form-data; boundary=b", whole) == ({"a": "one"}, {})
    for end in range(3, whole.rindex(b"\r\n--b--")):
        with pytest.raises(ValueError, match=r"cut off|no name"):
            uploads.read("multipart/form-data; boundary=b", whole[:end])


async def test_several_lists_are_several_boxes(desk: Scene) -> None:
    await desk.client.lists.add("a", [PEER])
    await desk.client.lists.add("b", [PEER, OTHER])
    body = urlencode([("list", "a"), ("list", "b"), ("text", "hi")]).encode()
    answer = await desk.house.ask(
        "POST", "/campaigns/new", cookie=desk.cookie, body=body, headers=FORM
    )
    page = answer.body.decode()
    assert "2 people get it" in words(page)
    assert "on the lists twice 1" in words(page)
    assert len(re.findall(r'name="list" value="[ab]" checked', page)) == 2


async def test_the_page_hears_that_a_campaign_is_done(desk: Scene) -> None:
    await desk.client.lists.add("news", [PEER])
    async with desk.client.events("campaign.") as events:
        made = await desk.client.call("campaigns.create", list=["news"], text="hello")
        told = [await events.receive(PATIENCE)]
        while (await desk.client.call("campaigns.get", id=made["id"]))["state"] != "done":
            told.append(await events.receive(PATIENCE))
    found = re.search(r'data-live="([^"]*)"', await desk.page(f"/campaigns/{made['id']}"))
    assert found is not None
    assert told[-1].type == "campaign.done"
    assert {each.type for each in told} - {"campaign.created"} <= set(found[1].split())


async def test_a_quotation_mark_that_is_not_closed_is_named(desk: Scene) -> None:
    file = b'number,name\n+33612345678,"Anna\n' + b"+33612345679,Ben\n" * 9000
    answer = await _upload(desk, "/lists/import", file, list="news")
    assert answer.status == 422
    assert "a quotation mark is opened and not closed" in words(answer.body.decode())
