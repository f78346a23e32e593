"""Databases that earlier versions of gsmd left in the middle of their work: it goes on where it was.

They are real: `tests.store.schema.scene` says which gsmd played it, and how.
"""

import gzip
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gsmd.features.lists import table
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import Direction, Message, State
from gsmd.store.engine.migrations import SCHEMA, migrate, steps
from tests.core.bench import LONG, Bench, deliver
from tests.store.schema import scene
from tests.store.schema.test_current import dump

NEWEST = len(steps(SCHEMA))
VERSIONS = range(1, NEWEST + 1)
WITH_TWO_WAY = 2
"""The first version that knew of opt-out, keywords and polls."""
WITH_FINGERPRINTS = 12
"""The first that knew what a key stands for."""


def unpack(version: int, target: Path) -> Path:
    packed = scene.DATABASES / f"{version:04}.db.gz"
    target.write_bytes(gzip.decompress(packed.read_bytes()))
    return target


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
async def old(tmp_path: Path, version: int) -> AsyncIterator[Bench]:
    """The bench on such a database, before it starts."""
    unpack(version, tmp_path / "gsmd.db")
    it = scene.playing(tmp_path)
    yield it
    if it.is_running:
        await it.crash()


@pytest.fixture
def connection(tmp_path: Path, version: int) -> Iterator[sqlite3.Connection]:
    path = unpack(version, tmp_path / "gsmd.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


async def named(it: Bench, text: str) -> Message:
    page = [*await it.inbox(0, limit=100), *await it.outbox(0, limit=100)]
    (message,) = [each for each in page if each.text == text]
    return message


# the file itself


def test_there_is_one_of_every_version(connection: sqlite3.Connection, version: int) -> None:
    assert connection.execute("PRAGMA user_version").fetchone() == (version,)


def test_brought_up_to_date_it_is_as_a_new_one(connection: sqlite3.Connection) -> None:
    assert migrate(connection, Path("gsmd.db"), SCHEMA) == NEWEST
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        migrate(new, Path("gsmd.db"), SCHEMA)
        assert dump(connection) == dump(new)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


# what came in


async def test_what_waited_for_a_handler_is_handed_over_in_its_order(old: Bench) -> None:
    await old.start()
    crm = await old.worker("crm")
    await crm.gets(2)
    assert crm.texts == ["first", "second"]
    for text in crm.texts:
        await old.reaches(await named(old, str(text)), State.HANDLED)


async def test_what_a_handler_gave_up_on_can_be_redriven(old: Bench) -> None:
    await old.start()
    frail = await old.worker("frail")
    (letter,) = await old.app.handlers.dead("frail", 10, None)
    assert (letter.message.text, letter.attempts, letter.reason) == ("given up", 1, "no")
    assert await old.app.handlers.redrive("frail", None) == 1
    await frail.gets(1)
    await old.reaches(letter.message, State.HANDLED)


async def test_a_long_message_is_joined_with_the_part_that_came_before(old: Bench) -> None:
    await old.start()
    old.modem.arrive(*deliver(LONG, scene.CARL, at=4, reference=7, only=[2]))
    await old.until(lambda: old.told("message.received"))
    message = await named(old, LONG)
    assert (message.parts, message.complete) == (2, True)


async def test_what_was_read_before_is_known_when_it_is_read_again(old: Bench) -> None:
    await old.start()
    before = await old.inbox(0, limit=100)
    old.modem.arrive(*deliver("thanks", scene.ANNA), "00FFFF")
    await old.until(lambda: not old.modem.slots)
    assert await old.inbox(0, limit=100) == before


async def test_a_status_report_that_matched_nothing_is_listed_in_the_end(old: Bench) -> None:
    await old.start()
    await old.pass_time(24 * 3600)
    await old.until(lambda: old.told("message.received"))
    page = await old.inbox(0, limit=100)
    assert scene.STRANGER in [message.peer for message in page]


# what is to go out


async def test_what_waited_goes_out_once_and_in_its_order(old: Bench) -> None:
    await old.start()
    for text in ("one", "two"):
        await old.reaches(await named(old, text), State.SENT)
    assert [text for text in old.modem.texts if text in {"one", "two"}] == ["one", "two"]


async def test_a_request_is_known_by_its_key(old: Bench, version: int) -> None:
    await old.start()
    again = await old.send("one", scene.BEN, key="order 1")
    assert again.id == (await named(old, "one")).id
    if version < WITH_FINGERPRINTS:
        assert (await old.send("something else", key="order 1")).id == again.id
    else:
        with pytest.raises(Refused, match="another recipient or content"):
            await old.send("something else", key="order 1")


async def test_what_was_under_way_may_be_out_and_is_held_until_somebody_decides(old: Bench) -> None:
    await old.start()
    for text in ("uncertain", "under way"):
        message = await old.reaches(await named(old, text), State.UNCERTAIN)
        await old.app.messages.retry(message.id)
        assert (await old.reaches(message, State.SENT)).possible_duplicate


async def test_what_was_put_off_is_tried_again_and_what_has_a_time_waits_for_it(old: Bench) -> None:
    await old.start()
    await old.reaches(await named(old, "deferred"), State.SENT)
    scheduled = await named(old, "scheduled")
    assert scheduled.state is State.QUEUED
    await old.pass_time(24 * 3600)
    await old.reaches(scheduled, State.SENT)


# what is over


async def test_a_message_that_is_over_has_kept_its_story(old: Bench) -> None:
    await old.start()
    answer = await named(old, "you are welcome")
    assert answer.state is State.DELIVERED
    assert answer.in_reply_to == (await named(old, "thanks")).id
    history = await old.app.messages.show(answer.id)
    assert [event.type for event in history.events][-1] == "message.delivered"
    refused = await named(old, "refused")
    assert (refused.state, refused.error and refused.error.cms) == (State.FAILED, 1)


async def test_what_lists_show_is_all_there(old: Bench) -> None:
    await old.start()
    for direction in Direction:
        page = await old._list(direction, 0, {"limit": 100})
        assert [each.created_at for each in page] == sorted(each.created_at for each in page)
    assert len(await old.inbox(0, peer=scene.BEN)) == 2


# two-way


@pytest.mark.parametrize("version", VERSIONS[WITH_TWO_WAY - 1 :], indirect=True)
async def test_who_opted_out_stays_so_who_joined_is_a_member_and_votes_count(old: Bench) -> None:
    await old.start()
    with pytest.raises(Refused, match="opted out"):
        await old.send("news", scene.STOPPED)
    members = await old.database.read(lambda c: table.members(c, "news", "", 10))
    assert [member.peer for member in members] == [scene.JOINED]
    (consent,) = await old.database.read(
        lambda c: c.execute("SELECT peer, list, state, text FROM consent").fetchall()
    )
    assert consent == (scene.JOINED, "news", "given", "JOIN")
    votes = await old.database.read(lambda c: c.execute("SELECT peer, choice FROM vote").fetchall())
    assert votes == [(scene.VOTED, 1)]


# the scene


async def test_the_scene_can_be_played_by_this_version(tmp_path: Path) -> None:
    """So that there will be a database of it once it is an old one."""
    it = scene.playing(tmp_path)
    await scene.play(it)
    with closing(sqlite3.connect(tmp_path / "gsmd.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (NEWEST,)
