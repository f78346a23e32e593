"""Our own vectors: TPDUs written by hand after 3GPP TS 23.040 and 23.038, field by field.

Blanks stand between fields. ``expected`` is what `summary` must say, as far as a row names it.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from gsmd import pdu

FROM = "0B 91 3306000000F0"  # +33600000000
AT = "62101021436580"  # 2026-01-01T12:34:56+02:00
HI = "02 E834"


class Vector(NamedTuple):
    """One TPDU, without service centre. ``canonical``: encoding what it says gives these octets."""

    name: str
    tpdu: str
    expected: dict[str, Any]
    canonical: bool = True


class Malformed(NamedTuple):
    """Octets that are no TPDU: which field says so, and at which octet."""

    name: str
    tpdu: str
    field: str
    offset: int


def deliver(dcs: str = "00", user_data: str = HI, *, first: str = "04", pid: str = "00") -> str:
    return f"{first} {FROM} {pid} {dcs} {AT} {user_data}"


def originator(field: str) -> str:
    return f"04 {field} 00 00 {AT} {HI}"


def timestamp(octets: str) -> str:
    return f"04 {FROM} 00 00 {octets} {HI}"


def header(octets: str, *, dcs: str = "00") -> str:
    return deliver(dcs, octets, first="44")


def submit(first: str, validity: str = "") -> str:
    return f"{first} 17 {FROM} 00 00 {validity} {HI}"


def report(status: str, trailer: str = "", *, first: str = "06") -> str:
    return f"{first} 2A {FROM} {AT} 62101021537480 {status} {trailer}"


def summary(tpdu: pdu.Tpdu) -> dict[str, Any]:
    """What the vectors speak of, flat."""
    user_data = getattr(tpdu, "user_data", None)
    address = next(
        value
        for name in ("originator", "destination", "recipient")
        if (value := getattr(tpdu, name, None)) is not None
    )
    seen: dict[str, Any] = {
        name: getattr(tpdu, name) for name in tpdu.__struct_fields__ if name != "user_data"
    }
    seen |= {"number": str(address), "ton": address.type.label, "npi": address.plan.label}
    scts = seen.get("service_centre_timestamp")
    if scts is not None:
        seen["time"] = scts.datetime.isoformat() if scts.datetime else None
    if isinstance(tpdu, pdu.Submit):
        seen["relative"] = tpdu.validity.relative if tpdu.validity else None
    if user_data is not None:
        seen |= {"text": user_data.text, "data": user_data.data, "alphabet": user_data.alphabet}
        seen |= {"concatenation": user_data.concatenation, "ports": user_data.ports}
        seen |= {"national": user_data.national}
    dcs = seen.get("dcs")
    if dcs is not None:
        seen |= {"class": dcs.message_class, "indication": dcs.indication, "group": dcs.group}
        seen |= {"compressed": dcs.compressed}
    return seen


def waiting(
    kind: pdu.WaitingKind, *, active: bool = True, discard: bool = False
) -> dict[str, pdu.Indication]:
    return {"indication": pdu.Indication(kind, active=active, discard=discard)}


_TURKISH_SINGLE = pdu.NationalTables(single=pdu.Language.TURKISH)
_TURKISH_LOCKING = pdu.NationalTables(locking=pdu.Language.TURKISH)
_STANDARD = pdu.NationalTables()
_ENHANCED = "000000"  # what is left of the seven octets

VECTORS = (
    # DELIVER, §9.2.2.1
    Vector(
        "a text in the default alphabet",
        deliver(),
        {
            "number": "+33600000000",
            "ton": "international",
            "npi": "isdn",
            "text": "hi",
            "data": None,
            "alphabet": "gsm7",
            "protocol_id": 0,
            "class": None,
            "time": "2026-01-01T12:34:56+02:00",
            "more_messages": False,
            "concatenation": None,
            "ports": None,
            "national": _STANDARD,
        },
    ),
    Vector("an empty text", deliver(user_data="00"), {"text": ""}),
    Vector("more messages waiting", deliver(first="00"), {"more_messages": True}),
    Vector("loop prevention", deliver(first="0C"), {"loop_prevention": True}),
    Vector("a sender who wants a report", deliver(first="24"), {"status_report_indication": True}),
    Vector("a reply path", deliver(first="84"), {"reply_path": True}),
    Vector("a replace type", deliver(pid="47"), {"protocol_id": 0x47}),
    Vector("a reserved message type", deliver(first="07"), {"text": "hi"}, canonical=False),
    Vector(
        "filler of a SIM record behind it", deliver() + "FF" * 40, {"text": "hi"}, canonical=False
    ),
    Vector("zeros behind it", deliver() + "00" * 9, {"text": "hi"}, canonical=False),
    # addresses, §9.1.2.5
    Vector("an empty address", originator("00 80"), {"number": "", "ton": "unknown"}),
    Vector("an empty name", originator("00 D0"), {"number": "", "ton": "alphanumeric"}),
    Vector("an odd number of digits", originator("05 A1 2143F5"), {"number": "12345"}),
    Vector("an even number of digits", originator("04 81 2143"), {"number": "1234"}),
    Vector("one digit", originator("01 81 F7"), {"number": "7"}),
    Vector(
        "twenty digits", originator("14 91" + "2143658709" * 2), {"number": "+" + "1234567890" * 2}
    ),
    Vector("digits that are none", originator("07 81 1A2BCDFE"), {"number": "*1#2bac"}),
    Vector("fill that is counted", originator("04 81 21F3"), {"number": "123"}, canonical=False),
    Vector("fill in the middle", originator("04 81 F143"), {"number": "1"}, canonical=False),
    Vector("a name of seven letters", originator("0D D0 CCB4581E96E701"), {"number": "Library"}),
    Vector("a name of six letters", originator("0B D0 D3F4D91D6603"), {"number": "Signal"}),
    Vector("a name of eleven", originator("14 D0 4576D95E76C762B1580C"), {"number": "Eleven11111"}),
    Vector(
        "a name of seven whose length is rounded up",
        originator("0E D0 CCB4581E96E701"),
        {"number": "Library@"},  # the eighth character is there: @ is code 0
    ),
    Vector("a name with escapes", originator("0D D0 900D6A93DA9401"), {"number": "Δ{}€"}),
    Vector(
        "an abbreviated number", originator("02 E9 21"), {"ton": "abbreviated", "npi": "private"}
    ),
    Vector("a national number", originator("02 A8 21"), {"ton": "national", "npi": "national"}),
    Vector("a subscriber's number", originator("02 C3 21"), {"ton": "subscriber", "npi": "data"}),
    Vector(
        "a network's number", originator("02 B4 21"), {"ton": "network-specific", "npi": "telex"}
    ),
    Vector("a reserved type", originator("02 FF 21"), {"ton": "reserved", "npi": "reserved-15"}),
    Vector("ERMES", originator("02 8A 21"), {"npi": "ermes"}),
    Vector("a plan of the service centre", originator("02 85 21"), {"npi": "service-centre-5"}),
    # times, §9.2.3.11
    Vector("a zone west", timestamp("62101021436549"), {"time": "2026-01-01T12:34:56-03:30"}),
    Vector(
        "a zone of quarters", timestamp("62101021436532"), {"time": "2026-01-01T12:34:56+05:45"}
    ),
    Vector("UTC", timestamp("62101021436500"), {"time": "2026-01-01T12:34:56+00:00"}),
    Vector("UTC with a sign", timestamp("62101021436508"), {"time": "2026-01-01T12:34:56+00:00"}),
    Vector("the furthest zone", timestamp("62101021436597"), {"time": "2026-01-01T12:34:56+19:45"}),
    Vector("the last century", timestamp("99211332959500"), {"time": "1999-12-31T23:59:59+00:00"}),
    Vector("month 13", timestamp("62311021436500"), {"time": None}),
    Vector("30 February", timestamp("62200321436500"), {"time": None}),
    Vector("hour 24", timestamp("62101042436500"), {"time": None}),
    Vector("second 60", timestamp("62101021430600"), {"time": None}),
    Vector("a year of no digits", timestamp("6A101021436500"), {"time": None}),
    Vector("a minute of no digits", timestamp("621010214F6500"), {"time": None}),
    Vector("no time", timestamp("00000000000000"), {"time": None}),
    Vector("filler for a time", timestamp("FFFFFFFFFFFFFF"), {"time": None}),
    Vector(
        "a zone of no digits", timestamp("621010214365E1"), {"time": "2026-01-01T12:34:56+00:00"}
    ),
    # data coding schemes, 23.038 §4
    Vector("octets", deliver("04", "03 00FF80"), {"data": b"\0\xff\x80", "text": None}),
    Vector("UCS-2", deliver("08", "06 041F04400438"), {"text": "При", "alphabet": "ucs2"}),
    Vector("a surrogate pair", deliver("08", "04 D83DDE00"), {"text": "😀"}),
    Vector("half a surrogate pair", deliver("08", "04 D83D0041"), {"text": "\ufffdA"}),
    Vector("a reserved alphabet", deliver("0C"), {"text": "hi", "alphabet": "gsm7"}),
    Vector("class 0", deliver("10"), {"text": "hi", "class": 0}),
    Vector("class bits without meaning", deliver("03"), {"text": "hi", "class": None}),
    Vector("UCS-2, class 0", deliver("18", "02 0041"), {"text": "A", "class": 0}),
    Vector("octets, class 1", deliver("15", "01 07"), {"data": b"\x07", "class": 1}),
    Vector(
        "compressed text",
        deliver("21", "03 A1B2C3"),
        {"text": None, "data": b"\xa1\xb2\xc3", "alphabet": "data", "compressed": True},
    ),
    Vector("compressed UCS-2", deliver("2B", "03 A1B2C3"), {"data": b"\xa1\xb2\xc3"}),
    Vector("to be deleted", deliver("40"), {"text": "hi", "group": "automatic-deletion"}),
    Vector("to be deleted, UCS-2, class 2", deliver("5A", "02 0041"), {"text": "A", "class": 2}),
    Vector("a reserved group", deliver("80"), {"text": "hi", "group": "reserved", "class": None}),
    Vector("the last reserved group", deliver("BF"), {"text": "hi", "group": "reserved"}),
    Vector("voicemail", deliver("C8"), waiting(pdu.WaitingKind.VOICEMAIL, discard=True)),
    Vector(
        "no more voicemail",
        deliver("C0"),
        waiting(pdu.WaitingKind.VOICEMAIL, active=False, discard=True),
    ),
    Vector("a fax, to be kept", deliver("D9"), {"text": "hi"} | waiting(pdu.WaitingKind.FAX)),
    Vector(
        "e-mail, in UCS-2",
        deliver("EA", "02 0041"),
        {"text": "A"} | waiting(pdu.WaitingKind.EMAIL),
    ),
    Vector("something else", deliver("CF"), waiting(pdu.WaitingKind.OTHER, discard=True)),
    Vector("class 2 by its own group", deliver("F2"), {"text": "hi", "class": 2, "group": "class"}),
    Vector("octets by the class group", deliver("F6", "01 07"), {"data": b"\x07", "class": 2}),
    Vector("the reserved bit of the class group", deliver("F9"), {"text": "hi", "class": 1}),
    # the alphabet, 23.038 §6.2.1
    Vector("an escape", deliver(user_data="02 9B32"), {"text": "€"}),
    Vector("an escape to nothing", deliver(user_data="02 9B20"), {"text": "A"}),
    Vector("two escapes", deliver(user_data="04 9B4D5008"), {"text": " AB"}, canonical=False),
    Vector("an escape at the end", deliver(user_data="02 C10D"), {"text": "A "}),
    Vector("seven letters, then fill", deliver(user_data="07 31D98C56B3DD00"), {"text": "1234567"}),
    Vector("seven letters, then CR", deliver(user_data="07 31D98C56B3DD1A"), {"text": "1234567"}),
    Vector(
        "eight letters, the last @", deliver(user_data="08 31D98C56B3DD00"), {"text": "1234567@"}
    ),
    # headers, §9.2.3.24
    Vector(
        "one of two parts",
        header("09 050003 2A0201 D069"),
        {"text": "hi", "concatenation": pdu.Concatenation(42, 2, 1, 8)},
    ),
    Vector(
        "a part with a long reference",
        header("0A 060804 012C0202 E834"),
        {"text": "hi", "concatenation": pdu.Concatenation(300, 2, 2, 16)},
    ),
    Vector(
        "reference zero",
        header("09 050003 000101 D069"),
        {"concatenation": pdu.Concatenation(0, 1, 1)},
    ),
    Vector("part 0", header("09 050003 2A0200 D069"), {"text": "hi", "concatenation": None}),
    Vector("part 3 of 2", header("09 050003 2A0203 D069"), {"text": "hi", "concatenation": None}),
    Vector("no parts", header("09 050003 2A0000 D069"), {"text": "hi", "concatenation": None}),
    Vector(
        "two elements that contradict each other: the last one counts",
        header("0D 0B 0003 010201 0804 00070302 07", dcs="04"),
        {"data": b"\x07", "concatenation": pdu.Concatenation(7, 3, 2, 16)},
    ),
    Vector(
        "an impossible element after a possible one",
        header("0D 0B 0003 010201 0804 00070304 07", dcs="04"),
        {"concatenation": pdu.Concatenation(1, 2, 1, 8)},
    ),
    Vector(
        "an element that is too short for what it says",
        header("04 03 000107", dcs="04"),
        {"data": b"", "concatenation": None},
    ),
    Vector(
        "an element that is longer than what it says",
        header("08 06 0004 2A020199 07", dcs="04"),
        {"data": b"\x07", "concatenation": pdu.Concatenation(42, 2, 1)},
    ),
    Vector("an unknown element", header("05 03 6A01FF 07", dcs="04"), {"data": b"\x07"}),
    Vector("an element without data", header("04 02 6A00 07", dcs="04"), {"data": b"\x07"}),
    Vector(
        "a header with an element that is longer than it, and a text behind",
        header("09 05C01B F40201 D069"),
        {"text": "hi", "concatenation": None},
    ),
    Vector(
        "a header with a good element, half an element, and octets behind",
        header("08 06 00032A0201 6A 07", dcs="04"),
        {"data": b"\x07", "concatenation": None},
    ),
    Vector("a header without elements", header("02 00 07", dcs="04"), {"data": b"\x07"}),
    Vector("nothing but a header", header("07 050003 2A0201 00"), {"text": ""}),
    Vector(
        "a header that ends within the last septet",
        header("06 050003 2A0201"),
        {"text": "", "concatenation": pdu.Concatenation(42, 2, 1)},
    ),
    Vector(
        "ports of 16 bits",
        header("08 060504 0B8423F0 07", dcs="04"),
        {"data": b"\x07", "ports": pdu.Ports(2948, 9200, 16)},
    ),
    Vector(
        "ports of 8 bits", header("06 040402 F0F1 07", dcs="04"), {"ports": pdu.Ports(240, 241, 8)}
    ),
    Vector("half a port", header("06 050503 0B8423", dcs="04"), {"ports": None}),
    Vector("half a small port", header("05 030401 F0 07", dcs="04"), {"ports": None}),
    Vector(
        "a national single shift",
        header("07 03240101 D89C01"),
        {"text": "ğ", "national": _TURKISH_SINGLE},
    ),
    Vector(
        "a national locking shift",
        header("06 03250101 3800"),
        {"text": "ı", "national": _TURKISH_LOCKING},
    ),
    Vector(
        "both national shifts",
        header("0B 06240101250101 87CD19"),
        {"text": "ığ", "national": pdu.NationalTables(pdu.Language.TURKISH, pdu.Language.TURKISH)},
    ),
    Vector(
        "a single shift of a language that has no locking one",
        header("06 03250102 4002"),
        {"text": "H", "national": _STANDARD},
    ),
    Vector(
        "a language that is not defined",
        header("06 0324010E 4002"),
        {"text": "H", "national": _STANDARD},
    ),
    Vector(
        "a language that is not told", header("04 022400 07", dcs="04"), {"national": _STANDARD}
    ),
    # SUBMIT, §9.2.2.2
    Vector(
        "a text going out",
        submit("01"),
        {"number": "+33600000000", "message_reference": 0x17, "text": "hi", "validity": None},
    ),
    Vector(
        "no duplicates", submit("05"), {"reject_duplicates": True, "status_report_request": False}
    ),
    Vector("a report, please", submit("21"), {"status_report_request": True}),
    Vector("an answer the same way", submit("81"), {"reply_path": True}),
    Vector("5 minutes", submit("11", "00"), {"relative": timedelta(minutes=5)}),
    Vector("12 hours", submit("11", "8F"), {"relative": timedelta(hours=12)}),
    Vector("12 hours and a half", submit("11", "90"), {"relative": timedelta(hours=12.5)}),
    Vector("24 hours", submit("11", "A7"), {"relative": timedelta(hours=24)}),
    Vector("2 days", submit("11", "A8"), {"relative": timedelta(days=2)}),
    Vector("30 days", submit("11", "C4"), {"relative": timedelta(days=30)}),
    Vector("5 weeks", submit("11", "C5"), {"relative": timedelta(weeks=5)}),
    Vector("63 weeks", submit("11", "FF"), {"relative": timedelta(weeks=63)}),
    Vector("until a time", submit("19", AT), {"relative": None}),
    Vector("90 seconds", submit("09", f"025A0000{_ENHANCED}"), {"relative": timedelta(seconds=90)}),
    Vector("no second", submit("09", f"02000000{_ENHANCED}"), {"relative": None}),
    Vector(
        "hours, minutes, seconds",
        submit("09", f"03102003{_ENHANCED}"),
        {"relative": timedelta(hours=1, minutes=2, seconds=30)},
    ),
    Vector("60 minutes", submit("09", f"03100600{_ENHANCED}"), {"relative": None}),
    Vector("minutes of no digits", submit("09", f"0310A000{_ENHANCED}"), {"relative": None}),
    Vector(
        "a step in the enhanced form",
        submit("09", f"01A70000{_ENHANCED}"),
        {"relative": timedelta(1)},
    ),
    Vector("once", submit("09", f"425A0000{_ENHANCED}"), {"relative": timedelta(seconds=90)}),
    Vector(
        "an enhanced form that says nothing",
        submit("09", f"00000000{_ENHANCED}"),
        {"relative": None},
    ),
    Vector(
        "an enhanced form that is reserved",
        submit("09", f"045A0000{_ENHANCED}"),
        {"relative": None},
    ),
    Vector(
        "an enhanced form that is extended",
        submit("09", f"825A0000{_ENHANCED}"),
        {"relative": None},
    ),
    # STATUS-REPORT, §9.2.2.3
    Vector(
        "delivered",
        report("00"),
        {
            "number": "+33600000000",
            "message_reference": 42,
            "tp_status": 0,
            "time": "2026-01-01T12:34:56+02:00",
            "protocol_id": None,
            "dcs": None,
            "commanded": False,
        },
    ),
    Vector("an answer to a command", report("00", first="26"), {"commanded": True}),
    Vector("loop prevention of a report", report("00", first="0E"), {"loop_prevention": True}),
    Vector("more messages behind a report", report("00", first="02"), {"more_messages": True}),
    Vector("no parameters", report("30", "00"), {"protocol_id": None}, canonical=False),
    Vector("a protocol identifier", report("30", "01 7F"), {"protocol_id": 0x7F}),
    Vector("a coding scheme", report("30", "02 04"), {"class": None, "protocol_id": None}),
    Vector("a text in a report", report("30", f"04 {HI}"), {"text": "hi"}),
    Vector("octets in a report", report("30", "06 04 03 414243"), {"data": b"ABC"}),
    Vector(
        "a header in a report", report("30", "06 04 06 050003 2A0201", first="46"), {"data": b""}
    ),
    Vector(
        "an extended indicator", report("30", "8180007F"), {"protocol_id": 0x7F}, canonical=False
    ),
    Vector(
        "filler behind a report", report("30", "FF" * 30), {"protocol_id": None}, canonical=False
    ),
)

OUTGOING = (
    Vector(
        "a command to delete",
        f"22 05 00 02 17 {FROM} 00",
        {
            "command": pdu.CommandType.DELETE,
            "message_number": 0x17,
            "message_reference": 5,
            "number": "+33600000000",
            "status_report_request": True,
            "data": b"",
        },
    ),
    Vector(
        "a command with data",
        f"42 05 00 E0 17 {FROM} 02 0007",
        {"data": b"\0\x07", "has_header": True},
    ),
)

MALFORMED = (
    Malformed("nothing", "", "first_octet", 0),
    Malformed("no originator", "04", "originator.length", 1),
    Malformed("no type of address", "04 0B", "originator.type", 2),
    Malformed("a type of address without bit 7", "04 0B 11 3306000000F0", "originator.type", 2),
    Malformed("an address that is cut short", "04 0B 91 3306", "originator", 3),
    Malformed("more than 20 digits", f"04 15 91 {'21' * 11}", "originator.length", 1),
    Malformed("no protocol identifier", f"04 {FROM}", "protocol_id", 9),
    Malformed("no coding scheme", f"04 {FROM} 00", "dcs", 10),
    Malformed(
        "a time that is cut short", f"04 {FROM} 00 00 6210102143", "service_centre_timestamp", 11
    ),
    Malformed("no length of the user data", f"04 {FROM} 00 00 {AT}", "user_data.length", 18),
    Malformed("too few septets", deliver(user_data="03 E834"), "user_data.length", 18),
    Malformed("too few octets", deliver("04", "03 0102"), "user_data.length", 18),
    Malformed("half a UCS-2 character", deliver("08", "03 004100"), "user_data.length", 18),
    Malformed(
        "half a character behind a header",
        header("05 03010101 07", dcs="08"),
        "user_data.length",
        18,
    ),
    Malformed("a header of nothing", header("00"), "user_data.header", 19),
    Malformed(
        "a header longer than the data",
        header("04 04010101", dcs="04"),
        "user_data.header.length",
        19,
    ),
    Malformed(
        "an element longer than the header",
        header("04 03000301", dcs="04"),
        "user_data.header[0].length",
        21,
    ),
    Malformed(
        "an element without length",
        header("05 04 010100 00", dcs="04"),
        "user_data.header[1].length",
        24,
    ),
    Malformed(
        "a second element too long",
        header("07 06 010100 010200", dcs="04"),
        "user_data.header[1].length",
        24,
    ),
    Malformed("no message reference", "01", "message_reference", 1),
    Malformed("no destination", "01 17", "destination.length", 2),
    Malformed("no validity", f"11 17 {FROM} 00 00", "validity", 12),
    Malformed("half a time for validity", f"19 17 {FROM} 00 00 621010", "validity", 12),
    Malformed("no recipient", "06 2A", "recipient.length", 2),
    Malformed("no discharge time", f"06 2A {FROM} {AT} 6210", "discharge_time", 17),
    Malformed("no status", f"06 2A {FROM} {AT} {AT}", "tp_status", 24),
    Malformed("a protocol identifier that is not there", report("00", "01"), "protocol_id", 26),
    Malformed("a coding scheme that is not there", report("00", "02"), "dcs", 26),
    Malformed("user data that is not there", report("00", "04"), "user_data.length", 26),
    Malformed("an extension that is not there", report("00", "81"), "parameter_indicator", 26),
)
