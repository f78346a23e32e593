"""Taking messages over HTTP."""

import asyncio

from tests.gateways.web.rest.scene import Scene

PATIENCE = 30.0


async def test_messages_are_pulled_and_settled(rest: Scene) -> None:
    await rest.ask("POST", "/handlers/crm/pull", json={})
    await rest.came_in("one")
    pulled = (await rest.ask("POST", "/handlers/crm/pull", json={"max": 10, "wait": "30s"})).json
    assert [each["message"]["text"] for each in pulled["messages"]] == ["one"]
    settle = [{"lease": pulled["messages"][0]["lease"], "reply": "two"}, {"lease": "none"}]
    settled = (await rest.ask("POST", "/handlers/crm/settle", json={"settle": settle})).json
    assert settled == {"settled": 1, "unknown": ["none"]}
    assert (await rest.phone.expect(1, PATIENCE))[0].text == "two"


async def test_a_shell_takes_one_message_and_says_when_it_is_done(rest: Scene) -> None:
    assert (await rest.ask("GET", "/handlers/crm/next")).status == 204
    await rest.came_in("one")
    answer = await rest.ask("GET", "/handlers/crm/next?wait=30s")
    assert (answer.status, answer.json["text"]) == (200, "one")
    assert answer.headers["gsmd-attempt"] == "1"
    lease = answer.headers["gsmd-lease"]
    assert (await rest.ask("DELETE", f"/leases/{lease}")).status == 204
    assert (await rest.ask("DELETE", f"/leases/{lease}")).status == 204, (
        "the answer may have been lost"
    )
    assert (await rest.ask("DELETE", "/leases/none")).status == 404
    assert (await rest.ask("GET", "/handlers/crm/next")).status == 204


async def test_what_was_pulled_for_somebody_who_left_comes_again_at_once(rest: Scene) -> None:
    await rest.ask("POST", "/handlers/crm/pull", json={})
    stream = rest.begin("GET", "/handlers/crm/next?wait=60s&lease=1d")
    async with asyncio.timeout(PATIENCE):
        while not (await rest.client.handlers())[0].capacity:
            await asyncio.sleep(0.01)
    stream.leave()
    async with asyncio.timeout(PATIENCE):
        await stream.task
    await rest.came_in("one")
    async with asyncio.timeout(PATIENCE):
        answer = await rest.ask("GET", "/handlers/crm/next?wait=30s")
    assert answer.json["text"] == "one"


async def test_only_so_many_pulls_wait(rest: Scene) -> None:
    streams = [rest.begin("GET", f"/handlers/h{n}/next?wait=60s") for n in range(21)]
    async with asyncio.timeout(PATIENCE):
        done, _ = await asyncio.wait(
            [each.task for each in streams], return_when=asyncio.FIRST_COMPLETED
        )
    refused = [await each.answer() for each in streams if each.task in done]
    assert [(each.status, each.reason) for each in refused] == [(503, "too_many_pulls")]
    for each in streams:
        each.leave()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(each.task for each in streams))
