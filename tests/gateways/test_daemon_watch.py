"""Whether the daemon is there, as a gateway sees it."""

import asyncio
from pathlib import Path

from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.protocol.events import Event
from tests.rig import PATIENCE, rig


async def test_a_daemon_that_comes_goes_and_comes_back_is_noticed(tmp_path: Path) -> None:
    async with rig(tmp_path, modems=()) as it:
        watch = DaemonWatch(it.socket)
        changes: list[bool] = []
        went = asyncio.Event()

        def changed() -> None:
            changes.append(watch.present)
            went.set()

        watch.on_change(changed)
        running = asyncio.create_task(watch.run())
        async with asyncio.timeout(PATIENCE):
            await watch.tried()
            assert "no socket" in watch.why
            for _ in range(2):
                async with it.running(modems=[{"name": "m", "port": "/dev/nothing"}]):
                    await watch.wait_present()
                    assert watch.info is not None
                while watch.present:
                    went.clear()
                    await went.wait()
                assert watch.info is None
        running.cancel()
        assert changes.count(True) == 2


async def test_what_happened_while_the_connection_was_gone_is_told_afterwards(
    tmp_path: Path,
) -> None:
    heard: list[Event] = []
    news = asyncio.Event()

    def hear(event: Event) -> None:
        heard.append(event)
        news.set()

    async with rig(tmp_path) as it:
        watch = DaemonWatch(it.socket, hear, ("message.",))
        async with it.running():
            running = asyncio.create_task(watch.run())
            async with asyncio.timeout(PATIENCE):
                await watch.wait_present()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        before = len(heard)
        async with it.running() as client:
            sent = await client.send("+33612345678", "while nobody listened")
            running = asyncio.create_task(watch.run())
            async with asyncio.timeout(PATIENCE):
                while not any(event.fields.get("id") == sent.id for event in heard[before:]):
                    news.clear()
                    await news.wait()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert "reconnected" not in [event.type for event in heard]
