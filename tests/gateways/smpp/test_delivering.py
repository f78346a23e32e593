"""What comes in goes to the account's binds until it is acknowledged, in whichever form the account wants."""

import asyncio
from pathlib import Path

import pytest

from gsmd.pdu import gsm7
from gsmd.smpp import Address, CommandStatus, Tag, pdus, tlv
from tests.gateways.smpp.scene import PHONE, Scene, scene

S = CommandStatus
SIM = "+33600000001"
LONG = "Grüße, Привет, 世界 🎉: a long text that no single message has room for. " * 4
LONG_GSM = "A long text of letters that everybody has. " * 12


def say(stage: Scene, text: str, phone: str = PHONE) -> None:
    stage.rig.network.phone(phone).send(SIM, text)


async def test_a_text_comes_with_its_addresses_and_is_handled_once_acknowledged(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        say(stage, "hello {€}")
        got = await esme.next()
        assert gsm7.decode(got.short_message) == "hello {€}"
        assert (got.data_coding, got.esm_class) == (0, 0)
        assert got.source == Address(1, 1, b"33612345678")
        assert got.destination in (Address(1, 1, b"33600000001"), Address(5, 0, b"north"))
        async with asyncio.timeout(60):
            while (await stage.client.list(direction="inbound")).messages[0].state != "handled":
                await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("alphabet", "text", "data_coding", "octets"),
    [
        ("gsm7", "a_b@", 0, b"a\x11b\x00"),
        ("gsm7", "Привет", 8, "Привет".encode("utf-16-be")),
        ("latin-1", "a_b@é", 0, b"a_b@\xe9"),
        ("latin-1", "€", 8, "€".encode("utf-16-be")),
        ("ascii", "a_b@", 0, b"a_b@"),
        ("ascii", "é", 8, "é".encode("utf-16-be")),
    ],
)
async def test_the_account_says_what_coding_0_is_in_both_directions(
    tmp_path: Path, alphabet: str, text: str, data_coding: int, octets: bytes
) -> None:
    async with scene(tmp_path, alphabet=alphabet) as stage, stage.esme() as esme:
        say(stage, text)
        got = await esme.next()
        assert (got.data_coding, got.short_message) == (data_coding, octets)
        answer = await esme.submit(octets, data_coding=data_coding)
        assert (await stage.client.get(answer.message_id.decode())).text == text


def joined(parts: list[pdus.DeliverSm]) -> str:
    """The text of parts, by their header or by sar_*."""
    numbered = {}
    for part in parts:
        octets = part.short_message
        number = tlv.integer(part.tlvs, Tag.SAR_SEGMENT_SEQNUM)
        if part.esm_class & 0x40:
            number, octets = octets[octets[0]], octets[1 + octets[0] :]
        assert number is not None
        numbered[number] = octets
    whole = b"".join(numbered[number] for number in sorted(numbered))
    return whole.decode("utf-16-be") if parts[0].data_coding == 8 else gsm7.decode(whole)


@pytest.mark.parametrize("text", [LONG, LONG_GSM])
@pytest.mark.parametrize("long", ["payload", "udh", "sar"])
async def test_a_long_text_comes_as_the_account_wants_it(
    tmp_path: Path, long: str, text: str
) -> None:
    async with scene(tmp_path, long=long) as stage, stage.esme() as esme:
        say(stage, text)
        first = await esme.next()
        if long == "payload":
            payload = tlv.find(first.tlvs, Tag.MESSAGE_PAYLOAD)
            assert payload is not None
            assert first.short_message == b""
            decoded = payload.decode("utf-16-be") if first.data_coding else gsm7.decode(payload)
            assert decoded == text
            return
        if long == "udh":
            total = first.short_message[4]
        else:
            total = tlv.integer(first.tlvs, Tag.SAR_TOTAL_SEGMENTS) or 0
        rest = [await esme.next() for _ in range(total - 1)]
        assert joined([first, *rest]) == text


