"""What stands on the AT line."""

import pytest

from gsmd.pdu import Address, Frame, PduError
from gsmd.pdu.frame import from_hex

LINE = "07913306091093F004040481214300006210102143658000"
TPDU = "04040481214300006210102143658000"


def test_a_frame_comes_back_as_it_was() -> None:
    frame = Frame.from_hex(LINE)
    assert str(frame.service_centre) == "+33609001390"
    assert frame.hex() == LINE
    assert frame.length == len(frame.tpdu) == (len(LINE) - 16) // 2


def test_without_a_service_centre_the_modem_takes_that_of_the_sim() -> None:
    assert Frame(None, b"\x01\x02").hex() == "000102"
    assert Frame.from_hex("000102") == Frame(None, b"\x01\x02")


def test_a_given_service_centre_stands_first() -> None:
    assert Frame(Address.parse("+33609001390"), b"\x01").hex() == "07913306091093F001"


@pytest.mark.parametrize(
    "line", [LINE.lower(), f"  {LINE}\r\n", " ".join(LINE), LINE[:5] + " " + LINE[5:], LINE + "\t"]
)
def test_case_and_blanks_do_not_matter(line: str) -> None:
    assert Frame.from_hex(line) == Frame.from_hex(LINE)


@pytest.mark.parametrize(
    ("line", "offset", "message"),
    [
        ("0G", 0, "no hex digit"),
        ("00 11 2x", 2, "no hex digit"),
        ("001", 1, "odd number"),
        ("00 1", 1, "odd number"),
        ("00\u0661\u0661", 1, "no hex digit"),
        ("00\ufffd", 1, "no hex digit"),
    ],
)
def test_what_is_no_hex_names_the_octet(line: str, offset: int, message: str) -> None:
    with pytest.raises(PduError, match=message) as caught:
        from_hex(line)
    assert (caught.value.field, caught.value.offset) == ("frame", offset)


def test_nothing_is_no_frame() -> None:
    with pytest.raises(PduError) as caught:
        Frame.from_hex("")
    assert (caught.value.field, caught.value.offset) == ("service_centre.length", 0)


def test_an_error_can_be_told_from_an_earlier_start() -> None:
    error = PduError("wrong", "user_data", 3)
    assert (error.moved(8).offset, str(error.moved(8))) == (11, "user_data: wrong (octet 11)")
    assert PduError("wrong", "text").moved(8).offset == 8
    assert str(PduError("wrong", "text")) == "text: wrong"
