"""What ESMEs submit goes out of a modem once, and ROK means that it is on the disk."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd import smpp
from gsmd.smpp import Address, CommandStatus, Destination, Tag, Tlv, pdus
from tests.gateways.smpp.scene import DESTINATION, PHONE, SOURCE, Scene, scene

S = CommandStatus
LONG = (
    "Grüße, Привет, 世界 🎉: a long text that no single message has room for, in every alphabet. "
    * 3
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


async def shown(stage: Scene, count: int = 1) -> list[str]:
    """The texts that the phone shows, once there are so many."""
    got = await stage.rig.network.phone(PHONE).expect(count, timeout=60)
    return [each.text or "" for each in got]


async def test_ok_is_an_id_of_gsmd_and_the_message_goes_out(stage: Scene) -> None:
    async with stage.esme() as esme:
        answer = await esme.submit(b"hello")
        assert answer.status == S.ROK
        message = await stage.client.get(answer.message_id.decode())
        assert (message.peer, message.text, message.tag) == (PHONE, "hello", "crm")
        assert await shown(stage) == ["hello"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"short_message": b"\x02\x11\x1be\x00"}, "$_€@"),
        ({"short_message": b"a_b@\xe9", "data_coding": 3}, "a_b@é"),
        ({"short_message": "Привет 🎉".encode("utf-16-be"), "data_coding": 8}, "Привет 🎉"),
        ({"short_message": "Привет".encode("iso8859-5"), "data_coding": 6}, "Привет"),
        (
            {
                "short_message": bytes.fromhex("03 24 01 01") + b"\x1bs\x1bi",
                "esm_class": 0x40,
            },
            "şı",
        ),
        (
            {
                "short_message": b"",
                "data_coding": 8,
                "tlvs": (Tlv(Tag.MESSAGE_PAYLOAD, LONG.encode("utf-16-be")),),
            },
            LONG,
        ),
    ],
)
async def test_a_text_arrives_whatever_it_is_coded_in(
    stage: Scene, fields: dict[str, object], text: str
) -> None:
    async with stage.esme() as esme:
        answer = await esme.submit(**fields)  # type: ignore[arg-type] # fields of submit_sm
        assert answer.status == S.ROK
        assert await shown(stage) == [text]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"destination": Address(1, 1, b"")}, S.RINVDSTADR),
        ({"destination": Address(5, 0, b"nobody")}, S.RINVDSTADR),
        ({"text": b""}, S.RINVMSGLEN),
        ({"data_coding": 9}, S.RSUBMITFAIL),
        ({"sm_default_msg_id": 1}, S.RINVDFTMSGID),
        ({"validity_period": b"soon"}, S.RINVEXPIRY),
        ({"validity_period": b"200102030405000+"}, S.RINVEXPIRY),
        ({"schedule_delivery_time": b"soon"}, S.RINVSCHED),
        ({"service_type": b"USSD"}, S.RINVSERTYP),
        ({"esm_class": 0x40, "text": b"\xffno header"}, S.RINVESMCLASS),
        ({"tlvs": (Tlv(Tag.SAR_TOTAL_SEGMENTS, b"\0\3"),)}, S.RINVPARLEN),
    ],
)
async def test_what_cannot_be_is_refused_with_its_status_and_the_session_stays(
    stage: Scene, fields: dict[str, object], status: CommandStatus
) -> None:
    async with stage.esme() as esme:
        answer = await esme.submit(**fields)  # type: ignore[arg-type] # fields of submit_sm
        assert smpp.name_of(answer.status) == str(status)
        assert (await esme.submit()).status == S.ROK


async def test_a_bind_of_5_0_is_told_the_status_of_5_0(stage: Scene) -> None:
    async with stage.esme(interface_version=0x50) as esme:
        answer = await esme.submit(data_coding=9)
        assert answer.status == S.RINVDCS


@pytest.mark.parametrize("kind", ["udh8", "udh16", "sar"])
async def test_parts_are_one_message_whatever_their_order_and_over_which_bind_they_come(
    stage: Scene, kind: str
) -> None:
    octets = LONG.encode("utf-16-be")
    pieces = [octets[at : at + 131] for at in range(0, len(octets), 131)]  # through characters
    total = len(pieces)

    def part(number: int) -> dict[str, object]:
        body = pieces[number - 1]
        if kind == "udh8":
            header = bytes((5, 0, 3, 0, total, number))
            return {"text": header + body, "data_coding": 8, "esm_class": 0x43}
        if kind == "udh16":
            header = bytes((6, 8, 4, 0, 0, total, number))
            return {"text": header + body, "data_coding": 8, "esm_class": 0x48}
        tlvs = (
            Tlv.integer(Tag.SAR_MSG_REF_NUM, 0),
            Tlv.integer(Tag.SAR_TOTAL_SEGMENTS, total),
            Tlv.integer(Tag.SAR_SEGMENT_SEQNUM, number),
        )
        return {"text": body, "data_coding": 8, "tlvs": tlvs}

    async with stage.esme() as one, stage.esme() as other:
        order = [*range(total, 0, -1)]
        answers = [
            await (one if number % 2 else other).submit(**part(number))  # type: ignore[arg-type] # fields of submit_sm
            for number in order
        ]
        assert {answer.status for answer in answers} == {S.ROK}
        ids = [answer.message_id.decode() for answer in answers]
        (whole,) = {id_.partition(".")[0] for id_ in ids}
        assert ids == [f"{whole}.{number}" for number in order]
        again = await one.submit(**part(2))  # type: ignore[arg-type] # fields of submit_sm
        assert again.message_id.decode() == f"{whole}.2"
        assert await shown(stage) == [LONG]


async def test_another_message_with_the_same_reference_is_another_message(stage: Scene) -> None:
    def part(number: int, text: bytes) -> dict[str, object]:
        return {"text": bytes((5, 0, 3, 0, 2, number)) + text, "esm_class": 0x40}

    async with stage.esme() as esme:
        await esme.submit(**part(1, b"lost "))  # type: ignore[arg-type] # fields of submit_sm
        await esme.submit(**part(1, b"first "))  # type: ignore[arg-type] # fields of submit_sm
        await esme.submit(**part(2, b"and second"))  # type: ignore[arg-type] # fields of submit_sm
        assert await shown(stage) == ["first and second"]


async def test_a_last_part_that_comes_twice_at_the_same_time_is_the_same_part(stage: Scene) -> None:
    def part(number: int) -> dict[str, object]:
        return {"text": bytes((5, 0, 3, 0, 2, number)) + b"part %d " % number, "esm_class": 0x40}

    async with stage.esme() as esme, stage.esme() as other:
        first = await esme.submit(**part(1))  # type: ignore[arg-type] # fields of submit_sm
        last = await asyncio.gather(esme.submit(**part(2)), other.submit(**part(2)))  # type: ignore[arg-type] # fields of submit_sm
        again = await esme.submit(**part(1))  # type: ignore[arg-type] # fields of submit_sm
        assert again.message_id == first.message_id
        assert len({answer.message_id for answer in last}) == 1
        assert await shown(stage) == ["part 1 part 2 "]


async def test_parts_wait_over_a_restart_of_the_gateway(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        async with stage.esme() as esme:
            first = await esme.submit(bytes.fromhex("050003070201") + b"one ", esm_class=0x40)
        await stage.gateway.drain()
        async with stage.at_work(), stage.esme() as esme:
            second = await esme.submit(bytes.fromhex("050003070202") + b"two", esm_class=0x40)
            assert await shown(stage) == ["one two"]
            assert second.message_id[:16] == first.message_id[:16]


async def test_submit_multi_has_one_id_and_names_those_who_get_nothing(stage: Scene) -> None:
    await stage.client.lists.create("news")
    await stage.client.lists.add("news", ["+33600000071", "+33600000072"])
    async with stage.esme() as esme:
        answer = await esme.ask(
            pdus.SubmitMulti(
                source=SOURCE,
                destinations=(
                    Destination(DESTINATION),
                    Destination(Address(5, 0, b"nobody")),
                    Destination(list_name=b"news"),
                ),
                short_message=b"to many",
            )
        )
        assert answer.status == S.ROK
        assert [each.address.octets for each in answer.unsuccessful] == [b"nobody"]
        assert answer.unsuccessful[0].error_status == S.RINVDSTADR
        for number in (PHONE, "+33600000071", "+33600000072"):
            (got,) = await stage.rig.network.phone(number).expect(1, timeout=60)
            assert got.text == "to many"


async def test_data_sm_is_submitted_like_any(stage: Scene) -> None:
    async with stage.esme() as esme:
        answer = await esme.ask(
            pdus.DataSm(
                source=SOURCE,
                destination=DESTINATION,
                tlvs=(Tlv(Tag.MESSAGE_PAYLOAD, b"data"),),
            )
        )
        assert (answer.status, len(answer.message_id)) == (S.ROK, 16)
        assert await shown(stage) == ["data"]


async def test_the_same_key_sends_once(stage: Scene) -> None:
    async with stage.esme() as esme:
        key = (Tlv.string(Tag.GSMD_KEY, b"order 7"),)
        first, second = await esme.submit(tlvs=key), await esme.submit(tlvs=key)
        assert first.message_id == second.message_id
        await esme.submit(b"last")
        assert await shown(stage, 2) == ["hi", "last"]


async def test_a_user_message_reference_is_a_key_where_the_account_says_so(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, key="user_message_reference") as stage, stage.esme() as esme:
        reference = (Tlv.integer(Tag.USER_MESSAGE_REFERENCE, 7),)
        answers = [await esme.submit(tlvs=reference) for _ in range(2)]
        together = await asyncio.gather(*(esme.submit(b"x", tlvs=reference) for _ in range(3)))
        ids = {answer.message_id for answer in (*answers, *together)}
        assert len(ids) == 1
        assert await shown(stage) == ["hi"]


async def test_query_cancel_and_replace_are_for_what_is_queued(stage: Scene) -> None:
    async with stage.esme() as esme:
        later = {"schedule_delivery_time": b"000000010000000R", "service_type": b"CMT"}
        first = await esme.submit(b"first", **later)
        id_ = first.message_id
        asked = await esme.ask(pdus.QuerySm(message_id=id_, source=SOURCE))
        assert (asked.status, asked.message_id, asked.message_state) == (S.ROK, id_, 1)
        cancelled = await esme.ask(pdus.CancelSm(message_id=id_, source=SOURCE))
        assert cancelled.status == S.ROK
        asked = await esme.ask(pdus.QuerySm(message_id=id_, source=SOURCE))
        assert (asked.message_state, len(asked.final_date)) == (4, 16)
        again = await esme.ask(pdus.CancelSm(message_id=id_, source=SOURCE))
        assert again.status == S.RCANCELFAIL
        second = await esme.submit(b"second", **later)
        all_ = await esme.ask(
            pdus.CancelSm(service_type=b"CMT", source=SOURCE, destination=DESTINATION)
        )
        assert all_.status == S.ROK
        message = await stage.client.get(second.message_id.decode())
        assert message.state == "cancelled"
        unknown = await esme.ask(pdus.QuerySm(message_id=b"nothing", source=SOURCE))
        assert unknown.status == S.RQUERYFAIL


async def test_replace_if_present_withdraws_what_is_queued_to_the_same_address(
    stage: Scene,
) -> None:
    async with stage.esme() as esme:
        later = {"schedule_delivery_time": b"000000010000000R"}
        first = await esme.submit(b"first", **later)
        second = await esme.submit(b"second", replace_if_present_flag=1, **later)
        states = [
            (await stage.client.get(each.message_id.decode())).state for each in (first, second)
        ]
        assert states == ["cancelled", "queued"]


async def test_without_the_daemon_submits_get_rsyserr_and_binds_stay(tmp_path: Path) -> None:
    from tests.rig import rig

    async with rig(tmp_path) as built:
        stage = Scene(built, None)  # type: ignore[arg-type] # there is no daemon
        async with stage.at_work(), stage.esme() as esme:
            assert (await esme.submit()).status == S.RSYSERR
            assert (await esme.ask(pdus.EnquireLink())).status == S.ROK
            async with built.running() as client:
                await built.ready(client)
                assert (await esme.submit()).status == S.ROK
                stage.client = client
                assert await shown(stage) == ["hi"]
