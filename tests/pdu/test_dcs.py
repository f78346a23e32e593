"""Every TP-DCS octet there is (23.038 §4)."""

import pytest

from gsmd.pdu import Alphabet, CodingGroup, DataCodingScheme, MessageClass, WaitingKind

ALL = [DataCodingScheme.of(octet) for octet in range(256)]
GENERAL = (CodingGroup.GENERAL, CodingGroup.AUTOMATIC_DELETION)
WAITING = (
    CodingGroup.WAITING_DISCARD,
    CodingGroup.WAITING_STORE,
    CodingGroup.WAITING_STORE_UCS2,
)


def scheme_id(scheme: DataCodingScheme) -> str:
    return f"{scheme.octet:02X}"


@pytest.mark.parametrize(
    ("octets", "group"),
    [
        (range(0x40), CodingGroup.GENERAL),
        (range(0x40, 0x80), CodingGroup.AUTOMATIC_DELETION),
        (range(0x80, 0xC0), CodingGroup.RESERVED),
        (range(0xC0, 0xD0), CodingGroup.WAITING_DISCARD),
        (range(0xD0, 0xE0), CodingGroup.WAITING_STORE),
        (range(0xE0, 0xF0), CodingGroup.WAITING_STORE_UCS2),
        (range(0xF0, 0x100), CodingGroup.CLASS),
    ],
)
def test_the_upper_bits_are_the_group(octets: range, group: CodingGroup) -> None:
    assert {ALL[octet].group for octet in octets} == {group}
    assert [ALL[octet].octet for octet in octets] == list(octets)


@pytest.mark.parametrize("scheme", [s for s in ALL if s.group in GENERAL], ids=scheme_id)
def test_the_general_groups_tell_compression_class_and_alphabet(scheme: DataCodingScheme) -> None:
    alphabets = (Alphabet.GSM7, Alphabet.DATA, Alphabet.UCS2, Alphabet.GSM7)
    assert scheme.compressed == bool(scheme.octet & 0x20)
    assert scheme.alphabet is alphabets[scheme.octet >> 2 & 3]
    assert scheme.message_class == (scheme.octet & 3 if scheme.octet & 0x10 else None)
    assert scheme.indication is None


@pytest.mark.parametrize("scheme", ALL[0x80:0xC0], ids=scheme_id)
def test_a_reserved_group_counts_as_the_default_alphabet(scheme: DataCodingScheme) -> None:
    assert scheme.alphabet is Alphabet.GSM7
    assert (scheme.message_class, scheme.compressed, scheme.indication) == (None, False, None)


@pytest.mark.parametrize("scheme", ALL[0xC0:0xF0], ids=scheme_id)
def test_the_waiting_groups_tell_what_waits(scheme: DataCodingScheme) -> None:
    kinds = (WaitingKind.VOICEMAIL, WaitingKind.FAX, WaitingKind.EMAIL, WaitingKind.OTHER)
    assert scheme.group in WAITING
    assert scheme.indication is not None
    assert scheme.indication.kind is kinds[scheme.octet & 3]
    assert scheme.indication.active == bool(scheme.octet & 8)
    assert scheme.indication.discard == (scheme.group is CodingGroup.WAITING_DISCARD)
    assert scheme.indication.count is None
    ucs2 = scheme.group is CodingGroup.WAITING_STORE_UCS2
    assert scheme.alphabet is (Alphabet.UCS2 if ucs2 else Alphabet.GSM7)


@pytest.mark.parametrize("scheme", ALL[0xF0:], ids=scheme_id)
def test_the_class_group_has_a_class_always(scheme: DataCodingScheme) -> None:
    assert scheme.message_class == scheme.octet & 3
    assert scheme.alphabet is (Alphabet.DATA if scheme.octet & 4 else Alphabet.GSM7)


@pytest.mark.parametrize("alphabet", Alphabet)
@pytest.mark.parametrize("message_class", [None, *MessageClass])
def test_a_chosen_scheme_says_what_was_asked_for(
    alphabet: Alphabet, message_class: MessageClass | None
) -> None:
    scheme = DataCodingScheme.choose(alphabet, message_class)
    assert (scheme.alphabet, scheme.message_class) == (alphabet, message_class)
    assert scheme.group is CodingGroup.GENERAL
