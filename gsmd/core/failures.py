"""The consequences of a part that could not be sent: the class of a failure, and how long to wait."""

import random
from enum import StrEnum
from typing import NamedTuple

from gsmd.at import Severity
from gsmd.config import Backoff
from gsmd.modem.errors import SubmitRefused
from gsmd.protocol.message import Failure

_LONGEST_DOUBT = 300.0
"""Seconds between two tries of a message that is refused without a reason."""


class Verdict(StrEnum):
    """The consequence of a refusal."""

    GIVE_UP = "give-up"
    AGAIN_LATER = "again-later"
    UNCERTAIN = "uncertain"
    NOT_ITS_FAULT = "not-its-fault"  # the modem or its SIM is in trouble: the message waits


class Refusal(NamedTuple):
    """A no, whatever the carrier is that said it.

    ``may_be_out``: it does not mean for sure that nothing went out. ``retry_after``: seconds after which it is
    worth a try again, where the carrier says so.
    """

    text: str
    severity: Severity
    failure: Failure
    may_be_out: bool = False
    retry_after: float | None = None


def refusal_of(error: SubmitRefused) -> Refusal:
    """The no of a modem or of its network."""
    text = str(error)
    return Refusal(
        text,
        error.severity,
        Failure("refused", text, cms=error.cms, cme=error.cme, command=error.command),
        may_be_out=error.may_be_out,
    )


def judge(error: Refusal, attempts: int, allowed: int, *, worked: bool) -> Verdict:
    """The consequence of a refusal, after ``attempts`` tries (this one included) of ``allowed``.

    ``worked``: other messages go through the same modem. Then even what looks like its trouble may be
    the message's, and the try counts.
    """
    if error.severity is Severity.UNCERTAIN:
        return Verdict.UNCERTAIN
    if error.severity is Severity.PERMANENT:
        return Verdict.GIVE_UP
    if error.severity in {Severity.MODEM, Severity.UNKNOWN} and not worked:
        return Verdict.NOT_ITS_FAULT
    return Verdict.GIVE_UP if attempts >= allowed else Verdict.AGAIN_LATER


def delay(
    backoff: Backoff,
    tries: int,
    severity: Severity = Severity.TRANSIENT,
    retry_after: float | None = None,
) -> int:
    """Milliseconds until the next try after ``tries``: ``retry_after`` seconds, else doubling, with jitter.

    Where nobody knows what was wrong, longer at once: five tries take some minutes then. But never so
    long that a message is late by much once the trouble is over.
    """
    if retry_after is not None:
        return round(retry_after * 1000)
    growth, most = 2.0, backoff.max
    if severity is Severity.UNKNOWN:
        growth, most = 3.0, min(backoff.max, max(backoff.first, _LONGEST_DOUBT))
    grown = min(backoff.first * growth ** min(tries - 1, 40), most)
    return round(grown * random.uniform(0.8, 1.2) * 1000)  # noqa: S311 -- jitter
