"""Messages go out through an SMSC of others: once, in order, as fast as it wants, and nobody guesses what became of them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.smpp import Address, CommandStatus, MessageState, Tag, pdus, tlv
from tests.gateways.smpp.upstream.smsc import PATIENCE, PHONE, Sky, Smsc, sky

S = CommandStatus
LONG = (
    "Grüße, Привет, 世界 🎉: a long text that takes several messages, whatever it is coded in. " * 3
)


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Sky]:
    async with sky(tmp_path) as found:
        yield found


async def test_a_message_goes_out_as_one_submit_sm_and_is_sent_when_that_is_answered(
    it: Sky,
) -> None:
    message = await it.client.send(PHONE, "Grüße [€]", validity="2h", priority=50)
    sent = await it.reaches(message.id, "sent")
    (pdu,) = it.smsc.got
    assert (pdu.destination, pdu.source) == (Address(1, 1, b"33612345678"), Address())
    assert (pdu.data_coding, pdu.esm_class, pdu.registered_delivery) == (0, 0, 1)
    assert pdu.short_message == b"Gr\x7e\x1ee \x1b<\x1be\x1b>"
    assert (pdu.validity_period[:6], pdu.priority_flag) == (b"000000", 2)
    assert sent.modem == "sky"
    (bind,) = it.smsc.binds
    assert (bind.command, bind.system_id, bind.password) == (
        pdus.BindTransceiver.command,
        b"us",
        b"secret",
    )
    listed = (await it.client.call("modems.list"))["carriers"]
    assert [(each["name"], each["state"]) for each in listed] == [("sky", "attached")]


@pytest.mark.parametrize("form", ["udh", "sar", "payload"])
async def test_a_long_text_goes_out_whole_as_the_provider_wants_it(
    tmp_path: Path, form: str
) -> None:
    async with sky(tmp_path, long=form, source="+33700000000") as it:
        message = await it.client.send(PHONE, LONG)
        await it.reaches(message.id, "sent")
        octets = b""
        for number, pdu in enumerate(it.smsc.got, 1):
            assert pdu.source == Address(1, 1, b"33700000000")
            if form == "payload":
                octets += tlv.find(pdu.tlvs, Tag.MESSAGE_PAYLOAD) or b""
            elif form == "sar":
                assert tlv.integer(pdu.tlvs, Tag.SAR_SEGMENT_SEQNUM) == number
                octets += pdu.short_message
            else:
                assert pdu.esm_class == 0x40
                assert pdu.short_message[:3] == b"\5\0\3"
                assert pdu.short_message[4:6] == bytes((len(it.smsc.got), number))
                octets += pdu.short_message[6:]
        assert octets.decode("utf-16-be") == LONG
        assert (len(it.smsc.got) > 3) is (form != "payload")


async def test_data_with_ports_has_a_header_and_flash_its_class(it: Sky) -> None:
    data = await it.client.send(PHONE, data=b"\0\xff", ports={"destination": 5000, "source": 7})
    await it.reaches(data.id, "sent")
    flash = await it.client.send(PHONE, "now", flash=True)
    await it.reaches(flash.id, "sent")
    first, second = it.smsc.got
    assert (first.esm_class, first.data_coding) == (0x40, 4)
    assert first.short_message == bytes.fromhex("06 05 04 1388 0007 00ff")
    assert (second.data_coding, second.short_message) == (0x10, b"now")


@pytest.mark.parametrize(
    ("alphabet", "text", "octets", "data_coding"),
    [
        ("latin-1", "[é_@]", b"[\xe9_@]", 0),
        ("ascii", "[_@]", b"[_@]", 0),
        ("ascii", "é", b"\0\xe9", 8),
    ],
)
async def test_data_coding_0_is_what_the_provider_takes_it_for(
    tmp_path: Path, alphabet: str, text: str, octets: bytes, data_coding: int
) -> None:
    async with sky(tmp_path, alphabet=alphabet) as it:
        await it.reaches((await it.client.send(PHONE, text)).id, "sent")
        (pdu,) = it.smsc.got
        assert (pdu.short_message, pdu.data_coding) == (octets, data_coding)


async def test_a_refusal_fails_the_message_and_a_temporary_one_is_tried_again(it: Sky) -> None:
    answers = [S.RINVDSTADR, S.RSYSERR]
    it.smsc.answer = lambda pdu: (
        pdus.SubmitSmResp(0, answers.pop(0)) if answers else it.smsc.usual(pdu)
    )
    bad = await it.client.send(PHONE, "bad")
    failed = await it.reaches(bad.id, "failed")
    assert failed.error is not None
    assert "ESME_RINVDSTADR" in failed.error.message
    good = await it.client.send(PHONE, "good")
    await it.reaches(good.id, "sent")
    assert [pdu.short_message for pdu in it.smsc.got] == [b"bad", b"good", b"good"]


async def test_one_that_wants_us_slower_is_asked_again_a_moment_later(
    it: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.smpp.upstream.pace._FIRST", 0.05)
    answers = [S.RTHROTTLED, S.RMSGQFUL]
    it.smsc.answer = lambda pdu: (
        pdus.SubmitSmResp(0, answers.pop(0)) if answers else it.smsc.usual(pdu)
    )
    message = await it.client.send(PHONE, "hi")
    await it.reaches(message.id, "sent")
    assert len(it.smsc.got) == 3
    story = await it.client.show(message.id)
    assert [event.type for event in story.events].count("message.submitting") == 1


@pytest.mark.parametrize("by", ["cut", "drain"])
async def test_what_waits_for_its_turn_is_given_back_when_the_bind_ends(
    tmp_path: Path, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "gsmd.gateways.smpp.upstream.provider._LET_GO", 0.1 if by == "drain" else 20
    )
    async with sky(tmp_path, rate="1/m") as it:
        await it.reaches((await it.client.send(PHONE, "first")).id, "sent")
        message = await it.client.send(PHONE, "second")
        (provider,) = it.gateway._providers
        async with asyncio.timeout(PATIENCE):
            while provider._carrying is None or not provider._carrying.under_way:
                await asyncio.sleep(0.01)
        if by == "cut":
            it.smsc.cut()
            await it.smsc.until(lambda: len(it.smsc.binds) == 2)
        else:
            await it.gateway.drain()
        story = await it.client.show(message.id)
        assert story.message.state in {"queued", "submitting"}
        assert "message.uncertain" not in [event.type for event in story.events]
        assert len(it.smsc.got) == 1


async def test_one_that_stays_full_is_left_alone_and_the_message_waits(
    it: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.smpp.upstream.carrying.PATIENCE", 0)
    it.smsc.answer = lambda _: pdus.SubmitSmResp(0, S.RMSGQFUL)
    message = await it.client.send(PHONE, "hi")
    async with asyncio.timeout(PATIENCE):
        while "RMSGQFUL" not in ((await it.client.show(message.id)).waiting_for or ""):
            await asyncio.sleep(0.02)
    assert (await it.client.get(message.id)).state == "queued"


async def test_written_and_not_answered_is_uncertain_and_comes_again_marked(it: Sky) -> None:
    def cut(_: pdus.SubmitSm) -> None:
        it.smsc.answer = it.smsc.usual
        it.smsc.cut()

    it.smsc.answer = cut
    message = await it.client.send(PHONE, "hi")
    sent = await it.reaches(message.id, "sent")
    assert sent.possible_duplicate
    assert len(it.smsc.got) == 2


async def test_an_smsc_that_never_answers_is_left_and_the_message_held_if_that_is_wished(
    it: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.smpp.upstream.carrying.UNANSWERED", 0.2)
    it.smsc.answer = lambda _: None
    message = await it.client.send(PHONE, "hi", when_uncertain="hold")
    await it.reaches(message.id, "uncertain")
    await it.smsc.until(lambda: len(it.smsc.binds) == 2)


async def test_parts_that_are_out_are_never_sent_again_in_silence(it: Sky) -> None:
    def third_breaks(pdu: pdus.SubmitSm) -> pdus.SubmitSmResp | None:
        if len(it.smsc.got) == 3:
            it.smsc.cut()
            return None
        return pdus.SubmitSmResp(message_id=b"%d" % len(it.smsc.got))

    it.smsc.answer = third_breaks
    message = await it.client.send(PHONE, LONG, when_uncertain="hold")
    await it.reaches(message.id, "uncertain")


@pytest.mark.parametrize("state", [MessageState.DELIVERED, MessageState.ENROUTE])
async def test_a_receipt_for_one_part_does_not_make_a_message_sent_whose_next_is_not_out(
    it: Sky, state: MessageState
) -> None:
    ends: list[asyncio.Task[None]] = []

    async def tell_and_cut() -> None:
        assert (await it.smsc.receipt("m1", state)).status == S.ROK
        it.smsc.cut()

    def second_breaks(_: pdus.SubmitSm) -> pdus.SubmitSmResp | None:
        if len(it.smsc.got) == 2:
            ends.append(asyncio.create_task(tell_and_cut()))
            return None
        return pdus.SubmitSmResp(message_id=b"m1")

    it.smsc.answer = second_breaks
    message = await it.client.send(PHONE, LONG, when_uncertain="hold")
    await it.reaches(message.id, "uncertain")
    await asyncio.gather(*ends)


async def test_no_more_than_the_window_is_without_an_answer(tmp_path: Path) -> None:
    async with sky(tmp_path, window=3) as it:
        it.smsc.answer = lambda _: None
        for number in range(6):
            await it.client.send(f"+3361234500{number}", "hi")
        await it.smsc.gets(3)
        (link,) = it.smsc.links
        await link.ask(pdus.EnquireLink())
        assert len(it.smsc.got) == 3
        it.smsc.answer = it.smsc.usual
        for pdu in [*it.smsc.got]:
            link.writer.write(link.session.answer(pdu, it.smsc.usual(pdu)))
        await it.smsc.gets(6)


async def test_a_pair_of_binds_sends_over_the_one_and_hears_over_the_other(tmp_path: Path) -> None:
    async with sky(tmp_path, bind="pair") as it:
        it.smsc.receipts_as = None
        message = await it.client.send(PHONE, "hi")
        await it.reaches(message.id, "sent")
        assert [bind.command for bind in it.smsc.binds] == [
            pdus.BindTransmitter.command,
            pdus.BindReceiver.command,
        ]
        await it.smsc.receipt("m1", MessageState.DELIVERED)
        await it.reaches(message.id, "delivered")


async def test_whoever_is_not_let_in_tries_again_and_says_why(tmp_path: Path) -> None:
    async with Smsc().at_work() as smsc:
        smsc.bind_status = S.RINVPASWD
        async with sky(tmp_path, smsc) as it:
            await smsc.until(lambda: len(smsc.binds) == 2)
            (told,) = (await it.gateway.report())["providers"]
            assert (told["attached"], told["state"]) == (False, "away")
            assert "ESME_RINVPASWD" in told["reason"]
            waiting = await it.client.send(PHONE, "hi")
            assert "not attached" in ((await it.client.show(waiting.id)).waiting_for or "")
            smsc.bind_status = S.ROK
            await it.reaches(waiting.id, "sent")
            (told,) = (await it.gateway.report())["providers"]
            assert (told["attached"], told["state"], told["sent"]) == (True, "bound_trx", 1)


async def test_at_its_end_what_is_under_way_is_answered_and_it_unbinds(it: Sky) -> None:
    it.smsc.answer = lambda _: None
    message = await it.client.send(PHONE, "hi")
    await it.smsc.gets(1)
    (link,) = it.smsc.links
    draining = asyncio.create_task(it.gateway.drain())
    await asyncio.sleep(0.05)
    link.writer.write(link.session.answer(it.smsc.got[0], it.smsc.usual(it.smsc.got[0])))
    await draining
    await it.reaches(message.id, "sent")
    await it.smsc.until(lambda: not it.smsc.links)


async def test_a_daemon_that_goes_leaves_the_bind_and_is_told_the_answers_it_missed(
    it: Sky,
) -> None:
    message = await it.client.send(PHONE, "hi")
    await it.reaches(message.id, "sent")
    (provider,) = it.gateway._providers
    assert provider._stream is not None
    assert provider._stream._link is not None
    provider._stream._link.abort()
    again = await it.client.send(PHONE, "again")
    await it.reaches(again.id, "sent")
    assert len(it.smsc.binds) == 1


async def test_reloading_leaves_a_provider_bound_whose_settings_are_the_same(
    it: Sky, tmp_path: Path
) -> None:
    from tests.gateways.smpp.upstream.smsc import provider

    await it.smsc.until(lambda: len(it.smsc.binds) == 1)
    entry = provider(tmp_path, it.smsc.port)
    await it.gateway.reload(it.config(providers=[entry]))
    await it.reaches((await it.client.send(PHONE, "hi")).id, "sent")
    assert len(it.smsc.binds) == 1
    await it.gateway.reload(it.config(providers=[{**entry, "window": 2}]))
    await it.smsc.until(lambda: len(it.smsc.binds) == 2)
    await it.reaches((await it.client.send(PHONE, "hi")).id, "sent")
    await it.gateway.reload(it.config(providers=[]))
    await it.smsc.until(lambda: not it.smsc.links)


async def test_prometheus_finds_the_figures_of_each_provider(it: Sky) -> None:
    await it.reaches((await it.client.send(PHONE, "hi")).id, "sent")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in it.gateway.metrics.collect()
        for sample in family.samples
    }
    assert samples["gsmd_smpp_provider_bound", "sky"] == 1
    assert samples["gsmd_smpp_provider_messages_total", "sky", "sent"] == 1


async def test_providers_may_go_while_all_are_looked_through(tmp_path: Path) -> None:
    async with sky(tmp_path) as it:
        providers = it.gateway._providers
        for _ in providers:
            providers.change([])
        assert [*providers] == []
