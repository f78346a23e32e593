"""``gateways.*``: the processes that bring gsmd to a network, as far as the daemon knows of them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.events import Done
from gsmd.protocol.method import ANYBODY, READ, Method
from gsmd.protocol.types import Name, Nothing, Params, Timestamp

Sentence = Annotated[str, Meta(max_length=bounds.SENTENCE)]
"""Words for people."""


class GatewayTrouble(msgspec.Struct, frozen=True):
    """Something that keeps a gateway from its work: what it is, and what to do about it."""

    what: Sentence
    to_do: Sentence = ""


class GatewayReportParams(Params, frozen=True):
    """A gateway's word of itself. ``says``: what it is doing, in a line."""

    gateway: Name
    says: Sentence | None = None
    troubles: Annotated[tuple[GatewayTrouble, ...], Meta(max_length=bounds.TROUBLES)] = ()


class GatewayStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway. ``away``: it is configured, and does not run, or does not reach the daemon.

    ``configured``: the daemon's configuration has its section. ``user``, ``pid``: whose process it is.
    """

    name: str
    state: Literal["running", "away"]
    configured: bool
    says: str | None = None
    troubles: list[GatewayTrouble] = []
    user: str | None = None
    pid: int | None = None
    since: Timestamp | None = None


class GatewayList(msgspec.Struct, frozen=True):
    """Those that are configured, and those that run."""

    gateways: list[GatewayStatus]


LIST = Method(
    "gateways.list",
    Nothing,
    GatewayList,
    READ,
    "The gateways that are configured or running: whether each runs, and what keeps it from its work.",
    returns="gateways",
)
REPORT = Method(
    "gateways.report",
    GatewayReportParams,
    Done,
    ANYBODY,
    "A gateway's word of itself, which holds until its next one, or until the connection ends.",
)

METHODS = (LIST, REPORT)
