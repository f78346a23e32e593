"""For whom something is changed: kept with its events, and with nothing that merely follows from it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.protocol.events import Event
from gsmd.store.engine.database import Database
from gsmd.store.ledger import EventBus, Ledger, Transaction, act_for, acting, acting_now
from gsmd.store.tables import events
from tests.clocks import HandClock


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    database = await Database.open(tmp_path / "gsmd.db")
    ledger = await Ledger.open(database, HandClock(), EventBus())
    yield ledger
    await ledger.close()


def note(transaction: Transaction) -> None:
    transaction.record_event("thing.changed", thing="x")


async def actors(ledger: Ledger) -> list[str | None]:
    """Of every event on disk, in order."""
    told = await ledger.read(lambda connection: events.since(connection, 0, 100))
    return [each.detail.get("actor") for each in told]


async def test_every_event_of_a_call_has_its_actor_on_disk_and_as_it_is_told(
    ledger: Ledger,
) -> None:
    heard: list[Event] = []
    ledger.bus.subscribe(heard.append)
    with acting("anna@web"):
        await ledger.write(note)
        await ledger.write(note)
    await ledger.write(note)
    assert await actors(ledger) == ["anna@web", "anna@web", None]
    assert [event.fields.get("actor") for event in heard] == ["anna@web", "anna@web", None]
    assert heard[0].fields == {"thing": "x", "actor": "anna@web"}


async def test_what_is_told_without_a_transaction_has_it_too(ledger: Ledger) -> None:
    with acting("anna@web"):
        ledger.emit("modem.commanded", modem="north")
    ledger.emit("modem.state", modem="north")
    await asyncio.gather(*ledger._telling)
    assert await actors(ledger) == ["anna@web", None]


async def test_what_follows_from_a_commit_is_nobodys(ledger: Ledger) -> None:
    followed: list[asyncio.Task[None]] = []

    def follow(_: object) -> None:
        assert acting_now() is None
        followed.append(asyncio.ensure_future(ledger.write(note)))

    ledger.bus.subscribe(lambda event: follow(event) if len(followed) < 2 else None)
    with acting("anna@web"):
        await ledger.write(note, follow)
        await asyncio.gather(*followed)
    assert await actors(ledger) == ["anna@web", None, None]


async def test_tasks_that_a_call_starts_act_for_the_same_person_until_it_ends(
    ledger: Ledger,
) -> None:
    over = asyncio.Event()

    async def left_behind() -> None:
        await over.wait()
        await ledger.write(note)

    with acting("anna@web"):
        await asyncio.gather(ledger.write(note), ledger.write(note))
        behind = asyncio.ensure_future(left_behind())
    over.set()
    await behind
    assert await actors(ledger) == ["anna@web", "anna@web", None]


async def test_calls_side_by_side_keep_their_own(ledger: Ledger) -> None:
    async def call(actor: str | None) -> None:
        with acting(actor):
            await asyncio.sleep(0)
            await ledger.write(note)

    await asyncio.gather(call("anna@web"), call(None), call("ben@mail"))
    assert sorted(map(str, await actors(ledger))) == ["None", "anna@web", "ben@mail"]


async def test_a_task_may_go_on_for_somebody(ledger: Ledger) -> None:
    async def task() -> None:
        act_for("anna@web")
        await ledger.write(note)

    await asyncio.ensure_future(task())
    await ledger.write(note)
    assert await actors(ledger) == ["anna@web", None]


async def test_an_event_for_nobody_costs_not_one_octet_more(ledger: Ledger) -> None:
    await ledger.write(note)
    (detail,) = await ledger.read(
        lambda connection: connection.execute("SELECT detail FROM event").fetchone()
    )
    assert detail == '{"thing":"x"}'
