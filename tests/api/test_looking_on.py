"""The live tail and events: told while it happens, to whoever looks, and nothing kept."""

from gsmd.api.server import Server
from tests.api.fake_backend import FakeBackend
from tests.api.wire import Wire


async def test_without_a_handler_messages_are_only_shown(wire: Wire, backend: FakeBackend) -> None:
    backend.receive("before")
    assert await wire.result("inbox.subscribe") == {"handler": None, "pending": 0}
    backend.receive("after")
    shown = await wire.receive()
    assert shown["method"] == "inbox.message"
    assert shown["params"]["message"]["text"] == "after"
    assert await wire.result("server.info")


async def test_a_tail_ends_when_it_is_told_to(wire: Wire, backend: FakeBackend) -> None:
    await wire.result("inbox.subscribe")
    assert await wire.result("inbox.unsubscribe") == {"handler": None}
    backend.receive()
    assert await wire.result("server.info")
    assert (await wire.error("inbox.unsubscribe"))["code"] == 2


async def test_subscribing_twice_shows_everything_once(wire: Wire, backend: FakeBackend) -> None:
    await wire.result("inbox.subscribe")
    await wire.result("inbox.subscribe")
    backend.receive("one")
    assert (await wire.receive())["params"]["message"]["text"] == "one"
    assert await wire.result("server.info")


async def test_a_tail_ends_with_its_connection(server: Server, backend: FakeBackend) -> None:
    async with await Wire.open(server.path) as wire:
        await wire.result("inbox.subscribe")
        assert len(backend.tails) == 1
    await backend.until(lambda: not backend.tails)


async def test_events_are_told_with_their_fields(wire: Wire, backend: FakeBackend) -> None:
    assert await wire.result("events.subscribe") == {"types": []}
    backend.happen("modem.ready", modem="north", state="ready")
    assert await wire.receive() == {
        "jsonrpc": "2.0",
        "method": "event",
        "params": {
            "type": "modem.ready",
            "at": "2026-01-02T03:04:05.678Z",
            "modem": "north",
            "state": "ready",
        },
    }


async def test_events_may_be_narrowed_and_changed_and_ended(
    wire: Wire, backend: FakeBackend
) -> None:
    await wire.result("events.subscribe", {"types": ["modem.", "handler."]})
    backend.happen("message.sent", id="o1")
    backend.happen("modem.absent", modem="north")
    assert (await wire.receive())["params"]["type"] == "modem.absent"
    await wire.result("events.subscribe", {"types": ["message."]})
    backend.happen("modem.ready", modem="north")
    backend.happen("message.sent", id="o1")
    assert (await wire.receive())["params"]["type"] == "message.sent"
    assert await wire.result("events.unsubscribe") == {}
    backend.happen("message.sent", id="o1")
    assert await wire.result("server.info")


async def test_everybody_who_looks_is_shown_the_same(server: Server, backend: FakeBackend) -> None:
    wires = [await Wire.open(server.path) for _ in range(3)]
    for wire in wires:
        await wire.result("inbox.subscribe")
        await wire.result("events.subscribe")
    backend.receive("hello")
    for wire in wires:
        assert (await wire.receive())["params"]["message"]["text"] == "hello"
        assert (await wire.receive())["params"]["type"] == "message.received"
        await wire.__aexit__()
