"""Events are numbered as they are told: one more for each, without a gap, over restarts too."""

from pathlib import Path

from gsmd.clock import Milliseconds
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import State
from gsmd.store.engine.errors import StoreFull
from gsmd.store.ledger import Transaction
from gsmd.store.tables import events, messages
from tests.core.bench import Bench, Worker, bench, deliver


async def everything(it: Bench) -> list[Event]:
    """All that can be read back."""
    found: list[Event] = []
    while page := await it.app.event_log.since(found[-1].seq or 0 if found else 0, 3):
        found += page
    return found


async def some_life(it: Bench, text: str = "in") -> None:
    worker = await it.worker()
    await it.modem.listener.direct(it.modem, deliver(text=text)[0])
    await worker.gets(1)
    await it.reaches(await it.send("out"), State.SENT)
    it.app.handlers.unsubscribe("crm", worker)
    await it.until(lambda: it.told("handler.disconnected"))


def numbers(told: list[Event]) -> list[int | None]:
    return [event.seq for event in told]


async def test_what_is_told_has_numbers_without_a_gap_and_can_be_read_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await some_life(it)

        first = it.events[0].seq or 0
        assert numbers(it.events) == list(range(first, first + len(it.events)))
        assert await it.app.event_log.since(first - 1, 1000) == it.events


async def test_numbers_go_on_after_a_stop_and_after_a_crash(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await some_life(it, "one")
        await it.stop()
        await it.start()
        await some_life(it, "two")
        await it.restart()
        await some_life(it, "three")

        found = numbers(await everything(it))
        assert found == list(range(1, len(found) + 1))
        assert set(numbers(it.events)) <= set(found)


async def test_what_is_erased_leaves_its_number_and_no_later_event_takes_it(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        await some_life(it)
        told = [event.seq for event in it.events]
        it.clock.advance(10_000)
        await it.housekeeping.purge(1)
        it.clock.advance(10_000)
        it.app._ledger.emit("thing.done", thing="late")
        await it.until(lambda: it.told("thing.done"))

        (late,) = it.told("thing.done")
        assert late.seq == max(seq for seq in told if seq) + 1
        assert [event.seq for event in await everything(it) if event.fields.get("thing")] == [
            late.seq
        ]


async def test_a_message_that_comes_after_the_newest_was_erased_gets_a_number_of_its_own(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        await some_life(it)
        newest = "SELECT max(seq) FROM message"
        before = await it.database.read(lambda c: c.execute(newest).fetchone()[0])
        await it.database.write(lambda c: c.execute("DELETE FROM message").rowcount)
        await it.restart()
        await it.send("again")
        after = await it.database.read(lambda c: c.execute(newest).fetchone()[0])
        assert after == before + 1


async def test_what_a_refused_transaction_would_have_told_takes_no_number(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        for wrong in ("", "x" * 50_000):
            try:
                await it.send(wrong)
            except Refused:
                continue
        await it.send("right")
        found = await everything(it)
        assert numbers(found) == list(range(1, len(found) + 1))
        assert [event.type for event in found if event.type == "message.queued"] == [
            "message.queued"
        ]


async def test_what_the_store_refuses_is_told_all_the_same_without_a_number(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        full = True

        def refuse(where: str) -> None:
            if full and where == "before":
                raise StoreFull("no room")

        it.database._writer._on_commit = refuse
        it.app._ledger.emit("modem.called", modem="north", number=None)
        await it.until(lambda: it.told("modem.called"))
        full = False

        (told,) = it.told("modem.called")
        assert (told.seq, told.fields) == (None, {"modem": "north", "number": None})


async def test_an_event_of_a_message_that_was_deleted_leaves_its_number(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        message = await it.reaches(await it.send(), State.SENT)
        before = numbers(await everything(it))
        it.clock.advance(10)
        assert await it.app.upkeep.purge(1) == 1

        after = await everything(it)
        assert numbers(after) == before
        assert not [event for event in after if event.fields.get("id") == message.id]
        assert events.ERASED in {event.type for event in after}


async def test_what_is_told_of_a_message_as_it_is_deleted_leaves_its_numbers(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        message = await it.reaches(await it.send(), State.SENT)
        before = await it.app.event_log.newest()

        def delete(transaction: Transaction) -> None:
            found = messages.find(transaction.connection, message.id)
            assert found is not None
            transaction.record_event("thing.before", found[0], message.id)
            transaction.connection.execute("DELETE FROM message WHERE seq = ?", (found[0],))
            transaction.record_event("thing.behind", found[0], message.id)

        await it.app._ledger.write(delete)
        assert numbers([*it.told("thing.before"), *it.told("thing.behind")]) == [
            before + 1,
            before + 2,
        ]
        await it.send("next")
        assert it.told("message.queued")[-1].seq == before + 3

        after = await everything(it)
        assert numbers(after) == list(range(1, len(after) + 1))
        erased = [event for event in after if event.type == events.ERASED]
        assert {before + 1, before + 2} <= set(numbers(erased))
        assert all(event.fields == {} for event in erased)


async def test_who_was_away_for_too_long_is_told_from_where_events_are_kept(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        await it.reaches(await it.send(), State.SENT)
        log = it.app.event_log
        newest = await log.newest()
        wall = Milliseconds(it.clock.wall() + 1)
        gone = await it.database.write(lambda c: events.forget(c, wall, 1000))
        assert gone == newest - 1  # the newest one stays

        await log.require(newest - 1)
        await log.require(newest)
        for after, reason in ((newest - 2, "events_gone"), (newest + 1, "no_such_event")):
            try:
                await log.require(after)
            except Refused as refused:
                error = refused
            assert (error.code, error.data["reason"]) == (Code.NOT_FOUND, reason)
            assert (error.data["oldest"], error.data["newest"]) == (newest, newest)

        await it.send()
        assert it.told("message.queued")[-1].seq == newest + 1


async def test_a_worker_that_comes_and_goes_is_told_in_that_order(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        for _ in range(5):
            worker = Worker(1)
            await it.app.handlers.subscribe("crm", worker)
            it.app.handlers.unsubscribe("crm", worker)
        await it.until(lambda: len(it.told("handler.disconnected")) == 5)

        told = [event.type for event in it.events if event.type.startswith("handler.")]
        assert told == ["handler.connected", "handler.disconnected"] * 5
