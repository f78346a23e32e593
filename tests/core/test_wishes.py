"""What may be asked of one message: what its key stands for, how soon it goes, what else is in it; and another text."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd import pdu
from gsmd.config import Backoff, OutboundConfig
from gsmd.modem import SubmitUncertain
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Ports, State
from gsmd.protocol.messages import SendParams
from tests.core.bench import LONG, PHONE, bench
from tests.core.fake_modem import AnswerLost, refused

OTHER = "+33600000002"


@pytest.mark.parametrize(
    "other", [{"text": "two"}, {"to": OTHER}, {"flash": True}, {"text": None, "data": "6f6e65"}]
)
async def test_a_key_that_was_used_for_something_else_is_a_conflict(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    async with bench(tmp_path) as it:
        first = await it.send("one", key="order 7")
        with pytest.raises(Refused) as caught:
            await it.send(**{"text": "one", **other}, key="order 7")
        assert caught.value.code == Code.CONFLICT
        assert caught.value.data == {"reason": "key", "field": "key", "id": first.id}


async def test_whoever_wants_a_new_message_is_told_of_a_key_that_was_there(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        first = await it.send("one", key="order 7", new=True)
        with pytest.raises(Refused) as caught:
            await it.send("one", key="order 7", new=True)
        assert caught.value.data == {"reason": "key_known", "field": "key", "id": first.id}
        assert (await it.send("one", key="order 7")).id == first.id


async def test_when_and_how_it_goes_is_no_part_of_what_a_key_stands_for(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        first = await it.send("one", key="order 7", validity=60)
        again = await it.send("one", "0033 6 12 34 56 78", key="order 7", validity=50, priority=3)
        assert again.id == first.id


async def test_a_key_of_before_there_were_fingerprints_returns_its_message(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        first = await it.send("one", key="order 7")
        await it.database.write(lambda c: c.execute("UPDATE outbound SET fingerprint = NULL"))
        assert (await it.send("two", key="order 7")).id == first.id


async def test_what_is_to_be_begun_soon_is_never_sent_later(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        message = await it.send(send_within=60, validity=3600)
        other = await it.send("no hurry", OTHER, send_within=7200, validity=3600)
        await it.pass_time(61)
        expired = await it.reaches(message, State.EXPIRED)
        assert expired.error is not None
        assert expired.error.message == "it could not be begun in its time"
        await it.modem.appear()
        await it.reaches(other, State.SENT)
        assert it.modem.texts == ["no hurry"]


async def test_what_was_refused_is_not_begun(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.script.append(refused(331))
        message = await it.send(send_within=60, validity=3600)
        await it.until(it.modem.submitting.is_set)
        it.modem.vanish()
        await it.until(lambda: len(it.about(message, "message.queued")) == 2)
        await it.pass_time(61)
        await it.reaches(message, State.EXPIRED)


async def test_once_it_is_begun_it_has_as_long_as_its_validity_says(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        gate = asyncio.Event()
        it.modem.script += [None, gate]
        message = await it.send(LONG, send_within=60, validity=3600)
        await it.until(lambda: len(it.modem.sent) == 1)
        await it.pass_time(61)
        gate.set()
        await it.reaches(message, State.SENT)
        first, _ = (each.validity for each in it.modem.sent)
        assert first == pdu.Validity.of(timedelta(hours=1))  # the network is told the validity


async def test_the_network_is_not_told_of_the_hurry(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await it.reaches(await it.send(send_within=60, validity=3600), State.SENT)
        await it.reaches(await it.send(validity=3600), State.SENT)
        assert it.modem.sent[0].validity == it.modem.sent[1].validity


@pytest.mark.parametrize("configured", ["resend", "hold"])
async def test_a_message_may_say_what_is_to_be_when_it_gets_no_answer(
    tmp_path: Path, configured: Any
) -> None:
    settings = OutboundConfig(retry=Backoff(first=10, max=100), when_uncertain=configured)
    async with bench(tmp_path, outbound=settings) as it:
        wish = "hold" if configured == "resend" else "resend"
        it.modem.script.append(SubmitUncertain("no answer"))
        message = await it.send(when_uncertain=wish)
        await it.until(lambda: it.about(message, "message.uncertain"))
        await it.pass_time(200)
        if wish == "resend":
            await it.reaches(message, State.SENT)
        else:
            await it.settled()
            assert (await it.app.messages.get(message.id)).state is State.UNCERTAIN


async def test_protocol_id_and_further_elements_are_in_every_part(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        message = await it.send(LONG, protocol_id=0x41, udh="01 02 80 03", ports=Ports(5000))
        await it.reaches(message, State.SENT)
        assert [each.protocol_id for each in it.modem.sent] == [0x41, 0x41]
        for part in it.modem.sent:
            header = part.user_data.header
            assert [each.identifier for each in header.elements] == [0x00, 0x05, 0x01]
            assert header.elements[2].data == bytes.fromhex("8003")
        assert "".join(str(each.user_data.text) for each in it.modem.sent) == LONG


@pytest.mark.parametrize(
    "udh",
    [
        "0",
        "xx",
        "",
        "01",
        "010280",
        "0003010201",
        "08040001 0201",
        "240101",
        "2501 01",
        "7084" + "00" * 132,
    ],
)
async def test_elements_that_cannot_be_are_refused(tmp_path: Path, udh: str) -> None:
    async with bench(tmp_path) as it:
        with pytest.raises(Refused) as caught:
            await it.send("x" * 200, udh=udh)
        assert caught.value.code == Code.INVALID
        assert caught.value.data["field"] == "udh"


async def test_ports_are_said_once(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        with pytest.raises(Refused, match="beside ports"):
            await it.send(udh="050400010002", ports=Ports(1))
        await it.reaches(await it.send(udh="050400010002"), State.SENT)
        assert it.modem.sent[0].user_data.ports == pdu.Ports(1, 2)


async def test_what_waits_gets_another_text_and_keeps_how_it_is_sent(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        message = await it.send("one", report=True, flash=True, protocol_id=0x41, udh="70010a")
        before = await it.app.messages.get(message.id)
        replaced = await it.app.messages.replace(message.id, LONG)
        assert (replaced.id, replaced.text, replaced.parts) == (message.id, LONG, 2)
        assert replaced.created_at == before.created_at
        (event,) = it.about(message, "message.replaced")
        assert event.fields["parts"] == 2
        assert "text" not in event.fields
        await it.restart()
        await it.reaches(message, State.SENT)
        assert "".join(str(each.user_data.text) for each in it.modem.sent) == LONG
        for part in it.modem.sent:
            assert part.status_report_request
            assert part.protocol_id == 0x41
            assert 0x70 in [each.identifier for each in part.user_data.header.elements]
            assert part.dcs.message_class == 0


async def test_text_in_another_alphabet_may_take_its_place(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        message = await it.send(LONG)
        replaced = await it.app.messages.replace(message.id, "Привет")
        assert (replaced.parts, replaced.alphabet) == (1, "ucs2")
        await it.modem.appear()
        await it.reaches(message, State.SENT)
        assert it.modem.texts == ["Привет"]


async def test_what_is_out_or_may_be_or_is_in_a_modems_hands_is_not_replaced(
    tmp_path: Path,
) -> None:
    settings = OutboundConfig(retry=Backoff(first=10, max=100), when_uncertain="hold")
    async with bench(tmp_path, outbound=settings) as it:
        sent = await it.reaches(await it.send(), State.SENT)
        it.modem.script.append(AnswerLost())
        unsure = await it.send()
        await it.until(lambda: it.about(unsure, "message.uncertain"))
        gate = asyncio.Event()
        it.modem.script.append(gate)
        going = await it.send()
        await it.until(lambda: it.about(going, "message.submitting"))
        gone = await it.send("cancelled", OTHER)
        await it.app.messages.cancel(gone.id)
        for each in (sent, unsure, going, gone):
            with pytest.raises(Refused) as caught:
                await it.app.messages.replace(each.id, "two")
            assert (caught.value.code, caught.value.data["reason"]) == (Code.CONFLICT, "too_late")
        gate.set()


async def test_data_and_codes_have_no_text_to_replace(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        data = await it.app.messages.send(SendParams(PHONE, data="00ff"))
        with pytest.raises(Refused, match="no text"):
            await it.app.messages.replace(data.id, "two")
        with pytest.raises(Refused) as caught:
            await it.app.messages.replace((await it.send()).id, "")
        assert caught.value.data["reason"] == "empty"


async def test_its_turn_is_kept(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        first = await it.send("one", PHONE)
        await it.send("two", PHONE)
        await it.app.messages.replace(first.id, "three")
        await it.modem.appear()
        await it.until(lambda: len(it.modem.sent) == 2)
        assert it.modem.texts == ["three", "two"]
