"""TPDUs written by hand after the specification."""

import pytest

from gsmd import pdu
from tests.pdu.vectors import MALFORMED, OUTGOING, VECTORS, Malformed, Vector, summary


def name(row: Vector | Malformed) -> str:
    return row.name


@pytest.mark.parametrize("vector", VECTORS, ids=name)
def test_a_tpdu_says_what_the_specification_says(vector: Vector) -> None:
    seen = summary(pdu.decode(bytes.fromhex(vector.tpdu)))
    assert {key: seen[key] for key in vector.expected} == vector.expected


@pytest.mark.parametrize("vector", OUTGOING, ids=name)
def test_an_outgoing_tpdu_says_what_the_specification_says(vector: Vector) -> None:
    seen = summary(pdu.decode(bytes.fromhex(vector.tpdu), outgoing=True))
    assert {key: seen[key] for key in vector.expected} == vector.expected


@pytest.mark.parametrize("vector", [row for row in VECTORS if row.canonical], ids=name)
def test_encoding_what_was_decoded_gives_the_same_octets(vector: Vector) -> None:
    octets = bytes.fromhex(vector.tpdu)
    assert pdu.decode(octets).encode() == octets


@pytest.mark.parametrize("vector", VECTORS, ids=name)
def test_decoding_what_was_encoded_gives_the_same_value(vector: Vector) -> None:
    value = pdu.decode(bytes.fromhex(vector.tpdu))
    assert pdu.decode(value.encode()) == value


@pytest.mark.parametrize("vector", OUTGOING, ids=name)
def test_an_outgoing_tpdu_comes_back_as_it_was(vector: Vector) -> None:
    octets = bytes.fromhex(vector.tpdu)
    assert pdu.decode(octets, outgoing=True).encode() == octets


@pytest.mark.parametrize("row", MALFORMED, ids=name)
def test_what_is_no_tpdu_names_the_field_and_the_octet(row: Malformed) -> None:
    with pytest.raises(pdu.PduError) as caught:
        pdu.decode(bytes.fromhex(row.tpdu))
    assert (caught.value.field, caught.value.offset) == (row.field, row.offset)


@pytest.mark.parametrize("vector", VECTORS, ids=name)
def test_every_beginning_of_a_tpdu_is_a_value_or_the_error(vector: Vector) -> None:
    octets = bytes.fromhex(vector.tpdu)
    for length in range(len(octets)):
        error = error_of(octets[:length])
        assert error is None or (error.field and 0 <= (error.offset or 0) <= length)


def error_of(tpdu: bytes) -> pdu.PduError | None:
    try:
        pdu.decode(tpdu)
    except pdu.PduError as error:
        return error
    return None
