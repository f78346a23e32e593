"""UCS-2 text in whichever order of octets it was written."""

import random

import pytest

from gsmd import pdu
from gsmd.pdu.ucs2 import decode_ucs2

TEXTS = [
    "Hi!",
    "Hello, world",
    "Prix : 5 €",
    "Zażółć gęślą jaźń",
    "Привет, как дела?",
    "Γειά σου, κόσμε",
    "مرحبا بالعالم",
    "שלום עולם",
    "नमस्ते दुनिया",
    "สวัสดีครับ",
    "こんにちは",
    "你好，世界。今天天气很好",
    "안녕하세요 반갑습니다",
    "On my way 🚲 now",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_read_in_either_order_with_and_without_a_mark(text: str) -> None:
    for coding in ("utf-16-be", "utf-16-le"):
        assert decode_ucs2(text.encode(coding)) == text
        assert decode_ucs2(("\ufeff" + text).encode(coding)) == text


@pytest.mark.parametrize("text", ["一", "一丁", "　　　", "不丘丙", "🚲", "", "一一一"])
def test_short_text_is_never_turned_round(text: str) -> None:
    assert decode_ucs2(text.encode("utf-16-be")) == text


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0x3400, 0x9FA5),  # ideographs
        (0xAC00, 0xD7A3),  # Hangul
        (0x3041, 0x30FE),  # Kana
        (0x1200, 0x135A),  # Ethiopic
        (0x10D0, 0x10FA),  # Georgian
        (0x1780, 0x17B3),  # Khmer
    ],
)
def test_no_text_of_letters_drawn_at_random_is_turned_round(first: int, last: int) -> None:
    rng = random.Random(first)
    for _ in range(2000):
        text = "".join(chr(rng.randrange(first, last)) for _ in range(rng.randrange(1, 12)))
        assert decode_ucs2(text.encode("utf-16-be")) == text


def test_half_a_character_at_the_edge_of_a_part_stays_one() -> None:
    assert decode_ucs2("Привет".encode("utf-16-be") + b"\xd8\x3d") == "Привет\ufffd"


def test_the_mark_of_the_first_part_counts_for_the_whole_message() -> None:
    octets = "\ufeffПривет, мир".encode("utf-16-le")
    cut = 12
    parts = [
        pdu.UserData.build(
            piece,
            pdu.Alphabet.UCS2,
            pdu.UserDataHeader.of(pdu.InformationElement(0, bytes((9, 2, number)))),
        )
        for number, piece in ((1, octets[:cut]), (2, octets[cut:]))
    ]
    assert pdu.join(parts).text == "Привет, мир"
