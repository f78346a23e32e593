"""Forwarding, and the handlers that take what nobody else took."""

from pathlib import Path

from tests.rig import PATIENCE
from tests.twoway.scenes import PHONE, scene

BOSS = "+33687654321"


async def test_messages_go_on_to_another_number_with_their_sender(tmp_path: Path) -> None:
    handlers = [{"name": "boss", "forward": BOSS, "match": {"keyword": "URGENT"}}]
    async with scene(tmp_path, handlers=handlers) as (it, client, phone):
        phone.send(it.sim.number, "urgent: fire")
        phone.send(it.sim.number, "hello")
        (message,) = await it.network.phone(BOSS).expect(1, PATIENCE)
        (status,) = await client.handlers()

    assert message.text == f"{PHONE}: urgent: fire"
    assert (status.transport, status.connected) == ("forward", True)


async def test_what_comes_from_where_it_would_go_is_not_forwarded(tmp_path: Path) -> None:
    handlers = [{"name": "boss", "forward": BOSS}]
    async with (
        scene(tmp_path, handlers=handlers) as (it, client, _),
        client.events("forward.refused") as events,
    ):
        it.network.phone(BOSS).send(it.sim.number, "who is this?")
        refusal = await anext(aiter(events))

    assert refusal.fields["reason"] == "loop"
    assert not it.network.phone(BOSS).received


async def test_what_nobody_took_goes_to_the_handler_for_that(tmp_path: Path) -> None:
    handlers = [
        {"name": "orders", "socket": True, "match": {"keyword": "ORDER"}},
        {"name": "rest", "forward": BOSS, "match": {"unclaimed": True}},
    ]
    keywords = {"table": [{"word": "INFO", "reply": "Open."}]}
    async with scene(tmp_path, handlers=handlers, keywords=keywords) as (it, client, phone):
        async with client.listen("orders") as messages:
            for text in ("order 1", "info", "what else?"):
                phone.send(it.sim.number, text)
            order = await anext(aiter(messages))
            await order.acknowledge()
        (rest,) = await it.network.phone(BOSS).expect(1, PATIENCE)
        (open_,) = await phone.expect(1, PATIENCE)

    assert order.text == "order 1"
    assert rest.text == f"{PHONE}: what else?"
    assert open_.text == "Open."
