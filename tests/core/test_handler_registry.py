"""Handlers that come and go while others do."""

import asyncio
import threading
from pathlib import Path

import pytest

from gsmd.config import MatchRule
from gsmd.core.hook_records import hook_of
from gsmd.protocol.handlers import Origin
from gsmd.store.engine.errors import StoreFull
from gsmd.store.ledger import Transaction
from tests.core.bench import PATIENCE, bench


async def test_a_name_that_comes_while_a_hook_is_put_on_disk_does_not_take_it_away(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        registry = it.app._registry
        config = hook_of({"name": "hook", "post": "http://127.0.0.1:9/"}, None, ())
        reached, go_on = asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def put(_: Transaction) -> None:
            loop.call_soon_threadsafe(reached.set)
            assert go_on.wait(PATIENCE)

        async def add_it() -> None:
            async with registry.changing:
                await registry.adopt(config, put)

        adding = asyncio.ensure_future(add_it())
        await reached.wait()
        joining = asyncio.ensure_future(registry.subscribe("crm", None))
        while not registry.collects("crm"):
            await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(adding, joining)
        assert registry.directory.origin("hook") is Origin.ADDED


async def test_a_name_that_never_reached_the_disk_collects_nothing(tmp_path: Path) -> None:
    full = threading.Event()

    async with bench(tmp_path) as it:

        def refuse(when: str) -> None:
            if when == "before" and full.is_set():
                raise StoreFull(it.path, "no room")

        await it.stop()
        it.on_commit = refuse
        await it.start()
        full.set()
        with pytest.raises(StoreFull):
            await it.app._registry.subscribe("crm", None)
        full.clear()
        assert not it.app._registry.collects("crm")


async def test_a_name_that_never_reached_the_disk_collects_nothing_though_its_program_left(
    tmp_path: Path,
) -> None:
    on_disk, go_on, full = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    async with bench(tmp_path) as it:

        def refuse(when: str) -> None:
            if when == "before" and full.is_set():
                loop.call_soon_threadsafe(on_disk.set)
                assert go_on.wait(PATIENCE)
                raise StoreFull(it.path, "no room")

        await it.stop()
        it.on_commit = refuse
        await it.start()
        registry, rule = it.app._registry, MatchRule(keyword=("CRM",))
        before = registry.directory
        await it.settled()  # what a start writes is none of its business
        full.set()
        joining = asyncio.ensure_future(registry.subscribe("crm", None, rule, "{}"))
        await on_disk.wait()
        joining.cancel()
        full.clear()
        go_on.set()
        await it.until(lambda: not registry.collects("crm"))
        assert registry.directory is before


async def test_a_name_whose_program_left_while_it_was_put_on_disk_collects(tmp_path: Path) -> None:
    on_disk, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    async with bench(tmp_path) as it:

        def wait(when: str) -> None:
            if when == "before":
                loop.call_soon_threadsafe(on_disk.set)
                assert go_on.wait(PATIENCE)

        await it.stop()
        go_on.set()
        it.on_commit = wait
        await it.start()
        on_disk.clear()
        go_on.clear()
        joining = asyncio.ensure_future(it.app._registry.subscribe("crm", None))
        await on_disk.wait()
        joining.cancel()
        go_on.set()
        await it.until(lambda: it.app._registry.get("crm"))
