"""Public vectors of other projects' test suites, where they lie beside the checkout."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gsmd import pdu

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "pdu.jsonl"

pytestmark = pytest.mark.skipif(
    not VECTORS.exists(), reason="there are no vectors beside the checkout"
)

Row = dict[str, Any]


def rows() -> list[Row]:
    return (
        [json.loads(line) for line in VECTORS.read_text().splitlines()] if VECTORS.exists() else []
    )


def decoded(row: Row) -> tuple[pdu.Frame, pdu.Deliver | pdu.Submit | pdu.StatusReport]:
    octets = pdu.from_hex(row["pdu_hex"])
    frame = pdu.Frame.from_bytes(octets) if row["has_smsc"] else pdu.Frame(None, octets)
    tpdu = pdu.decode(frame.tpdu)
    assert isinstance(tpdu, pdu.Deliver | pdu.Submit | pdu.StatusReport)
    return frame, tpdu


def seen(row: Row) -> Row:
    """What we see in it, by the names of the vectors; equal times are written as theirs."""
    frame, tpdu = decoded(row)
    found: Row = {
        "smsc": str(frame.service_centre),
        "ok": True,
        "mr": getattr(tpdu, "message_reference", None),
        "pid": tpdu.protocol_id,
        "dcs": tpdu.dcs.octet if tpdu.dcs else None,
    }
    found |= address(tpdu) | content(tpdu.user_data) | kind(tpdu)
    if isinstance(tpdu, pdu.StatusReport):
        found |= {"status": tpdu.tp_status, "discharge": tpdu.discharge_time.datetime}
    if not isinstance(tpdu, pdu.Submit):
        found["timestamp"] = tpdu.service_centre_timestamp.datetime
    if isinstance(tpdu, pdu.Submit) and tpdu.validity and tpdu.validity.relative:
        found["validity_relative_s"] = tpdu.validity.relative.total_seconds()
    return found


def address(tpdu: pdu.Deliver | pdu.Submit | pdu.StatusReport) -> Row:
    names = ("originator", "destination", "recipient")
    (found,) = (getattr(tpdu, name) for name in names if hasattr(tpdu, name))
    return {"number": str(found), "number_type": found.type.label}


def content(user_data: pdu.UserData | None) -> Row:
    if user_data is None:
        return {}
    data = None if user_data.data is None else user_data.data.hex().upper()
    return {"text": user_data.text, "data_hex": data, "udh": header(user_data)}


def header(user_data: pdu.UserData) -> Row:
    concatenation, ports = user_data.concatenation, user_data.ports
    return {
        "concat": concatenation
        and {
            "ref": concatenation.reference,
            "total": concatenation.total,
            "seq": concatenation.sequence,
            "bits": concatenation.width,
        },
        "ports": ports and {"dst": ports.destination, "src": ports.source, "bits": ports.width},
    }


def kind(tpdu: pdu.Tpdu) -> Row:
    if not isinstance(tpdu, pdu.Deliver):
        return {}
    indications = pdu.indications_of(tpdu)
    return {
        "mwi": any(indication.active for indication in indications),
        "mwi_discard": bool(indications) and all(item.discard for item in indications),
        "replace": pdu.replaces(tpdu.protocol_id) is not None,
    }


def agrees(name: str, wanted: Any, found: Row) -> bool:
    if name in ("timestamp", "discharge"):
        time = found[name]
        return time is not None and time == datetime.fromisoformat(wanted)
    if name == "timestamp_local":
        return bool(found["timestamp"].replace(tzinfo=None).isoformat() == wanted)
    if name == "text_any":
        return found["text"] in wanted
    if name == "error_or_no_timestamp":
        return found["timestamp"] is None or found.get("discharge", 1) is None
    if name == "udh":
        return all(agrees_header(key, value, found["udh"][key]) for key, value in wanted.items())
    return name == "or_error" or bool(found[name] == wanted)


def agrees_header(name: str, wanted: Row, found: Row | None) -> bool:
    if name == "concat" and wanted["seq"] > wanted["total"]:
        return found is None  # a concatenation that cannot be is none
    return found is not None and wanted.items() <= found.items()


def disagreements(row: Row) -> Iterator[str]:
    expected = row["expected"]
    try:
        found = seen(row)
    except pdu.PduError as error:
        if not expected.keys() & {"error", "or_error", "error_or_no_timestamp"}:
            yield str(error)
        return
    if "error" in expected:
        yield f"is decoded to {found}"
    for name, wanted in expected.items():
        if name != "error" and not agrees(name, wanted, found):
            yield f"{name}: {wanted!r} is wanted, {found.get(name)!r} is seen"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_a_public_vector_is_decoded_as_its_source_says(row: Row) -> None:
    assert list(disagreements(row)) == []


def test_the_parts_of_public_vectors_come_together() -> None:
    texts: dict[str, str] = {}
    parts: dict[str, list[pdu.UserData]] = {}
    for row in rows():
        if row.get("assembly"):
            user_data = decoded(row)[1].user_data
            assert user_data is not None
            texts[row["assembly"]["group"]] = row["assembly"]["text"]
            parts.setdefault(row["assembly"]["group"], []).append(user_data)
    assert parts
    assert {group: pdu.join(found[::-1]).text for group, found in parts.items()} == texts
