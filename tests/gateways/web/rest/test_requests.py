"""What every request goes through: token, path, body, parameters; and what it is answered when something is wrong."""

import pytest

from gsmd.gateways.web.rest.routes import ROUTES
from gsmd.protocol.method import Role
from tests.gateways.web.rest.scene import Scene, Token

NUMBER = "+33612345678"


async def test_without_a_token_nothing_is_told(rest: Scene) -> None:
    answer = await rest.ask("GET", "/messages", token=None)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.reason == "no_token"


async def test_every_route_refuses_a_token_without_its_role(rest: Scene) -> None:
    for route in ROUTES:
        roles = frozenset(Role) - {Role.ADMIN} - route.method.roles
        rest.tokens.known["poor"] = Token(roles=roles if route.method.roles else frozenset())
        path = route.path.replace("{", "").replace("}", "")
        answer = await rest.ask(route.verb, path, token="poor")
        assert (answer.status, answer.reason) == (403, "missing_role"), route
        assert answer.json["code"] == 4


async def test_a_path_that_is_none_is_a_problem(rest: Scene) -> None:
    answer = await rest.ask("GET", "/nothing/here")
    assert (answer.status, answer.reason) == (404, "no_such_path")
    members = {"type", "title", "status", "detail", "reason", "field", "code"}
    assert set(answer.json) == members
    assert answer.json["type"] == "/problems/no_such_path"


async def test_another_http_method_is_told_what_the_path_is_for(rest: Scene) -> None:
    answer = await rest.ask("PUT", "/messages")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert answer.reason == "wrong_method"


async def test_head_is_get_without_its_body(rest: Scene) -> None:
    assert (await rest.ask("HEAD", "/modems")).status == 200


async def test_head_takes_no_message_away(rest: Scene) -> None:
    assert (await rest.ask("HEAD", "/handlers/crm/next")).status == 405


async def test_an_unknown_member_is_named(rest: Scene) -> None:
    answer = await rest.ask("POST", "/messages", json={"to": NUMBER, "text": "hi", "colour": "red"})
    assert (answer.status, answer.reason, answer.json["field"]) == (400, "unknown_field", "colour")
    assert answer.json["code"] == -32602


async def test_an_unknown_name_in_the_query_is_named(rest: Scene) -> None:
    answer = await rest.ask("GET", "/messages?colour=red")
    assert (answer.status, answer.reason, answer.json["field"]) == (400, "unknown_field", "colour")


async def test_nobody_may_say_who_they_are(rest: Scene) -> None:
    body = {"to": NUMBER, "text": "hi", "actor": "bob"}
    answer = await rest.ask("POST", "/messages", json=body)
    assert (answer.status, answer.json["field"]) == (400, "actor")
    body = {"method": "start", "to": NUMBER, "actor": "bob"}
    answer = await rest.ask("POST", "/verifications", json=body)
    assert (answer.status, answer.json["field"]) == (400, "actor")


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("limit=0", 422, "limit"),
        ("limit=ten", 400, "limit"),
        ("limit=1&limit=2", 400, "limit"),
        ("reasons=perhaps", 400, "reasons"),
        ("state=flying", 422, "state"),
        ("since=yesterday", 422, "since"),
        ("after=nothing", 422, "after"),
    ],
)
async def test_a_value_that_cannot_be_is_named(
    rest: Scene, query: str, status: int, field: str
) -> None:
    answer = await rest.ask("GET", f"/messages?{query}")
    assert (answer.status, answer.json["field"]) == (status, field), answer


async def test_what_is_empty_in_a_query_is_left_out(rest: Scene) -> None:
    assert (await rest.get("/messages?state=&peer=&limit="))["messages"] == []


async def test_a_plus_that_a_query_lost_is_found_again(rest: Scene) -> None:
    await rest.client.send(NUMBER, "hi")
    for peer in ("+33612345678", "%2B33612345678"):
        assert len((await rest.get(f"/messages?peer={peer}"))["messages"]) == 1


async def test_a_body_of_another_kind_is_refused(rest: Scene) -> None:
    answer = await rest.ask(
        "POST", "/messages", body=b"<sms/>", headers={"content-type": "text/xml"}
    )
    assert (answer.status, answer.reason) == (415, "wrong_content_type")


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_that_is_too_long_is_refused(rest: Scene, told: bool) -> None:
    headers = {"content-type": "application/json", "content-length": str(70_000) if told else "x"}
    answer = await rest.ask("POST", "/messages", body=b" " * 70_000, headers=headers)
    assert (answer.status, answer.reason) == (413, "too_long")


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{", 400, "not_json"),
        (b"[]", 400, "wrong_type"),
        (b'{"to": "1", "to": "2"}', 400, "repeated_key"),
        (b'{"to": "+33612345678", "text": "\\ud83d"}', 422, "half_a_character"),
        (b'{"to": "+33612345678"}', 400, "missing_field"),
        (b'{"to": 5, "text": "hi"}', 400, "wrong_type"),
        (b'{"to": "hello", "text": "hi"}', 422, "bad_number"),
    ],
)
async def test_a_body_that_cannot_be_is_explained(
    rest: Scene, body: bytes, status: int, reason: str
) -> None:
    headers = {"content-type": "application/json"}
    answer = await rest.ask("POST", "/messages", body=body, headers=headers)
    assert (answer.status, answer.reason) == (status, reason), answer


async def test_a_name_in_the_path_and_another_in_the_body_is_refused(rest: Scene) -> None:
    answer = await rest.ask("POST", "/modems/north/at", json={"modem": "south", "command": "AT"})
    assert (answer.status, answer.json["field"]) == (400, "modem")


async def test_no_answer_is_kept_by_caches(rest: Scene) -> None:
    for path in ("/messages", "/nothing", "/health"):
        assert (await rest.ask("GET", path)).headers["cache-control"] == "no-store"


async def test_a_get_changes_nothing(rest: Scene) -> None:
    answer = await rest.ask("GET", "/server/log-level?level=debug")
    assert (answer.status, answer.json["field"]) == (400, "level")
    assert "level" in await rest.get("/server/log-level")
