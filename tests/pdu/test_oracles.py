"""Other codecs as oracles, each where it is right."""

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import gsm0338
import pytest
import smsutil
from gsmmodem.pdu import decodeSmsPdu, encodeSmsSubmitPdu
from hypothesis import given
from hypothesis import strategies as st

from gsmd import pdu
from gsmd.pdu import gsm7
from tests.tools import needs

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FROM = "+33600000000"

PLAIN = sorted(gsm7.repertoire() - set("\r\f"))
WIDE = "жяЩ漢字ÿő😀😃🏠"
SMSUTIL_TEXTS = st.text(PLAIN, min_size=1, max_size=700) | st.text(
    [*PLAIN, *WIDE], min_size=1, max_size=700
)


@given(SMSUTIL_TEXTS)
def test_smsutil_cuts_where_we_do(text: str) -> None:
    """It knows no clusters and no national tables, so the texts have none."""
    ours = [submit.user_data.text for submit in pdu.compose(text, "123", national="off")]
    assert ours == [part.content for part in smsutil.split(text).parts]


@given(st.text(PLAIN))
def test_gsm0338_writes_the_same_septets(text: str) -> None:
    assert gsm7.encode(text) == gsm0338.Codec().encode(text)[0]


# Its table has a wrong character for §, and a page break of its own.
GSMMODEM_TEXTS = st.text(sorted(gsm7.repertoire() - set("§\f")), min_size=1, max_size=70) | st.text(
    "жя漢字", min_size=1, max_size=70
)
NUMBERS = st.from_regex(r"\A\+[0-9]{5,15}\Z")


@given(NUMBERS, GSMMODEM_TEXTS)
def test_we_read_what_python_gsmmodem_writes(number: str, text: str) -> None:
    (written,) = encodeSmsSubmitPdu(number, text, requestStatusReport=False)
    submit = pdu.decode(pdu.Frame.from_hex(str(written)).tpdu)
    assert isinstance(submit, pdu.Submit)
    assert (str(submit.destination), submit.user_data.text) == (number, text)
    (ours,) = pdu.compose(text, number, national="off")
    assert (ours.dcs, ours.user_data) == (submit.dcs, submit.user_data)


@given(NUMBERS, GSMMODEM_TEXTS)
def test_python_gsmmodem_reads_what_we_write(number: str, text: str) -> None:
    (deliver,) = pdu.compose_deliver(text, number, AT, national="off")
    read = decodeSmsPdu(pdu.Frame(pdu.Address.parse(FROM), deliver.encode()).hex())
    assert (read["number"], read["text"], read["time"]) == (number, text, AT)


GAMMU_PYTHON = "/usr/bin/python3"
GAMMU_READER = """
import json, sys
import gammu
for line in sys.stdin:
    message = gammu.DecodePDU(bytes.fromhex(line), True)
    print(json.dumps([message["Number"], message["Text"], message["UDH"]["PartNumber"]]))
"""
# Not with escapes: behind those, libgammu 1.42 shows what happened to lie in memory.
GAMMU_TEXTS = (
    "Hello, world",
    "Größe, façade, Ωmega, ¿qué?",
    "Привет, как дела?",
    "漢字かな",
    "long " * 70,
    "длинно " * 40,
)


def read_by_gammu(frames: Sequence[pdu.Frame]) -> list[Any]:
    lines = "".join(f"{frame.hex()}\n" for frame in frames)
    done = subprocess.run(
        [GAMMU_PYTHON, "-c", GAMMU_READER], input=lines, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.peer
@needs("python3-gammu")
def test_libgammu_reads_what_we_write() -> None:
    delivers = [
        deliver
        for text in GAMMU_TEXTS
        for deliver in pdu.compose_deliver(text, FROM, AT, reference=7, national="off")
    ]
    centre = pdu.Address.parse("+33609001390")
    read = read_by_gammu([pdu.Frame(centre, deliver.encode()) for deliver in delivers])
    assert read == [
        [FROM, deliver.user_data.text, part.sequence if part else -1]
        for deliver in delivers
        for part in [deliver.user_data.concatenation]
    ]
