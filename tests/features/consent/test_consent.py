"""Consent: who joins is asked, who agrees is on the list, and the proof of it stays."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, Invalid, RefusedError
from gsmd.config import InboundConfig, ListConfig
from gsmd.protocol.consents import Consent
from tests.core.bench import bench
from tests.features.desk.scenes import call
from tests.features.scenes import PHONE, asked, scene, settled
from tests.rig import PATIENCE

CONFIRM = "Answer YES to get our news, LEAVE ends it."
NEWS: dict[str, Any] = {
    "outbound": {"country": "FR"},
    "lists": [
        {"name": "news", "confirm": CONFIRM, "declined": "All right, no news."},
        {"name": "hours", "shown": "Text HOURS to learn when we are there."},
    ],
    "keywords": {
        "table": [
            {"word": "JOIN", "subscribe": "news", "reply": "Welcome to the news, {peer}."},
            {"word": "LEAVE", "unsubscribe": "news", "reply": "Goodbye."},
            {"word": "HOURS", "subscribe": "hours", "reply": "From 9 to 18."},
        ],
        "default": "What?",
    },
}


async def members(client: AsyncClient, name: str = "news") -> list[str]:
    return [each.peer for each in (await client.lists.get(name)).members]


async def consents(client: AsyncClient) -> list[tuple[str, str]]:
    return [(each.list, str(each.state)) for each in await client.consents.get(PHONE)]


async def proof(client: AsyncClient) -> Consent:
    (found,) = await client.consents.get(PHONE)
    return found


async def test_who_joins_is_on_the_list_only_once_they_say_yes(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        question = await asked(it, phone, "Join")
        before = await members(client), await consents(client)
        welcome = await asked(it, phone, "Yes please!")
        after = await members(client), await consents(client)
        kept = await proof(client)
        imsi = it.sim.imsi

    assert question == CONFIRM
    assert before == ([], [("news", "asked")])
    assert welcome == f"Welcome to the news, {PHONE}."
    assert after == ([PHONE], [("news", "given")])
    assert (kept.shown, kept.text, kept.source) == (CONFIRM, "Yes please!", "message")
    assert kept.sim == imsi
    assert kept.modem == "north"
    assert kept.asked_at is not None
    assert kept.given_at is not None
    assert kept.asked_at <= kept.given_at
    assert kept.request
    assert kept.message
    assert kept.request != kept.message


async def test_who_joins_a_list_that_asks_nothing_agrees_by_it(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        reply = await asked(it, phone, "hours")
        kept = await proof(client)
        on_it = await members(client, "hours")

    assert reply == "From 9 to 18."
    assert on_it == [PHONE]
    assert (kept.state, kept.text) == ("given", "hours")
    assert kept.shown == NEWS["lists"][1]["shown"]


async def test_no_is_no_and_what_is_neither_goes_its_way(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        await asked(it, phone, "JOIN")
        unclear = await asked(it, phone, "Yes I wonder what that may be")
        no = await asked(it, phone, "No thanks")
        late = await asked(it, phone, "yes")
        found = await consents(client), await members(client)

    assert (unclear, no, late) == ("What?", "All right, no news.", "What?")
    assert found == ([("news", "declined")], [])


async def test_a_yes_counts_only_in_time(tmp_path: Path) -> None:
    news = {**NEWS, "lists": [{"name": "news", "confirm": CONFIRM, "expires": 0.001}]}
    async with scene(tmp_path, **news) as (it, client, phone):
        await asked(it, phone, "JOIN")
        late = await asked(it, phone, "YES")
        found = await consents(client)

    assert late == "What?"
    assert found == [("news", "expired")]


async def test_own_words_may_agree(tmp_path: Path) -> None:
    news = {
        **NEWS,
        "lists": [{"name": "news", "confirm": "NEWS?", "agree": ["Ναι"], "welcome": "Da"}],
    }
    async with scene(tmp_path, **news) as (it, client, phone):
        await asked(it, phone, "JOIN")
        welcome = await asked(it, phone, "ΝΑΙ")
        found = await consents(client)

    assert welcome == "Da"
    assert found == [("news", "given")]


async def test_stop_withdraws_and_start_gives_it_anew_to_lists_that_they_are_on(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        for text in ("JOIN", "YES", "HOURS", "STOP"):
            await asked(it, phone, text)
        stopped = await consents(client)
        await client.lists.remove("hours", [PHONE])
        await asked(it, phone, "START")
        started = await client.consents.get(PHONE)
        on_it = await members(client)

    assert stopped == [("hours", "withdrawn"), ("news", "withdrawn")]
    assert [(each.list, str(each.state)) for each in started] == [
        ("news", "given"),
        ("hours", "withdrawn"),
        ("news", "withdrawn"),
    ]
    assert (started[0].text, started[0].shown) == ("START", CONFIRM)
    assert started[2].ended_by == "stop"
    assert on_it == [PHONE]


async def test_who_joins_after_stop_is_asked_again(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        for text in ("JOIN", "YES", "STOP"):
            await asked(it, phone, text)
        question = await asked(it, phone, "Join")
        between = (await consents(client))[0]
        await asked(it, phone, "Yes")
        found = (await consents(client))[0]

    assert question == CONFIRM
    assert (between, found) == (("news", "asked"), ("news", "given"))


async def test_who_leaves_or_is_taken_off_has_no_consent(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        for text in ("JOIN", "YES", "LEAVE"):
            await asked(it, phone, text)
        left = await client.consents.get(PHONE), await members(client)
        await asked(it, phone, "Join")
        await asked(it, phone, "Yes")
        await client.lists.remove("news", [PHONE])
        removed = await client.consents.get(PHONE)
        await asked(it, phone, "HOURS")
        await client.lists.delete("hours")
        deleted = await client.consents.get(PHONE)

    assert [each.ended_by for each in left[0]] == ["leave"]
    assert left[1] == []
    assert [each.ended_by for each in removed] == ["request", "leave"]
    assert (deleted[0].list, deleted[0].ended_by) == ("hours", "request")


async def test_who_agreed_is_not_asked_again(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        await asked(it, phone, "JOIN")
        await asked(it, phone, "YES")
        again = await asked(it, phone, "Join!")
        found = await consents(client)

    assert again == f"Welcome to the news, {PHONE}."
    assert found == [("news", "given")]


async def test_somebody_is_asked_by_a_program_and_only_once(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        first = await client.consents.ask("news", "06 12 34 56 78", fields={"name": "Ana"})
        again = await client.consents.ask("news", PHONE)
        await phone.expect(1, PATIENCE)
        await asked(it, phone, "ok")
        there = (await client.lists.get("news")).members
        kept = await proof(client)
        with pytest.raises(Invalid) as refused:
            await client.consents.ask("hours", PHONE)
        await asked(it, phone, "STOP")
        with pytest.raises(RefusedError) as stopped:
            await client.consents.ask("news", PHONE)

    assert again.id == first.id
    assert phone.received[0].text == CONFIRM
    assert len(phone.received) == 3
    assert [(each.peer, each.fields) for each in there] == [(PHONE, {"name": "Ana"})]
    assert (kept.state, kept.source, kept.shown) == ("given", "message", CONFIRM)
    assert refused.value.reason == "no_question"
    assert stopped.value.reason == "opted_out"


async def test_a_consent_from_elsewhere_is_recorded_exported_and_withdrawn(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (_it, client, _):
        added = await client.consents.add(
            "news", "0612345678", shown="☐ our news", note="at the till"
        )
        on_it = await members(client)
        await client.consents.add("hours", "+33612345679")
        whole = await client.consents.export()
        page = await client.consents.export(limit=1)
        rest = await client.consents.export("news", after=page.next)
        gone = await client.consents.withdraw(PHONE)
        again = await client.consents.withdraw(PHONE)
        left = await members(client)

    assert (added.state, added.source, added.shown) == ("given", "request", "☐ our news")
    assert added.note == "at the till"
    assert on_it == [PHONE]
    assert [each.peer for each in whole.consents] == [PHONE, "+33612345679"]
    assert (len(page.consents), rest.consents) == (1, [])
    assert (gone, again, left) == (1, 0, [])


async def test_forgetting_erases_what_was_said_and_keeps_that_and_when(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        await asked(it, phone, "JOIN")
        await asked(it, phone, "YES")
        kept = await proof(client)
        await settled(client, 2)
        await client.people.forget(PHONE)
        person = await client.people.get(PHONE)
        (left,) = person.consents

    assert (left.list, left.peer, left.given_at) == ("news", PHONE, kept.given_at)
    assert (left.state, left.ended_by, left.sim) == ("withdrawn", "forgotten", kept.sim)
    assert left.ended_at is not None
    assert (left.shown, left.text, left.message, left.request) == (None, None, None, None)
    assert person.lists == []


async def test_a_question_nobody_answered_is_forgotten_altogether(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS) as (it, client, phone):
        await asked(it, phone, "JOIN")
        await settled(client, 1)
        await client.people.forget(PHONE)
        assert await client.consents.get(PHONE) == []


async def test_what_a_redacted_message_said_is_not_in_the_proof(tmp_path: Path) -> None:
    crm = {"handlers": [{"name": "crm", "socket": True, "match": {"from": PHONE}}]}
    async with scene(tmp_path, **NEWS, **crm, redact={"handlers": ["crm"]}) as (it, client, phone):
        async with client.listen("crm") as inbox:
            phone.send(it.sim.number, "HOURS")
            await (await anext(aiter(inbox))).acknowledge()
        while not await consents(client) or (await proof(client)).text is not None:
            await asyncio.sleep(0.01)
        kept = await proof(client)

    assert (kept.state, kept.text) == ("given", None)


async def test_a_question_nobody_answered_goes_as_messages_do(tmp_path: Path) -> None:
    news = ListConfig(name="news", confirm=CONFIRM, expires=60)
    async with bench(tmp_path, lists=(news,), inbound=InboundConfig(retention=3600)) as it:
        await call(it, "consents.ask", list="news", peer=PHONE)
        await it.pass_time(120)
        over = (await call(it, "consents.get", peer=PHONE)).consents
        await it.pass_time(3600)
        await call(it, "consents.ask", list="news", peer="+33612345679")
        gone = (await call(it, "consents.get", peer=PHONE)).consents

    assert [each.state for each in over] == ["expired"]
    assert gone == []
