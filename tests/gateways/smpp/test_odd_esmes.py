"""ESMEs with settings that are seldom, and allowed: each is answered as the specification says, and its message goes out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.smpp import Address, CommandStatus, Destination, Tag, Tlv, pdus, times
from tests.gateways.smpp.scene import DESTINATION, PATIENCE, PHONE, Esme, Scene, scene

S = CommandStatus


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


async def outbox(stage: Scene) -> list[Any]:
    messages = (await stage.client.list(direction="outbound", limit=1000)).messages
    return [*reversed(messages)]


async def taken(esme: Esme, text: bytes = b"hi", **fields: Any) -> None:
    answer = await esme.submit(text, **fields)
    assert answer.status == S.ROK, fields


@pytest.mark.parametrize("version", [0x00, 0x33, 0x34, 0x50])
async def test_any_version_binds_with_any_system_type(stage: Scene, version: int) -> None:
    for system_type in (b"", b"VMA", b"A" * 12):
        async with stage.esme(
            interface_version=version,
            system_type=system_type,
            address_range=Address(1, 1, b"^33.*"),
        ) as esme:
            await taken(esme)


async def test_ton_npi_registered_delivery_and_priority_are_any(stage: Scene) -> None:
    async with stage.esme() as esme:
        for ton in range(8):
            for npi in (0, 1, 18, 255):
                number = b"33612345678" if ton == 1 else b"+33612345678"
                await taken(
                    esme,
                    destination=Address(ton, npi, number),
                    source=Address(ton, npi, b"Shop"),
                    priority_flag=ton,
                    registered_delivery=(0, 1, 2, 3, 0x10, 0x11, 0x1F, 0xE0)[ton],
                )
        assert {each.peer for each in await outbox(stage)} == {PHONE}


@pytest.mark.parametrize(
    ("coding", "octets", "text"),
    [
        (0, b"caf\x05 \x00\x1b\x65", "café @€"),
        (1, b"ascii", "ascii"),
        (3, "Grüße".encode("latin-1"), "Grüße"),
        (6, "привет".encode("iso-8859-5"), "привет"),
        (8, "世界 🎉".encode("utf-16-be"), "世界 🎉"),
        (0xF0, b"flash", "flash"),
        (0xF1, b"to the phone", "to the phone"),
        (0x18, "новость".encode("utf-16-be"), "новость"),
    ],
)
async def test_a_text_is_read_by_its_data_coding(
    stage: Scene, coding: int, octets: bytes, text: str
) -> None:
    async with stage.esme() as esme:
        await taken(esme, octets, data_coding=coding)
        assert [each.text for each in await outbox(stage)] == [text]


@pytest.mark.parametrize("coding", [2, 4, 0xF5])
async def test_octets_stay_octets(stage: Scene, coding: int) -> None:
    async with stage.esme() as esme:
        await taken(esme, bytes(range(64)), data_coding=coding)
        assert [each.data for each in await outbox(stage)] == [bytes(range(64)).hex()]


async def test_of_a_header_and_sar_at_once_the_header_counts(stage: Scene) -> None:
    async with stage.esme() as esme:
        for number, part in enumerate((b"one ", b"two"), 1):
            sar = (
                Tlv.integer(Tag.SAR_MSG_REF_NUM, 99),
                Tlv.integer(Tag.SAR_TOTAL_SEGMENTS, 2),
                Tlv.integer(Tag.SAR_SEGMENT_SEQNUM, number),
            )
            header = bytes((5, 0, 3, 7, 2, number))
            await taken(esme, header + part, esm_class=0x43, tlvs=sar)
        assert [each.text for each in await outbox(stage)] == ["one two"]


async def test_a_payload_of_64_kilobytes_is_refused_and_the_bind_stays(stage: Scene) -> None:
    async with stage.esme() as esme:
        payload = Tlv(Tag.MESSAGE_PAYLOAD, b"x" * 64_000)
        answer = await esme.submit(b"", tlvs=(payload,))
        assert answer.status == S.RINVMSGLEN
        await taken(esme)


async def test_times_are_absolute_or_relative_and_wrong_ones_refused(stage: Scene) -> None:
    later = datetime.now(UTC) + timedelta(hours=5)
    async with stage.esme() as esme:
        await taken(esme, validity_period=b"000001000000000R")
        await taken(esme, validity_period=times.absolute(later))
        await taken(esme, schedule_delivery_time=times.absolute(later))
        await taken(
            esme, schedule_delivery_time=b"000000010000000R", validity_period=b"000002000000000R"
        )
        for field, status in (
            ("validity_period", S.RINVEXPIRY),
            ("schedule_delivery_time", S.RINVSCHED),
        ):
            answer = await esme.submit(b"hi", **{field: b"991399000000000+"})
            assert answer.status == status
        assert (
            await esme.submit(b"hi", validity_period=b"000000000000000R")
        ).status == S.RINVEXPIRY
    later_ones = (await outbox(stage))[2:]
    assert [str(each.state) for each in later_ones] == ["queued", "queued"]


async def test_replace_if_present_withdraws_what_waits_from_and_to_the_same_address(
    stage: Scene,
) -> None:
    async with stage.esme() as esme:
        for text in (b"first", b"second"):
            await taken(
                esme, text, schedule_delivery_time=b"000001000000000R", replace_if_present_flag=1
            )
        found = {each.text: str(each.state) for each in await outbox(stage)}
        assert found == {"first": "cancelled", "second": "queued"}


async def test_a_refused_message_replaces_nothing_and_one_with_its_own_key_not_itself(
    stage: Scene,
) -> None:
    later: dict[str, Any] = {
        "schedule_delivery_time": b"000001000000000R",
        "replace_if_present_flag": 1,
    }
    key = Tlv.string(Tag.GSMD_KEY, b"once")
    async with stage.esme() as esme:
        first = await esme.submit(b"first", tlvs=(key,), **later)
        payload = Tlv(Tag.MESSAGE_PAYLOAD, b"x" * 64_000)
        assert (await esme.submit(b"", tlvs=(payload,), **later)).status == S.RINVMSGLEN
        again = await esme.submit(b"first", tlvs=(key,), **later)
        assert again.message_id == first.message_id
        assert {each.text: str(each.state) for each in await outbox(stage)} == {"first": "queued"}


async def test_a_message_to_254_names_those_who_do_not_get_it(stage: Scene) -> None:
    good = [Address(1, 1, b"336123%05d" % number) for number in range(253)]
    wrong = Address(1, 1, b"abc")
    async with stage.esme() as esme:
        many = tuple(Destination(each) for each in (*good, wrong))
        answer = await esme.ask(
            pdus.SubmitMulti(
                destinations=many, short_message=b"hi", schedule_delivery_time=b"000001000000000R"
            )
        )
        assert answer.status == S.ROK
        assert [each.address for each in answer.unsuccessful] == [wrong]
        assert len(await outbox(stage)) == 253


async def test_windows_of_one_and_of_a_hundred_and_links_asked_about_all_the_time(
    stage: Scene,
) -> None:
    async with stage.esme() as one, stage.esme() as many:
        for _ in range(5):
            await taken(one, destination=DESTINATION, schedule_delivery_time=b"000001000000000R")
            assert (await one.ask(pdus.EnquireLink())).status == S.ROK
        submits = [
            many.submit(b"hi", schedule_delivery_time=b"000001000000000R") for _ in range(100)
        ]
        asked = [many.ask(pdus.EnquireLink()) for _ in range(20)]
        answers = await asyncio.gather(*submits, *asked)
        assert {each.status for each in answers} == {S.ROK}
        assert len(await outbox(stage)) == 105


async def test_unbind_in_the_middle_is_answered_after_what_is_under_way(stage: Scene) -> None:
    async with stage.esme() as esme:
        submits = [
            asyncio.ensure_future(esme.submit(b"hi", schedule_delivery_time=b"000001000000000R"))
            for _ in range(20)
        ]
        await asyncio.sleep(0)
        assert (await esme.ask(pdus.Unbind())).status == S.ROK
        async with asyncio.timeout(PATIENCE):
            assert {(await each).status for each in submits} == {S.ROK}
        await esme.ended()
    assert len(await outbox(stage)) == 20
