"""``gsmd run`` as systemd sees it: ready, alive, stopping; and what an end leaves behind."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from gsmd.client import AsyncClient
from gsmd.protocol.message import State
from tests.rig import rig
from tests.service.daemon import PATIENCE, Systemd, running, start

PHONE = "+33612345678"
LONG = 10 * PATIENCE
"""Seconds; what waits for this does not end in time."""


async def submitting(client: AsyncClient, text: str) -> str:
    """Send a message; its id, once a modem submits it."""
    async with client.events("message.submitting") as events:
        message = await client.send(PHONE, text)
        async with asyncio.timeout(PATIENCE):
            await anext(aiter(events))
    return message.id


async def test_it_is_ready_when_its_socket_answers(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, running(it), AsyncClient(it.socket) as client:
        assert [modem.name for modem in await client.modems()] == ["north"]


async def test_systemd_is_told_how_the_modems_are(tmp_path: Path) -> None:
    async with rig(tmp_path, ("north", "south")) as it, running(it) as (_, systemd):
        await systemd.hears_status("2 of 2 modems ready")
        it.lines["south"].unplug()
        await systemd.hears_status("1 of 2 modems ready; south")


async def test_the_watchdog_is_fed_at_half_its_time(tmp_path: Path) -> None:
    asked = {"WATCHDOG_USEC": "400000"}
    async with rig(tmp_path) as it, running(it, asked) as (_, systemd):
        begun = time.monotonic()
        await systemd.hears("WATCHDOG", times=4)
        assert time.monotonic() - begun >= 0.3


async def test_a_watchdog_that_waits_for_another_process_is_not_fed(tmp_path: Path) -> None:
    asked = {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}
    async with rig(tmp_path) as it, running(it, asked) as (_, systemd):
        await systemd.hears_status("1 of 1 modems ready")
        assert not systemd.told("WATCHDOG")


async def test_the_watchdog_gets_nothing_once_what_drives_a_modem_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    systemd = Systemd(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(systemd.path))
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    async with rig(tmp_path) as it, it.running() as client:
        await it.ready(client)
        await systemd.hears("WATCHDOG")
        (supervisor,) = (task for task in asyncio.all_tasks() if task.get_name() == "north")
        supervisor.cancel()
        async with asyncio.timeout(PATIENCE):
            while "no more signs of life" not in caplog.text:
                await asyncio.sleep(0.01)
        fed = len(systemd.told("WATCHDOG"))
        await asyncio.sleep(0.2)  # four times as long as it would take
        assert len(systemd.told("WATCHDOG")) == fed
    systemd.close()


async def test_sigterm_ends_it_in_good_order(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, running(it) as (daemon, systemd):
        assert await daemon.stop() == 0
        await systemd.hears("STOPPING")
        assert not it.socket.exists()
        assert not list((tmp_path / "state").glob("*-wal")), "the log is in the database"


async def test_the_part_under_way_gets_its_answer_before_the_end_and_no_other_is_begun(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it:
        async with running(it) as (daemon, systemd):
            it.network.faults.answer_delay = 0.7
            async with AsyncClient(it.socket) as client:
                await it.ready(client)
                first = await submitting(client, "first")
                second = (await client.send(PHONE, "second")).id
                daemon.signal(signal.SIGTERM)
                await systemd.hears("STOPPING")
            assert await daemon.ended() == 0
            assert len(it.network.submitted) == 1
            it.network.faults.answer_delay = 0
        async with running(it), AsyncClient(it.socket) as client:
            assert (await client.get(first)).state is State.SENT
            assert (await client.wait(second, State.SENT, PATIENCE)).state is State.SENT
        assert not it.network.submitted.doubled


async def test_a_second_sigterm_does_not_wait_and_the_message_says_what_is_not_known(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it:
        async with running(it, outbound={"when_uncertain": "hold"}) as (daemon, systemd):
            it.network.faults.answer_delay = LONG
            async with AsyncClient(it.socket) as client:
                await it.ready(client)
                message = await submitting(client, "?")
            daemon.signal(signal.SIGTERM)
            await systemd.hears("STOPPING")
            daemon.signal(signal.SIGTERM)
            assert await daemon.ended() == 0
        async with running(it, outbound={"when_uncertain": "hold"}), AsyncClient(it.socket) as c:
            assert (await c.get(message)).state is State.UNCERTAIN


async def test_a_wrong_configuration_ends_it_with_4_and_the_line(tmp_path: Path) -> None:
    path = tmp_path / "gsmd.yaml"
    path.write_text("modems:\n  - {name: m, prot: /dev/ttyUSB0}\n")
    daemon = await start(path)
    assert await daemon.ended() == 4
    assert f"{path}:2: modems[0].prot" in daemon.log


async def test_a_configuration_that_is_not_there_ends_it_with_4(tmp_path: Path) -> None:
    daemon = await start(tmp_path / "none.yaml")
    assert await daemon.ended() == 4
    assert str(tmp_path / "none.yaml") in daemon.log


async def fails(path: Path) -> str:
    """The one line that a start says which fails."""
    daemon = await start(path)
    assert await daemon.ended() == 1, daemon.log
    (line,) = daemon.log.splitlines()
    return line


async def test_a_state_directory_that_cannot_be_made_ends_it_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "gsmd.yaml"
    path.write_text(f"state_dir: {tmp_path}/file/x\nmodems: [{{name: m, port: /dev/none}}]\n")
    assert f"{tmp_path}/file/x" in await fails(path)


async def test_a_second_daemon_on_the_same_state_says_whose_it_is(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, running(it) as (daemon, _):
        other = tmp_path / "other.yaml"
        other.write_text(it.configuration(socket={"path": str(tmp_path / "other.sock")}))
        assert f"in use by process {daemon.process.pid}" in await fails(other)


async def test_a_second_daemon_at_the_same_socket_leaves_the_first_alone(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, running(it):
        other = tmp_path / "other.yaml"
        other.write_text(it.configuration(state_dir=str(tmp_path / "other")))
        assert "another daemon answers there" in await fails(other)
        async with AsyncClient(it.socket) as client:
            await it.ready(client)


async def test_a_metrics_port_that_is_taken_ends_it_with_one_line(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    async with rig(tmp_path) as it:
        path = tmp_path / "gsmd.yaml"
        path.write_text(it.configuration(metrics={"listen": f"127.0.0.1:{port}"}))
        assert f"127.0.0.1:{port}: Address already in use" in await fails(path)
    taken.close()
    await taken.wait_closed()


async def test_what_it_may_never_need_is_not_in_its_memory(tmp_path: Path) -> None:
    async with (
        rig(tmp_path) as it,
        running(it) as (daemon, _),
        AsyncClient(it.socket) as client,
    ):
        await it.ready(client)
        mapped = Path(f"/proc/{daemon.process.pid}/maps").read_text()
        assert not [name for name in ("libssl", "libcrypto", "libffi") if name in mapped]
