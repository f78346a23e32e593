"""What an SMSC of others hands over is answered when it is on the daemon's disk; its receipts find their message in every form."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.smpp import Address, CommandStatus, MessageState, Tag, Tlv, pdus
from tests.gateways.smpp.upstream.smsc import PATIENCE, PHONE, Number, Sky, Smsc, receipt, sky

S = CommandStatus
FROM = Address(1, 1, b"33612345678")
US = Address(1, 1, b"33700000000")
LONG = (
    "Grüße, Привет, 世界 🎉: a long text that takes several messages, whatever it is coded in. " * 3
)


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Sky]:
    async with sky(tmp_path) as found:
        yield found


async def inbox(it: Sky) -> list[str | None]:
    messages = (await it.client.list(direction="inbound")).messages
    return [message.text for message in reversed(messages)]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (lambda n: f"m{n}", lambda id_: id_),
        (lambda n: f"0000{n:06}", lambda id_: id_.lstrip("0")),
        (lambda n: f"{0x8F31A000 + n:X}", lambda id_: str(int(id_, 16))),
        (lambda n: f"{0x8F31A000 + n:x}", lambda id_: id_.upper()),
        (lambda n: f"{2402394112 + n}", lambda id_: f"{int(id_):x}"),
        (lambda n: f"{0x12345670 + n:x}", lambda id_: str(int(id_, 16))),
        (lambda n: f"0x{0x8F31A000 + n:x}", lambda id_: str(int(id_, 16))),
        (lambda n: f"Msg-{n}-Z", lambda id_: id_),
    ],
    ids=[
        *(
            "text",
            "zeros",
            "hex-decimal",
            "case",
            "decimal-hex",
            "digits of hex",
            "0x",
            "no number",
        ),
    ],
)
@pytest.mark.parametrize("quick", [False, True], ids=["later", "at once"])
async def test_a_receipt_finds_its_message_whatever_form_its_id_has(
    it: Sky, number: Number, told: Callable[[str], str], quick: bool
) -> None:
    it.smsc.number = number
    if quick:
        it.smsc.receipts_as = told
    message = await it.client.send(PHONE, "hi")
    if not quick:
        await it.reaches(message.id, "sent")
        await it.smsc.receipt(told(number(1)), MessageState.DELIVERED, source=FROM)
    await it.reaches(message.id, "delivered")


async def test_where_an_id_can_mean_two_messages_the_recipient_decides(it: Sky) -> None:
    ids = iter(["10", "16"])
    it.smsc.answer = lambda _: pdus.SubmitSmResp(message_id=next(ids).encode())
    first = await it.client.send(PHONE, "hi")
    await it.reaches(first.id, "sent")
    second = await it.client.send("+33612345999", "hi")
    await it.reaches(second.id, "sent")
    await it.smsc.receipt("16", MessageState.DELIVERED, source=FROM)
    await it.reaches(first.id, "delivered")
    assert (await it.client.get(second.id)).state == "sent"


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (MessageState.UNDELIVERABLE, "failed"),
        (MessageState.REJECTED, "failed"),
        (MessageState.EXPIRED, "expired"),
    ],
)
async def test_a_receipt_by_tlvs_alone_is_understood_and_says_why(
    it: Sky, state: MessageState, becomes: str
) -> None:
    message = await it.client.send(PHONE, "hi")
    await it.reaches(message.id, "sent")
    tlvs = (
        Tlv.string(Tag.RECEIPTED_MESSAGE_ID, b"m1"),
        Tlv.integer(Tag.MESSAGE_STATE, state),
        Tlv(Tag.NETWORK_ERROR_CODE, b"\x03\x00\x1b"),
    )
    for kind in (0x04, 0):
        answer = await it.smsc.hands_over(source=FROM, esm_class=kind, tlvs=tlvs)
        assert answer.status == S.ROK
    over = await it.reaches(message.id, becomes)
    assert over.error is not None
    assert over.error.message.endswith(f"{state.stat} (code 27)")


async def test_an_intermediate_receipt_is_no_end_and_one_that_says_nothing_is_let_go(
    it: Sky,
) -> None:
    message = await it.client.send(PHONE, "hi")
    await it.reaches(message.id, "sent")
    assert (await it.smsc.receipt("m1", MessageState.ENROUTE)).status == S.ROK
    nothing = await it.smsc.hands_over(esm_class=0x04, short_message=b"what?")
    assert nothing.status == S.ROK
    assert (await it.client.get(message.id)).state == "sent"


async def test_a_long_message_is_delivered_when_all_its_parts_are_and_failed_at_the_first(
    it: Sky,
) -> None:
    message = await it.client.send(PHONE, LONG)
    await it.reaches(message.id, "sent")
    parts = len(it.smsc.got)
    for number in range(1, parts):
        await it.smsc.receipt(f"m{number}", MessageState.DELIVERED)
    assert (await it.client.get(message.id)).state == "sent"
    await it.smsc.receipt(f"m{parts}", MessageState.DELIVERED)
    await it.reaches(message.id, "delivered")
    other = await it.client.send(PHONE, LONG)
    await it.reaches(other.id, "sent")
    await it.smsc.receipt(f"m{parts + 2}", MessageState.UNDELIVERABLE)
    await it.reaches(other.id, "failed")


async def test_a_receipt_is_found_after_a_restart_of_the_gateway(tmp_path: Path) -> None:
    async with Smsc().at_work() as smsc, sky(tmp_path, smsc) as it:
        smsc.number = lambda n: f"{0xABC0 + n:x}"
        message = await it.client.send(PHONE, "hi")
        await it.reaches(message.id, "sent")
        await it.gateway.drain()
        entry = it.entry
        async with it.at_work(providers=[entry]):
            await smsc.receipt(str(0xABC1), MessageState.DELIVERED)
            await it.reaches(message.id, "delivered")


async def test_what_comes_in_is_answered_when_the_daemon_has_it(it: Sky) -> None:
    answer = await it.smsc.hands_over(source=FROM, destination=US, short_message=b"Gr\x7e\x1ee")
    assert answer.status == S.ROK
    (message,) = (await it.client.list(direction="inbound")).messages
    assert (message.text, message.peer, message.modem) == ("Grüße", PHONE, "sky")
    await it.smsc.hands_over(
        source=Address(5, 0, b"Bank"), data_coding=8, short_message="世界".encode("utf-16-be")
    )
    (newest, _) = (await it.client.list(direction="inbound")).messages
    assert (newest.text, newest.peer) == ("世界", "Bank")


async def test_the_same_text_twice_is_two_messages(it: Sky) -> None:
    for _ in range(2):
        await it.smsc.hands_over(source=FROM, short_message=b"ok")
    both = [it.smsc.hands_over(source=FROM, short_message=b"ok") for _ in range(2)]
    await asyncio.gather(*both)
    assert await inbox(it) == ["ok"] * 4


@pytest.mark.parametrize(
    ("within", "texts"),
    [(timedelta(hours=1), 2), (timedelta(0), 3)],
    ids=["soon", "later than that"],
)
async def test_what_was_not_answered_is_the_same_message_when_it_comes_again_soon(
    it: Sky, monkeypatch: pytest.MonkeyPatch, within: timedelta, texts: int
) -> None:
    monkeypatch.setattr("gsmd.gateways.smpp.upstream.arriving._COMES_AGAIN", within)
    await it.smsc.until(lambda: it.smsc.links)
    (provider,) = it.gateway._providers
    line = provider._line
    call, called = line.call, asyncio.Event()

    async def cut(method: str, params: object) -> object:
        told = await call(method, params)  # type: ignore[arg-type] # as it came
        line.call = call  # type: ignore[method-assign] # the real one again
        it.smsc.cut()
        await it.smsc.until(lambda: not it.smsc.links)
        while provider._links and not provider._links[0].gone:
            await asyncio.sleep(0.01)
        called.set()
        return told

    line.call = cut  # type: ignore[method-assign] # it dies between commit and answer
    with pytest.raises(ConnectionError):
        await it.smsc.hands_over(source=FROM, short_message=b"once")
    await called.wait()
    assert (await it.smsc.hands_over(source=FROM, short_message=b"once")).status == S.ROK
    assert (await it.smsc.hands_over(source=FROM, short_message=b"once")).status == S.ROK
    assert await inbox(it) == ["once"] * texts


@pytest.mark.parametrize("form", ["udh", "sar", "payload"])
async def test_parts_are_one_message_also_over_a_restart_and_when_one_comes_twice(
    tmp_path: Path, form: str
) -> None:
    octets = LONG.encode("utf-16-be")
    bodies = [octets[at : at + 132] for at in range(0, len(octets), 132)]
    common: dict[str, Any] = {"source": FROM, "destination": US, "data_coding": 8}
    sent: list[dict[str, Any]] = []
    for number, body in enumerate(bodies, 1):
        header = bytes((5, 0, 3, 7, len(bodies), number))
        sar = (
            Tlv.integer(Tag.SAR_MSG_REF_NUM, 7),
            Tlv.integer(Tag.SAR_TOTAL_SEGMENTS, len(bodies)),
            Tlv.integer(Tag.SAR_SEGMENT_SEQNUM, number),
        )
        if form == "udh":
            sent.append({**common, "esm_class": 0x40, "short_message": header + body})
        elif form == "sar":
            sent.append({**common, "tlvs": sar, "short_message": body})
    if form == "payload":
        sent.append({**common, "tlvs": (Tlv(Tag.MESSAGE_PAYLOAD, octets),)})
    async with Smsc().at_work() as smsc, sky(tmp_path, smsc) as it:
        for fields in sent[:-1]:
            assert (await smsc.hands_over(**fields)).status == S.ROK
        await it.gateway.drain()
        assert await inbox(it) == []
        async with it.at_work(providers=[it.entry]):
            for fields in [*sent[:1], *sent[-1:]][-2 if form != "payload" else -1 :]:
                assert (await smsc.hands_over(**fields)).status == S.ROK
            assert await inbox(it) == [LONG]
            if form != "payload":
                await smsc.hands_over(**sent[0])
                assert await inbox(it) == [LONG]


async def test_parts_that_stay_alone_are_handed_on_as_they_are(tmp_path: Path) -> None:
    async with Smsc().at_work() as smsc, sky(tmp_path, smsc, incomplete_after="1s") as it:
        header = bytes((5, 0, 3, 7, 2, 1))
        await smsc.hands_over(source=FROM, esm_class=0x40, short_message=header + b"half of it")
        async with asyncio.timeout(PATIENCE):
            while await inbox(it) != ["half of it"]:
                await asyncio.sleep(0.05)


async def test_a_part_that_comes_while_others_are_handed_on_is_handed_on_too(
    tmp_path: Path,
) -> None:
    async with Smsc().at_work() as smsc, sky(tmp_path, smsc, incomplete_after="1s") as it:
        (provider,) = it.gateway._providers
        call = provider._line.call

        def part(number: int, text: bytes) -> dict[str, Any]:
            header = bytes((5, 0, 3, 7, 3, number))
            return {"source": FROM, "esm_class": 0x40, "short_message": header + text}

        async def meanwhile(method: str, params: Mapping[str, Any]) -> Any:
            provider._line.call = call  # type: ignore[method-assign] # the real one again
            assert (await smsc.hands_over(**part(2, b"two"))).status == S.ROK
            return await call(method, params)

        provider._line.call = meanwhile  # type: ignore[method-assign] # between two steps
        assert (await smsc.hands_over(**part(1, b"one"))).status == S.ROK
        async with asyncio.timeout(PATIENCE):
            while await inbox(it) != ["one", "two"]:
                await asyncio.sleep(0.05)


async def test_while_the_daemon_is_away_it_is_told_to_come_again(
    it: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.smpp.upstream.arriving._AWAY", 0.1)
    await it.smsc.until(lambda: it.smsc.links)
    it.gateway._watch._there.clear()
    answer = await it.smsc.hands_over(source=FROM, short_message=b"hi")
    assert answer.status == S.RX_T_APPN
    it.gateway._watch._there.set()
    assert (await it.smsc.hands_over(source=FROM, short_message=b"hi")).status == S.ROK
    assert await inbox(it) == ["hi"]


async def test_what_cannot_be_read_or_is_strange_ends_nothing(it: Sky) -> None:
    strange: list[tuple[dict[str, Any], S]] = [
        ({"short_message": b""}, S.ROK),
        ({"short_message": b"\x09abc", "esm_class": 0x40}, S.RINVESMCLASS),
        ({"short_message": b"\1\2", "data_coding": 0x0F}, S.ROK),
        ({"source": Address(), "short_message": b"from nobody"}, S.ROK),
        ({"short_message": receipt("x", MessageState.DELIVERED).encode()}, S.ROK),
    ]
    for fields, status in strange:
        answer = await it.smsc.hands_over(**{"source": FROM, **fields})
        assert answer.status == status, fields
    (link,) = it.smsc.links
    assert (await link.ask(pdus.DataSm(source=FROM))).status == S.ROK
    messages = (await it.client.list(direction="inbound")).messages
    assert "unknown" in {message.peer for message in messages}
    assert len(messages) == 5
    assert len(it.smsc.binds) == 1
