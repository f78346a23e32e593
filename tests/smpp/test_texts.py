"""Alphabets, addresses, times and receipts: the words between SMPP and gsmd."""

from datetime import UTC, datetime

import pytest

from gsmd import smpp
from gsmd.smpp import (
    Address,
    CommandStatus,
    Content,
    DefaultAlphabet,
    MessageState,
    Receipt,
    Tag,
    Tlv,
    coding_of,
    esm_class,
    same_id,
    times,
    tlv,
)
from gsmd.smpp.status import TEMPORARY, for_version, name_of

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GSM7 = DefaultAlphabet.GSM7


@pytest.mark.parametrize(
    ("data_coding", "content", "encoding", "flash"),
    [
        (0x00, Content.GSM7, "", False),
        (0x01, Content.TEXT, "latin-1", False),
        (0x02, Content.DATA, "", False),
        (0x03, Content.TEXT, "latin-1", False),
        (0x04, Content.DATA, "", False),
        (0x05, Content.TEXT, "shift_jis", False),
        (0x06, Content.TEXT, "iso8859-5", False),
        (0x07, Content.TEXT, "iso8859-8", False),
        (0x08, Content.TEXT, "utf-16-be", False),
        (0x0D, Content.TEXT, "euc_jis_2004", False),
        (0x0E, Content.TEXT, "euc_kr", False),
        (0x10, Content.GSM7, "", True),
        (0x11, Content.GSM7, "", False),
        (0x14, Content.DATA, "", True),
        (0x18, Content.TEXT, "utf-16-be", True),
        (0x1A, Content.TEXT, "utf-16-be", False),
        (0xC8, Content.GSM7, "", False),
        (0xE8, Content.TEXT, "utf-16-be", False),
        (0xF0, Content.GSM7, "", True),
        (0xF1, Content.GSM7, "", False),
        (0xF5, Content.DATA, "", False),
    ],
)
def test_a_data_coding_is_an_alphabet(
    data_coding: int, content: Content, encoding: str, flash: bool
) -> None:
    coding = coding_of(data_coding, GSM7)
    assert coding is not None
    assert (coding.content, coding.encoding, coding.flash) == (content, encoding, flash)


@pytest.mark.parametrize("data_coding", [0x09, 0x0B, 0x0C, 0x0F, 0x20, 0x80, 0xBF, 0x1C])
def test_a_reserved_data_coding_is_none(data_coding: int) -> None:
    assert coding_of(data_coding, GSM7) is None


def test_every_coding_of_text_is_one_that_python_knows() -> None:
    for data_coding in range(256):
        coding = coding_of(data_coding, GSM7)
        if coding is not None and coding.content is Content.TEXT:
            assert coding.decode("A".encode(coding.encoding)) == "A"


@pytest.mark.parametrize("alphabet", [DefaultAlphabet.LATIN1, DefaultAlphabet.ASCII])
def test_an_account_says_what_coding_0_is(alphabet: DefaultAlphabet) -> None:
    coding = coding_of(0, alphabet)
    assert coding is not None
    assert coding.decode(b"a_b@\xe9") == "a_b@é"
    assert coding_of(0x10, alphabet) == coding_of(0x10, GSM7)


def test_emoji_come_as_surrogate_pairs() -> None:
    coding = coding_of(8, GSM7)
    assert coding is not None
    assert coding.decode(bytes.fromhex("D83C DF89 0021")) == "🎉!"
    assert coding.decode(bytes.fromhex("D83C")) == "\ufffd"


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("+33612345678", Address(1, 1, b"33612345678")),
        ("3456", Address(0, 1, b"3456")),
        ("0612345678", Address(0, 1, b"0612345678")),
        ("*123#", Address(0, 1, b"*123#")),
        ("Café", Address(5, 0, b"Caf\xe9")),
        ("Банк", Address(5, 0, b"????")),
        ("", Address(5, 0, b"")),
    ],
)
def test_a_peer_has_an_address(peer: str, address: Address) -> None:
    assert Address.of(peer) == address


@pytest.mark.parametrize(
    ("address", "number"),
    [
        (Address(1, 1, b"33612345678"), "+33612345678"),
        (Address(1, 1, b"+33612345678"), "+33612345678"),
        (Address(1, 1, b"0033612345678"), "+33612345678"),
        (Address(0, 0, b"0033612345678"), "0033612345678"),
        (Address(2, 8, b"0612345678"), "0612345678"),
        (Address(6, 9, b"3456"), "3456"),
        (Address(1, 1, b""), ""),
    ],
)
def test_an_address_is_a_number_as_somebody_would_type_it(address: Address, number: str) -> None:
    assert address.number == number


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (b"", None),
        (b"260102030405000+", NOW),
        (b"260102040405004+", NOW),
        (b"260101190405032-", NOW),
        (b"260102030405", NOW),
        (b"2601020304", NOW.replace(second=0)),
        (b"2601020304050", NOW),
        (b"000000000000000R", NOW),
        (b"000002000000000R", NOW.replace(day=4)),
        (b"000000010203000R", NOW.replace(hour=4, minute=6, second=8)),
        (b"000000010203R", NOW.replace(hour=4, minute=6, second=8)),
        (b"010000000000000R", NOW.replace(year=2027)),
    ],
)
def test_a_time_is_a_moment(written: bytes, moment: datetime | None) -> None:
    assert times.parse(written, NOW, status=CommandStatus.RINVSCHED, field="time") == moment


