"""``consents.*``: who agreed to get what, and the proof of it."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from gsmd.protocol import bounds
from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.types import Limit, Moment, Name, Params, Timestamp


class ConsentState(StrEnum):
    """The state of a consent."""

    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"
    EXPIRED = "expired"  # no answer in time
    WITHDRAWN = "withdrawn"


class ConsentsParams(Params, frozen=True):
    """Somebody, by their number."""

    peer: str


class ExportParams(Params, frozen=True):
    """A page of all consents, or of those to a list."""

    list: str | None = None
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class AskParams(Params, frozen=True):
    """Somebody who is to be asked whether they want a list; ``fields`` go into the texts of campaigns."""

    list: Name
    peer: str
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    modem: str | None = None


class ConsentParams(Params, frozen=True):
    """A consent that was given elsewhere: on paper, on a web page. ``shown``: the text that was agreed to."""

    list: Name
    peer: str
    shown: str | None = None
    at: Moment | None = None
    note: str | None = None
    fields: dict[str, str] = msgspec.field(default_factory=dict)


class WithdrawParams(Params, frozen=True):
    """Somebody who wants a list no more; no list: any."""

    peer: str
    list: str | None = None
    note: str | None = None


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's consent to a list, with its proof.

    ``shown`` is the text that they were shown, ``message`` the id of the message that agreed, ``text`` what it said; it came
    to ``modem`` with the SIM ``sim`` (its IMSI or ICCID), whose number is ``number``. ``request``: the message that asked to be
    let in. ``source``: ``message``, or ``request`` if somebody else recorded it. ``ended_by``: no, stop, leave, request or
    forgotten. Texts and messages are null once the person was forgotten.
    """

    id: str
    list: str
    peer: str
    state: ConsentState
    source: str
    asked_at: Timestamp | None = None
    given_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    ended_by: str | None = None
    modem: str | None = None
    sim: str | None = None
    number: str | None = None
    shown: str | None = None
    message: str | None = None
    text: str | None = None
    request: str | None = None
    note: str | None = None
    actor: str | None = None


class PersonsConsents(msgspec.Struct, frozen=True):
    """All that somebody ever agreed to, or was asked, the newest first."""

    peer: str
    consents: Sequence[Consent]


class Consents(msgspec.Struct, frozen=True):
    """A page, oldest first."""

    consents: Sequence[Consent]
    next: str | None = None


class Withdrawn(msgspec.Struct, frozen=True):
    """The number of consents that hold no more."""

    withdrawn: int


GET = Method(
    "consents.get",
    ConsentsParams,
    PersonsConsents,
    READ,
    "Every consent of a number with its proof: when, through which SIM, the text shown, the message that agreed.",
    returns="consents",
)
EXPORT = Method(
    "consents.export", ExportParams, Consents, READ, "All consents with their proofs, oldest first."
)
ASK = Method(
    "consents.ask",
    AskParams,
    Consent,
    SEND,
    "Ask somebody whether they want a list, as who joins it is asked; nobody is asked twice at a time.",
)
ADD = Method(
    "consents.add",
    ConsentParams,
    Consent,
    SEND,
    "Record a consent that was given elsewhere; they are on the list then.",
)
WITHDRAW = Method(
    "consents.withdraw",
    WithdrawParams,
    Withdrawn,
    SEND,
    "They want the list, or any, no more, and are on it no more.",
    returns="withdrawn",
)

METHODS = (GET, EXPORT, ASK, ADD, WITHDRAW)
