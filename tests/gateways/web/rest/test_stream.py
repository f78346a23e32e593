"""Events as server-sent events."""

import asyncio
from typing import Any

import msgspec
import pytest

from gsmd.gateways.web.rest import stream as streams
from tests.gateways.web.rest.scene import Scene, Stream, Token
from tests.rig import PATIENCE

NUMBER = "+33612345678"
LATER = "2100-01-01T00:00:00Z"


class Reader:
    """What a browser makes of a stream."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._rest = b""
        self.comments = 0

    async def start(self) -> dict[str, str]:
        async with asyncio.timeout(PATIENCE):
            message = await self.stream.said.get()
        assert message["status"] == 200
        return {k.decode(): v.decode() for k, v in message["headers"]}

    async def event(self) -> tuple[str | None, dict[str, Any]]:
        async with asyncio.timeout(PATIENCE):
            while True:
                block, found, rest = self._rest.partition(b"\n\n")
                if not found:
                    message = await self.stream.said.get()
                    assert message["more_body"], "the stream ended"
                    self._rest += message["body"]
                    continue
                self._rest = rest
                lines = dict(line.split(": ", 1) for line in block.decode().split("\n"))
                self.comments += "" in lines
                if "data" in lines:
                    data = msgspec.json.decode(lines["data"])
                    assert lines["event"] == data["type"]
                    return lines.get("id"), data

    async def of_type(self, kind: str) -> tuple[str | None, dict[str, Any]]:
        while True:
            id_, event = await self.event()
            if event["type"] == kind:
                return id_, event


async def reader(rest: Scene, path: str = "/events", **more: Any) -> Reader:
    it = Reader(rest.begin("GET", path, **more))
    headers = await it.start()
    assert headers["content-type"].startswith("text/event-stream")
    return it


async def test_events_are_told_with_their_numbers(rest: Scene) -> None:
    it = await reader(rest)
    sent = await rest.client.send(NUMBER, "hi", not_before=LATER)
    id_, event = await it.of_type("message.queued")
    assert event["id"] == sent.id
    assert id_ == str(event["seq"])
    it.stream.leave()


async def test_a_reader_goes_on_behind_the_last_event_it_had_without_a_gap(rest: Scene) -> None:
    it = await reader(rest, "/events?types=message.queued")
    await rest.client.send(NUMBER, "0", not_before=LATER)
    last, _ = await it.event()
    it.stream.leave()
    sent = [(await rest.client.send(NUMBER, str(n), not_before=LATER)).id for n in range(1, 30)]
    again = await reader(rest, "/events?types=message.queued", headers={"Last-Event-ID": str(last)})
    live = [
        asyncio.create_task(rest.client.send(NUMBER, str(n), not_before=LATER))
        for n in range(30, 60)
    ]
    told = [(await again.event())[1] for _ in range(59)]
    sent += [(await each).id for each in live]
    assert sorted(each["id"] for each in told) == sorted(sent)
    numbers = [each["seq"] for each in told]
    assert numbers == sorted(set(numbers))
    again.stream.leave()


async def test_after_in_the_query_does_the_same(rest: Scene) -> None:
    sent = await rest.client.send(NUMBER, "hi", not_before=LATER)
    it = await reader(rest, "/events?after=0&types=message.queued")
    assert (await it.event())[1]["id"] == sent.id
    it.stream.leave()


@pytest.mark.parametrize(("last", "status"), [("99999999", 404), ("x", 400), ("-1", 400)])
async def test_an_event_that_is_none_is_refused(rest: Scene, last: str, status: int) -> None:
    answer = await rest.ask("GET", "/events", headers={"Last-Event-ID": last})
    assert (answer.status, answer.json["field"]) == (status, "after")


async def test_a_token_hears_of_its_own_modems_and_handlers_alone(rest: Scene) -> None:
    rest.tokens.known["crm"] = Token(handlers=frozenset({"crm"}))
    it = await reader(rest, token="crm")
    everything = await reader(rest, "/events?types=handler.")
    async with rest.client.listen("other"), rest.client.listen("crm"):
        while (await everything.event())[1]["handler"] != "crm":
            pass
        assert (await it.event())[1]["handler"] == "crm"
    rest.tokens.known["tag"] = Token(tags=frozenset({"t"}))
    assert (await rest.ask("GET", "/events", token="tag")).status == 403
    for each in (it, everything):
        each.stream.leave()


async def test_a_quiet_line_has_comments(rest: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gsmd.gateways.web.rest.streaming.HEARTBEAT", 0.01)
    it = await reader(rest, "/events?types=message.queued")
    await rest.client.send(NUMBER, "hi", not_before=LATER)
    await it.event()
    async with asyncio.timeout(PATIENCE):
        while b"still here" not in (await it.stream.said.get())["body"]:
            pass
    it.stream.leave()


async def test_a_slow_reader_is_cut_off_and_nobody_waits_for_it(
    rest: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BEHIND", 5)
    slow = await reader(rest, "/events?types=message.queued")
    fast = await reader(rest, "/events?types=message.queued")
    slow.stream.open.clear()
    for n in range(20):
        await rest.client.send(NUMBER, str(n), not_before=LATER)
        await fast.event()
    slow.stream.open.set()
    async with asyncio.timeout(PATIENCE):
        await slow.stream.task
    assert rest.app.hub.count == 1
    fast.stream.leave()


async def test_there_are_so_many_streams_and_no_more(
    rest: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.web.rest.streaming.STREAMS", 2)
    readers = [await reader(rest) for _ in range(2)]
    answer = await rest.ask("GET", "/events")
    assert (answer.status, answer.reason) == (503, "too_many_streams")
    for each in readers:
        each.stream.leave()
        await each.stream.task
    last = await reader(rest)
    last.stream.leave()


async def test_all_streams_share_one_connection(rest: Scene) -> None:
    readers = [await reader(rest) for _ in range(5)]
    sent = await rest.client.send(NUMBER, "hi", not_before=LATER)
    for each in readers:
        assert (await each.of_type("message.queued"))[1]["id"] == sent.id
        each.stream.leave()
        async with asyncio.timeout(PATIENCE):
            await each.stream.task
    assert rest.app.hub.count == 0


async def test_a_stream_ends_after_a_while_and_goes_on_with_a_token_that_is_still_good(
    rest: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.web.rest.streaming.LASTS", 0.0)
    answer = await rest.ask("GET", "/events")
    assert (answer.status, answer.body) == (200, b"")
    assert rest.app.hub.count == 0
