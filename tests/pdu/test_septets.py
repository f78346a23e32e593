"""Packing, against the definition taken bit by bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.pdu import septets

SEPTETS = st.lists(st.integers(0, 127), max_size=256).map(bytes)
FILL = st.integers(0, 6)


def by_definition(unpacked: bytes, fill: int) -> bytes:
    """Bit 0 of the first septet comes first, into bit 0 of the first octet (23.038 §6.1.2.1)."""
    bits = [0] * fill + [septet >> bit & 1 for septet in unpacked for bit in range(7)]
    bits += [0] * (-len(bits) % 8)
    return bytes(
        sum(bit << weight for weight, bit in enumerate(bits[at : at + 8]))
        for at in range(0, len(bits), 8)
    )


@given(SEPTETS, FILL)
def test_packing_is_what_the_definition_says(unpacked: bytes, fill: int) -> None:
    assert septets.pack(unpacked, fill) == by_definition(unpacked, fill)


@given(SEPTETS, FILL)
def test_unpacking_gives_back_what_was_packed(unpacked: bytes, fill: int) -> None:
    assert septets.unpack(septets.pack(unpacked, fill), len(unpacked), fill) == unpacked


@given(SEPTETS, FILL, st.binary(max_size=9))
def test_unpacking_takes_no_notice_of_what_follows(unpacked: bytes, fill: int, more: bytes) -> None:
    packed = septets.pack(unpacked, fill)
    assert septets.unpack(packed + more, len(unpacked), fill) == unpacked


@pytest.mark.parametrize(
    ("count", "octets"), [(0, 0), (1, 1), (7, 7), (8, 7), (9, 8), (160, 140), (255, 224)]
)
def test_eight_septets_fill_seven_octets(count: int, octets: int) -> None:
    assert septets.octets_for(count) == octets
    assert len(septets.pack(bytes(count))) == octets
