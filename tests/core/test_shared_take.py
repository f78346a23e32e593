"""A modem that rests takes a message in the commit that accepts it, and is none the worse where nothing comes of that."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gsmd.core.shared_take import SharedTake, SharedTakes
from gsmd.protocol.errors import Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import State
from gsmd.store.engine.errors import StoreFull
from gsmd.store.ledger import Transaction, acting
from gsmd.store.tables.outbox import Work
from tests.core.bench import Bench, bench


def queues(it: Bench) -> list[str]:
    with closing(sqlite3.connect(f"file:{it.path}?mode=ro", uri=True)) as connection:
        return [queue for (queue,) in connection.execute("SELECT queue FROM outbound")]


async def rest(it: Bench) -> None:
    """Until every modem has looked, and found nothing."""
    await it.until(lambda: all(r.sender._resting for r in it.app._fleet._runners.values()))


async def test_no_commit_leaves_a_message_waiting_that_a_modem_has_nothing_to_do_but(
    tmp_path: Path,
) -> None:
    seen: list[list[str]] = []
    async with bench(tmp_path) as it:
        await it.stop()
        it.on_commit = lambda when: seen.append(queues(it)) if when == "after" else None
        await it.start()
        for text in ("one", "two", "three"):
            await rest(it)
            await it.reaches(await it.send(text), State.SENT)
    assert ["done", "done", "leased"] in seen
    assert not any("waiting" in each for each in seen)
    assert it.modem.texts == ["one", "two", "three"]


async def test_a_modem_takes_the_next_message_after_one_that_was_refused(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await rest(it)
        with pytest.raises(Refused):
            await it.send("")
        await it.reaches(await it.send("hello"), State.SENT)


async def test_a_modem_takes_the_next_message_after_one_that_did_not_get_to_the_disk(
    tmp_path: Path,
) -> None:
    full = False

    def refuse(when: str) -> None:
        if when == "before" and full:
            raise StoreFull(it.path, "no room")

    async with bench(tmp_path) as it:
        await it.stop()
        it.on_commit = refuse
        await it.start()
        await rest(it)
        full = True
        with pytest.raises(Refused):
            await it.send("lost")
        full = False
        await it.reaches(await it.send("hello"), State.SENT)
    assert it.modem.texts == ["hello"]


async def test_what_fails_in_taking_is_not_the_fault_of_what_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(tmp_path) as it:
        await rest(it)
        outbound = it.app._outbound
        take = outbound.take
        failing = iter([True])

        def fail_once(*given: object, **more: object) -> object:
            if next(failing, False):
                raise ZeroDivisionError
            return take(*given, **more)  # type: ignore[arg-type] # whatever it takes

        monkeypatch.setattr(outbound, "take", fail_once)
        await it.reaches(await it.send("hello"), State.SENT)


async def test_of_several_modems_that_rest_one_gets_the_message(tmp_path: Path) -> None:
    async with bench(tmp_path, ("north", "south")) as it:
        await rest(it)
        for text in ("one", "two"):
            await it.reaches(await it.send(text), State.SENT)
    assert sorted(str(text) for modem in it.modems.values() for text in modem.texts) == [
        "one",
        "two",
    ]


async def test_what_is_found_in_taking_is_not_done_by_whoever_sends(tmp_path: Path) -> None:
    def take(transaction: Transaction) -> Work | None:
        transaction.record_event("thing.found")
        return None

    takes = SharedTakes([SharedTake(take)])

    def accept(transaction: Transaction) -> None:
        takes.carry_out(transaction)
        transaction.record_event("thing.sent")

    heard: list[Event] = []
    async with bench(tmp_path) as it:
        it.app.events.subscribe(heard.append)
        with acting("anna@web"):
            await it.app._ledger.write(accept)
    things = [each for each in heard if each.type.startswith("thing")]
    assert [each.fields for each in things] == [{}, {"actor": "anna@web"}]


@pytest.mark.parametrize("end", ["vanish", "drain"])
async def test_a_modem_that_cannot_send_what_it_has_just_taken_leaves_it_to_another(
    tmp_path: Path, end: str
) -> None:
    async with bench(tmp_path, ("north", "south")) as it:
        await rest(it)
        sending = asyncio.create_task(it.send("hello"))
        await asyncio.sleep(0)  # north has offered its take, and does not know yet what it gets
        if end == "vanish":
            it.modems["north"].vanish()
        else:
            it.app._fleet._runners["north"].drain()
        await it.reaches(await sending, State.SENT)
    assert it.modems["south"].texts == ["hello"]