async def test_a_bind_of_3_3_gets_no_tlvs(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.esme(interface_version=0x33) as esme:
        say(stage, LONG)
        first = await esme.next()
        rest = [await esme.next() for _ in range(first.short_message[4] - 1)]
        assert joined([first, *rest]) == LONG
        assert {part.tlvs for part in (first, *rest)} == {()}


async def test_what_came_while_nobody_was_bound_comes_with_the_next_bind(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        say(stage, "one")
        say(stage, "two")
        async with stage.esme(pdus.BindTransmitter) as sender:
            assert (await sender.submit()).status == S.ROK
            async with stage.esme(pdus.BindReceiver) as esme:
                got = [gsm7.decode((await esme.next()).short_message) for _ in range(2)]
                assert got == ["one", "two"]


async def test_a_message_that_was_not_answered_comes_again_over_another_bind(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        async with stage.esme() as silent:
            silent.silent = True
            say(stage, "again")
            await silent.next()
        async with stage.esme() as esme:
            assert gsm7.decode((await esme.next()).short_message) == "again"


async def test_only_the_parts_that_were_not_answered_come_again(tmp_path: Path) -> None:
    async with scene(tmp_path, long="sar") as stage:
        numbers = []
        async with stage.esme() as esme:
            say(stage, LONG)
            first = await esme.next()
            esme.silent = True
            numbers.append(tlv.integer(first.tlvs, Tag.SAR_SEGMENT_SEQNUM))
            await esme.next()
        total = tlv.integer(first.tlvs, Tag.SAR_TOTAL_SEGMENTS) or 0
        async with stage.esme() as esme:
            for _ in range(total - 1):
                part = await esme.next()
                numbers.append(tlv.integer(part.tlvs, Tag.SAR_SEGMENT_SEQNUM))
        assert numbers == [*range(1, total + 1)]


async def test_a_permanent_error_makes_it_a_dead_letter_and_a_temporary_one_comes_again(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage, stage.esme() as esme:
        esme.status = S.RX_T_APPN
        say(stage, "later")
        await esme.next()
        esme.status = S.ROK
        assert gsm7.decode((await esme.next()).short_message) == "later"
        esme.status = S.RX_P_APPN
        say(stage, "never", "+33612345679")
        await esme.next()
        async with asyncio.timeout(60):
            while not (dead := await stage.client.dead("crm")):
                await asyncio.sleep(0.02)
        assert (dead[0].message.text, dead[0].reason) == ("never", "ESME_RX_P_APPN")
        esme.status = S.ROK
        assert await stage.client.redrive("crm") == 1
        assert gsm7.decode((await esme.next()).short_message) == "never"


async def test_no_more_than_the_window_is_without_an_answer(tmp_path: Path) -> None:
    async with scene(tmp_path, window=3) as stage, stage.esme() as esme:
        esme.silent = True
        for number in range(8):
            say(stage, str(number), f"+3361234500{number}")
        held = [await esme.next() for _ in range(3)]
        await esme.ask(pdus.EnquireLink())
        await asyncio.sleep(0.3)
        assert esme.inbox.empty()
        esme.silent = False
        for pdu in held:
            esme.writer.write(esme.session.answer(pdu, pdus.DeliverSmResp()))
        assert len([await esme.next() for _ in range(5)]) == 5


async def test_binds_of_an_account_share_the_work(tmp_path: Path) -> None:
    async with scene(tmp_path, window=1) as stage, stage.esme() as one, stage.esme() as other:
        one.silent = other.silent = True
        say(stage, "a", "+33612345001")
        say(stage, "b", "+33612345002")
        got = {gsm7.decode((await esme.next()).short_message) for esme in (one, other)}
        assert got == {"a", "b"}


async def test_an_account_gets_what_its_match_says(tmp_path: Path) -> None:
    async with scene(tmp_path, match={"keyword": "CRM"}) as stage, stage.esme() as esme:
        say(stage, "for others", "+33612345001")
        say(stage, "CRM for us", "+33612345002")
        assert gsm7.decode((await esme.next()).short_message) == "CRM for us"
