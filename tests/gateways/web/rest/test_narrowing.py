"""A token that is narrowed reaches nothing of others, and tells nothing of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.gateways.web.rest.routes import ROUTES
from tests.gateways.web.rest.scene import Scene, Token, scene

NUMBER = "+33612345678"


@pytest.fixture
async def rest(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path, modems=("north", "south")) as it:
        it.tokens.known |= {
            "north": Token(modems=frozenset({"north"})),
            "both": Token(modems=frozenset({"north", "south"})),
            "tag": Token(tags=frozenset({"alerts"})),
            "crm": Token(handlers=frozenset({"crm"})),
            "list": Token(lists=frozenset({"news"})),
        }
        yield it


async def send(rest: Scene, token: str, **body: object) -> int:
    more = {"to": NUMBER, "text": "hi", "not_before": "2100-01-01T00:00:00Z", **body}
    return (await rest.ask("POST", "/messages", json=more, token=token)).status


async def test_sending_is_through_the_modems_of_the_token(rest: Scene) -> None:
    assert await send(rest, "north", modem="south") == 403
    assert await send(rest, "north", modem="north") == 201
    assert await send(rest, "north") == 201
    assert {m["modem"] for m in (await rest.get("/messages"))["messages"]} == {"north"}
    assert await send(rest, "both") == 403
    assert await send(rest, "both", modem="south") == 201


async def test_sending_is_under_the_tags_of_the_token(rest: Scene) -> None:
    assert await send(rest, "tag", tag="other") == 403
    assert await send(rest, "tag") == 201
    assert [m["tag"] for m in (await rest.get("/messages"))["messages"]] == ["alerts"]


async def test_answers_go_to_the_handlers_of_the_token(rest: Scene) -> None:
    assert await send(rest, "crm", handler="other") == 403
    assert await send(rest, "crm", handler="crm") == 201
    assert await send(rest, "crm") == 201


async def test_a_token_for_lists_sends_to_lists_alone(rest: Scene) -> None:
    assert await send(rest, "list") == 403
    await rest.client.call("lists.add", list="news", members=[NUMBER])
    await rest.client.call("lists.add", list="staff", members=[NUMBER])
    campaign = {"list": ["news", "staff"], "text": "hi"}
    assert (await rest.ask("POST", "/campaigns", json=campaign, token="list")).status == 403
    assert (
        await rest.ask("POST", "/campaigns", json={**campaign, "list": "news"}, token="list")
    ).status == 201
    everybody = await rest.ask("POST", "/campaigns", json={**campaign, "tag": "t"})
    assert everybody.status == 201
    told = await rest.get("/campaigns", token="list")
    assert [each["list"] for each in told["campaigns"]] == ["news"]
    answer = await rest.ask("GET", f"/campaigns/{everybody.json['id']}", token="list")
    assert (answer.status, answer.reason) == (403, "outside_token")
    assert [each["list"] for each in (await rest.get("/lists", token="list"))["lists"]] == ["news"]
    assert (await rest.ask("GET", "/lists/staff", token="list")).status == 403


async def test_a_listing_of_messages_has_only_those_of_the_token(rest: Scene) -> None:
    for modem, tag in (("north", "alerts"), ("south", "alerts"), ("north", "other")):
        assert await send(rest, "all", modem=modem, tag=tag) == 201
    seen = (await rest.get("/messages", token="north"))["messages"]
    assert [m["modem"] for m in seen] == ["north", "north"]
    seen = await rest.get("/messages?reasons=true", token="tag")
    assert [m["tag"] for m in seen["messages"]] == ["alerts", "alerts"]
    assert set(seen["reasons"]) == {m["id"] for m in seen["messages"]}
    assert (await rest.ask("GET", "/messages?modem=south", token="north")).status == 403
    assert (await rest.ask("GET", "/messages", token="crm")).status == 403


@pytest.mark.parametrize("path", ["", "/story", "?wait=delivered&timeout=0"])
async def test_a_message_of_others_is_not_told(rest: Scene, path: str) -> None:
    other = await rest.ask("POST", "/messages", json={"to": NUMBER, "text": "hi", "modem": "south"})
    for token in ("north", "tag", "crm"):
        answer = await rest.ask("GET", f"/messages/{other.json['id']}{path}", token=token)
        assert (answer.status, answer.reason) == (403, "outside_token")
    answer = await rest.ask("POST", f"/messages/{other.json['id']}/cancel", token="north")
    assert answer.status == 403


async def test_a_token_for_a_handler_sees_what_was_for_it(rest: Scene) -> None:
    await rest.ask("POST", "/handlers/crm/pull", json={}, token="crm")
    message = await rest.came_in("hello")
    assert (await rest.get(f"/messages/{message['id']}", token="crm"))["text"] == "hello"
    mine = await rest.ask(
        "POST", "/messages", json={"to": NUMBER, "text": "hi", "handler": "crm"}, token="crm"
    )
    assert (await rest.ask("GET", f"/messages/{mine.json['id']}", token="crm")).status == 200


async def test_handlers_of_others_are_neither_told_nor_pulled(rest: Scene) -> None:
    await rest.ask("POST", "/handlers/crm/pull", json={})
    await rest.ask("POST", "/handlers/other/pull", json={})
    assert [h["name"] for h in (await rest.get("/handlers", token="crm"))["handlers"]] == ["crm"]
    for verb, path in (("GET", "next"), ("POST", "pull"), ("POST", "settle"), ("POST", "redrive")):
        answer = await rest.ask(verb, f"/handlers/other/{path}", token="crm")
        assert answer.status == 403, path
    assert (await rest.ask("GET", "/dead?handler=other", token="crm")).status == 403
    assert (await rest.get("/dead", token="crm"))["dead"] == []


async def test_modems_of_others_are_neither_told_nor_touched(rest: Scene) -> None:
    assert [m["name"] for m in (await rest.get("/modems", token="north"))["modems"]] == ["north"]
    assert (await rest.ask("GET", "/modems/south", token="north")).status == 403
    assert (await rest.ask("POST", "/modems/south/reset", token="north")).status == 403
    assert (await rest.ask("GET", "/stats?modem=south", token="north")).status == 403
    assert (await rest.ask("GET", "/stats", token="north")).status == 200


async def test_what_has_no_such_dimension_is_refused(rest: Scene) -> None:
    for path in ("/optouts", "/blocks", f"/people/{NUMBER}", "/polls", "/messages/waiting"):
        for token in ("north", "tag", "crm", "list"):
            answer = await rest.ask("GET", path, token=token)
            assert (answer.status, answer.reason) == (403, "outside_token"), path


async def test_every_route_but_the_shown_refuses_a_token_that_is_for_nothing(rest: Scene) -> None:
    nothing = frozenset[str]()
    rest.tokens.known["nothing"] = Token(
        handlers=nothing, modems=nothing, tags=nothing, lists=nothing
    )
    for route in ROUTES:
        if route.shows == "all":
            continue
        path = route.path.replace("{", "").replace("}", "")
        answer = await rest.ask(
            route.verb,
            path,
            token="nothing",
            json={"method": "start", "to": NUMBER, "text": "x"} if "ver" in path else None,
        )
        assert answer.status in {400, 403}, route


async def test_a_key_of_others_tells_nothing_of_their_message(rest: Scene) -> None:
    body = {"to": NUMBER, "text": "hi", "key": "k"}
    assert (await rest.ask("POST", "/messages", json={**body, "modem": "south"})).status == 201
    answer = await rest.ask("POST", "/messages", json=body, token="north")
    assert (answer.status, answer.reason) == (422, "key")
    assert b"south" not in answer.body
