"""User data of one TPDU."""

import pytest

from gsmd.pdu import Alphabet, InformationElement, PduError, UserData, UserDataHeader


@pytest.mark.parametrize(
    ("alphabet", "most"), [(Alphabet.GSM7, 160), (Alphabet.UCS2, 140), (Alphabet.DATA, 140)]
)
def test_a_tpdu_carries_140_octets_and_no_more(alphabet: Alphabet, most: int) -> None:
    assert len(UserData.build(bytes(most), alphabet).octets) == 140
    with pytest.raises(PduError, match=r"^user_data: "):
        UserData.build(bytes(most + 2), alphabet)


@pytest.mark.parametrize("size", range(138))
def test_text_behind_a_header_of_any_length_comes_back(size: int) -> None:
    header = UserDataHeader.of(InformationElement(0x80, bytes(size)))
    room = 160 - header.septets
    text = ("The quick brown fox " * 8)[:room]
    user_data = UserData.build(text.encode(), Alphabet.GSM7, header)
    assert user_data.text == text
    assert user_data.body == text.encode()
    assert user_data.length == header.septets + len(text)


def test_encoded_user_data_begins_with_its_length() -> None:
    assert UserData.build(b"hi", Alphabet.GSM7).encode().hex() == "02e834"
