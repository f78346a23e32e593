"""``carriers.*``: a program carries messages to a network and back, as a modem does."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.events import Done
from gsmd.protocol.message import Ports
from gsmd.protocol.method import CARRY, Method
from gsmd.protocol.params import Unfit
from gsmd.protocol.types import Hex, InFlight, Moment, Name, OneLine, Params

Reference = Annotated[str, Meta(min_length=1, max_length=bounds.REFERENCE)]
"""What a carrier calls a message that it took: text, compared letter by letter."""


class AttachParams(Params, frozen=True):
    """``max_in_flight``: submissions that may be without an answer; None: one."""

    carrier: Name
    max_in_flight: InFlight | None = None


class DetachParams(Params, frozen=True):
    """The carrier that the connection is to be no more; ``reason``: why, for whoever asks what waits."""

    carrier: Name
    reason: OneLine | None = None


class Attached(msgspec.Struct, frozen=True):
    """The carrier that the connection is from now on."""

    carrier: str


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of the daemon's request ``carrier.submit``: one whole message, whatever its length.

    The same ``id`` comes again where it is not known whether it went out: then ``possible_duplicate`` is true.
    ``attempt`` counts from 1. ``validity`` is what remains, in seconds; ``parts`` what a modem would need.
    """

    carrier: str
    id: str
    attempt: int
    to: str
    text: str | None
    data: str | None
    alphabet: str
    class_: int | None = msgspec.field(name="class")
    ports: Ports | None
    udh: str | None
    protocol_id: int
    priority: int
    validity: float
    report: bool
    parts: int
    tag: str | None
    possible_duplicate: bool


class Submitted(msgspec.Struct, frozen=True):
    """The answer to ``carrier.submit``: it is sent. Without a ``reference`` no report will find it."""

    reference: str | int | None = None


class ReportParams(Params, frozen=True):
    """``state`` ``sent``: it is on its way yet. ``code`` is the network's own word for it, ``reason`` one for people.

    ``id``: the message that ``reference`` stands for, where the answer to its submission may have been lost.
    """

    carrier: Name
    reference: Reference
    state: Literal["sent", "delivered", "failed", "expired"]
    code: int | str | None = None
    at: Moment | None = None
    reason: OneLine | None = None
    id_: str | None = msgspec.field(name="id", default=None)


class Reported(msgspec.Struct, frozen=True):
    """``message``: the one that it is about; null if that is not known yet: the report is kept for it a while."""

    message: str | None


class ReceiveParams(Params, frozen=True):
    """A message that came in. ``key`` is the carrier's own name for it: the same key again is the same message.

    ``from_`` is a number with ``+``, a short code or a name; a national number is completed for
    ``outbound.country``. ``to``: our number, for the record.
    """

    carrier: Name
    from_: Annotated[str, Meta(min_length=1, max_length=bounds.NAME)] = msgspec.field(name="from")
    key: Annotated[str, Meta(min_length=1, max_length=bounds.REFERENCE)]
    to: OneLine | None = None
    text: Annotated[str, Meta(max_length=bounds.CARRIED_TEXT)] | None = None
    data: Hex | None = None
    ports: Ports | None = None
    at: Moment | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.data is None):
            raise Unfit("exactly one of text and data", "text")


class Kept(msgspec.Struct, frozen=True):
    """``id`` of the message. ``known``: it had been received before."""

    id: str
    known: bool = False


ATTACH = Method(
    "carriers.attach",
    AttachParams,
    Attached,
    CARRY,
    "This connection is a carrier of the configuration: it gets the messages that routes give it as requests"
    " `carrier.submit`. Error 6 while another connection is.",
    call="carry",
)
DETACH = Method(
    "carriers.detach",
    DetachParams,
    Done,
    CARRY,
    "Submit nothing more to this connection; what it has may still be answered on it. `reason` is shown with the"
    " carrier and what waits for it, until a program attaches again.",
)
REPORT = Method(
    "carriers.report",
    ReportParams,
    Reported,
    CARRY,
    "A delivery report: on disk once this is answered. It may come before the answer to the submission, from any"
    " connection, and again.",
)
RECEIVE = Method(
    "carriers.receive",
    ReceiveParams,
    Kept,
    CARRY,
    "A message came in: on disk once this is answered, once for each `key`.",
)

METHODS = (ATTACH, DETACH, REPORT, RECEIVE)
