"""``selftest.*``: messages that go out through one modem and come back through another."""

import msgspec

from gsmd.protocol.method import SEND, Method
from gsmd.protocol.types import Params

TAG = "gsmd.selftest"
"""The tag of test messages, in both directions. Statistics leave them out, unless they are asked for by it."""


class SelftestParams(Params, frozen=True):
    """``modem``: only the tests that it has a part in, or, where it has none, one to itself; None: all of the configuration."""

    modem: str | None = None


class SelftestResult(msgspec.Struct, frozen=True, kw_only=True):
    """One test: ``seconds`` from accepted to back, or ``reason`` why it did not come back in time."""

    from_: str = msgspec.field(name="from")
    to: str
    passed: bool
    seconds: float | None = None
    reason: str | None = None


class SelftestResults(msgspec.Struct, frozen=True):
    """Every test, in the order of the configuration."""

    results: list[SelftestResult]


RUN = Method(
    "selftest.run",
    SelftestParams,
    SelftestResults,
    SEND,
    "Messages really go out and come back; the answer comes when they are back, or too late.",
    slow=True,
    call="selftest",
    returns="results",
)

METHODS = (RUN,)
