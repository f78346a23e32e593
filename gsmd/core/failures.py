"""What to do when a part could not be sent: the class of a failure, and how long to wait."""

import random
from enum import StrEnum

from gsmd.at import Severity
from gsmd.config import Backoff
from gsmd.modem.errors import SubmitRefused
from gsmd.protocol.message import Failure

_FEW_TRIES = {500}
"""CMS codes that often mean a bad number although they say "unknown error": two tries, then failed."""


class Verdict(StrEnum):
    """What follows from a refusal."""

    GIVE_UP = "give-up"
    AGAIN_LATER = "again-later"
    UNCERTAIN = "uncertain"
    NOT_ITS_FAULT = "not-its-fault"  # the modem or its SIM is in trouble: the message waits


def judge(error: SubmitRefused, attempts: int, allowed: int) -> Verdict:
    """What follows from a refusal, after ``attempts`` tries (this one included) of ``allowed``."""
    if error.severity is Severity.UNCERTAIN:
        return Verdict.UNCERTAIN
    if error.severity is Severity.MODEM:
        return Verdict.NOT_ITS_FAULT
    limit = min(allowed, 2) if error.cms in _FEW_TRIES else allowed
    if error.severity is Severity.PERMANENT or attempts >= limit:
        return Verdict.GIVE_UP
    return Verdict.AGAIN_LATER


def may_be_out(error: SubmitRefused) -> bool:
    """Whether the part may have gone out all the same: "unknown error" is all that was said of it."""
    return error.text_given and error.cms in _FEW_TRIES


def failure(error: SubmitRefused) -> Failure:
    """The refusal as a message keeps it."""
    return Failure("refused", str(error), cms=error.cms, cme=error.cme, command=error.command)


def delay(backoff: Backoff, attempts: int) -> int:
    """Milliseconds until the next try after ``attempts``: doubling, with jitter."""
    doubled = min(backoff.first * 2.0 ** min(attempts - 1, 40), backoff.max)
    return round(doubled * random.uniform(0.8, 1.2) * 1000)  # noqa: S311 -- jitter
