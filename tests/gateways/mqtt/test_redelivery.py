"""Which packet is the same one? A broker that hands over again, in every way that one may."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.gateways.mqtt.fake_broker import FakeBroker, fake_broker
from tests.gateways.mqtt.scene import ANNA, Scene
from tests.rig import rig

ALARM = {"to": ANNA, "text": "alarm"}


@asynccontextmanager
async def stage(directory: Path, **section: Any) -> AsyncIterator[tuple[Scene, FakeBroker]]:
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(rig(directory))
        broker = await stack.enter_async_context(fake_broker())
        it = Scene(built, broker)
        stack.push_async_callback(it.daemon_stops)
        await it.daemon_starts()
        await stack.enter_async_context(it.at_work(**section))
        await broker.connected(1)
        yield it, broker


async def sent(it: Scene) -> int:
    return len((await it.client.list(direction="outbound")).messages)


async def reconnected(broker: FakeBroker, *, remembers: bool = True) -> None:
    broker.remembers = remembers
    count = broker.connections
    broker.cut()
    await broker.connected(count + 1)


async def test_a_duplicate_on_the_same_connection_sends_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as (it, broker):
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent")
        await broker.push("gsmd/send", ALARM, 5, duplicate=True)
        assert await sent(it) == 1


async def test_a_packet_that_comes_again_after_a_reconnection_sends_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as (it, broker):
        broker.silent = True  # so that nothing tells that the broker saw our acknowledgement
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent")
        for duplicate in (True, False):
            await reconnected(broker)
            await broker.push("gsmd/send", ALARM, 5, duplicate=duplicate)
        assert await sent(it) == 1


async def test_an_identifier_that_is_free_again_is_another_alarm(tmp_path: Path) -> None:
    async with stage(tmp_path) as (it, broker):
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent", 2)
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent", 4)
        await reconnected(broker)
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent", 6)
        assert await sent(it) == 3


async def test_where_the_lowest_identifier_is_always_taken_an_alarm_that_was_lost_on_the_way_is_sent(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as (it, broker):
        for count in (2, 4):
            await broker.push("gsmd/send", ALARM, 1, duplicate=False)
            await broker.told("gsmd/sent", count)
        await reconnected(broker)
        await broker.push("gsmd/send", ALARM, 1, duplicate=True)  # its first time never arrived
        await broker.told("gsmd/sent", 6)
        assert await sent(it) == 3


async def test_a_broker_that_fell_back_to_an_older_state_sends_nothing_twice(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as (it, broker):
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent", 2)
        await reconnected(broker)
        await broker.push("gsmd/send", ALARM, 5, duplicate=True)
        assert await sent(it) == 1


async def test_a_broker_that_forgot_the_session_hands_over_what_is_new(tmp_path: Path) -> None:
    async with stage(tmp_path) as (it, broker):
        broker.silent = True
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent")
        broker.silent = False
        await reconnected(broker, remembers=False)
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent", 4)
        assert await sent(it) == 2


async def test_another_process_of_the_gateway_knows_the_packet(tmp_path: Path) -> None:
    async with stage(tmp_path) as (it, broker):
        broker.silent = True
        await broker.push("gsmd/send", ALARM, 5, duplicate=False)
        await broker.told("gsmd/sent")
        await it.gateway.drain()
        broker.remembers, broker.silent = True, False
        async with it.at_work():
            await broker.connected(2)
            await broker.push("gsmd/send", ALARM, 5, duplicate=True)
            await broker.push("gsmd/send", {**ALARM, "text": "another"}, 6, duplicate=False)
            count = 1
            while len({each["id"] for each in await broker.told("gsmd/sent", count)}) < 2:
                count += 1
        assert await sent(it) == 2


async def test_what_the_broker_did_not_acknowledge_is_sent_again_marked(tmp_path: Path) -> None:
    async with stage(tmp_path) as (it, broker):
        broker.silent = True
        await it.comes("hello")
        (first,) = await broker.told("gsmd/north/received")
        broker.silent = False
        await reconnected(broker)
        first, again = await broker.told("gsmd/north/received", 2)
        assert first["id"] == again["id"]
        assert [dup for topic, _, dup in broker.published if topic == "gsmd/north/received"] == [
            False,
            True,
        ]
        await it.client.wait(first["id"], "handled", timeout=30)


async def test_nothing_is_acknowledged_to_the_daemon_before_the_broker_has_it(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as (it, broker):
        broker.silent = True
        await it.comes("hello")
        (told,) = await broker.told("gsmd/north/received")
        assert (await it.client.get(told["id"])).state == "received"
        broker.silent = False
        broker.acknowledge()
        await it.client.wait(told["id"], "handled", timeout=30)


async def test_the_brokers_window_is_kept(tmp_path: Path) -> None:
    async with stage(tmp_path) as (it, broker):
        broker.receive_maximum = 1
        await reconnected(broker, remembers=False)
        broker.most_at_once = 0
        for number in range(5):
            await it.comes(f"hello {number}", f"+3361234567{number}")
        await broker.told("gsmd/north/received", 5)
        assert broker.most_at_once == 1


async def test_what_the_broker_refuses_is_not_acknowledged_to_the_daemon(tmp_path: Path) -> None:
    async with stage(tmp_path) as (it, broker):
        broker.refuses["gsmd/north/received"] = 0x97
        await it.comes("hello")
        (told,) = await broker.told("gsmd/north/received")
        async with it.client.events("", after=0) as events:
            while "quota exceeded" not in str((await anext(events)).fields):
                pass
        assert (await it.client.get(told["id"])).state == "received"
