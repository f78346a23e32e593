"""Any PDU that can be written."""

from typing import Any

from hypothesis import strategies as st

from gsmd.smpp import PDUS, Address, Destination, Pdu, Tlv, Unsuccessful
from gsmd.smpp.fields import (
    CString,
    Destinations,
    Field,
    Octet,
    PeerAddress,
    ShortMessage,
    Unsuccessfuls,
)

OCTET = st.integers(0, 255)


def c_string(most: int) -> st.SearchStrategy[bytes]:
    return st.lists(st.integers(1, 255), max_size=most - 1).map(bytes)


def address(most: int) -> st.SearchStrategy[Address]:
    return st.builds(Address, OCTET, OCTET, c_string(most))


DESTINATIONS = st.lists(
    st.one_of(
        st.builds(Destination, address(21)),
        st.builds(Destination, list_name=c_string(21)),
    ),
    max_size=5,
).map(tuple)
UNSUCCESSFULS = st.lists(
    st.builds(Unsuccessful, address(21), st.integers(0, 2**32 - 1)), max_size=5
).map(tuple)


def value(field: Field) -> st.SearchStrategy[Any]:
    match field:
        case Octet():
            return OCTET
        case CString():
            return c_string(field._most)
        case PeerAddress():
            return address(field._most)
        case ShortMessage():
            return st.binary(max_size=254)
        case Destinations():
            return DESTINATIONS
        case Unsuccessfuls():
            return UNSUCCESSFULS
    raise AssertionError(field)


TLVS = st.lists(st.builds(Tlv, st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=4).map(
    tuple
)


def pdu(kind: type[Pdu]) -> st.SearchStrategy[Pdu]:
    status = st.integers(0, 2**32 - 1)
    sequence = st.integers(0, 2**32 - 1)
    return st.builds(kind, sequence, status, TLVS, *map(value, kind.fields))


ANY_PDU = st.sampled_from(sorted(PDUS)).flatmap(lambda command: pdu(PDUS[command]))
