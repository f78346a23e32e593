"""What became of a submission is told until it is acknowledged, once for each that asked."""

import asyncio
import re
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd import smpp
from gsmd.gateways.smpp import tables
from gsmd.gateways.smpp.delivering import Delivering
from gsmd.gateways.smpp.submitting import Submitting
from gsmd.smpp import CommandStatus, MessageState, Tag, Tlv, pdus, tlv
from tests.gateways.smpp.scene import DESTINATION, PASSWORD, PHONE, SOURCE, Esme, Scene, scene
from tests.rig import rig

S = CommandStatus
APPENDIX_B = re.compile(
    rb"id:([a-z2-7.0-9]+) sub:(\d{3}) dlvrd:(\d{3}) submit date:(\d{10}) done date:(\d{10})"
    rb" stat:([A-Z]{7}) err:(\d{3}) text:"
)


async def receipt(esme: Esme) -> tuple[pdus.DeliverSm, smpp.Receipt]:
    """The next deliver_sm, which is a receipt."""
    pdu = await esme.next()
    assert pdu.esm_class == 0x04
    found = smpp.read_receipt(pdu.short_message)
    assert found is not None
    return pdu, found


async def test_a_receipt_has_the_id_the_addresses_and_the_tlvs_of_the_submission(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        reference = (Tlv.integer(Tag.USER_MESSAGE_REFERENCE, 77),)
        answer = await esme.submit(registered_delivery=1, tlvs=reference)
        pdu, found = await receipt(esme)
        assert (pdu.source, pdu.destination, pdu.data_coding) == (DESTINATION, SOURCE, 0)
        assert APPENDIX_B.fullmatch(pdu.short_message)
        assert (found.message_id.encode(), found.state) == (
            answer.message_id,
            MessageState.DELIVERED,
        )
        assert tlv.string(pdu.tlvs, Tag.RECEIPTED_MESSAGE_ID) == answer.message_id
        assert tlv.integer(pdu.tlvs, Tag.MESSAGE_STATE) == MessageState.DELIVERED
        assert tlv.find(pdu.tlvs, Tag.NETWORK_ERROR_CODE) == b"\x03\x00\x00"
        assert tlv.integer(pdu.tlvs, Tag.USER_MESSAGE_REFERENCE) == 77
        asked = await esme.ask(pdus.QuerySm(message_id=answer.message_id, source=SOURCE))
        assert (asked.message_state, len(asked.final_date)) == (MessageState.DELIVERED, 16)


@pytest.mark.parametrize(
    ("registered", "rejects", "told"),
    [(0, False, False), (2, False, False), (2, True, True), (3, True, False), (0x11, False, True)],
)
async def test_only_the_ends_that_were_asked_for_are_told(
    tmp_path: Path, registered: int, rejects: bool, told: bool
) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        stage.rig.network.phone(PHONE).rejects = rejects
        await esme.submit(registered_delivery=registered)
        other = smpp.Address(1, 1, b"33612345999")
        last = await esme.submit(destination=other, registered_delivery=1)
        ids = [(await receipt(esme))[1].message_id]
        if told:
            ids.append((await receipt(esme))[1].message_id)
        assert last.message_id.decode() in ids
        assert len(set(ids)) == 1 + told
        assert esme.inbox.empty()


async def test_a_failure_of_the_recipient_is_undeliv_with_its_tp_status(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        stage.rig.network.phone(PHONE).rejects = True
        await esme.submit(registered_delivery=1)
        pdu, found = await receipt(esme)
        assert found.state is MessageState.UNDELIVERABLE
        assert found.error >= 0x40
        assert tlv.find(pdu.tlvs, Tag.NETWORK_ERROR_CODE) == bytes((3, 0, found.error))
        assert (found.delivered_parts, found.parts) == (0, 1)


async def test_what_was_cancelled_is_deleted(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        later = {"schedule_delivery_time": b"000000010000000R", "registered_delivery": 1}
        answer = await esme.submit(**later)  # type: ignore[arg-type] # fields of submit_sm
        await esme.ask(pdus.CancelSm(message_id=answer.message_id, source=SOURCE))
        _, found = await receipt(esme)
        assert (found.state, found.error) == (MessageState.DELETED, 0)


def part(number: int, registered: int = 1) -> dict[str, object]:
    header = bytes((5, 0, 3, 9, 3, number))
    return {
        "text": header + b"part %d " % number,
        "esm_class": 0x40,
        "registered_delivery": registered,
    }


async def test_each_part_that_asked_gets_a_receipt_with_its_own_id(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        answers = [
            await esme.submit(**part(1)),  # type: ignore[arg-type] # fields of submit_sm
            await esme.submit(**part(2, 0)),  # type: ignore[arg-type] # fields of submit_sm
            await esme.submit(**part(3)),  # type: ignore[arg-type] # fields of submit_sm
        ]
        got = {(await receipt(esme))[1].message_id.encode() for _ in range(2)}
        assert got == {answers[0].message_id, answers[2].message_id}
        asked = await esme.ask(pdus.QuerySm(message_id=answers[1].message_id, source=SOURCE))
        assert asked.message_state == MessageState.DELIVERED


async def test_parts_that_stay_alone_get_rejectd_and_never_silence(tmp_path: Path) -> None:
    async with scene(tmp_path, incomplete_after="1s") as stage, stage.esme() as esme:
        answers = [
            await esme.submit(**part(1)),  # type: ignore[arg-type] # fields of submit_sm
            await esme.submit(**part(3)),  # type: ignore[arg-type] # fields of submit_sm
        ]
        got = [(await receipt(esme))[1] for _ in range(2)]
        assert {each.message_id.encode() for each in got} == {
            answer.message_id for answer in answers
        }
        assert {(each.state, each.error) for each in got} == {(MessageState.REJECTED, 904)}
        assert stage.rig.network.phone(PHONE).received == []


async def test_a_whole_that_is_refused_is_said_of_each_part_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        nobody = {"destination": smpp.Address(1, 1, b"12345678901234567890")}
        first = await esme.submit(**part(1), **nobody)  # type: ignore[arg-type] # fields of submit_sm
        await esme.submit(**part(2, 0), **nobody)  # type: ignore[arg-type] # fields of submit_sm
        last = await esme.submit(**part(3), **nobody)  # type: ignore[arg-type] # fields of submit_sm
        assert (first.status, last.status) == (S.ROK, S.RINVDSTADR)
        _, found = await receipt(esme)
        assert (found.message_id.encode(), found.state) == (first.message_id, MessageState.REJECTED)
        await esme.ask(pdus.EnquireLink())
        assert esme.inbox.empty()


async def test_a_receipt_that_is_quicker_than_the_file_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, may_come, tried = Submitting._keep, Delivering._may_come, asyncio.Event()

    async def late(self: Submitting, *arguments: Any, **more: Any) -> None:
        await tried.wait()
        await keep(self, *arguments, **more)

    async def asked(self: Delivering, *arguments: Any) -> bool:
        tried.set()
        return await may_come(self, *arguments)

    monkeypatch.setattr(Submitting, "_keep", late)
    monkeypatch.setattr(Delivering, "_may_come", asked)
    async with scene(tmp_path) as stage, stage.esme() as esme:
        answer = await esme.submit(registered_delivery=1)
        _, found = await receipt(esme)
        assert found.message_id.encode() == answer.message_id


async def test_an_end_of_what_no_esme_submitted_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.smpp.delivering._ON_ITS_WAY", timedelta(0))
    async with scene(tmp_path) as stage, stage.esme() as esme:
        await stage.client.call("messages.send", to=PHONE, text="hi", handler="crm", receipt=True)
        answer = await esme.submit(registered_delivery=1)
        _, found = await receipt(esme)
        assert found.message_id.encode() == answer.message_id


@pytest.mark.parametrize("whole", [True, False])
async def test_a_receipt_that_was_not_answered_comes_again_also_after_a_restart(
    tmp_path: Path, whole: bool
) -> None:
    async with scene(tmp_path) as stage:
        async with stage.esme() as silent:
            silent.silent = True
            if whole:
                answers = [await silent.submit(registered_delivery=1)]
            else:
                answers = [await silent.submit(**part(n)) for n in (1, 2, 3)]  # type: ignore[arg-type] # fields of submit_sm
            await silent.next()
        await stage.gateway.drain()
        async with stage.at_work(), stage.esme() as esme:
            got = {(await receipt(esme))[1].message_id.encode() for _ in answers}
            assert got == {answer.message_id for answer in answers}


async def test_receipts_wait_for_a_bind_that_receives_and_a_3_3_bind_gets_no_tlvs(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        async with stage.esme(pdus.BindTransmitter) as sender:
            answer = await sender.submit(registered_delivery=1)
        async with stage.esme(pdus.BindReceiver, interface_version=0x33) as esme:
            pdu, found = await receipt(esme)
            assert (found.message_id.encode(), pdu.tlvs) == (answer.message_id, ())


async def test_submit_multi_has_receipts_with_its_id_from_each_destination(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        numbers = [smpp.Address(1, 1, b"3361234500%d" % n) for n in range(3)]
        answer = await esme.ask(
            pdus.SubmitMulti(
                source=SOURCE,
                destinations=tuple(map(smpp.Destination, numbers)),
                registered_delivery=1,
                short_message=b"hi",
            )
        )
        got = [await receipt(esme) for _ in numbers]
        assert {found.message_id.encode() for _, found in got} == {answer.message_id}
        assert {pdu.source for pdu, _ in got} == set(numbers)


async def test_replace_sm_gives_a_queued_message_another_text(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        answer = await esme.submit(b"old", schedule_delivery_time=b"000000010000000R")
        replaced = await esme.ask(
            pdus.ReplaceSm(message_id=answer.message_id, source=SOURCE, short_message=b"new\x00")
        )
        assert replaced.status == S.ROK
        assert (await stage.client.get(answer.message_id.decode())).text == "new@"
        unknown = await esme.ask(pdus.ReplaceSm(message_id=b"x", short_message=b"new"))
        assert unknown.status == S.RREPLACEFAIL


async def test_elements_that_are_no_business_of_ours_are_carried(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        header = bytes.fromhex("040A020041")  # text formatting
        await esme.submit(header + b"styled", esm_class=0x40, protocol_id=0x41)
        (got,) = await stage.rig.network.phone(PHONE).expect(1, timeout=60)
        assert got.text == "styled"
        assert header.hex() in got.tpdus[0].hex()


async def test_rows_of_what_is_over_are_not_kept_for_ever(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        await esme.submit(registered_delivery=1)
        await receipt(esme)
        await asyncio.sleep(0)
    with sqlite3.connect(tmp_path / "smpp" / "smpp.sqlite") as connection:
        week = 8 * 86_400_000
        (at,) = connection.execute("SELECT max(at) FROM submission").fetchone()
        tables.forget_old(connection, at + week)
        assert connection.execute("SELECT count(*) FROM submission").fetchone() == (0,)
    connection.close()


async def test_a_receipt_that_was_answered_right_before_an_unbind_does_not_come_again(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        async with stage.esme() as esme:
            await esme.submit(registered_delivery=1)
            await receipt(esme)  # answered; the unbind comes in the same breath
            await esme.ask(pdus.Unbind())
            await esme.ended()
        async with asyncio.timeout(60):
            while any(each.pending for each in await stage.client.handlers()):
                await asyncio.sleep(0.02)


async def test_what_was_answered_right_before_the_gateway_ends_is_brought_to_the_daemon_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = Delivering._end

    async def slowly(self: Delivering, row: tables.Submission) -> None:
        await asyncio.sleep(0.3)
        await end(self, row)

    monkeypatch.setattr(Delivering, "_end", slowly)
    async with rig(tmp_path) as built, built.running(outbound={"report": True}) as client:
        await built.ready(client)
        stage = Scene(built, client)
        async with stage.at_work():
            esme = await Esme.connect(stage.port)
            await esme.ask(pdus.BindTransceiver(system_id=b"crm", password=PASSWORD))
            await esme.submit(registered_delivery=1)
            await receipt(esme)
        goes_on = [each for each in asyncio.all_tasks() if "gsmd/gateways/smpp" in repr(each)]
        assert not goes_on
        await esme.close()
        async with asyncio.timeout(60):
            while any(each.pending for each in await client.handlers()):
                await asyncio.sleep(0.02)
