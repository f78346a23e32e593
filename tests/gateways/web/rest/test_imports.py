"""Files of people come on a list, piece by piece."""

import csv
import random
from collections.abc import Iterable
from typing import Any

import pytest

from gsmd.gateways.web.people_files import Entries
from gsmd.gateways.web.rest import imports
from gsmd.protocol.method import Role
from tests.gateways.web.house import house
from tests.gateways.web.rest.scene import Answer, Scene, Token

PATH = "/lists/news/import"
CSV = {"content-type": "text/csv"}


async def sent(rest: Scene, text: str, **more: Any) -> Answer:
    return await rest.ask("POST", PATH, body=text.encode(), headers=CSV, **more)


async def on_list(rest: Scene) -> dict[str, dict[str, str]]:
    found = await rest.client.call("lists.get", list="news")
    return {each["peer"]: each["fields"] for each in found["members"]}


async def test_a_spreadsheets_file_comes_with_its_fields(rest: Scene) -> None:
    text = '\ufeffname;phone\r\n"Anna; of the ""shop""";+33612345671\r\nBen;nobody\r\n;+33612345672\r\n'
    answer = await sent(rest, text)
    assert (answer.status, answer.json) == (
        200,
        {"added": 2, "known": 0, "refused": ["nobody"], "more": 0},
    )
    assert await on_list(rest) == {
        "+33612345671": {"name": 'Anna; of the "shop"'},
        "+33612345672": {},
    }
    assert (await sent(rest, text)).json["known"] == 2


async def test_a_number_in_each_line_is_a_file_too(rest: Scene) -> None:
    body = b"+33612345671\n\n+33612345672"
    curl = {"content-type": "application/x-www-form-urlencoded"}
    answer = await rest.ask("POST", PATH, body=body, headers=curl)
    assert answer.json["added"] == 2


async def test_a_file_larger_than_any_other_body_is_read_as_it_comes(
    rest: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 700)
    rows = [f'+336{n:08d},"Anna,\n{"x" * 40}"' for n in range(3000)]
    text = "peer,name\n" + "\n".join(rows) + "\nnot a number,x" * 150
    async with house(rest.rig.directory) as web:
        answer = await web.ask(
            "POST", f"/api/v1{PATH}", token=web.token(), body=text.encode(), headers=CSV
        )
    said = answer.json
    assert (answer.status, said["added"], len(said["refused"]), said["more"]) == (
        200,
        3000,
        100,
        50,
    )
    found = await rest.client.call("lists.get", list="news", limit=1)
    assert found["members"][0]["fields"] == {"name": "Anna,\n" + "x" * 40}


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("name,colour\nAnna,red\n", 422, "no_numbers"),
        ("", 422, "no_numbers"),
        ("peer\n" + "x" * 200_000, 422, "no_numbers"),
    ],
)
async def test_what_is_no_file_of_people_is_refused(
    rest: Scene, text: str, status: int, reason: str
) -> None:
    answer = await sent(rest, text)
    assert (answer.status, answer.reason) == (status, reason)


async def test_a_quote_that_nothing_closes_is_refused_before_the_file_is_over(
    rest: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LONGEST", 1000)
    rows = [f'+336{n:08d},5" nails' for n in range(200)]
    whole = await sent(rest, "peer,what\n" + "\n".join(rows))
    assert (whole.status, whole.json["added"]) == (200, 200)
    rows = [f"+336{n:08d},nails" for n in range(200)]
    rows[100] = '+33600009999,"nails'
    answer = await sent(rest, "peer,what\n" + "\n".join(rows))
    assert (answer.status, answer.reason) == (422, "no_numbers")
    assert "nothing closes" in answer.json["detail"]


def test_a_file_is_cut_between_entries_wherever_its_pieces_end() -> None:
    chance = random.Random(1)
    for _ in range(500):
        text = "peer,what\n" + "".join(chance.choices('a,"\n ', k=40))
        entries = Entries(1000)
        rows: list[list[str]] = []
        for at in range(0, len(text), 7):
            rows += csv.reader(entries.feed(text[at : at + 7]))
        rows += csv.reader(entries.feed("", end=True))
        whole = csv.reader(text.splitlines(keepends=True))
        assert _filled(rows) == _filled(whole), text


def _filled(rows: Iterable[list[str]]) -> list[list[str]]:
    return [row for row in rows if "".join(row).strip()]


async def test_what_is_no_text_is_refused(rest: Scene) -> None:
    answer = await rest.ask("POST", PATH, body=b"peer\n\xff\n", headers=CSV)
    assert (answer.status, answer.reason) == (400, "not_utf8")
    answer = await rest.ask("POST", PATH, json={"members": []})
    assert (answer.status, answer.reason) == (415, "wrong_content_type")


async def test_a_token_imports_to_its_own_lists_alone(rest: Scene) -> None:
    rest.tokens.known["narrow"] = Token(lists=frozenset({"other"}))
    rest.tokens.known["reader"] = Token(roles=frozenset({Role.READ}))
    assert (await sent(rest, "+33612345671", token="narrow")).reason == "outside_token"
    assert (await sent(rest, "+33612345671", token="reader")).reason == "missing_role"
    assert await rest.client.call("lists.list") == {"lists": []}
