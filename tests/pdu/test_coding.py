"""The smallest coding of a text, and where it is cut."""

import pytest

from gsmd.pdu import Alphabet, Language, NationalTables, PduError
from gsmd.pdu.coding import Coding, Room, code_data, code_text

ROOM = Room()
TURKISH = "Çığ altında kalan dağcılar için şafakla birlikte arama çalışmaları yeniden başladı. "
SPANISH = "El camión llegará mañana; quizá también venga el médico según nos contó tu tío. "
PORTUGUESE = (
    "A situação não é fácil, porém vocês já estão avançando; amanhã à tarde irão à reunião. "
)
HINDI = "कल सुबह दस बजे मीटिंग है, कृपया समय पर पहुँचें और अपने साथ सभी ज़रूरी कागज़ लेकर आएँ। "


def parts(coding: Coding) -> list[int]:
    return [len(body) for body in bodies(coding)]


def bodies(coding: Coding) -> list[bytes]:
    return [piece.body for piece in coding.pieces]


@pytest.mark.parametrize(
    ("text", "alphabet", "sizes"),
    [
        ("", Alphabet.GSM7, [0]),
        ("a" * 160, Alphabet.GSM7, [160]),
        ("a" * 161, Alphabet.GSM7, [153, 8]),
        ("a" * 306, Alphabet.GSM7, [153, 153]),
        ("€" * 80, Alphabet.GSM7, [160]),
        ("€" * 81, Alphabet.GSM7, [152, 10]),
        ("ж" * 70, Alphabet.UCS2, [140]),
        ("ж" * 71, Alphabet.UCS2, [134, 8]),
        ("😀" * 35, Alphabet.UCS2, [140]),
        ("😀" * 36, Alphabet.UCS2, [132, 12]),
    ],
)
def test_a_part_holds_what_every_phone_says_it_does(
    text: str, alphabet: Alphabet, sizes: list[int]
) -> None:
    coding = code_text(text, ROOM)
    assert (coding.alphabet, parts(coding)) == (alphabet, sizes)


def test_data_is_cut_at_140_octets_or_134() -> None:
    assert parts(code_data(bytes(140), ROOM)) == [140]
    assert parts(code_data(bytes(141), ROOM)) == [134, 7]


def test_ports_and_long_references_take_room_from_the_text() -> None:
    ports = Room(elements=6, concatenation=6)
    assert parts(code_text("a" * 152, ports)) == [152]
    assert parts(code_text("a" * 153, ports)) == [145, 8]
    assert parts(code_text("ж" * 66, ports)) == [132]
    assert parts(code_data(bytes(134), ports)) == [127, 7]


@pytest.mark.parametrize(
    ("text", "language"),
    [(TURKISH, Language.TURKISH), (SPANISH, Language.SPANISH), (PORTUGUESE, Language.PORTUGUESE)],
)
def test_a_national_table_needs_fewer_parts_than_ucs2(text: str, language: Language) -> None:
    national = code_text(text, ROOM)
    plain = code_text(text, ROOM, national="off")
    assert (national.alphabet, len(national.pieces)) == (Alphabet.GSM7, 1)
    assert language in (national.tables.single, national.tables.locking)
    assert (plain.alphabet, len(plain.pieces)) == (Alphabet.UCS2, 2)


def test_a_script_of_its_own_takes_both_tables_of_its_language() -> None:
    coding = code_text(HINDI + "SMS 5", ROOM)
    assert coding.tables == NationalTables(Language.HINDI, Language.HINDI)
    assert len(coding.pieces) == 1


def test_where_a_national_table_saves_no_part_ucs2_is_read_by_more_phones() -> None:
    assert code_text("ığdır", ROOM).alphabet is Alphabet.UCS2
    assert code_text("ığdır" * 14, ROOM).alphabet is Alphabet.UCS2
    assert code_text("ığdır" * 15, ROOM).alphabet is Alphabet.GSM7


def test_a_letter_that_no_table_has_makes_it_ucs2() -> None:
    assert code_text(TURKISH + "ж", ROOM).alphabet is Alphabet.UCS2


def test_an_escape_is_never_cut_from_what_it_announces() -> None:
    for shift in range(2):
        coding = code_text("a" * shift + "[" * 200, ROOM)
        assert all(body[-1] != 0x1B for body in bodies(coding))
        assert b"".join(bodies(coding)).count(0x1B) == 200


def test_a_surrogate_pair_is_never_cut() -> None:
    coding = code_text("ж" + "😀" * 99, ROOM)
    assert [body.decode("utf-16-be") for body in bodies(coding)]
    assert parts(coding) == [134, 132, 132]


def test_a_cluster_is_cut_only_if_it_does_not_fit() -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"
    coding = code_text(family * 13, ROOM)
    texts = [body.decode("utf-16-be") for body in bodies(coding)]
    assert "".join(texts) == family * 13
    assert all(text == family * (len(text) // 7) for text in texts)
    too_long = code_text("e" + "\u0301" * 150, ROOM)
    assert parts(too_long) == [134, 134, 34]


def test_a_text_of_one_table_keeps_clusters_together_too() -> None:
    coding = code_text("क" * 20 + "कि" * 120, ROOM, alphabet=Alphabet.GSM7)
    assert len(coding.pieces) == 2
    assert len(coding.pieces[0].body) % 2 == 0


@pytest.mark.parametrize(
    ("text", "alphabet", "most"),
    [("a", None, 255 * 153), ("ж", None, 255 * 67), ("a", Alphabet.UCS2, 255 * 67)],
)
def test_255_parts_are_the_most(text: str, alphabet: Alphabet | None, most: int) -> None:
    assert len(code_text(text * most, ROOM, alphabet=alphabet).pieces) == 255
    with pytest.raises(PduError, match=r"^text: needs 256 parts"):
        code_text(text * (most + 1), ROOM, alphabet=alphabet)


def test_255_parts_of_data_are_the_most() -> None:
    assert len(code_data(bytes(255 * 134), ROOM).pieces) == 255
    with pytest.raises(PduError, match=r"^data: needs 256 parts"):
        code_data(bytes(255 * 134 + 1), ROOM)


def test_an_alphabet_can_be_asked_for() -> None:
    assert code_text("plain", ROOM, alphabet=Alphabet.UCS2).alphabet is Alphabet.UCS2
    assert code_text("ığdır", ROOM, alphabet=Alphabet.GSM7).alphabet is Alphabet.GSM7
    with pytest.raises(PduError, match=r"^text: "):
        code_text("ığdır", ROOM, alphabet=Alphabet.GSM7, national="off")
    with pytest.raises(PduError, match=r"^text: "):
        code_text("ж", ROOM, alphabet=Alphabet.GSM7)


@pytest.mark.parametrize("text", ["\ud83d", "a\ude00b"])
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    with pytest.raises(PduError, match=r"^text: half a character"):
        code_text(text, ROOM)


def test_what_is_left_is_counted_in_the_last_part() -> None:
    assert (code_text("", ROOM).units_left, code_text("a" * 161, ROOM).units_left) == (160, 145)
    assert (code_text("ж", ROOM).units_left, code_text("ж" * 71, ROOM).units_left) == (69, 63)
    assert code_data(bytes(40), ROOM).units_left == 100
