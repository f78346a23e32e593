"""A command that is answered with an error, and what the daemon's errors are in SMTP."""

import re

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

_LONGEST = 400


class Refusal(Exception):
    """The answer is ``code``, ``status`` (RFC 3463) and a sentence."""

    def __init__(self, code: int, status: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.status = status

    @property
    def answer(self) -> str:
        """The line for the client: ASCII, however it came about."""
        plain = str(self).encode("ascii", "replace").decode()
        return f"{self.code} {self.status} {re.sub(r'[^ -~]+', ' ', plain)[:_LONGEST]}"


def daemon_away() -> Refusal:
    """The daemon cannot be asked."""
    return Refusal(451, "4.3.0", "the SMS daemon is away, try again later")


def refusal_of(error: GsmdError) -> Refusal:
    """What the daemon says, in SMTP: 4xx where another try is worth it."""
    if isinstance(error, NoDaemon | TimedOut):
        return daemon_away()
    if isinstance(error, NotPermitted):
        full = error.reason.startswith("store")
        code, status = (452, "4.3.1") if full else (451, "4.3.5")
    elif isinstance(error, Invalid) and error.reason == "too_long":
        code, status = 552, "5.3.4"
    elif isinstance(error, RefusedError | Invalid | NotFound | Conflict):
        code, status = 550, "5.1.3" if error.field == "to" else "5.7.1"
    else:
        code, status = 451, "4.3.0"
    return Refusal(code, status, str(error))
