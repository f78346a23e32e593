"""SIGHUP: another configuration as a whole, or not at all; what it does not change goes on."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gsmd.client import AsyncClient, GsmdError
from gsmd.modem.port.port import open_port
from tests.rig import Rig, rig
from tests.service.daemon import PATIENCE, Running, Systemd, rewrite, running

PHONE = "+33612345678"


def modems(it: Rig, *names: str, **more: object) -> list[dict[str, object]]:
    return [{"name": name, "port": str(it.directory / name), **more} for name in names]


@asynccontextmanager
async def connected(
    it: Rig, **configuration: object
) -> AsyncIterator[tuple[Running, Systemd, AsyncClient]]:
    """A daemon whose modems are ready, and a client."""
    async with (
        running(it, **configuration) as (daemon, systemd),  # type: ignore[arg-type]  # no environment among them
        AsyncClient(it.socket) as client,
    ):
        await it.ready(client, *(modem.name for modem in await client.modems()))
        yield daemon, systemd, client


async def reload(daemon: Running, systemd: Systemd) -> None:
    """Ask for it, and wait until it is over."""
    before = len(systemd.told("READY"))
    daemon.signal(signal.SIGHUP)
    message = await systemd.hears("RELOADING", len(systemd.told("RELOADING")) + 1)
    assert message["MONOTONIC_USEC"].isdigit()
    await systemd.hears("READY", before + 1)


async def test_a_modem_that_is_added_works_and_the_others_are_not_touched(tmp_path: Path) -> None:
    async with (
        rig(tmp_path, ("north", "south")) as it,
        connected(it, modems=modems(it, "north")) as (daemon, systemd, client),
    ):
        before = await client.modem("north")
        rewrite(it, modems=modems(it, "north", "south"))
        await reload(daemon, systemd)
        await it.ready(client, "north", "south")
        after = await client.modem("north")
        assert (after.since, after.counters) == (before.since, before.counters)


async def test_a_modem_that_is_taken_out_is_let_go(tmp_path: Path) -> None:
    async with (
        rig(tmp_path, ("north", "south")) as it,
        connected(it) as (daemon, systemd, client),
    ):
        rewrite(it, modems=modems(it, "north"))
        await reload(daemon, systemd)
        assert [modem.name for modem in await client.modems()] == ["north"]
        sent = await client.send(PHONE, "still here")
        assert (await client.wait(sent.id, "sent", PATIENCE)).modem == "north"
        # nobody holds the other's port any more
        await (await open_port(str(tmp_path / "south"), 115_200)).close()


async def test_a_modem_whose_settings_change_begins_anew_after_the_part_under_way(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it, connected(it) as (daemon, systemd, client):
        before = await client.modem("north")
        it.network.faults.answer_delay = 0.5
        async with client.events("message.submitting") as events:
            message = await client.send(PHONE, "slow")
            async with asyncio.timeout(PATIENCE):
                await anext(aiter(events))
        rewrite(it, modems=modems(it, "north", probe_every="5m"))
        await reload(daemon, systemd)
        sent = await client.wait(message.id, "sent", PATIENCE)
        assert not sent.possible_duplicate
        await it.ready(client)
        assert (await client.modem("north")).since != before.since
        assert len(it.network.submitted) == 1


async def test_handlers_come_and_go_and_a_connected_program_stays(tmp_path: Path) -> None:
    first = [{"name": "crm", "socket": True}, {"name": "old", "socket": True}]
    second = [{"name": "crm", "socket": True, "match": {"keyword": "YES"}}]
    async with (
        rig(tmp_path) as it,
        connected(it, handlers=first) as (daemon, systemd, client),
        client.listen("crm") as messages,
    ):
        rewrite(it, handlers=second)
        await reload(daemon, systemd)
        assert [handler.name for handler in await client.handlers()] == ["crm"]
        phone = it.network.phone(PHONE)
        phone.send(it.sim.number, "no")
        phone.send(it.sim.number, "yes")
        async with asyncio.timeout(PATIENCE):
            message = await anext(aiter(messages))
        assert message.text == "yes"
        await message.acknowledge()


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_was_waiting_for_a_handler_is_there_when_it_comes_back(
    tmp_path: Path, *, restarted: bool
) -> None:
    crm = [{"name": "crm", "socket": True}]
    async with rig(tmp_path) as it:
        async with connected(it, handlers=crm) as (daemon, systemd, client):
            async with client.events("message.received") as events:
                it.network.phone(PHONE).send(it.sim.number, "kept")
                async with asyncio.timeout(PATIENCE):
                    await anext(aiter(events))
            if not restarted:
                rewrite(it, handlers=[])
                await reload(daemon, systemd)
                assert await client.handlers() == []
                rewrite(it, handlers=crm)
                await reload(daemon, systemd)
                await receives(client, "kept")
        if restarted:
            async with connected(it, handlers=[]) as (_, _, client):
                assert await client.handlers() == []
            async with connected(it, handlers=crm) as (_, _, client):
                await receives(client, "kept")


async def receives(client: AsyncClient, text: str) -> None:
    """As the handler crm, exactly this message."""
    async with client.listen("crm") as messages:
        message = await messages.receive(PATIENCE)
        assert message.text == text
        await message.acknowledge()


async def test_routes_and_the_level_of_the_log_change(tmp_path: Path) -> None:
    async with (
        rig(tmp_path) as it,
        connected(it, log={"level": "error"}) as (daemon, systemd, client),
    ):
        rewrite(it, routes=[{"to": "+44", "modems": ["north"]}], log={"level": "info"})
        await reload(daemon, systemd)
        with pytest.raises(GsmdError, match="no route"):
            await client.send(PHONE, "nowhere")
        rewrite(it, log={"level": "info"})
        await reload(daemon, systemd)
        await daemon.says("the configuration of")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"modems": [{"name": "north"}]}, "exactly one of port and match"),
        ({"state_dir": "/var/lib/elsewhere"}, "state_dir can change only when gsmd is started"),
        ({"socket": {"path": "/run/elsewhere"}}, "socket can change only when gsmd is started"),
    ],
)
async def test_what_cannot_be_taken_is_refused_as_a_whole(
    tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    async with rig(tmp_path) as it, connected(it) as (daemon, systemd, client):
        before = await client.modem("north")
        rewrite(it, **{"handlers": [{"name": "new", "socket": True}], **change})
        await reload(daemon, systemd)
        await daemon.says(complaint)
        assert await client.handlers() == []
        assert (await client.modem("north")).since == before.since


async def test_a_metrics_port_that_is_taken_refuses_the_reload(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    async with rig(tmp_path) as it, connected(it) as (daemon, systemd, client):
        rewrite(
            it,
            handlers=[{"name": "new", "socket": True}],
            metrics={"listen": f"127.0.0.1:{port}"},
        )
        await reload(daemon, systemd)
        await daemon.says("Address already in use")
        assert await client.handlers() == []
    taken.close()
    await taken.wait_closed()


async def test_a_signal_that_comes_while_it_reloads_is_obeyed(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, connected(it) as (daemon, systemd, _):
        for _ in range(5):
            daemon.signal(signal.SIGHUP)
        await systemd.hears("RELOADING")
        assert await daemon.stop() == 0
