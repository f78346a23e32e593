"""The index of texts: made when somebody searches, beside the rest, and it keeps nothing that is gone."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import DeskConfig
from gsmd.features.desk import pages, texts
from gsmd.protocol.message import Direction, State
from gsmd.protocol.messages import MessageListParams
from gsmd.store.tables import listing
from tests.core.bench import Bench, bench
from tests.features.desk.scenes import ANNA, BEN, CARL, call, listed, says

needs_trigrams = pytest.mark.skipif(
    not texts.is_possible(), reason="this SQLite has no FTS5 with trigrams"
)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_FRESH", 1)
    monkeypatch.setattr(texts, "_STEP", 2)


@asynccontextmanager
async def indexed(directory: Path, **config: Any) -> AsyncIterator[Bench]:
    """Messages, all but the newest of them taken up."""
    async with bench(directory, **config) as it:
        for peer, text in (
            (ANNA, "My order 4711_a is late"),
            (BEN, 'He said "4711ba", ÉTÉ'),
            (CARL, "nothing of it"),
            ("Vodafone", "Bonjour"),
            (ANNA, "Hello?"),
        ):
            await says(it, peer, text)
        await call(it, "conversations.list", search="4711")
        await until_taken_up(it, 4)
        yield it


async def until_taken_up(it: Bench, seq: int) -> None:
    while await it.database.read(texts._until) < seq:
        await it.settled()


async def terms(it: Bench) -> set[str]:
    """The trigrams that the index knows, a deleted one as well."""

    def look(connection: sqlite3.Connection) -> set[str]:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, message_text, row)"
        )
        return {term for (term,) in connection.execute("SELECT term FROM terms")}

    with sqlite3.connect(it.path) as connection:
        return look(connection)


@needs_trigrams
async def test_it_finds_what_a_walk_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    searches = ["4711", "ORDER", "4711_A", '"4711', "daf", "00000", "%", "ello?", "nowhere", "ju"]
    async with indexed(tmp_path) as it:
        walked: list[list[str]] = []
        with monkeypatch.context() as patch:
            patch.setattr(texts, "LONGEST_REST", 0)
            walked = [await listed(it, search=search) for search in searches]
        monkeypatch.setattr(pages, "_SAYS", "0")
        found = [await listed(it, search=search) for search in searches if len(search) > 2]
        await it.restart()
        again = [await listed(it, search=search) for search in searches if len(search) > 2]
    assert walked[:3] == [[ANNA, BEN], [ANNA], [ANNA]]
    assert (
        found == again == [w for w, search in zip(walked, searches, strict=True) if len(search) > 2]
    )


@needs_trigrams
async def test_messages_are_found_by_it_as_by_a_walk_and_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries: list[dict[str, Any]] = [
        {"search": search} for search in ("4711", "ORDER", "été", "nowhere")
    ]
    queries += [{**query, "peer": ANNA} for query in queries]
    queries += [
        {**query, "state": State.HANDLED, "direction": Direction.INBOUND} for query in queries
    ]

    async def every(query: dict[str, Any], limit: int) -> list[str]:
        found: list[str] = []
        after = None
        while True:
            page = await it.app.messages.list(MessageListParams(**query, limit=limit, after=after))
            found += [each.id for each in page.messages]
            after = page.next
            if after is None:
                return found

    async with indexed(tmp_path) as it:
        with monkeypatch.context() as patch:
            patch.setattr(texts, "LONGEST_REST", 0)
            walked = [await every(query, 100) for query in queries]
        monkeypatch.setitem(
            listing._CHECKED, "search", "text LIKE :search ESCAPE '\\' AND :among != 'null'"
        )
        found = [await every(query, limit) for query in queries for limit in (1, 2, 100)]
    assert any(walked)
    assert found == [ids for ids in walked for _ in range(3)]


@needs_trigrams
async def test_a_search_for_messages_has_no_index_made(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA)
        await it.app.messages.list(MessageListParams(search="hello"))
        await it.settled()
        assert not await it.database.read(texts._exists)


@needs_trigrams
async def test_nothing_is_written_before_somebody_searches(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        for number in range(5):
            await says(it, f"+3361200{number:04}")
        await call(it, "conversations.list")
        await it.settled()
        assert not await it.database.read(texts._exists)


@needs_trigrams
async def test_it_is_not_kept_where_it_is_not_wanted(tmp_path: Path) -> None:
    async with indexed(tmp_path) as it:
        it.config = type(it.config)(
            state_dir=tmp_path, modems=it.config.modems, desk=DeskConfig(search=False)
        )
        await it.restart()
        assert not await it.database.read(texts._exists)
        assert await listed(it, search="order") == [ANNA]
        await says(it, BEN, "my order, please")
        assert await listed(it, search="order") == [BEN, ANNA]
        await it.settled()
        assert not await it.database.read(texts._exists)


@needs_trigrams
@pytest.mark.parametrize("how", ["forgotten", "changed", "purged"])
async def test_what_is_gone_is_not_found(tmp_path: Path, how: str) -> None:
    async with indexed(tmp_path) as it:
        assert "été" in await terms(it)
        if how == "forgotten":
            await call(it, "people.forget", peer=BEN)
        elif how == "changed":
            await it.app._ledger.write(
                lambda t: t.connection.execute(
                    "UPDATE message SET text = '(redacted)' WHERE peer = ?", (BEN,)
                )
            )
        else:
            it.clock.advance(100)
            await call(it, "store.purge", older_than="50s")
        left = set() if how == "purged" else {ANNA}
        assert set(await listed(it, search="4711")) == left
        if how != "purged":
            assert "été" not in await terms(it)
        await until_taken_up(it, 4)
        assert set(await listed(it, search="4711")) == left
        with sqlite3.connect(it.path) as connection:
            connection.execute("INSERT INTO message_text (message_text) VALUES ('integrity-check')")


async def test_without_trigrams_conversations_are_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "is_possible", lambda: False)
    async with bench(tmp_path) as it:
        await says(it, ANNA, "My order is late")
        await says(it, BEN, "Hello")
        assert await listed(it, search="order") == [ANNA]
        await it.settled()
        assert not await it.database.read(texts._exists)