@pytest.mark.parametrize(
    "written",
    [
        b"0",
        b"soon",
        b"261302030405000+",
        b"260102030405049+",
        b"2601020304050 0+",
        b"+",
        b"\xff" * 16,
    ],
)
def test_what_is_no_time_is_the_error_of_its_field(written: bytes) -> None:
    with pytest.raises(smpp.SmppError) as caught:
        times.parse(written, NOW, status=CommandStatus.RINVEXPIRY, field="validity_period")
    assert (caught.value.status, caught.value.field) == (
        CommandStatus.RINVEXPIRY,
        "validity_period",
    )


def test_a_receipt_has_every_field_of_appendix_b_in_its_order() -> None:
    receipt = Receipt("abcd2345", MessageState.DELIVERED, NOW, NOW, 0, 2, 2)
    assert receipt.encode() == (
        b"id:abcd2345 sub:002 dlvrd:002 submit date:2601020304 done date:2601020304"
        b" stat:DELIVRD err:000 text:"
    )


@pytest.mark.parametrize(("state"), MessageState)
def test_a_state_has_seven_letters(state: MessageState) -> None:
    assert len(state.stat) == 7


@pytest.mark.parametrize(
    ("text", "id_", "state", "error"),
    [
        (
            b"id:1A sub:001 dlvrd:001 submit date:2601020304 done date:260102030405 stat:DELIVRD err:000 text:hi",
            "1A",
            2,
            0,
        ),
        (b"id:77 submit date:2601020304 done date:2601020304 stat:UNDELIV err:069", "77", 5, 69),
        (b"ID:77 Stat:expired Err:A1", "77", 3, 0),
        (b"id:a-b:c stat:REJECTD err:512 text:id:no stat:DELIVRD", "a-b:c", 8, 512),
    ],
)
def test_receipts_of_others_are_read_whatever_they_leave_out(
    text: bytes, id_: str, state: int, error: int
) -> None:
    receipt = smpp.read_receipt(text)
    assert receipt is not None
    assert (receipt.message_id, receipt.state, receipt.error) == (id_, state, error)


@pytest.mark.parametrize("text", [b"", b"hello", b"id:1", b"stat:DELIVRD", b"id:1 stat:LOST"])
def test_a_text_that_is_no_receipt_is_none(text: bytes) -> None:
    assert smpp.read_receipt(text) is None


@pytest.mark.parametrize(
    ("given", "receipted", "same"),
    [
        ("abcd2345", "ABCD2345", True),
        ("1F", "31", True),
        ("31", "1F", True),
        ("0000001f", "31", True),
        ("31", "31", True),
        ("31", "32", False),
        ("abcd2345", "31", False),
        ("zzz", "zzy", False),
    ],
)
def test_ids_are_equal_as_text_or_as_hex_and_decimal(
    given: str, receipted: str, same: bool
) -> None:
    assert same_id(given, receipted) is same


def test_an_integer_in_a_tlv_has_the_width_that_its_clause_gives_it() -> None:
    tlvs = (Tlv(Tag.SOURCE_PORT, b"\x0b\x84"), Tlv(Tag.SAR_TOTAL_SEGMENTS, b"\x00\x03"))
    assert tlv.integer(tlvs, Tag.SOURCE_PORT) == 2948
    assert tlv.integer(tlvs, Tag.DESTINATION_PORT) is None
    with pytest.raises(smpp.SmppError) as caught:
        tlv.integer(tlvs, Tag.SAR_TOTAL_SEGMENTS)
    assert caught.value.status is CommandStatus.RINVPARLEN
    assert Tlv.integer(Tag.SOURCE_PORT, 2948) == tlvs[0]


def test_a_string_in_a_tlv_ends_at_its_nul_or_with_the_value() -> None:
    for value in (b"abc\0", b"abc"):
        tlvs = (Tlv(Tag.RECEIPTED_MESSAGE_ID, value),)
        assert tlv.string(tlvs, Tag.RECEIPTED_MESSAGE_ID) == b"abc"


@pytest.mark.parametrize(
    ("registered", "delivered", "failed"),
    [(0, False, False), (1, True, True), (2, False, True), (3, True, False), (0x11, True, True)],
)
def test_registered_delivery_says_of_which_ends_there_is_a_receipt(
    registered: int, delivered: bool, failed: bool
) -> None:
    wanted = esm_class.wanted(registered)
    assert wanted.covers(delivered=True) is delivered
    assert wanted.covers(delivered=False) is failed


def test_a_bind_of_3_4_is_told_no_status_of_5_0() -> None:
    assert for_version(CommandStatus.RINVDCS, 0x34) is CommandStatus.RSUBMITFAIL
    assert for_version(CommandStatus.RINVDCS, 0x50) is CommandStatus.RINVDCS
    assert for_version(CommandStatus.RTHROTTLED, 0x33) is CommandStatus.RTHROTTLED


def test_a_status_has_the_name_of_the_specification_or_is_shown_in_hex() -> None:
    assert name_of(0x58) == "ESME_RTHROTTLED"
    assert name_of(0x4FF) == "0x000004FF"
    assert CommandStatus.RX_P_APPN not in TEMPORARY
