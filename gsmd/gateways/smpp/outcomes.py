"""The words between gsmd and SMPP: refusals as command_status, ends of messages as receipts and states."""

from typing import Any

import msgspec

from gsmd.client.errors import (
    Conflict,
    GsmdError,
    Invalid,
    NoDaemon,
    NotFound,
    NotPermitted,
    RefusedError,
    TimedOut,
)
from gsmd.smpp import CommandStatus, MessageState

S = CommandStatus

_BY_REASON = {
    "bad_number": S.RINVDSTADR,
    "no_route": S.RINVDSTADR,
    "no_such_modem": S.RINVSRCADR,
    "too_long": S.RINVMSGLEN,
    "empty": S.RINVMSGLEN,
    "not_encodable": S.RINVDCS,
    "bad_validity": S.RINVEXPIRY,
    "opted_out": S.RPROHIBITED,
    "store_full": S.RMSGQFUL,
    "queue_full": S.RMSGQFUL,
    "store": S.RSYSERR,
    "store_read_only": S.RSYSERR,
    "stopping": S.RSYSERR,
    "pace": S.RTHROTTLED,
}
_BY_FIELD = {
    "to": S.RINVDSTADR,
    "text": S.RINVMSGLEN,
    "data": S.RINVMSGLEN,
    "udh": S.RINVESMCLASS,
    "modem": S.RINVSRCADR,
    "validity": S.RINVEXPIRY,
    "not_before": S.RINVSCHED,
}


def status_of(error: GsmdError) -> CommandStatus:
    """The status with which a submission is answered that the daemon did not take. 5.0's are for `status.for_version`."""
    if error.reason in _BY_REASON:
        return _BY_REASON[error.reason]
    if isinstance(error, NoDaemon | TimedOut):
        return S.RSYSERR
    if isinstance(error, NotPermitted):
        return S.RPROHIBITED
    if isinstance(error, Invalid) and error.field in _BY_FIELD:
        return _BY_FIELD[error.field]
    if isinstance(error, RefusedError | Conflict | NotFound | Invalid):
        return S.RSUBMITFAIL
    return S.RUNKNOWNERR


class Outcome(msgspec.Struct, frozen=True):
    """An end, as a receipt tells it. ``error`` is what stands behind ``err:``."""

    state: MessageState
    error: int = 0


# Errors of ours, beside TP-ST (0 to 255), +CMS (REJECTD, up to 512) and +CME (600 and more).
REFUSED_BY_A_RULE = 900
OPTED_OUT = 901
MODEM_GONE = 903
PARTS_MISSING = 904
_CME = 600

_RULES = {"opted_out": OPTED_OUT, "modem_gone": MODEM_GONE, "no_such_modem": MODEM_GONE}
_NOT_VALID_ANY_MORE = 0x46  # TP-ST (3GPP TS 23.040 §9.2.3.15)
_DELETED = frozenset({0x47, 0x48})


_WITHOUT_ERROR = {
    "delivered": MessageState.DELIVERED,
    "cancelled": MessageState.DELETED,
    "sent": MessageState.ACCEPTED,  # no report was asked for, or the network only passed it on
    "uncertain": MessageState.UNKNOWN,
}


def outcome_of(state: str, failure: dict[str, Any] | None, tp_status: int | None) -> Outcome:
    """The outcome for a message's state and error, and the TP-ST of the report that told it, if one did."""
    if state in _WITHOUT_ERROR:
        return Outcome(_WITHOUT_ERROR[state])
    if tp_status is not None and tp_status in _DELETED:
        return Outcome(MessageState.DELETED, tp_status)
    if tp_status is not None and tp_status != _NOT_VALID_ANY_MORE:
        return Outcome(MessageState.UNDELIVERABLE, tp_status)
    if tp_status is not None or state == "expired":
        return Outcome(MessageState.EXPIRED, tp_status or 0)
    return Outcome(*_rejected(failure or {}))


def _rejected(failure: dict[str, Any]) -> tuple[MessageState, int]:
    reason = failure.get("reason", "")
    if failure.get("cms") is not None:
        return MessageState.REJECTED, min(int(failure["cms"]), 999)
    if failure.get("cme") is not None:
        return MessageState.REJECTED, min(_CME + int(failure["cme"]), 999)
    if reason == "not_delivered":
        return MessageState.UNDELIVERABLE, 0
    return MessageState.REJECTED, _RULES.get(reason, REFUSED_BY_A_RULE)


def state_of(message: dict[str, Any]) -> MessageState:
    """The message_state of a message that is not over, for query_sm."""
    return MessageState.ACCEPTED if message["state"] == "sent" else MessageState.ENROUTE
