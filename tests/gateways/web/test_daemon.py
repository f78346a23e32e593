"""The daemon as all requests share it."""

import asyncio
from pathlib import Path

import pytest

from gsmd.client.errors import GsmdError, NoDaemon
from gsmd.gateways.web import daemon as shared
from gsmd.gateways.web.daemon import Daemon
from gsmd.protocol import server
from gsmd.protocol.methods import METHODS
from tests.rig import PATIENCE, rig


async def test_many_calls_share_few_connections(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running():
        daemon = Daemon(it.socket)
        async with asyncio.timeout(PATIENCE):
            told = await asyncio.gather(*(daemon.call(server.INFO, {}, "") for _ in range(100)))
        assert {each["socket"] for each in told} == {str(it.socket)}
        open_links = [line.link for line in daemon._lines if line.link is not None]
        assert len(open_links) <= shared.CALLS
        await daemon.close()


async def test_for_whom_it_is_asked_is_kept_by_the_daemon(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        daemon = Daemon(it.socket)
        given = {"to": "+33612345678", "text": "hello"}
        sent = await daemon.call(METHODS["messages.send"], given, "anna@web")
        history = await client.show(sent["id"])
        assert "anna@web" in str(history)
        await daemon.close()


async def test_a_daemon_that_is_away_is_said_at_once_and_one_that_is_back_is_found(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it:
        daemon = Daemon(it.socket)
        with pytest.raises(NoDaemon):
            await daemon.call(server.INFO, {}, "")
        for _ in range(2):
            async with it.running():
                assert (await daemon.call(server.INFO, {}, ""))["protocol"] == 1
            with pytest.raises(GsmdError):
                await daemon.call(server.INFO, {}, "")
        await daemon.close()


async def test_events_begin_where_they_are_wanted_and_end_with_the_daemon(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        daemon = Daemon(it.socket)
        async with asyncio.timeout(PATIENCE):
            async with it.running() as client:
                sent = await client.send("+33612345678", "hello")
                async with daemon.events() as now, daemon.events(0) as all_:
                    assert now.start > 0
                    first = await anext(aiter(all_))
                    assert first["seq"] == 1
                    again = await client.send("+33612345678", "again")
                    async for event in now:
                        if event.get("id") == again.id:
                            break
                        assert event.get("id") != sent.id or event["seq"] > now.start
                    live = daemon.events()
                    tail = await live.__aenter__()
            async for _ in tail:
                pass
            await live.__aexit__(None, None, None)
        await daemon.close()
