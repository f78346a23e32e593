"""``gsmd pdu``: lines in, lines out."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from gsmd import pdu as codec
from tests.cli.running import Outcome, program

Gsmd = Callable[..., Outcome]

HELLO = "07913306091093F0040B913306000000F000006210102143658002E834"
TO = "+33600000000"

FIELDS = {
    "type",
    "smsc",
    "address",
    "text",
    "data",
    "alphabet",
    "dcs",
    "pid",
    "class",
    "timestamp",
    "concatenation",
    "ports",
    "national",
    "message_reference",
    "tp_status",
    "discharge_time",
    "validity",
    "status_report_requested",
    "more_messages",
    "reply_path",
    "indication",
}


def decoded(gsmd: Gsmd, line: str, *options: str) -> dict[str, Any]:
    done = gsmd("pdu", "decode", "--json", *options, line)
    assert (done.code, done.err) == (0, "")
    (fields,) = done.json
    assert isinstance(fields, dict)
    return fields


def subset(fields: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in wanted}


def test_a_deliver_has_every_field_by_its_name(gsmd: Gsmd) -> None:
    fields = decoded(gsmd, HELLO)
    assert fields.keys() >= FIELDS
    wanted = {
        "type": "deliver",
        "smsc": "+33609001390",
        "address": {"number": TO, "type": "international", "plan": "isdn"},
        "text": "hi",
        "data": None,
        "alphabet": "gsm7",
        "dcs": 0,
        "pid": 0,
        "class": None,
        "timestamp": "2026-01-01T12:34:56+02:00",
        "concatenation": None,
        "ports": None,
        "national": None,
        "message_reference": None,
        "tp_status": None,
        "discharge_time": None,
        "validity": None,
        "status_report_requested": False,
        "more_messages": False,
        "reply_path": False,
        "indication": None,
        "kind": "text",
    }
    assert subset(fields, wanted) == wanted


@pytest.mark.parametrize(
    ("tpdu", "options", "wanted"),
    [
        (
            "31170B913306000000F00018A7040041D83D",
            (),
            {
                "type": "submit",
                "smsc": None,
                "message_reference": 0x17,
                "text": "A\ufffd",
                "alphabet": "ucs2",
                "class": 0,
                "timestamp": None,
                "validity": {"relative": 86400},
                "status_report_requested": True,
                "more_messages": None,
            },
        ),
        (
            "19170B913306000000F000006210102143658000",
            (),
            {"validity": {"absolute": "2026-01-01T12:34:56+02:00"}},
        ),
        ("19170B913306000000F000000000000000000000", (), {"validity": None}),
        (
            "062A0B913306000000F0621010214365806210102153748046",
            (),
            {
                "type": "status-report",
                "message_reference": 42,
                "tp_status": 0x46,
                "discharge_time": "2026-01-01T12:35:47+02:00",
                "alphabet": None,
                "text": None,
                "dcs": None,
                "pid": None,
                "status_report_requested": None,
                "outcome": {
                    "kind": "expired",
                    "reason": "permanent error: validity period expired",
                },
            },
        ),
        (
            "440B913306000000F00004621010214365800E0B0003010201050401020304AABB",
            (),
            {
                "data": "aabb",
                "text": None,
                "alphabet": "data",
                "concatenation": {"reference": 1, "total": 2, "sequence": 1, "width": 8},
                "ports": {"destination": 258, "source": 772},
                "kind": "data",
            },
        ),
        (
            "440B913306000000F0000062101021436580" + "0703240101D89C01",
            (),
            {"text": "ğ", "national": {"locking": None, "single": "TR"}},
        ),
        (
            "040B913306000000F000C8621010214365800120",
            (),
            {
                "indication": {"kind": "voicemail", "active": True, "discard": True, "count": None},
                "kind": "notice",
            },
        ),
        (
            "0000",
            ("--outgoing",),
            {"type": "deliver-report", "address": None, "failure_cause": None},
        ),
        (
            "2205000217" + "0B913306000000F000",
            ("--outgoing",),
            {
                "type": "command",
                "command": 2,
                "message_number": 0x17,
                "status_report_requested": True,
            },
        ),
        ("010062101021436580", ("--as", "submit-report"), {"type": "submit-report"}),
    ],
)
def test_each_type_has_what_is_its_own(
    gsmd: Gsmd, tpdu: str, options: tuple[str, ...], wanted: dict[str, Any]
) -> None:
    assert subset(decoded(gsmd, tpdu, "--tpdu", *options), wanted) == wanted


def test_a_service_centre_without_digits_is_none(gsmd: Gsmd) -> None:
    assert decoded(gsmd, "0191" + HELLO[16:])["smsc"] is None


def test_an_mms_notification_is_told_in_full(gsmd: Gsmd) -> None:
    body = b"\x8c\x82\x98T1\0\x8d\x90\x88\x05\x81\x03\x01\x51\x80\x83http://m.example/1\0"
    (deliver,) = codec.compose_deliver(
        data=b"\x01\x06\x01\xbe" + body,
        originator=TO,
        timestamp=codec.Timestamp(bytes.fromhex("62101021436580")),
        ports=codec.Ports(2948, 9200),
    )
    detail = decoded(gsmd, deliver.encode().hex(), "--tpdu")["detail"]
    wanted = {"type": "mms-notification", "transaction_id": "T1", "location": "http://m.example/1"}
    assert subset(detail, wanted | {"expires": 86400}) == wanted | {"expires": 86400}


def test_another_push_is_told_with_its_octets(gsmd: Gsmd) -> None:
    (deliver,) = codec.compose_deliver(
        data=b"\x01\x06\x01\xae\x02\x05",
        originator=TO,
        timestamp=codec.Timestamp(bytes.fromhex("62101021436580")),
        ports=codec.Ports(2948, 9200),
    )
    assert decoded(gsmd, deliver.encode().hex(), "--tpdu")["detail"] == {
        "type": "wap-push",
        "transaction": 1,
        "content_type": "application/vnd.wap.sic",
        "application": None,
        "body": "0205",
    }


def test_lines_are_answered_one_by_one_and_a_bad_one_stops_no_other(gsmd: Gsmd) -> None:
    lines = f"{HELLO.lower()}\n\n  {HELLO[:8]} {HELLO[8:]}\r\n{HELLO[:-2]}\nnonsense\n\xff\n{HELLO}"
    done = gsmd("pdu", "decode", "--json", stdin=lines.encode("latin-1"))
    assert done.code == 1
    assert [answer.get("text") or answer["field"] for answer in done.json] == [
        "hi",
        "hi",
        "user_data.length",
        "frame",
        "frame",
        "hi",
    ]
    assert done.err == ""


def test_an_error_counts_octets_from_the_start_of_the_line(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "decode", "--json", HELLO[:30])
    assert (done.code, done.json) == (
        1,
        [{"error": "needs 6 octets, 4 are there", "field": "originator", "offset": 11}],
    )
    without = gsmd("pdu", "decode", "--json", "--tpdu", HELLO[16:-2])
    assert without.json[0]["offset"] == 18


def test_people_see_names_and_values(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "decode", stdin=f"{HELLO}\n07")
    assert done.code == 1
    lines = [line.strip() for line in done.lines]
    assert "text  hi" in lines
    assert "address  number +33600000000, type international, plan isdn" in lines
    assert "more messages  no" in lines
    assert done.err.startswith("line 2: service_centre: ")


def test_a_blank_line_stands_between_two_pdus(gsmd: Gsmd) -> None:
    lines = gsmd("pdu", "decode", stdin=f"{HELLO}\n{HELLO}").lines
    assert lines.count("") == 1
    assert lines[: lines.index("")] == lines[lines.index("") + 1 :]


def test_elements_are_told_to_people_too(gsmd: Gsmd) -> None:
    done = gsmd(
        "pdu", "decode", "--tpdu", "440B913306000000F000046210102143658007058003010203" + "05"
    )
    assert "elements  identifier 128, name sme-to-sme, data 010203" in [
        line.strip() for line in done.lines
    ]


def test_a_text_is_written_one_line_a_part(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "encode", "--to", TO, "--text", "a" * 161, "--reference", "9", "--json")
    assert done.code == 0
    assert [{**part, "pdu": len(part["pdu"]) // 2} for part in done.json] == [
        {"pdu": 154, "length": 153, "sequence": 1, "total": 2},
        {"pdu": 28, "length": 27, "sequence": 2, "total": 2},
    ]
    read = decoded(gsmd, done.json[1]["pdu"])
    assert read["concatenation"] == {"reference": 9, "total": 2, "sequence": 2, "width": 8}


def test_every_option_reaches_the_pdu(gsmd: Gsmd) -> None:
    options = [
        "--validity",
        "24h",
        "--report",
        "--flash",
        "--port",
        "2948",
        "--source-port",
        "9200",
    ]
    options += ["--pid", "65", "--reply-path", "--reject-duplicates", "--smsc", "+33609001390"]
    done = gsmd("pdu", "encode", "--to", TO, "--text", "hi", *options, "--json")
    assert done.json[0]["pdu"] == ("07913306091093F0F5000B913306000000F04110A70A0605040B8423F0E834")


def test_data_national_tables_and_width_can_be_asked_for(gsmd: Gsmd) -> None:
    data = gsmd("pdu", "encode", "--to", TO, "--data", "00 ff" * 100, "--width", "16", "--json")
    assert [part["total"] for part in data.json] == [2, 2]
    assert decoded(gsmd, data.json[0]["pdu"])["concatenation"]["width"] == 16
    turkish = ("pdu", "encode", "--to", TO, "--text", "ığdır" * 20, "--json")
    assert len(gsmd(*turkish).json) == 1
    assert len(gsmd(*turkish, "--national", "off").json) == 2


def test_a_text_may_come_from_standard_input(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "encode", "--to", TO, "--text", "-", "--json", stdin="zwei\nZeilen\n")
    assert decoded(gsmd, done.json[0]["pdu"])["text"] == "zwei\nZeilen"


def test_a_text_that_is_not_utf_8_is_refused(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "encode", "--to", TO, "--text", "-", stdin=b"\xff")
    assert (done.code, done.out) == (1, "")
    assert "UTF-8" in done.err


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--to", "", "--text", "hi"), "destination"),
        (("--to", "Library", "--text", "hi"), "destination"),
        (("--to", TO), "text"),
        (("--to", TO, "--text", "hi", "--data", "00"), "data"),
        (("--to", TO, "--text", "a" * 200, "--reference", "256"), "reference"),
        (("--to", TO, "--text", "hi", "--validity", "1.5"), "validity"),
        (("--to", TO, "--text", "hi", "--class", "4"), "message_class"),
        (("--to", TO, "--text", "hi", "--pid", "256"), "protocol_id"),
        (("--to", TO, "--text", "hi", "--port", "65536"), "ports"),
        (("--to", TO, "--text", "hi", "--smsc", "Library"), "smsc"),
        (("--to", TO, "--text", "hi", "--smsc", ""), "smsc"),
    ],
)
def test_bad_input_is_an_error_and_never_a_pdu(
    gsmd: Gsmd, options: tuple[str, ...], field: str
) -> None:
    done = gsmd("pdu", "encode", *options, "--json")
    assert done.code == 1
    assert [answer["field"] for answer in done.json] == [field]
    plain = gsmd("pdu", "encode", *options)
    assert (plain.code, plain.out) == (1, "")
    assert plain.err.startswith(f"{field}: ")


@pytest.mark.parametrize(
    "options", [("--width", "12"), ("--data", "0"), ("--validity", "soon"), ("--national", "TR")]
)
def test_an_option_that_cannot_be_is_a_usage_error(gsmd: Gsmd, options: tuple[str, ...]) -> None:
    assert gsmd("pdu", "encode", "--to", TO, "--text", "hi", *options).code == 2


def test_messages_may_come_as_lines_of_json(gsmd: Gsmd) -> None:
    asked = [
        {"to": TO, "text": "hi", "validity": "24h", "class": 0},
        {"to": TO, "data": "00FF", "validity": 300},
        {"to": TO, "text": "hi", "validity": "soon"},
        {"to": TO, "data": "0"},
        {"text": "hi"},
        {"to": TO, "text": "hi", "colour": "red"},
    ]
    lines = "".join(f"{json.dumps(request)}\n" for request in asked)
    done = gsmd("pdu", "encode", "--json", stdin=lines + "not json\n")
    assert done.code == 1
    assert [answer.get("field", "pdu") for answer in done.json] == [
        "pdu",
        "pdu",
        "validity",
        "data",
        "request",
        "request",
        "request",
    ]


def test_lines_of_json_that_are_all_right_end_well(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "encode", stdin=json.dumps({"to": TO, "text": "hi"}))
    assert (done.code, len(done.lines)) == (0, 1)


def test_people_get_the_command_for_the_modem_with_each_part(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "encode", "--to", TO, "--text", "hi")
    assert done.lines == ["AT+CMGS=15\t0001000B913306000000F0000002E834"]


def test_what_smart_replaced_is_named(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "encode", "--to", TO, "--text", "“hi”", "--smart", "--json")
    assert done.json[0]["replaced"] == {"“": '"', "”": '"'}


def test_a_preview_says_what_a_text_costs(gsmd: Gsmd) -> None:
    done = gsmd("pdu", "preview", "--json", "ığdır" * 20)
    assert done.json == [
        {
            "alphabet": "gsm7",
            "national": {"locking": "TR", "single": None},
            "parts": 1,
            "characters_left": 55,
            "replaced": {},
        }
    ]
    assert "parts  1" in gsmd("pdu", "preview", stdin="hi").out
    assert gsmd("pdu", "preview", "a" * 40000).code == 1


def test_a_line_is_answered_before_the_next_one_comes() -> None:
    with subprocess.Popen(
        program("pdu", "decode", "--json"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(f"{HELLO}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == "hi"
        process.stdin.close()
    assert process.returncode == 0


def test_of_a_damaged_message_it_shows_what_can_be_read(gsmd: Gsmd) -> None:
    cut = HELLO[:-2]
    done = gsmd("pdu", "decode", "--json", cut)
    assert done.code == 1
    (line,) = done.json
    assert subset(line, {"field": "", "offset": 0}) == {"field": "user_data.length", "offset": 26}
    wanted = {"text": "h", "smsc": "+33609001390", "timestamp": "2026-01-01T12:34:56+02:00"}
    assert subset(line["readable"], wanted) == wanted
    for_people = gsmd("pdu", "decode", cut)
    assert (for_people.code, "2 octets" in for_people.err) == (1, True)
    assert "+33600000000" in for_people.out
