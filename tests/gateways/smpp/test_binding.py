"""Who may bind, how often, from where; and what becomes of connections that say nothing, too much, or nonsense."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gsmd import smpp
from gsmd.gateways.smpp.accounts import Bucket
from gsmd.smpp import CommandStatus, Limits, Tag, pdus, tlv
from tests.gateways.smpp.scene import PATIENCE, Esme, Scene, scene

S = CommandStatus
CRM: dict[str, Any] = {"system_id": b"crm", "password": b"secret"}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    ("fields", "version"),
    [
        ({}, 0x34),
        ({"interface_version": 0x50}, 0x50),
        ({"interface_version": 0x33}, None),
        ({"interface_version": 0x00}, None),
    ],
)
async def test_a_bind_is_told_our_version_if_it_knows_tlvs(
    stage: Scene, fields: dict[str, Any], version: int | None
) -> None:
    async with stage.esme(None) as esme:
        answer = await esme.ask(pdus.BindTransceiver(**CRM, **fields))
        assert (answer.status, answer.system_id) == (S.ROK, b"gsmd")
        assert tlv.integer(answer.tlvs, Tag.SC_INTERFACE_VERSION) == version


@pytest.mark.parametrize(
    "fields",
    [
        {"system_id": b"crm", "password": b"wrong"},
        {"system_id": b"crm", "password": b"secre"},
        {"system_id": b"crm", "password": b""},
        {"system_id": b"nobody", "password": b"secret"},
        {"system_id": b"", "password": b""},
    ],
)
async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    stage: Scene, fields: dict[str, Any]
) -> None:
    async with stage.esme(None) as esme:
        answer = await esme.ask(pdus.BindTransceiver(**fields))
        assert answer.status == S.RBINDFAIL
        assert (await esme.ask(pdus.BindTransceiver(**CRM))).status == S.ROK


async def test_each_failure_from_an_address_makes_the_next_answer_wait_longer(
    stage: Scene,
) -> None:
    failures = stage.gateway._service._failures  # type: ignore[union-attr] # it is at work
    assert [failures.pause("192.0.2.1", 0) for _ in range(6)] == [0.5, 1, 2, 4, 8, 8]
    assert failures.pause("192.0.2.2", 0) == 0.5
    failures.forgive("192.0.2.1")
    assert failures.pause("192.0.2.1", 0) == 0.5


async def test_an_account_is_only_for_its_networks(tmp_path: Path) -> None:
    async with scene(tmp_path, **{"from": ["192.0.2.0/24"]}) as stage, stage.esme(None) as esme:
        assert (await esme.ask(pdus.BindTransceiver(**CRM))).status == S.RBINDFAIL


async def test_an_account_has_so_many_binds(tmp_path: Path) -> None:
    async with (
        scene(tmp_path, binds=2) as stage,
        stage.esme(pdus.BindTransmitter),
        stage.esme(pdus.BindReceiver) as second,
        stage.esme(None) as third,
    ):
        assert (await third.ask(pdus.BindTransceiver(**CRM))).status == S.RBINDFAIL
        await second.ask(pdus.Unbind())
        await second.ended()
        async with stage.esme():
            pass


async def test_a_bind_that_does_not_answer_makes_room_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.smpp.service._SILENT", 0.3)
    async with scene(tmp_path, binds=1) as stage:
        silent = await Esme.connect(stage.port)
        assert (await silent.ask(pdus.BindTransceiver(**CRM))).status == S.ROK
        silent._task.cancel()  # it reads no more
        async with stage.esme() as esme:
            assert (await esme.submit()).status == S.ROK
        await silent.close()


async def test_who_goes_while_it_waits_for_a_place_takes_none(tmp_path: Path) -> None:
    async with scene(tmp_path, binds=1) as stage:
        silent = await Esme.connect(stage.port)
        assert (await silent.ask(pdus.BindTransceiver(**CRM))).status == S.ROK
        silent._task.cancel()  # it reads no more
        waiting = await Esme.connect(stage.port)
        waiting.writer.write(waiting.session.send(pdus.BindTransceiver(**CRM)))
        binds = stage.gateway._service.binds  # type: ignore[union-attr] # it is at work
        account = stage.gateway._accounts.get("crm")
        assert account is not None
        async with asyncio.timeout(PATIENCE):
            while not any(bind._requested for bind in binds):
                await asyncio.sleep(0.01)
            other = next(bind for bind in binds if bind.account is None)
            await waiting.close()
            await other.ended()
            await silent.close()
            while other._requested:
                await asyncio.sleep(0.01)
        assert account.binds == []
        async with stage.esme() as third:
            assert (await third.submit()).status == S.ROK


async def test_unbind_is_answered_after_what_is_under_way_and_then_we_close(stage: Scene) -> None:
    async with stage.esme() as esme:
        submits = [asyncio.create_task(esme.submit()) for _ in range(20)]
        await asyncio.sleep(0)
        assert (await esme.ask(pdus.Unbind())).status == S.ROK
        assert {task.result().status for task in submits} == {S.ROK}
        await esme.ended()


async def test_at_its_end_the_gateway_unbinds_and_closes(stage: Scene) -> None:
    async with stage.esme() as esme, stage.esme(pdus.BindReceiver) as other:
        await stage.gateway.drain()
        for each in (esme, other):
            await each.ended()
            assert any(isinstance(pdu, pdus.Unbind) for pdu in each.heard)


async def test_what_is_no_request_in_this_state_is_told_so_and_the_session_stays(
    stage: Scene,
) -> None:
    async with stage.esme(pdus.BindReceiver) as esme:
        esme.session.state = smpp.SessionState.BOUND_TRX  # it thinks
        assert (await esme.submit()).status == S.RINVBNDSTS
        assert (await esme.ask(pdus.EnquireLink())).status == S.ROK


class Raw:
    """A connection that says anything."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def says(self, octets: bytes) -> None:
        self.writer.write(octets)
        await self.writer.drain()

    async def all(self) -> bytes:
        """What comes until the connection is closed."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""
            finally:
                await self.close()

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


async def raw(stage: Scene) -> Raw:
    return Raw(*await asyncio.open_connection("127.0.0.1", stage.port))


async def test_a_length_that_cannot_be_gets_generic_nack_and_a_close(stage: Scene) -> None:
    connection = await raw(stage)
    await connection.says(bytes.fromhex("7FFFFFFF 00000009 00000000 00000005"))
    nack = smpp.decode(await connection.all())
    assert nack == pdus.GenericNack(5, S.RINVCMDLEN)


async def test_another_protocol_is_answered_shortly_and_closed(stage: Scene) -> None:
    connection = await raw(stage)
    await connection.says(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert len(await connection.all()) == 16


async def test_who_does_not_bind_or_sends_half_a_pdu_is_closed(stage: Scene) -> None:
    stage.gateway.limits = Limits(session_init=0.3)
    nothing = await raw(stage)
    stage.gateway.limits = Limits(session_init=PATIENCE, whole=0.3)
    half = await raw(stage)
    await half.says(smpp.encode(pdus.BindTransceiver(1, **CRM))[:-1])
    assert await nothing.all() == b""
    assert await half.all() == b""
    async with stage.esme() as esme:
        esme.writer.write(b"\0\0\0\x20\0")
        await esme.ended()


async def test_who_is_silent_is_asked_and_stays_if_it_answers(
    stage: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.gateway.limits = Limits(enquire=0.2, answer=30)
    async with stage.esme() as esme:
        async with asyncio.timeout(PATIENCE):
            bind = next(iter(stage.gateway._service.binds))  # type: ignore[union-attr] # it is at work
            first = bind.heard
            while bind.heard < first + 0.5:
                await asyncio.sleep(0.05)
        assert (await esme.submit()).status == S.ROK
    stage.gateway.limits = Limits(enquire=0.2, answer=0.2)
    async with stage.esme() as esme:
        monkeypatch.setattr(esme.session, "receive", lambda _: [])  # it is deaf
        await esme.ended()


async def test_connections_without_a_bind_are_few_for_each_address(stage: Scene) -> None:
    waiting = [await raw(stage) for _ in range(50)]
    beyond = await raw(stage)
    assert await beyond.all() == b""
    for each in waiting:
        await each.close()
    async with asyncio.timeout(PATIENCE):
        while len(stage.gateway._service.binds) >= 50:  # type: ignore[union-attr] # it is at work
            await asyncio.sleep(0.01)
    async with stage.esme() as esme:
        assert (await esme.submit()).status == S.ROK


async def test_a_burst_of_a_window_is_taken_and_what_is_far_above_the_rate_is_throttled(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, rate="1/h") as stage, stage.esme() as esme:
        answers = await asyncio.gather(*(esme.submit(b"%d" % n) for n in range(100)))
        assert {answer.status for answer in answers} == {S.ROK}
        assert (await esme.submit()).status == S.RTHROTTLED
        assert (await esme.ask(pdus.EnquireLink())).status == S.ROK


def test_what_is_a_little_above_the_rate_waits_for_its_time() -> None:
    bucket = Bucket(10, 1, burst=2, now=0)
    assert [bucket.take(0, most=0.5) for _ in range(10)] == [0] * 10
    assert bucket.take(0, most=0.5) == pytest.approx(0.1)
    assert bucket.take(0, most=0.5) == pytest.approx(0.2)
    assert [bucket.take(0, most=0.15) for _ in range(2)] == [None, None], "and nothing is taken"
    assert bucket.take(0.2, most=0.5) == pytest.approx(0.1)
    assert bucket.take(60, most=0.5) == 0


async def test_reloading_takes_accounts_and_passwords_and_leaves_binds_that_are_still_right(
    stage: Scene, tmp_path: Path
) -> None:
    async with stage.esme() as esme:
        accounts = [
            {"system_id": name, "password_file": str(tmp_path / f"{name}.pass")}
            for name in ("crm", "web")
        ]
        config = stage.config(accounts=accounts)
        (tmp_path / "crm.pass").write_text("another\n")
        (tmp_path / "web.pass").write_text("secret\n")
        await stage.gateway.reload(config)
        assert (await esme.submit()).status == S.ROK
        async with stage.esme(system_id=b"web"), stage.esme(password=b"another"):
            pass
        async with stage.esme(None) as other:
            assert (await other.ask(pdus.BindTransceiver(**CRM))).status == S.RBINDFAIL
        await stage.gateway.reload(stage.config(accounts=accounts[1:]))
        await esme.ended()


async def test_a_password_that_cannot_be_read_is_an_error_of_the_configuration(
    stage: Scene, tmp_path: Path
) -> None:
    config = stage.config()
    (tmp_path / "crm.pass").unlink()
    with pytest.raises(Exception, match="crm"):
        await stage.gateway.reload(config)
    async with stage.esme() as esme:
        assert (await esme.submit()).status == S.ROK


async def test_what_goes_on_is_told_to_the_command_line(stage: Scene, tmp_path: Path) -> None:
    async with stage.esme() as esme:
        await esme.submit()
        reader, writer = await asyncio.open_unix_connection(tmp_path / "smpp" / "control.sock")
        (account,) = msgspec.json.decode(await reader.read())["accounts"]
        writer.close()
        assert (account["system_id"], account["submitted"]) == ("crm", 1)
        (bind,) = account["binds"]
        assert (bind["state"], bind["version"], bind["from"]) == ("bound_trx", "0x34", "127.0.0.1")


async def test_prometheus_finds_the_figures_of_each_account(tmp_path: Path) -> None:
    async with scene(tmp_path, metrics="127.0.0.1:0") as stage, stage.esme() as esme:
        await esme.submit()
        await esme.submit(b"")
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.gateway.metrics.port)
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            text = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
        for line in ("submitted_total", "refused_total", "binds"):
            assert f'gsmd_smpp_{line}{{account="crm"}} 1.0' in text


async def test_sockets_of_systemd_stand_in_for_the_addresses(tmp_path: Path) -> None:
    from tests.rig import rig

    async with rig(tmp_path) as built:
        with socket.create_server(("127.0.0.1", 0)) as given:
            stage = Scene(built, None)  # type: ignore[arg-type] # there is no daemon
            async with stage.at_work(sockets=(given,)):
                assert stage.gateway.addresses == [given.getsockname()]
                async with stage.esme():
                    pass
                await stage.gateway.reload(stage.config(listen="127.0.0.1:1"))
                async with stage.esme():
                    pass
