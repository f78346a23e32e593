"""Long polls."""

import asyncio

import pytest

from gsmd.protocol.method import Role
from tests.gateways.web.rest.scene import Scene, Token

NUMBER = "+33612345678"
LATER = {"to": NUMBER, "text": "hi", "not_before": "2100-01-01T00:00:00Z"}


async def test_a_wait_that_ends_answers_with_the_message_as_it_is(rest: Scene) -> None:
    sent = await rest.ask("POST", "/messages", json=LATER)
    message = await rest.get(f"/messages/{sent.json['id']}?wait=delivered&timeout=0")
    assert message["state"] == "queued"
    assert (await rest.get(f"/messages/{sent.json['id']}?wait=0s"))["state"] == "queued"


@pytest.mark.parametrize(
    "query", ["wait=sent&timeout=61s", "wait=2m", "wait=flying", "wait=sent&timeout=-1"]
)
async def test_a_wait_that_cannot_be_is_refused(rest: Scene, query: str) -> None:
    sent = await rest.ask("POST", "/messages", json=LATER)
    answer = await rest.ask("GET", f"/messages/{sent.json['id']}?{query}")
    assert (answer.status, answer.json["code"]) == (422, 3)


async def test_a_pull_waits_for_a_minute_at_the_most(rest: Scene) -> None:
    answer = await rest.ask("POST", "/handlers/crm/pull", json={"wait": "61s"})
    assert (answer.status, answer.json["field"]) == (422, "wait")
    answer = await rest.ask("GET", "/handlers/crm/next?wait=61")
    assert (answer.status, answer.json["field"]) == (422, "wait")


async def test_who_may_only_send_may_wait_for_what_becomes_of_it(rest: Scene) -> None:
    rest.tokens.known["sender"] = Token(roles=frozenset({Role.SEND}))
    sent = await rest.ask("POST", "/messages", json={"to": NUMBER, "text": "hi"}, token="sender")
    path = f"/messages/{sent.json['id']}"
    assert (await rest.get(f"{path}?wait=sent", token="sender"))["state"] == "sent"
    assert (await rest.ask("GET", path, token="sender")).status == 403


async def test_a_code_is_pending_until_somebody_sends_it(rest: Scene) -> None:
    started = await rest.ask("POST", "/verifications", json={"method": "expect", "from": NUMBER})
    assert started.status == 201
    path = f"/verifications/{started.json['id']}"
    assert await rest.get(path) == {"state": "pending", "peer": None}
    waiting = asyncio.create_task(rest.get(f"{path}?wait=30s"))
    rest.phone.send(rest.rig.sim.number, started.json["code"])
    assert (await waiting)["state"] == "verified"


async def test_who_leaves_while_waiting_is_not_answered(rest: Scene) -> None:
    sent = await rest.ask("POST", "/messages", json=LATER)
    stream = rest.begin("GET", f"/messages/{sent.json['id']}?wait=delivered&timeout=60s")
    stream.leave()
    async with asyncio.timeout(30):
        await stream.task
    assert stream.said.empty()
