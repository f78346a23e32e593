"""``people.*``: what is known of one number, and forgetting it."""

import msgspec

from gsmd.protocol import bounds
from gsmd.protocol.consents import Consent
from gsmd.protocol.conversations import ConversationRecord
from gsmd.protocol.forms import Entry
from gsmd.protocol.message import Message
from gsmd.protocol.method import ADMIN, READ, Method
from gsmd.protocol.optout import OptOutChange
from gsmd.protocol.types import Limit, Params, Timestamp


class PersonParams(Params, frozen=True):
    """Somebody, by their number."""

    peer: str


class PersonMessagesParams(Params, frozen=True):
    """A page of somebody's messages."""

    peer: str
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class PersonVote(msgspec.Struct, frozen=True, kw_only=True):
    """A person's vote in a poll: ``choice`` is the position of the option."""

    poll: str
    choice: int
    at: Timestamp


class PersonEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A person's code that counted in a contest."""

    contest: str
    at: Timestamp
    prize: str | None = None


class PersonConversion(msgspec.Struct, frozen=True, kw_only=True):
    """What a person did that a campaign was for; ``campaign`` is its id."""

    campaign: str
    goal: str
    at: Timestamp
    value: float | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a number but the messages, which come in pages."""

    peer: str
    lists: list[str] = []
    votes: list[PersonVote] = []
    optout: list[OptOutChange] = []
    conversation: ConversationRecord | None = None
    forms: list[Entry] = []
    contests: list[PersonEntry] = []
    consents: list[Consent] = []
    conversions: list[PersonConversion] = []


class Correspondence(msgspec.Struct, frozen=True):
    """A page of somebody's messages, oldest first."""

    messages: list[Message]
    next: str | None = None


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of what was deleted. ``kept``: messages that a modem or a handler had in its hands."""

    peer: str
    messages: int
    traces: int
    kept: int


GET = Method(
    "people.get", PersonParams, Person, READ, "Lists, votes, consents and opt-out of a number."
)
MESSAGES = Method(
    "people.messages",
    PersonMessagesParams,
    Correspondence,
    READ,
    "The messages from and to a number, oldest first.",
    big=True,
)
FORGET = Method(
    "people.forget",
    PersonParams,
    Forgotten,
    ADMIN,
    "Erase what is known of a number. That it opted out stays: else it would be written to again; that and when it gave"
    " consent stays too.",
    slow=True,
)

METHODS = (GET, MESSAGES, FORGET)
