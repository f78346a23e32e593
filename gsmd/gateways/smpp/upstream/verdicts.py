"""What an SMSC's answer to a submit_sm means for the message, and for those behind it."""

from enum import StrEnum

from gsmd.smpp import CommandStatus

S = CommandStatus


class SubmitVerdict(StrEnum):
    """The consequence of an answer."""

    SENT = "sent"
    SLOWER = "slower"  # nothing is wrong with it: a moment later
    AGAIN = "again"  # not now; the daemon tries it again in its own time
    BROKEN = "broken"  # this bind is no use: another one
    NEVER = "never"


_VERDICTS = {
    S.ROK: SubmitVerdict.SENT,
    S.RTHROTTLED: SubmitVerdict.SLOWER,
    S.RMSGQFUL: SubmitVerdict.SLOWER,
    S.RSYSERR: SubmitVerdict.AGAIN,
    S.RX_T_APPN: SubmitVerdict.AGAIN,
    S.RINVBNDSTS: SubmitVerdict.BROKEN,
}


def verdict_of(status: int) -> SubmitVerdict:
    """The verdict of a command_status; one that nobody knows is final, as all that are not named here."""
    return (
        _VERDICTS.get(S(status), SubmitVerdict.NEVER) if status in set(S) else SubmitVerdict.NEVER
    )
