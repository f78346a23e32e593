"""Values of every kind, for properties."""

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from gsmd import pdu
from gsmd.pdu import gsm7
from gsmd.pdu.elements import national_elements
from gsmd.pdu.gsm7 import NationalTables
from gsmd.pdu.national import LOCKING, Language

OCTETS = st.integers(0, 255)
DIGITS = st.text("0123456789*#abc", max_size=20)
NUMBERS = st.builds(
    pdu.Address,
    DIGITS,
    st.sampled_from([kind for kind in pdu.TypeOfNumber if kind != pdu.TypeOfNumber.ALPHANUMERIC]),
    st.sampled_from(pdu.NumberingPlan),
)
NAMES = st.builds(
    pdu.Address,
    st.text(sorted(gsm7.repertoire()), max_size=11).filter(
        lambda name: len(gsm7.encode(name) or b"") <= 11
    ),
    st.just(pdu.TypeOfNumber.ALPHANUMERIC),
    st.sampled_from(pdu.NumberingPlan),
)
ADDRESSES = NUMBERS | NAMES
DIALLED = st.from_regex(r"\A\+?[0-9]{1,20}\Z")

TIMES = st.builds(
    lambda moment, quarters: moment.replace(
        microsecond=0, tzinfo=timezone(quarters * timedelta(minutes=15))
    ),
    st.datetimes(datetime(1970, 1, 1), datetime(2069, 12, 31, 23, 59, 59)),  # noqa: DTZ001
    st.integers(-79, 79),
)
TIMESTAMPS = st.builds(pdu.Timestamp.of, TIMES) | st.builds(
    pdu.Timestamp, st.binary(min_size=7, max_size=7)
)

TABLES = st.builds(
    NationalTables,
    st.none() | st.sampled_from(sorted(LOCKING)),
    st.none() | st.sampled_from(sorted(Language)),
)
ELEMENTS = st.lists(
    st.builds(pdu.InformationElement, st.integers(0x26, 0xFF), st.binary(max_size=12)), max_size=4
)


@st.composite
def headers(draw: st.DrawFn) -> tuple[pdu.UserDataHeader, NationalTables]:
    """A header with any elements, and the tables that it announces."""
    tables = draw(TABLES)
    return pdu.UserDataHeader.of(*draw(ELEMENTS), *national_elements(tables)), tables


@st.composite
def user_data(draw: st.DrawFn, alphabet: pdu.Alphabet) -> pdu.UserData:
    header, tables = draw(headers())
    room = 140 - len(header.octets)
    if alphabet is pdu.Alphabet.DATA:
        return pdu.UserData.build(draw(st.binary(max_size=room)), alphabet, header)
    if alphabet is pdu.Alphabet.UCS2:
        octets = draw(st.text(max_size=room // 4)).encode("utf-16-be")
        return pdu.UserData.build(octets, alphabet, header)
    septets = gsm7.encode(
        draw(st.text(sorted(gsm7.repertoire(tables)), max_size=(160 - header.septets) // 2)), tables
    )
    assert septets is not None
    return pdu.UserData.build(septets, alphabet, header)


@st.composite
def coded(draw: st.DrawFn) -> tuple[pdu.DataCodingScheme, pdu.UserData]:
    """Any coding scheme, and user data that agrees with it."""
    dcs = pdu.DataCodingScheme.of(draw(OCTETS))
    return dcs, draw(user_data(pdu.Alphabet.DATA if dcs.compressed else dcs.alphabet))


FLAGS = st.booleans()


@st.composite
def delivers(draw: st.DrawFn) -> pdu.Deliver:
    dcs, content = draw(coded())
    return pdu.Deliver(
        originator=draw(ADDRESSES),
        protocol_id=draw(OCTETS),
        dcs=dcs,
        service_centre_timestamp=draw(TIMESTAMPS),
        user_data=content,
        more_messages=draw(FLAGS),
        loop_prevention=draw(FLAGS),
        status_report_indication=draw(FLAGS),
        reply_path=draw(FLAGS),
    )


VALIDITIES = (
    st.none()
    | st.builds(
        pdu.Validity, st.just(pdu.ValidityFormat.RELATIVE), st.binary(min_size=1, max_size=1)
    )
    | st.builds(
        pdu.Validity,
        st.sampled_from([pdu.ValidityFormat.ENHANCED, pdu.ValidityFormat.ABSOLUTE]),
        st.binary(min_size=7, max_size=7),
    )
)


@st.composite
def submits(draw: st.DrawFn) -> pdu.Submit:
    dcs, content = draw(coded())
    return pdu.Submit(
        destination=draw(ADDRESSES),
        message_reference=draw(OCTETS),
        protocol_id=draw(OCTETS),
        dcs=dcs,
        validity=draw(VALIDITIES),
        user_data=content,
        reject_duplicates=draw(FLAGS),
        status_report_request=draw(FLAGS),
        reply_path=draw(FLAGS),
    )


@st.composite
def status_reports(draw: st.DrawFn) -> pdu.StatusReport:
    dcs, content = draw(coded() | st.just((None, None)))
    return pdu.StatusReport(
        message_reference=draw(OCTETS),
        recipient=draw(ADDRESSES),
        service_centre_timestamp=draw(TIMESTAMPS),
        discharge_time=draw(TIMESTAMPS),
        tp_status=draw(OCTETS),
        protocol_id=draw(st.none() | OCTETS),
        dcs=dcs,
        user_data=content,
        more_messages=draw(FLAGS),
        loop_prevention=draw(FLAGS),
        commanded=draw(FLAGS),
    )


@st.composite
def deliver_reports(draw: st.DrawFn) -> pdu.DeliverReport:
    dcs, content = draw(coded() | st.just((None, None)))
    return pdu.DeliverReport(
        failure_cause=draw(st.none() | st.integers(0x80, 0xFF)),
        protocol_id=draw(st.none() | OCTETS),
        dcs=dcs,
        user_data=content,
    )


@st.composite
def submit_reports(draw: st.DrawFn) -> pdu.SubmitReport:
    report = draw(deliver_reports())
    return pdu.SubmitReport(
        service_centre_timestamp=draw(TIMESTAMPS),
        failure_cause=report.failure_cause,
        protocol_id=report.protocol_id,
        dcs=report.dcs,
        user_data=report.user_data,
    )


COMMANDS = st.builds(
    pdu.Command,
    message_reference=OCTETS,
    protocol_id=OCTETS,
    command=OCTETS,
    message_number=OCTETS,
    destination=ADDRESSES,
    data=st.binary(max_size=255),
    has_header=FLAGS,
    status_report_request=FLAGS,
)

LETTERS = st.sampled_from(
    [
        *"abcXYZ 019@$_",
        *"€[]{}^|~\\",
        *"ığİşĞŞçÇöü",
        *"áÁíÍóÓúÚñ¿",
        *"ãÃõÕâÂêÊôÔà",
        *"кириллица",
        *"你好世界",
        *"कखगािी्",
        "e\u0301",
        "👨\u200d👩\u200d👧",
        "🇫🇷",
        "👍🏽",
        "😀",
        "\r\n",
        "“",
    ]
)
TEXTS = st.lists(LETTERS, max_size=400).map("".join) | st.text(max_size=200)
