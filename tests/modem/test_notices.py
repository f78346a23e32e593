"""What each unsolicited line means."""

import pytest

from gsmd.at import Unsolicited
from gsmd.modem import notices
from gsmd.modem.registration import Registered

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
REPORT = "0006050B913316325476F8620111214365006201112143650000"


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ('+CMTI: "SM",3', notices.Arrived("SM", 3)),
        ('+CMTI:"ME",0', notices.Arrived("ME", 0)),
        ('+CMTI: "SM",-1', notices.Arrived("SM", -1)),
        ('+CMTI: "SM"', notices.Arrived("SM", -1)),
        ("+CMTI: ", notices.Arrived("", -1)),
        ('+CDSI: "SR",2', notices.Arrived("SR", 2)),
        ("+CREG: 1", notices.RegistrationNews("CREG", Registered.HOME)),
        ('+CREG: 5,"00C3","1A2B",2', notices.RegistrationNews("CREG", Registered.ROAMING)),
        ('+CEREG: 3,"0001"', notices.RegistrationNews("CEREG", Registered.DENIED)),
        ("+CGREG: 42", notices.RegistrationNews("CGREG", Registered.UNKNOWN)),
        ("+CREG: ", None),
        ("^RSSI: 17", notices.SignalNews(17)),
        ("RING", notices.Ringing(None, known=False)),
        ("+CRING: VOICE", notices.Ringing(None, known=False)),
        ('+CLIP: "+33612345678",145', notices.Ringing("+33612345678", known=True)),
        ('+CLIP: "",128', notices.Ringing(None, known=True)),
        ("NO CARRIER", notices.CallEnded()),
        ('+CUSD: 1,"Menu",15', notices.UssdNews(1, "Menu", 15)),
        ("+CUSD: 4", notices.UssdNews(4, None, None)),
        ("+CUSD: ", None),
        ('^SMMEMFULL: "SM"', notices.StorageFull()),
        ("SMS FULL", notices.StorageFull()),
        ('+CIEV: "SMSFULL",1', notices.StorageFull()),
        ('+CIEV: "SMSFULL",0', None),
        ("+CIEV: 2,3", None),
        ("RDY", notices.Restart("RDY")),
        ("^SYSSTART", notices.Restart("^SYSSTART")),
        ("+CFUN: 1", notices.Restart("+CFUN: 1")),
        ("+CFUN: 0", None),
        ("NORMAL POWER DOWN", notices.Restart("NORMAL POWER DOWN")),
        ("Call Ready", notices.StartupStep("Call Ready")),
        ("SMS Ready", notices.StartupStep("SMS Ready")),
        ("PB DONE", notices.StartupStep("PB DONE")),
        ("SMS DONE", notices.StartupStep("SMS DONE")),
        ("+CPIN: READY", notices.SimNews("+CPIN: READY")),
        ("^SIMST: 255,0", notices.SimNews("^SIMST: 255,0")),
        ("^BOOT:12345,0,0,0,75", notices.Doubt("^BOOT:12345,0,0,0,75")),
        ("^DSFLOWRPT: 1,2", None),
        ("+ZUSIMR:2", None),
    ],
)
def test_a_line_means_what_it_means(line: str, meaning: notices.Notice | None) -> None:
    assert notices.parse(Unsolicited(line)) == meaning


@pytest.mark.parametrize("header", ['+CMT: "",28', "+CMT: ,28", "+CDS: 25", "+CDS: ,25"])
def test_a_direct_delivery_is_its_frame(header: str) -> None:
    pdu = PDU if "CMT" in header else REPORT
    assert notices.parse(Unsolicited(header, pdu)) == notices.Direct(pdu)


def test_a_direct_delivery_that_is_not_as_long_as_announced_is_damaged() -> None:
    damaged = REPORT[:20] + REPORT[24:]
    direct = notices.parse(Unsolicited("+CDS: 25", damaged))
    assert direct == notices.Direct(damaged, whole=False)


def test_a_direct_delivery_whose_pdu_never_came_is_nothing() -> None:
    assert notices.parse(Unsolicited("+CDS: 25")) is None


def test_a_direct_delivery_in_text_mode_is_told_apart() -> None:
    header = '+CMT: "+33612345678",,"26/01/02,03:04:05+04"'
    assert notices.parse(Unsolicited(header, "hello")) == notices.DirectText()


@pytest.mark.parametrize("line", ["", "+", "+CMTI", "+CMTI:,,,", "+CREG:x", "+CLIP:", '+CUSD: "'])
def test_no_line_at_all_raises(line: str) -> None:
    notices.parse(Unsolicited(line))
