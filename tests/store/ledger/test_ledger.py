"""Transactions with their events, and what is insisted on while the store refuses."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gsmd.protocol.events import Event
from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreError, StoreFull
from gsmd.store.ledger import EventBus, Ledger, Transaction
from gsmd.store.tables import meta
from tests.clocks import HandClock

PATIENCE = 30.0
"""Seconds after which something that should happen is taken not to: only a test that fails uses them up."""


class PausesCounted(HandClock):
    """Keeps how long each pause was to be."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


class Disk:
    """Refuses the next ``refusals`` commits."""

    def __init__(self) -> None:
        self.refusals = 0

    def on_commit(self, moment: str) -> None:
        if moment == "before" and self.refusals:
            self.refusals -= 1
            raise StoreFull("no room")


@pytest.fixture
def clock() -> PausesCounted:
    return PausesCounted()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
async def ledger(tmp_path: Path, clock: PausesCounted, disk: Disk) -> AsyncIterator[Ledger]:
    database = await Database.open(tmp_path / "gsmd.db", on_commit=disk.on_commit)
    ledger = await Ledger.open(database, clock, EventBus())
    yield ledger
    disk.refusals = 0
    await ledger.close()


@pytest.fixture
def heard(ledger: Ledger) -> Iterator[list[Event]]:
    events: list[Event] = []
    unsubscribe = ledger.bus.subscribe(events.append)
    yield events
    unsubscribe()


class Writes:
    """Writes a value and an event; counts how often it ran."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.runs = 0

    def __call__(self, transaction: Transaction) -> int:
        self.runs += 1
        meta.put(transaction.connection, "written", self.text)
        transaction.record_event("test.written", text=self.text)
        return self.runs


def ignored(_error: StoreError) -> None:
    pass


async def written(ledger: Ledger) -> str | None:
    return await ledger.read(lambda connection: meta.get(connection, "written"))


# events


async def test_an_event_is_told_once_what_it_tells_of_is_on_disk(
    ledger: Ledger, heard: list[Event], disk: Disk
) -> None:
    disk.refusals = 1
    with pytest.raises(StoreFull):
        await ledger.write(Writes("lost"))
    await ledger.write(Writes("kept"))
    assert [event.fields for event in heard] == [{"text": "kept"}]


async def test_what_fails_alone_in_its_commit_leaves_nothing_and_is_not_told(
    ledger: Ledger, heard: list[Event]
) -> None:
    def job(transaction: Transaction) -> None:
        Writes("undone")(transaction)
        transaction.numbered()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ledger.write(job)
    assert await written(ledger) is None
    await ledger.write(Writes("kept"))
    assert [(event.fields, event.seq) for event in heard] == [({"text": "kept"}, 1)]


async def test_what_an_attempt_undid_is_not_told(ledger: Ledger, heard: list[Event]) -> None:
    def job(transaction: Transaction) -> None:
        with suppress(ZeroDivisionError), transaction.attempt():
            Writes("undone")(transaction)
            raise ZeroDivisionError
        transaction.record_event("test.went_on")

    await ledger.write(job)
    assert [event.type for event in heard] == ["test.went_on"]
    assert await written(ledger) is None


async def test_an_event_with_an_id_names_it_and_leaves_out_what_is_not_there(
    ledger: Ledger, heard: list[Event]
) -> None:
    await ledger.write(lambda t: t.record_event("test.some", None, "abc", modem=None, part=2))
    assert [event.fields for event in heard] == [{"id": "abc", "part": 2}]


async def test_what_is_emitted_without_a_transaction_is_told_once_it_is_on_disk(
    ledger: Ledger, heard: list[Event]
) -> None:
    ledger.emit("modem.called", modem="north")
    assert heard == []
    await asyncio.gather(*ledger._telling)
    assert [(event.type, event.fields) for event in heard] == [("modem.called", {"modem": "north"})]


async def test_a_caller_that_is_cancelled_changes_nothing_of_what_follows_from_its_commit(
    ledger: Ledger, heard: list[Event]
) -> None:
    followed = asyncio.Event()
    writing = asyncio.ensure_future(ledger.write(Writes("kept"), lambda _runs: followed.set()))
    await asyncio.sleep(0)
    writing.cancel()
    async with asyncio.timeout(PATIENCE):
        await followed.wait()
    await ledger.read(lambda _connection: None)
    assert [event.type for event in heard] == ["test.written"]


# insisting


async def test_what_is_insisted_on_is_tried_until_the_store_takes_it_with_doubling_pauses(
    ledger: Ledger, clock: PausesCounted, disk: Disk
) -> None:
    disk.refusals = 6
    refusals: list[StoreError] = []
    job = Writes("hello")
    assert await ledger.insist(job, refusals.append) == 7
    assert await written(ledger) == "hello"
    assert clock.pauses == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    assert [type(error) for error in refusals] == [StoreFull] * 6


async def test_its_events_are_told_once(ledger: Ledger, heard: list[Event], disk: Disk) -> None:
    disk.refusals = 3
    await ledger.insist(Writes("hello"), ignored)
    assert len(heard) == 1


async def test_the_next_thing_insisted_on_begins_with_a_short_pause(
    ledger: Ledger, clock: PausesCounted, disk: Disk
) -> None:
    for _ in range(2):
        disk.refusals = 2
        await ledger.insist(Writes("hello"), ignored)
    assert clock.pauses == [0.5, 1.0, 0.5, 1.0]


async def test_a_defect_of_the_job_is_not_tried_again(ledger: Ledger, clock: PausesCounted) -> None:
    def job(_transaction: Transaction) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ledger.insist(job, ignored)
    assert clock.pauses == []


async def test_work_of_several_steps_begins_anew_at_each_try(ledger: Ledger, disk: Disk) -> None:
    first, second = Writes("first"), Writes("second")

    async def work() -> str | None:
        await ledger.write(first)
        disk.refusals = 2 - first.runs
        await ledger.write(second)
        return await written(ledger)

    assert await ledger.insist_on(work, ignored) == "second"
    assert (first.runs, second.runs) == (2, 2)


async def test_cancelling_ends_it(ledger: Ledger, disk: Disk) -> None:
    refused = asyncio.Event()
    disk.refusals = 10**6
    insisting = asyncio.ensure_future(ledger.insist(Writes("hello"), lambda _error: refused.set()))
    async with asyncio.timeout(PATIENCE):
        await refused.wait()
    insisting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await insisting
    assert await written(ledger) is None
