"""The usual causes are named, with what to do."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from gsmd.cli.examination import Ask, examine_modem
from gsmd.modem import Counters, ModemState, ModemStatus, StorageUse
from gsmd.protocol.findings import Severity, examine_carrier, examine_status
from gsmd.protocol.modems import CarrierStatus

IN_ORDER = {
    "AT+CPIN?": "+CPIN: READY",
    "AT+CSCA?": '+CSCA: "+33609001390",145',
    "AT+CPMS?": '+CPMS: "SM",2,30,"SM",2,30,"SM",2,30',
    "AT+CREG?": "+CREG: 0,1",
    "AT+CSQ": "+CSQ: 20,99",
}


def asking(**changes: str | None) -> Ask:
    """A modem in order but for ``changes``: what comes after ``AT+`` and before ``?``."""
    answers = IN_ORDER | {
        f"AT+{name}" + ("" if name == "CSQ" else "?"): line for name, line in changes.items()
    }

    async def ask(command: str) -> Sequence[str] | None:
        line = answers.get(command)
        return None if line is None else [line]

    return ask


async def test_a_modem_in_order_has_no_findings() -> None:
    assert await examine_modem("north", asking()) == []


@pytest.mark.parametrize(
    ("services", "targets", "what"),
    [
        ("+CSMS: (0,1)", "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)", "says that it can"),
        ("+CSMS: (0-1)", "+CNMI: (0,1,2),(0,1,2,3),(0,2),(0,1,2),(0,1)", "says that it can"),
        ("+CSMS: (0,1)", "+CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)", "cannot"),
        ("+CSMS: (0)", "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)", "cannot"),
        (None, "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)", "cannot"),
    ],
)
async def test_it_is_said_whether_a_modem_can_hand_over(
    services: str | None, targets: str, what: str
) -> None:
    answers = {"AT+CSMS=?": services, "AT+CNMI=?": targets}

    async def ask(command: str) -> Sequence[str] | None:
        line = answers.get(command, IN_ORDER.get(command))
        return None if line is None else [line]

    (note,) = await examine_modem("north", ask)
    assert note.severity is Severity.NOTE
    assert what in note.what
    assert "reception: direct" in note.what


@pytest.mark.parametrize(
    ("changes", "what", "to_do"),
    [
        ({"CPIN": "+CPIN: SIM PIN"}, "PIN", "pin_file"),
        ({"CPIN": "+CPIN: SIM PUK"}, "PUK", "phone"),
        ({"CPIN": None}, "no usable SIM", "SIM in"),
        ({"CSCA": '+CSCA: "",129'}, "service centre", "smsc"),
        ({"CPMS": '+CPMS: "SM",30,30,"SM",30,30,"SM",30,30'}, "30 of 30", "start gsmd"),
        ({"CPMS": '+CPMS: "SM",25,30,"SM",25,30,"SM",25,30'}, "25 of 30", "start gsmd"),
        ({"CREG": "+CREG: 0,3"}, "refuses the SIM", "antenna"),
        ({"CREG": "+CREG: 0,2"}, "searching", "antenna"),
        ({"CREG": "+CREG: 0,0", "CEREG": "+CEREG: 0,1", "CGSMS": "+CGSMS: 0"}, "LTE only", "CGSMS"),
        ({"CSQ": "+CSQ: 3,99"}, "-107 dBm", "antenna"),
    ],
)
async def test_what_is_wrong_is_said_with_what_to_do(
    changes: dict[str, str | None], what: str, to_do: str
) -> None:
    (finding,) = await examine_modem("north", asking(**changes))
    assert what in finding.what
    assert to_do in finding.to_do
    assert finding.why


async def test_lte_without_sms_is_explained_with_what_the_modem_says() -> None:
    ask = asking(CREG="+CREG: 0,0", CEREG="+CEREG: 0,1", CGSMS="+CGSMS: 0", CIREG="+CIREG: 0,0")
    (finding,) = await examine_modem("north", ask)
    assert finding.severity is Severity.WARNING
    assert "+CGSMS: 0" in finding.why
    assert "+CIREG: 0,0" in finding.why


def status(state: ModemState, **changes: object) -> ModemStatus:
    fields: dict[str, object] = dict.fromkeys(ModemStatus.__struct_fields__)
    fields |= {
        "name": "north",
        "state": state,
        "reason": "for a reason",
        "since": datetime.now(UTC),
        "roaming": False,
        "troubles": [],
        "counters": Counters(),
    }
    return ModemStatus(**{**fields, **changes})  # type: ignore[arg-type]  # filled above


@pytest.mark.parametrize("state", [s for s in ModemState if s is not ModemState.READY])
def test_every_state_but_ready_has_something_to_do(state: ModemState) -> None:
    findings = examine_status(status(state))
    assert [
        finding.to_do for finding in findings if finding.to_do
    ] or state is ModemState.IDENTIFYING


def test_a_ready_modem_with_a_full_storage_and_a_weak_signal_is_complained_about() -> None:
    findings = examine_status(
        status(ModemState.READY, storage=StorageUse("SM", 30, 30), signal_dbm=-109)
    )
    assert [finding.severity for finding in findings] == [Severity.PROBLEM, Severity.WARNING]


def test_a_storage_with_no_room_at_all_is_a_problem() -> None:
    (finding,) = examine_status(status(ModemState.READY, storage=StorageUse("SM", 0, 0)))
    assert finding.severity is Severity.PROBLEM
    assert "SM has no room" in finding.what


def test_what_speaks_against_a_ready_modem_is_said() -> None:
    trouble = "it does not tell of what comes in: messages are found late, by looking for them"
    (finding,) = examine_status(status(ModemState.READY, troubles=[trouble]))
    assert (finding.severity, finding.what) == (Severity.WARNING, trouble)


def test_a_ready_modem_in_order_is_not() -> None:
    assert examine_status(status(ModemState.READY, signal_dbm=-70)) == []


def test_a_carrier_that_is_away_is_a_problem_and_one_that_is_kept_from_sending_a_warning() -> None:
    assert examine_carrier(CarrierStatus(name="sky", state="attached")) == []
    (away,) = examine_carrier(CarrierStatus(name="sky", state="away", reason="not attached"))
    assert (away.severity, away.what) == (Severity.PROBLEM, "no program is attached")
    full = CarrierStatus(name="sky", state="attached", reason="carrier sky: ESME_RTHROTTLED")
    (kept,) = examine_carrier(full)
    assert (kept.severity, kept.what) == (Severity.WARNING, "carrier sky: ESME_RTHROTTLED")
