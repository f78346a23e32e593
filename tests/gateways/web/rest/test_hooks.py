"""Web hooks made over HTTP."""

from gsmd.protocol.method import Role
from tests.gateways.web.rest.scene import Scene, Token

HOOK = {"name": "shop", "post": "https://8.8.8.8/sms", "match": {"from": "+33*"}}


async def test_a_web_hook_is_made_listed_and_removed(rest: Scene) -> None:
    rest.tokens.known["handler"] = Token(roles=frozenset({Role.HANDLE, Role.READ}))
    made = await rest.ask("POST", "/handlers", json=HOOK, token="handler")
    assert (made.status, made.json["name"], made.json["origin"]) == (201, "shop", "added")
    assert "secret" not in made.json
    listed = (await rest.get("/handlers", token="handler"))["handlers"]
    assert [each["name"] for each in listed] == ["shop"]
    assert (await rest.get("/handlers/shop/attempts", token="handler"))["attempts"] == []
    assert (await rest.ask("POST", "/handlers/shop/resume", token="handler")).json[
        "resumed"
    ] is False
    removed = await rest.ask("DELETE", "/handlers/shop", token="handler")
    assert (removed.status, removed.json["written_off"]) == (200, 0)


async def test_a_web_hook_leads_to_no_private_address(rest: Scene) -> None:
    for post in (
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/",
        "http://example.org/",
    ):
        answer = await rest.ask("POST", "/handlers", json={"name": "shop", "post": post})
        assert (answer.status, answer.json["field"]) == (422, "post"), post


async def test_what_keeps_a_daemon_busy_is_for_administrators(rest: Scene) -> None:
    rest.tokens.known["handler"] = Token(roles=frozenset({Role.HANDLE}))
    body = {**HOOK, "match": {"regex": "a*"}}
    answer = await rest.ask("POST", "/handlers", json=body, token="handler")
    assert (answer.status, answer.reason) == (403, "missing_role")
    pull = {"match": {"regex": "a*"}}
    assert (await rest.ask("POST", "/handlers/x/pull", json=pull, token="handler")).status == 403
    assert (await rest.ask("POST", "/handlers", json=body)).status == 201


async def test_other_handlers_are_removed_by_administrators_alone(rest: Scene) -> None:
    rest.tokens.known["handler"] = Token(roles=frozenset({Role.HANDLE}))
    await rest.ask("POST", "/handlers/crm/pull", json={})
    assert (await rest.ask("DELETE", "/handlers/crm", token="handler")).status == 403
    assert (await rest.ask("DELETE", "/handlers/crm")).status == 200
