"""Wireshark's dissector as a judge: every PDU that we write is whole, and says what we meant."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gsmd import smpp
from gsmd.smpp import pdus
from tests.smpp import capture
from tests.smpp.strategies import pdu
from tests.smpp.vectors import VECTORS
from tests.tools import needs

pytestmark = [pytest.mark.peer, needs("tshark")]


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    file = tmp_path_factory.mktemp("capture") / "vectors.pcap"
    capture.write(file, [smpp.encode(vector.expected) for vector in VECTORS])
    return [dict(each) for each in capture.judge(file)]


# It takes any time for one, any text for a header where bit 6 says so, and looks for TLVs only where 3.4 lists some.
_BEYOND_IT = (
    "submit_sm with a time that is none",
    "submit_sm with odd flags",
    "TLVs that have nothing to do there",
)
JUDGED = [n for n, each in enumerate(VECTORS) if not each.name.startswith(_BEYOND_IT)]


@pytest.mark.parametrize("number", JUDGED, ids=lambda n: VECTORS[n].name)
def test_tshark_finds_every_vector_whole_and_says_the_same(
    number: int, layers: list[dict[str, object]]
) -> None:
    expected = VECTORS[number].expected
    seen = layers[number]
    assert "_ws.malformed" not in seen
    found = seen["smpp"]
    assert isinstance(found, dict)
    assert int(found["smpp.command_id"], 0) == expected.command
    assert int(found.get("smpp.command_status", "0"), 0) == expected.status
    assert int(found["smpp.sequence_number"], 0) == expected.sequence
    for ours, theirs in (
        ("esm_class", "smpp.esm.submit.features"),
        ("data_coding", "smpp.data_coding"),
        ("priority_flag", "smpp.priority_flag"),
        ("message_state", "smpp.message_state"),
        ("interface_version", "smpp.interface_version"),
    ):
        if hasattr(expected, ours) and ours != "esm_class" and theirs in found:
            assert int(found[theirs], 0) == getattr(expected, ours)
    if isinstance(expected, smpp.pdus.ShortMessagePdu) and expected.short_message:
        octets = bytes.fromhex(found["smpp.message"].replace(":", ""))
        assert octets == expected.short_message
    if expected.tlvs:
        assert "smpp.opt_params" in found


# Those for which it knows TLVs.
MESSAGES = st.one_of(
    *(pdu(kind) for kind in (pdus.SubmitSm, pdus.DeliverSm, pdus.DataSm)),
)


def test_tshark_reads_any_message_up_to_where_we_end_it(tmp_path: Path) -> None:
    some: list[smpp.Pdu] = []

    @settings(max_examples=60, database=None, phases=[Phase.generate], deadline=None)
    @given(MESSAGES)
    def collect(message: smpp.Pdu) -> None:
        # a header of user data has to be one, and a request has no status
        plain = msgspec.structs.asdict(message) | {"status": 0, "esm_class": 0}
        some.append(type(message)(**plain))

    collect()
    file = tmp_path / "any.pcap"
    capture.write(file, [smpp.encode(each) for each in some])
    for each, seen in zip(some, capture.judge(file), strict=True):
        found = seen["smpp"]
        assert int(found["smpp.command_length"], 0) == len(smpp.encode(each))
        assert int(found["smpp.sequence_number"], 0) == each.sequence
        assert int(found["smpp.data_coding"], 0) == each.data_coding  # type: ignore[attr-defined] # all three have one
        assert bool(each.tlvs) is ("smpp.opt_params" in found)
