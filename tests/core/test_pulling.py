"""Messages taken without staying connected: leased, settled, given back; beside connected programs, on the same queue."""

import asyncio
from pathlib import Path

import pytest

from gsmd.core import handlers
from gsmd.core.app import App
from gsmd.protocol.errors import Refused
from gsmd.protocol.inbox import Pulled, PullParams, Settlement
from gsmd.protocol.message import State
from gsmd.protocol.types import Seconds
from gsmd.store.ledger import acting
from tests.clocks import HandClock
from tests.core.bench import PHONE, Bench, Worker, bench, deliver


async def arrive(it: Bench, *texts: str, peer: str = PHONE) -> None:
    for text in texts:
        await it.modem.listener.direct(it.modem, deliver(text=text, peer=peer)[0])


async def pull(app: App, most: int = 1, *, wait: float = 0, lease: float = 60) -> Pulled:
    return await app.pulling.pull(
        PullParams("crm", max=most, wait=Seconds(wait), lease=Seconds(lease))
    )


def texts(pulled: Pulled) -> list[str | None]:
    return [each.message.text for each in pulled.messages]


async def begin(it: Bench) -> None:
    """The handler collects from now on."""
    assert (await pull(it.app)).messages == []


async def test_what_is_pulled_and_settled_is_done(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one")
        pulled = await pull(it.app)
        assert (texts(pulled), pulled.messages[0].attempt, pulled.pending) == (["one"], 1, 0)

        settled = await it.app.pulling.settle(
            [Settlement(pulled.messages[0].lease, reply="thanks")]
        )
        assert (settled.settled, settled.unknown) == (1, [])
        assert (await it.app.messages.get(pulled.messages[0].message.id)).state is State.HANDLED
        assert [message.text for message in await it.outbox()] == ["thanks"]


async def test_what_is_settled_for_somebody_is_done_and_answered_by_them(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one", "two")
        with acting("anna@web"):
            pulled = await pull(it.app)
        with acting("ben@web"):
            await it.app.pulling.settle([Settlement(pulled.messages[0].lease, reply="thanks")])
        await it.app.pulling.settle([Settlement((await pull(it.app)).messages[0].lease)])

        history = await it.app.messages.show(pulled.messages[0].message.id)
        (answer,) = await it.outbox()
        queued = (await it.app.messages.show(answer.id)).events[0]
        assert history.events[0].detail.get("actor") is None
        assert history.events[1].type == "delivery.done"
        assert history.events[1].detail["actor"] == queued.detail["actor"] == "ben@web"
        newest = (await it.app.event_log.since(0, 100))[-1]
        assert newest.fields.get("actor") is None


async def test_a_pull_waits_for_the_first_message(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        it.app.pulling._leases.clock = _Forever()
        pulling = asyncio.create_task(pull(it.app, wait=30))
        await it.settled()
        await arrive(it, "one")
        assert texts(await pulling) == ["one"]


async def test_a_pull_with_nothing_to_take_ends_with_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        assert (await pull(it.app, wait=30)).messages == []  # the clock makes that short
        assert not it.app._registry.get("crm").handler.capacity  # type: ignore[union-attr] # it is there


async def test_as_many_come_as_were_asked_for_and_one_of_each_peer(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "a1", "a2")
        await arrive(it, "b1", peer="+33611111111")
        await arrive(it, "c1", peer="+33622222222")

        first = await pull(it.app, 2)
        assert (texts(first), first.pending) == (["a1", "b1"], 2)
        second = await pull(it.app, 5)
        assert (texts(second), second.pending) == (["c1"], 1)
        await it.app.pulling.settle([Settlement(first.messages[0].lease)])
        assert texts(await pull(it.app, 5)) == ["a2"]


async def test_a_long_backlog_is_counted_once_in_a_while_and_its_end_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "_COUNTED", 3)
    async with bench(tmp_path) as it:
        await begin(it)
        for number in range(6):
            await arrive(it, "hello", peer=f"+3361111111{number}")
        left = []
        for _ in range(6):
            pulled = await pull(it.app)
            left.append(pulled.pending)
            await it.app.pulling.settle([Settlement(pulled.messages[0].lease)])
        # 5, and as long as no second is over that is known to be 5 still; from two on, with the one in hand, it is counted
        assert left == [5, 5, 5, 5, 1, 0]

        for number in range(6):
            await arrive(it, "again", peer=f"+3361111111{number}")
        pulled = await pull(it.app)
        await it.app.pulling.settle([Settlement(pulled.messages[0].lease)])
        it.clock.advance(1)
        assert (await pull(it.app)).pending == 4


async def test_a_lease_that_is_over_is_no_answer_and_the_message_comes_again(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one")
        lost = await pull(it.app, lease=60)
        it.clock.advance(61)
        await it.until(lambda: it.told("delivery.interrupted"))

        again = await pull(it.app)
        assert (texts(again), again.messages[0].attempt) == (["one"], 2)
        late = await it.app.pulling.settle([Settlement(lost.messages[0].lease)])
        assert (late.settled, late.unknown) == (0, [lost.messages[0].lease])
        assert (await it.app.pulling.settle([Settlement(again.messages[0].lease)])).settled == 1


async def test_a_lease_can_be_extended(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one")
        lease = (await pull(it.app, lease=60)).messages[0].lease
        it.clock.advance(50)
        assert (await it.app.pulling.settle([Settlement(lease, extend=Seconds(60))])).settled == 1
        it.clock.advance(50)
        await it.settled()
        assert (await pull(it.app)).messages == []
        assert (await it.app.pulling.settle([Settlement(lease)])).settled == 1


async def test_a_lease_that_is_to_end_sooner_does(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one")
        lease = (await pull(it.app, lease=3600)).messages[0].lease
        assert (await it.app.pulling.settle([Settlement(lease, extend=Seconds(0))])).settled == 1
        await it.until(lambda: it.told("delivery.interrupted"))
        assert texts(await pull(it.app)) == ["one"]


async def test_where_to_begin_is_named_if_there_is_no_such_message(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        with pytest.raises(Refused) as refused:
            await it.app.pulling.pull(PullParams("crm", from_="nonsense"))
        assert (refused.value.code, refused.value.data["field"]) == (2, "from")


async def test_an_error_brings_the_message_again_and_a_permanent_one_buries_it(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one")
        lease = (await pull(it.app)).messages[0].lease
        await it.app.pulling.settle([Settlement(lease, error="later", retry_after=Seconds(5))])
        assert (await pull(it.app)).messages == []
        await it.pass_time(6)
        await it.settled()

        again = await pull(it.app)
        assert again.messages[0].attempt == 2
        bury = Settlement(again.messages[0].lease, error="never", permanent=True)
        assert (await it.app.pulling.settle([bury])).settled == 1
        assert (await it.app.messages.get(again.messages[0].message.id)).state is State.DEAD


async def test_settling_twice_is_settled_and_done_once(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one")
        lease = (await pull(it.app)).messages[0].lease
        both = await asyncio.gather(
            it.app.pulling.settle([Settlement(lease, reply="once")]),
            it.app.pulling.settle([Settlement(lease, reply="twice")]),
        )
        after = await it.app.pulling.settle([Settlement(lease), Settlement("nonsense")])
        assert [each.settled for each in (*both, after)] == [1, 1, 1]
        assert after.unknown == ["nonsense"]
        assert [message.text for message in await it.outbox()] == ["once"]


async def test_a_restart_gives_every_lease_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one")
        lease = (await pull(it.app)).messages[0].lease
        await it.restart()
        assert (await it.app.pulling.settle([Settlement(lease)])).unknown == [lease]
        again = await pull(it.app)
        assert (texts(again), again.messages[0].attempt) == (["one"], 2)


async def test_a_stop_does_not_wait_for_leases(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        await arrive(it, "one")
        await pull(it.app, lease=3600)
        async with asyncio.timeout(1.5):  # hand-overs under way would get two seconds
            await it.stop()


async def test_whoever_leaves_before_it_is_told_gives_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        it.app.pulling._leases.clock = _Forever()
        pulling = asyncio.create_task(pull(it.app, wait=30))
        await it.settled()
        pulling.cancel()
        await asyncio.wait([pulling])
        await arrive(it, "one")
        assert texts(await pull(it.app)) == ["one"]


async def test_a_connected_program_and_pullers_share_one_queue(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await begin(it)
        worker = Worker(1)
        worker.gate = asyncio.Event()
        await it.app.handlers.subscribe("crm", worker)
        await arrive(it, "one")
        await arrive(it, "two", peer="+33611111111")
        await worker.gets(1)
        assert texts(await pull(it.app, 5)) == ["two"]
        worker.gate.set()


async def test_a_handler_that_is_no_socket_cannot_be_pulled_from(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        with pytest.raises(Refused, match="not a socket handler"):
            await it.app.pulling.pull(PullParams("gsmd.optout"))


async def test_every_message_is_acknowledged_exactly_once_though_pullers_die(
    tmp_path: Path,
) -> None:
    """20 pullers, of which a quarter dies with what it has in hand again and again."""
    async with bench(tmp_path) as it:
        await begin(it)
        sent = [f"text {number}" for number in range(120)]
        for number, text in enumerate(sent):
            await arrive(it, text, peer=f"+3361{number % 40:07}")
        done: list[str] = []

        async def puller(name: int) -> None:
            while len(done) < len(sent):
                pulled = await pull(it.app, 3, lease=600)
                if name % 4 == 0:
                    for each in pulled.messages:
                        it.app.pulling._leases.get(each.lease).give_up("it died")  # type: ignore[union-attr] # it has it
                    await asyncio.sleep(0.01)
                    if len(done) > len(sent) // 2:
                        return
                    continue
                settlements = [Settlement(each.lease) for each in pulled.messages]
                settled = await it.app.pulling.settle(settlements)
                assert settled.settled == len(settlements)
                done.extend(str(each.message.text) for each in pulled.messages)
                await asyncio.sleep(0)

        async with asyncio.timeout(60):
            await asyncio.gather(*(puller(name) for name in range(20)))
        assert sorted(done) == sorted(sent)


class _Forever(HandClock):
    """A clock by which nothing ends."""

    async def sleep(self, seconds: float) -> None:
        del seconds
        await asyncio.Event().wait()
