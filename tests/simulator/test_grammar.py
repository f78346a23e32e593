import pytest

from gsmd.simulator.grammar import (
    ArgumentError,
    GrammarError,
    Operation,
    Request,
    command_body,
    requests,
)


def written(body: str) -> list[tuple[str, Operation, str]]:
    return [(request.name, request.operation, request.text) for request in requests(body)]


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("AT", ""),
        ("at+csq", "+csq"),
        ("At", ""),
        ("\x00\xffnoiseAT+CSQ", "+CSQ"),
        ("hello", None),
        ("", None),
        ("A", None),
    ],
)
def test_a_line_begins_at_its_first_at(line: str, body: str | None) -> None:
    assert command_body(line) == body


def test_basic_commands_need_no_separator_and_may_be_followed_by_extended_ones() -> None:
    assert written("E0V1&D2+CMEE=1;+CSQ;S0=2Q") == [
        ("E", Operation.SET, "0"),
        ("V", Operation.SET, "1"),
        ("&D", Operation.SET, "2"),
        ("+CMEE", Operation.SET, "1"),
        ("+CSQ", Operation.EXECUTE, ""),
        ("S0", Operation.SET, "2"),
        ("Q", Operation.EXECUTE, ""),
    ]


def test_reads_tests_and_executions_are_told_apart() -> None:
    assert written("+CPMS?;+CPMS=?;+CPMS;+CPMS=") == [
        ("+CPMS", Operation.READ, ""),
        ("+CPMS", Operation.TEST, ""),
        ("+CPMS", Operation.EXECUTE, ""),
        ("+CPMS", Operation.SET, ""),
    ]


@pytest.mark.parametrize("name", ["^CURC", "%TSIM", "$QCPDPP", "#CCID", "*PSREG", "!GSTATUS"])
def test_vendors_have_prefixes_of_their_own(name: str) -> None:
    assert written(f"{name}=0") == [(name, Operation.SET, "0")]


def test_a_string_may_hold_semicolons_commas_and_blanks() -> None:
    (first, second) = requests(' +CPBW = 1, "a;b, c" ;+CSQ')
    assert [field.text for field in first.fields] == ["1", "a;b, c"]
    assert second.name == "+CSQ"


def test_a_dial_string_ends_with_its_semicolon() -> None:
    assert written("D +33 6 12;+CSQ") == [
        ("D", Operation.SET, "+33612;"),
        ("+CSQ", Operation.EXECUTE, ""),
    ]


def test_what_precedes_a_mistake_is_still_read() -> None:
    reading = requests("E0=5")
    assert next(reading).name == "E"
    with pytest.raises(GrammarError):
        next(reading)


def test_something_may_not_follow_a_question_mark() -> None:
    with pytest.raises(GrammarError):
        list(requests("+CSQ?5"))


def test_registers_are_read_tested_and_written() -> None:
    assert written("S3?S4=10S05=?") == [
        ("S3", Operation.READ, ""),
        ("S4", Operation.SET, "10"),
        ("S5", Operation.TEST, ""),
    ]


def test_parameters_left_out_take_their_default() -> None:
    request = Request("+CNMI", Operation.SET, "2,,0")
    assert [
        request.integer(0),
        request.integer(1, 7),
        request.integer(2),
        request.integer(3, 9),
    ] == [2, 7, 0, 9]


@pytest.mark.parametrize("text", ["", "x", '"1"', "-1", "5"])
def test_a_number_that_is_none_or_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError):
        Request("+CMGF", Operation.SET, text).integer(0, allowed=range(2))


@pytest.mark.parametrize("text", ["", "SM", '"SM'])
def test_a_string_without_its_quotes_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError):
        Request("+CPMS", Operation.SET, text).string(0)


def test_too_many_parameters_are_refused() -> None:
    with pytest.raises(ArgumentError):
        Request("+CNMI", Operation.SET, "1,2,3").at_most(2)
