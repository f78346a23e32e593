"""The type of a TPDU (3GPP TS 23.040 §9.2.3.1)."""

from gsmd.pdu.command import Command
from gsmd.pdu.deliver import Deliver
from gsmd.pdu.errors import PduError
from gsmd.pdu.reports import DeliverReport, SubmitReport
from gsmd.pdu.status_report import StatusReport
from gsmd.pdu.submit import Submit

Tpdu = Deliver | Submit | StatusReport | DeliverReport | SubmitReport | Command

# Bits 1 and 0 of the first octet. A SUBMIT read back from storage goes the other way than a DELIVER,
# but is told from it by these bits, so it is no SUBMIT-REPORT: those come only where they are asked
# for by name. A reserved type is read as DELIVER, as the specification tells a phone to.
_INCOMING = (Deliver.decode, Submit.decode, StatusReport.decode, Deliver.decode)
_OUTGOING = (DeliverReport.decode, Submit.decode, Command.decode)


def decode(tpdu: bytes, *, outgoing: bool = False) -> Tpdu:
    """The TPDU in these octets; what follows it, such as the filler of a SIM record, is passed over.

    ``outgoing`` reads the type as of a TPDU that goes to the service centre: DELIVER-REPORT, SUBMIT
    or COMMAND. A SUBMIT-REPORT is read by `SubmitReport.decode`. Errors: `PduError`.
    """
    if not tpdu:
        raise PduError("no octets", "first_octet", 0)
    kind = tpdu[0] & 3
    if not outgoing:
        return _INCOMING[kind](tpdu)
    if kind >= len(_OUTGOING):
        raise PduError(f"message type {kind} is reserved", "first_octet", 0)
    return _OUTGOING[kind](tpdu)
