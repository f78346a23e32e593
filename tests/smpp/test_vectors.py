import pytest

from gsmd import smpp
from tests.smpp.vectors import MALFORMED, VECTORS, Malformed, Vector, octets, read


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_pdu_says_what_the_specification_says(vector: Vector) -> None:
    assert smpp.decode(octets(vector.written)) == vector.expected


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_what_is_written_has_the_octets_of_the_specification(vector: Vector) -> None:
    written = smpp.encode(vector.expected)
    assert (written == octets(vector.written)) is vector.canonical
    assert smpp.decode(written) == vector.expected


@pytest.mark.parametrize("vector", MALFORMED, ids=lambda vector: vector.name)
def test_an_error_has_the_status_the_field_and_the_place(vector: Malformed) -> None:
    given = octets(vector.written)
    with pytest.raises(smpp.SmppError) as caught:
        smpp.decode(given)
    error = caught.value
    assert (error.status, error.field, error.offset) == (
        vector.status,
        vector.field,
        vector.offset,
    )
    assert error.sequence == 1
    assert error.command == int.from_bytes(given[4:8])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_pdu_cut_at_any_octet_is_an_error_or_a_shorter_pdu_that_is_whole(
    vector: Vector,
) -> None:
    whole = octets(vector.written)
    for length in range(len(whole)):
        cut = whole[:length]
        with pytest.raises(smpp.SmppError) as caught:
            smpp.decode(cut)
        assert caught.value.status is smpp.CommandStatus.RINVCMDLEN
        if length < 16:
            continue
        found = read(length.to_bytes(4) + cut[4:])
        if isinstance(found, smpp.SmppError):
            assert found.offset is not None
            assert 0 <= found.offset <= length
            assert found.sequence == vector.expected.sequence
        else:  # it ended where a TLV, or the body of a response, may end
            assert smpp.decode(smpp.encode(found)) == found
            assert len(found.tlvs) < len(vector.expected.tlvs) or length == 16


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_what_stands_behind_a_pdu_is_no_part_of_it(vector: Vector) -> None:
    with pytest.raises(smpp.SmppError, match="command_length"):
        smpp.decode(octets(vector.written) + b"\0")


def test_every_kind_of_pdu_has_a_vector() -> None:
    assert {vector.expected.command for vector in VECTORS} == set(smpp.Command)
    assert set(smpp.PDUS) == {int(command) for command in smpp.Command}
