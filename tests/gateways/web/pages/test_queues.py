"""Queues and modems."""

from pathlib import Path

from gsmd.protocol.method import Role
from tests.gateways.web.pages.scene import PEER, Scene, scene, words
from tests.rig import PATIENCE

FAILING = [
    {
        "name": "archive",
        "run": ["/bin/sh", "-c", "exit 1"],
        "retry": {"first": "1s", "max": "1s", "attempts": 1},
    }
]


async def test_what_waits_says_why_and_can_be_called_off(desk: Scene) -> None:
    message = await desk.client.send(PEER, "later", not_before="2040-01-01T00:00:00Z")
    page = await desk.page("/queues")
    assert "later" in words(page)
    assert "2040" in page or "not to go" in words(page) or 'class="tags why"' in page
    where = await desk.done(f"/messages/{message.id}/cancel", x="y")
    assert "Cancelled" in words(await desk.page(where))
    await desk.done(f"/messages/{message.id}/retry", x="y")


async def test_what_was_given_up_is_seen_and_handed_over_again(tmp_path: Path) -> None:
    async with scene(tmp_path, handlers=FAILING) as desk:
        async with desk.client.events("message.dead") as events:
            await desk.came_in("for the archive")
            await events.receive(PATIENCE)
        page = words(await desk.page("/queues/dead"))
        assert "for the archive" in page
        assert "exit status 1" in page
        assert "archive" in words(await desk.page("/queues/handlers"))
        assert "exit status 1" in words(await desk.page("/queues/handlers/archive"))
        async with desk.client.events("message.dead") as events:
            await desk.done("/queues/redrive", handler="archive")
            await events.receive(PATIENCE)
        reader = await desk.as_("ben", Role.READ)
        assert (await reader.post("/queues/redrive", handler="archive")).status == 403


async def test_a_dialogue_by_ussd_goes_on_until_its_end(desk: Scene) -> None:
    page = (await desk.post("/modems/north/ussd", code="*100#")).body.decode()
    assert 'class="bubble"' in page or 'role="alert"' in page
    reader = await desk.as_("ben", Role.READ)
    assert (await reader.post("/modems/north/ussd", code="*100#")).status == 403


async def test_only_administrators_restart_a_modem(desk: Scene) -> None:
    other = await desk.as_("ben", Role.READ, Role.SEND)
    assert "Restart the modem" not in await other.page("/modems/north")
    assert (await other.post("/modems/north/reset", x="y")).status == 403
    await desk.done("/modems/north/reset", x="y")


async def test_a_message_to_several_numbers_goes_to_each_once(desk: Scene) -> None:
    fields = {"to": f"{PEER}, +33612345679", "text": "see you at nine", "key": "k"}
    for _ in range(2):
        await desk.done("/compose", **fields)
    for number in (PEER, "+33612345679"):
        await desk.rig.network.phone(number).expect(1, PATIENCE)
    assert len((await desk.client.list(direction="outbound")).messages) == 2
    assert (await desk.post("/compose", to="", text="x")).status == 422


async def test_what_makes_a_text_longer_is_named(desk: Scene) -> None:
    short = words("<body>" + (await desk.post("/compose/count", text="hello")).body.decode())
    assert "1 SMS" in short
    long = words(
        "<body>" + (await desk.post("/compose/count", text="x" * 100 + "“猫”")).body.decode()
    )
    assert "2 SMS" in long
    assert "longer because of “ 猫 ”" in long
