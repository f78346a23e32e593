"""What each unsolicited line means."""

import pytest

from gsmd.at import Unsolicited
from gsmd.modem import quirks
from gsmd.modem.link import urc
from gsmd.modem.link.registration import Registered

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
REPORT = "0006050B913316325476F8620111214365006201112143650000"


def meaning_of(event: Unsolicited) -> urc.Notice | None:
    return quirks.indications(quirks.GENERIC).meaning(event)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ('+CMTI: "SM",3', urc.Arrived("SM", 3)),
        ('+CMTI:"ME",0', urc.Arrived("ME", 0)),
        ('+CMTI: "SM",-1', urc.Arrived("SM", -1)),
        ('+CMTI: "SM"', urc.Arrived("SM", -1)),
        ("+CMTI: ", urc.Arrived("", -1)),
        ('+CDSI: "SR",2', urc.Arrived("SR", 2)),
        ("+CREG: 1", urc.RegistrationNews("CREG", Registered.HOME)),
        ('+CREG: 5,"00C3","1A2B",2', urc.RegistrationNews("CREG", Registered.ROAMING)),
        ('+CEREG: 3,"0001"', urc.RegistrationNews("CEREG", Registered.DENIED)),
        ("+CGREG: 42", urc.RegistrationNews("CGREG", Registered.UNKNOWN)),
        ("+CREG: ", None),
        ("^RSSI: 17", urc.SignalNews(17)),
        ("RING", urc.Ringing(None, known=False)),
        ("+CRING: VOICE", urc.Ringing(None, known=False)),
        ('+CLIP: "+33612345678",145', urc.Ringing("+33612345678", known=True)),
        ('+CLIP: "",128', urc.Ringing(None, known=True)),
        ("NO CARRIER", urc.CallEnded()),
        ('+CUSD: 1,"Menu",15', urc.UssdNews(1, "Menu", 15)),
        ("+CUSD: 4", urc.UssdNews(4, None, None)),
        ("+CUSD: ", None),
        ('^SMMEMFULL: "SM"', urc.StorageFull()),
        ("SMS FULL", urc.StorageFull()),
        ('+CIEV: "SMSFULL",1', urc.StorageFull()),
        ('+CIEV: "SMSFULL",0', None),
        ("+CIEV: 2,3", None),
        ("RDY", urc.Restart("RDY")),
        ("^SYSSTART", urc.Restart("^SYSSTART")),
        ("+CFUN: 1", urc.Restart("+CFUN: 1")),
        ("+CFUN: 0", None),
        ("NORMAL POWER DOWN", urc.Restart("NORMAL POWER DOWN")),
        ("Call Ready", urc.StartupStep("Call Ready")),
        ("SMS Ready", urc.StartupStep("SMS Ready")),
        ("PB DONE", urc.StartupStep("PB DONE")),
        ("SMS DONE", urc.StartupStep("SMS DONE")),
        ("+CPIN: READY", urc.SimNews("+CPIN: READY")),
        ("^SIMST: 255,0", urc.SimNews("^SIMST: 255,0")),
        ("^BOOT:12345,0,0,0,75", urc.SettingsSuspect("^BOOT:12345,0,0,0,75")),
        ("^DSFLOWRPT: 1,2", None),
        ("+ZUSIMR:2", None),
    ],
)
def test_a_line_means_what_it_means(line: str, meaning: urc.Notice | None) -> None:
    assert meaning_of(Unsolicited(line)) == meaning


@pytest.mark.parametrize("header", ['+CMT: "",28', "+CMT: ,28", "+CDS: 25", "+CDS: ,25"])
def test_a_direct_delivery_is_its_frame(header: str) -> None:
    pdu = PDU if "CMT" in header else REPORT
    assert meaning_of(Unsolicited(header, pdu)) == urc.Direct(pdu, 28 if "CMT" in header else 25)


def test_a_direct_delivery_whose_pdu_never_came_is_nothing() -> None:
    assert meaning_of(Unsolicited("+CDS: 25")) is None


def test_a_direct_delivery_in_text_mode_is_told_apart() -> None:
    header = '+CMT: "+33612345678",,"26/01/02,03:04:05+04"'
    assert meaning_of(Unsolicited(header, "hello")) == urc.DirectText()


@pytest.mark.parametrize("line", ["", "+", "+CMTI", "+CMTI:,,,", "+CREG:x", "+CLIP:", '+CUSD: "'])
def test_no_line_at_all_raises(line: str) -> None:
    meaning_of(Unsolicited(line))
