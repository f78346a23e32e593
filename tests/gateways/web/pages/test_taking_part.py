"""Votes, forms, contests, codes and keywords, without a script."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.gateways.web.pages import templating
from gsmd.protocol.method import Role
from tests.gateways.web.pages.scene import PEER, Scene, scene, words
from tests.rig import PATIENCE

KEYWORDS = {
    "table": [
        {"word": "INFO", "reply": "Open 9 to 18, {peer}.", "help": "when we are open"},
        {"word": "VOTE", "poll": "lunch"},
        {"word": "FEEDBACK", "form": "feedback"},
        {"word": "WIN", "contest": "summer"},
    ],
    "help": ["HELP"],
    "default": "Sorry?",
}


@pytest.fixture
async def fair(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path, keywords=KEYWORDS) as it:
        yield it


async def test_a_vote_is_made_followed_closed_and_drawn(fair: Scene) -> None:
    wanted = {
        "poll": "lunch",
        "question": "What is for lunch?",
        "options": "pizza: margherita\nsoup",
    }
    assert (await fair.done("/polls", **wanted)).startswith("/polls/lunch")
    assert (await fair.post("/polls", **wanted)).status == 422
    await _texted(fair, "VOTE margherita", "poll.vote")
    page = await fair.page("/polls/lunch")
    assert "1 vote" in words(page)
    assert "pizza 1 100 %" in words(page)
    assert f"They text VOTE PIZZA to {fair.rig.sim.number}" in words(page)
    assert 'class="qr' in page
    screen = await fair.page("/polls/lunch/screen")
    assert 'class="rail"' not in screen
    assert "What is for lunch?" in words(screen)
    csv = (await fair.get("/polls/lunch/votes")).body.decode().splitlines()
    assert csv[0] == "peer,option,at,message"
    assert csv[1].startswith(f"'{PEER},pizza,")
    assert (await fair.post("/polls/lunch/draw", winners="1")).status == 422
    assert (await fair.post("/polls/lunch/draw", winners="9" * 5000)).status == 422
    await fair.done("/polls/lunch/close", x="y")
    drawn = words((await fair.post("/polls/lunch/draw", winners="1")).body.decode())
    assert f"Drawn {PEER}" in drawn
    assert "Seed" in drawn
    await fair.done("/polls/lunch/delete", x="y")


async def _texted(fair: Scene, text: str, event: str) -> None:
    async with fair.client.events(event) as events:
        fair.rig.network.phone(PEER).send(fair.rig.sim.number, text)
        await events.receive(PATIENCE)


async def test_a_form_is_made_asked_and_answered(fair: Scene) -> None:
    form = {
        "form": "feedback",
        "ask1": "How was it, 1 to 5?",
        "type1": "number",
        "options1": "1-5",
        "name1": "rating",
        "ask2": "Which size?",
        "type2": "choice",
        "options2": "small; large: l, big",
        "thanks": "Thank you!",
    }
    await fair.done("/forms", **form)
    await fair.done("/forms/feedback/start", to=PEER)
    await fair.rig.network.phone(PEER).expect(1, PATIENCE)
    assert "1 under way" in words(await fair.page("/forms"))
    await _texted(fair, "4", "message.received")
    await fair.rig.network.phone(PEER).expect(1, PATIENCE)
    await _texted(fair, "big", "form.finished")
    page = words(await fair.page("/forms/feedback"))
    assert "mean 4.0" in page
    assert "large 1 100 %" in page
    csv = (await fair.get("/forms/feedback/entries")).body.decode().splitlines()
    assert csv[0] == "peer,state,started_at,finished_at,answers.rating,answers.q2,fields"
    assert ",4,large," in csv[1]
    assert (await fair.post("/forms", form="x", ask1="?", type1="choice")).status == 422
    await fair.done("/forms/feedback/close", x="y")
    await fair.done("/forms/feedback/delete", x="y")


async def test_codes_of_a_contest_are_made_used_and_drawn_for(fair: Scene) -> None:
    wanted = {
        "contest": "summer",
        "prize1": "a mug",
        "codes1": "1",
        "prize2": "a bicycle",
        "draw2": "1",
    }
    await fair.done("/contests", **wanted)
    made = await fair.post("/contests/summer/generate", count="3", length="9")
    assert made.header("content-disposition") == 'attachment; filename="summer-codes.txt"'
    codes = made.body.decode().split()
    assert len(set(codes)) == 3
    assert (await fair.post("/contests/summer/generate", count="0")).status == 422
    told = words(
        (await fair.post("/contests/summer/import", text="AAAA-BBBB\nCCCCDDDD\n")).body.decode()
    )
    assert "2 codes are new" in told
    for code in codes:
        await _texted(fair, f"WIN {code}", "contest.entry")
    page = await fair.page("/contests/summer")
    assert "3 codes used" in words(page)
    assert not any(code in page for code in codes)
    assert (await fair.get("/contests/summer/entries")).body.decode().count(PEER) == 3
    await fair.done("/contests/summer/close", x="y")
    assert "a bicycle" in words(
        (await fair.post("/contests/summer/draw", winners="")).body.decode()
    )
    await fair.done("/contests/summer/delete", x="y")


async def test_a_code_is_texted_and_asked_back(fair: Scene) -> None:
    page = (await fair.post("/codes/start", phone=PEER)).body.decode()
    (received,) = await fair.rig.network.phone(PEER).expect(1, PATIENCE)
    id_ = re.findall(r'name="id" value="([^"]+)"', page)[0]
    code = re.findall(r"\d{6}", received.text or "")[0]
    wrong = await fair.post("/codes/check", id=id_, phone=PEER, code="000000")
    assert "That is not the code" in words(wrong.body.decode())
    right = await fair.post("/codes/check", id=id_, phone=PEER, code=code)
    assert "they have that number" in words(right.body.decode())


async def test_a_qr_code_opens_a_text_to_us(fair: Scene) -> None:
    page = await fair.page("/codes?text=VOTE")
    assert f"SMSTO:{fair.rig.sim.number}:VOTE" in words(page)
    svg = await fair.get("/codes/qr.svg?text=VOTE&to=%2B33600000000")
    assert svg.header("content-type") == "image/svg+xml"
    assert svg.body.startswith(b"<svg xmlns")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("info please", "the keyword INFO"),
        ("info please", "Open 9 to 18, +33612345678."),
        ("HELP", "INFO: when we are open"),
        ("something else", "Sorry?"),
    ],
)
async def test_a_text_is_tried_and_nothing_comes_of_it(
    fair: Scene, text: str, expected: str
) -> None:
    assert "Open 9 to 18" in words(await fair.page("/keywords"))
    answer = await fair.post("/keywords/try", **{"text": text, "from": PEER})
    assert expected in words(answer.body.decode())
    assert (await fair.client.list()).messages == []
    reader = await fair.as_("ben", Role.READ)
    assert (await reader.post("/keywords/try", text=text)).status == 403


async def test_who_only_reads_changes_nothing(fair: Scene) -> None:
    await fair.client.polls.create("lunch", ["a", "b"])
    reader = await fair.as_("ben", Role.READ)
    for path in ("/polls/lunch/close", "/polls", "/forms", "/contests", "/codes/start"):
        answer = await reader.post(
            path, poll="x", options="a\nb", form="x", ask1="?", contest="x", phone=PEER
        )
        assert answer.status == 403, path
    assert "Close" not in words(await reader.page("/polls/lunch")).partition("Keys j k")[0]


def test_numbers_are_in_their_order_and_what_was_said_before_it_was_one_comes_last() -> None:
    said = templating.by_number({"10": 1, "soon": 2, "9": 3, "-1.5": 1})
    assert [word for word, _ in said] == ["-1.5", "9", "10", "soon"]
