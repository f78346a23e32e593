"""Forms: what each use of them comes to, with phones on the simulated network."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, Conflict, RefusedError
from gsmd.config import FormConfig, Keyword, KeywordsConfig, QuestionConfig
from gsmd.simulator.phone import Phone
from tests.core.bench import bench, deliver
from tests.features.scenes import PHONE, asked, scene
from tests.rig import PATIENCE, Rig

FEEDBACK: dict[str, Any] = {
    "name": "feedback",
    "questions": [
        {"name": "rating", "ask": "How was it, from 1 to 5?", "type": "number", "min": 1, "max": 5},
        {
            "name": "why",
            "ask": "What should we do better? SKIP to leave it out.",
            "optional": True,
            "when": {"rating": {"below": 4}},
        },
    ],
}
ORDER: dict[str, Any] = {
    "name": "order",
    "questions": [
        {"name": "item", "ask": "Which item?", "type": "number"},
        {
            "name": "colour",
            "ask": "Red or blue?",
            "type": "choice",
            "options": ["red", {"name": "blue", "word": "B"}],
        },
        {"name": "call", "ask": "Shall we call you?", "type": "yes_no"},
        {
            "name": "number",
            "ask": "At which number?",
            "type": "phone",
            "when": {"call": {"is": True}},
        },
    ],
    "thanks": "Item {item} in {colour} is on its way.",
}
SONG: dict[str, Any] = {"name": "song", "questions": [{"name": "song", "ask": "Which song?"}]}
VISIT: dict[str, Any] = {
    "name": "visit",
    "questions": [
        {"name": "comes", "ask": "See you on {day|the day}? YES or NO", "type": "yes_no"},
        {
            "name": "day",
            "ask": "Which day is better?",
            "type": "date",
            "when": {"comes": {"is": False}},
        },
        {"name": "at", "ask": "At what time?", "type": "time", "when": {"day": {"answered": True}}},
    ],
}
FORMS = [FEEDBACK, ORDER, SONG, VISIT]
WORDS = {
    "table": [
        {"word": "FEEDBACK", "form": "feedback"},
        {"word": "ITEM", "form": "order"},
        {"word": "SONG", "form": "song"},
        {"word": "INFO", "reply": "Open from 9 to 5."},
    ]
}
CRM = [{"name": "crm", "socket": True, "match": {"form": ["feedback", "order", "song", "visit"]}}]


def forms(**more: Any) -> dict[str, Any]:
    return {"forms": FORMS, "keywords": WORDS, "handlers": CRM, **more}


async def said(it: Rig, phone: Phone, *texts: str) -> list[str | None]:
    return [await asked(it, phone, text) for text in texts]


async def entries(client: AsyncClient, form: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.call("forms.entries", form=form))["entries"]
    return found


async def delivered(client: AsyncClient, count: int = 1) -> list[Any]:
    """So many finished forms, as the program gets them."""
    got = []
    async with asyncio.timeout(PATIENCE), client.listen("crm") as inbox:
        async for message in inbox:
            await message.acknowledge()
            got.append(message)
            if len(got) == count:
                return got
    raise AssertionError


async def test_a_bad_rating_is_asked_why_and_a_good_one_is_not(tmp_path: Path) -> None:
    async with scene(tmp_path, **forms()) as (it, client, phone):
        bad = await said(it, phone, "FEEDBACK", "2", "too loud")
        good = await said(it, phone, "feedback 5")
        first, second = await delivered(client, 2)
        kept = await entries(client, "feedback")

    assert bad == [
        "How was it, from 1 to 5?",
        "What should we do better? SKIP to leave it out.",
        "Thank you!",
    ]
    assert good == ["Thank you!"]
    assert first.form.answers == {"rating": 2, "why": "too loud"}
    assert first.form.name == "feedback"
    assert second.form.answers == {"rating": 5}
    assert [each["answers"] for each in kept] == [first.form.answers, second.form.answers]
    assert [each["id"] for each in kept] == [first.form.entry, second.form.entry]
    assert {each["state"] for each in kept} == {"finished"}


@pytest.mark.parametrize(
    ("texts", "answers"),
    [
        (["FEEDBACK 2 too loud"], {"rating": 2, "why": "too loud"}),
        (["SONG Imagine, John Lennon"], {"song": "Imagine, John Lennon"}),
        (["ITEM 4711", "b", "no thanks"], {"item": 4711, "colour": "blue", "call": False}),
        (
            ["ITEM 4711 red yes", "06 12 34 56 79"],
            {"item": 4711, "colour": "red", "call": True, "number": "+33612345679"},
        ),
        (["FEEDBACK 2", "skip"], {"rating": 2, "why": None}),
    ],
)
async def test_what_follows_the_keyword_answers_the_first_questions(
    tmp_path: Path, texts: Sequence[str], answers: dict[str, Any]
) -> None:
    async with scene(tmp_path, **forms(outbound={"country": "FR"})) as (it, client, phone):
        await said(it, phone, *texts)
        (message,) = await delivered(client)

    assert message.form.answers == answers


async def test_an_appointment_is_answered_yes_or_moved(tmp_path: Path) -> None:
    async with scene(tmp_path, **forms()) as (it, client, phone):
        started = await client.forms.start("visit", PHONE, fields={"day": "Monday"}, key="visit 7")
        again = await client.forms.start("visit", PHONE, key="visit 7")
        (question,) = await phone.expect(1, PATIENCE)
        told = await said(it, phone, "No sorry", "24.12.2030", "half past", "18h30")
        (message,) = await delivered(client)

    assert again == started
    assert question.text == "See you on Monday? YES or NO"
    assert told == [
        "Which day is better?",
        "At what time?",
        "Please answer with a time, such as 18:30.",
        "Thank you!",
    ]
    assert message.form.answers == {"comes": False, "day": "2030-12-24", "at": "18:30"}
    assert message.form.fields == {"day": "Monday"}
    assert message.form.entry == started.id


async def test_a_wrong_answer_is_asked_again_so_often_and_the_next_one_ends_it(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, **forms()) as (it, client, phone):
        told = await said(it, phone, "FEEDBACK", "good", "9")
        phone.send(it.sim.number, "very good")
        assert await said(it, phone, "INFO") == ["Open from 9 to 5."]
        (entry,) = await entries(client, "feedback")

    assert told[1:] == ["Please answer with a number from 1 to 5."] * 2
    assert (entry["state"], entry["answers"]) == ("abandoned", {})
    assert entry["finished_at"] is not None


async def test_keywords_and_stop_are_no_answers_and_cancel_leaves(tmp_path: Path) -> None:
    async with scene(tmp_path, **forms()) as (it, client, phone):
        assert await said(it, phone, "SONG", "info") == ["Which song?", "Open from 9 to 5."]
        (open_entry,) = await entries(client, "song")
        (left,) = await said(it, phone, "Cancel")
        opted_out = await client.optout.list()
        assert await said(it, phone, "song", "Sing") == ["Which song?", "Thank you!"]
        await said(it, phone, "Song.", "STOP")
        found = [(each["state"], each["answers"]) for each in await entries(client, "song")]
        stopped = await client.optout.list()

    assert open_entry["state"] == "open"
    assert left is not None
    assert "STOP" in left
    assert opted_out.optouts == []
    assert found == [("cancelled", {}), ("finished", {"song": "Sing"}), ("open", {})]
    assert len(stopped.optouts) == 1


async def test_an_entry_that_is_not_finished_in_time_is_abandoned(tmp_path: Path) -> None:
    short = [{**SONG, "expires": "1s"}]
    async with scene(tmp_path, **forms(forms=short)) as (it, client, phone):
        async with asyncio.timeout(PATIENCE), client.events("form.") as events:
            await said(it, phone, "SONG")
            told = [(await anext(aiter(events))).type for _ in range(2)]
        (entry,) = await entries(client, "song")

    assert told == ["form.started", "form.abandoned"]
    assert entry["state"] == "abandoned"


async def test_one_entry_a_number_where_that_is_wanted(tmp_path: Path) -> None:
    once = [{**FEEDBACK, "once": True}]
    async with scene(tmp_path, **forms(forms=once)) as (it, client, phone):
        told = await said(it, phone, "FEEDBACK", "feedback", "5", "FEEDBACK 1")
        with pytest.raises(Conflict) as refused:
            await client.forms.start("feedback", PHONE)
        (entry,) = await entries(client, "feedback")

    question = "How was it, from 1 to 5?"
    assert told == [question, question, "Thank you!", "You have answered already. Thank you!"]
    assert refused.value.reason == "already"
    assert entry["answers"] == {"rating": 5}


async def test_another_keyword_begins_another_form_and_the_first_is_abandoned(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, **forms()) as (it, client, phone):
        told = await said(it, phone, "FEEDBACK 1", "SONG", "Yesterday")
        await said(it, phone, "song")
        with pytest.raises(Conflict) as refused:
            await client.forms.start("feedback", PHONE)
        (entry,) = await entries(client, "feedback")

    assert told[1:] == ["Which song?", "Thank you!"]
    assert (entry["state"], entry["answers"]) == ("abandoned", {"rating": 1})
    assert refused.value.reason == "being_asked"


async def test_how_questions_were_answered_is_counted(tmp_path: Path) -> None:
    likely = {
        "form": "likely",
        "questions": [
            {"name": "score", "ask": "0 to 10?", "type": "number", "min": 0, "max": 10},
            {"name": "again", "ask": "Again?", "type": "yes_no"},
            {"name": "what", "ask": "What?", "type": "choice", "options": ["tea", "coffee"]},
        ],
    }
    scores = {"+33611110001": "10 yes tea", "+33611110002": "9 no tea", "+33611110003": "3"}
    words = {"table": [{"word": "RATE", "form": "likely"}]}
    async with scene(tmp_path, keywords=words) as (it, client, _):
        await client.call("forms.create", **likely)
        for number, text in scores.items():
            phone = it.network.phone(number)
            await said(it, phone, f"RATE {text}")
        form = await client.call("forms.get", form="likely")
        listed = await client.forms.list()
        closed = await client.forms.close("likely")
        ended = await said(it, it.network.phone("+33611110009"), "RATE 3")
        await client.forms.delete("likely")
        left = await client.forms.list()

    score, again, what = form["questions"]
    assert form["counts"] == {"open": 1, "finished": 2, "abandoned": 0, "cancelled": 0}
    assert (score["answered"], score["mean"], score["nps"]) == (3, 7.3333, 33.3)
    assert score["distribution"] == {"10": 1, "3": 1, "9": 1}
    assert (again["distribution"], again["nps"]) == ({"true": 1, "false": 1}, None)
    assert what["distribution"] == {"tea": 2, "coffee": 0}
    assert [each.form for each in listed] == ["likely"]
    assert closed.state == "closed"
    assert ended == ["This has ended."]
    assert left == []


async def test_who_is_forgotten_leaves_no_answers(tmp_path: Path) -> None:
    async with scene(tmp_path, **forms()) as (it, client, phone):
        await said(it, phone, "SONG Yesterday")
        await delivered(client)
        before = await client.people.get(PHONE)
        await client.people.forget(PHONE)
        after = await client.people.get(PHONE)

    assert [each.answers for each in before.forms] == [{"song": "Yesterday"}]
    assert after.forms == []


async def test_free_words_of_a_form_are_not_kept_where_its_handler_is_redacted(
    tmp_path: Path,
) -> None:
    more = forms(redact={"handlers": ["crm"]})
    async with scene(tmp_path, **more) as (it, client, phone):
        await said(it, phone, "FEEDBACK 2 too loud")
        (message,) = await delivered(client)
        async with asyncio.timeout(PATIENCE):
            while (kept := await client.get(message.id)).text != "(redacted)":
                await asyncio.sleep(0.01)
        (entry,) = await entries(client, "feedback")

    assert message.form.answers == {"rating": 2, "why": "too loud"}
    assert kept.form is not message.form
    assert entry["answers"] == {"rating": 2, "why": None}


async def test_somebody_who_opted_out_is_not_asked(tmp_path: Path) -> None:
    async with scene(tmp_path, **forms()) as (_, client, phone):
        await client.optout.add(PHONE)
        with pytest.raises(RefusedError) as refused:
            await client.forms.start("song", PHONE)
        found = await entries(client, "song")

    assert refused.value.reason == "opted_out"
    assert found == []
    assert phone.received == []


async def test_answers_that_come_with_the_keyword_in_one_sweep_are_in_order(tmp_path: Path) -> None:
    async with scene(tmp_path, **forms()) as (it, client, phone):
        for text in ("FEEDBACK", "2", "loud"):
            phone.send(it.sim.number, text)
        (message,) = await delivered(client)

    assert message.form.answers == {"rating": 2, "why": "loud"}


WISH = FormConfig(
    name="song",
    questions=(
        QuestionConfig(name="song", ask="Which song?"),
        QuestionConfig(name="why", ask="Why?"),
    ),
    thanks="Thanks!",
)
ASKING: dict[str, Any] = {
    "forms": (WISH,),
    "keywords": KeywordsConfig(table=(Keyword(word=("SONG",), form="song"),)),
}


async def test_a_dialogue_goes_on_with_its_sim_in_another_modem(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south"), **ASKING) as it:
        north, south = it.modems["north"], it.modems["south"]
        north.arrive(*deliver("SONG"))
        await it.until(lambda: north.texts == ["Which song?"])
        north.sim, south.sim = south.sim, north.sim
        south.arrive(*deliver("Imagine", at=1))
        await it.until(lambda: south.texts == ["Why?"])
        south.arrive(*deliver("I like it", at=2))
        await it.until(lambda: south.texts == ["Why?", "Thanks!"])


async def test_two_sims_have_a_dialogue_each_with_one_number(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south"), **ASKING) as it:
        north, south = it.modems["north"], it.modems["south"]
        north.arrive(*deliver("SONG"))
        await it.until(lambda: north.texts == ["Which song?"])
        south.arrive(*deliver("SONG", at=1))
        await it.until(lambda: south.texts == ["Which song?"])
        south.arrive(*deliver("Imagine", at=2))
        await it.until(lambda: south.texts == ["Which song?", "Why?"])
        assert north.texts == ["Which song?"]


async def test_what_comes_to_the_sim_that_is_in_the_modem_now_is_no_answer_to_the_one_before(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **ASKING) as it:
        it.modem.arrive(*deliver("SONG"))
        await it.until(lambda: it.modem.texts == ["Which song?"])
        it.modem.sim = "another"
        it.modem.arrive(*deliver("Imagine", at=1))
        (_, text) = await it.inbox(2)
        await it.settled()

    assert text.state == "received"  # nobody's
    assert it.modem.texts == ["Which song?"]
