"""``conversations.*``: the desk, where people answer people."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.message import Message
from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.stats import Times
from gsmd.protocol.types import Limit, Moment, Name, NameOrNobody, Nothing, Params, Timestamp


class Attention(StrEnum):
    """The state of a conversation. A message of theirs makes ``open`` of any other."""

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    CLOSED = "closed"


Labels = Annotated[tuple[Name, ...], Meta(max_length=bounds.LABELS)]
NoteText = Annotated[str, Meta(min_length=1, max_length=bounds.NOTE)]


class ConversationListParams(Params, frozen=True):
    """A choice of conversations, those with the newest message first.

    ``assignee``: the empty string for those that are nobody's. ``unread_by``: with messages that this person has not
    read. ``reader``: count what this person has not read, and leave nothing out.
    """

    state: Attention | None = None
    assignee: NameOrNobody | None = None
    label: Name | None = None
    unread_by: Name | None = None
    search: str | None = None
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None
    reader: Name | None = None


class ConversationParams(Params, frozen=True):
    """A conversation, by the number of the other side."""

    peer: str


class ConversationSetParams(Params, frozen=True):
    """A change of a conversation: what is not given stays. ``assignee``: null or the empty string for nobody.

    ``snooze_until`` makes it ``snoozed`` until then; ``snoozed`` without it lasts until they write.
    """

    peer: str
    state: Attention | None = None
    assignee: NameOrNobody | msgspec.UnsetType | None = msgspec.UNSET
    labels: Labels | None = None
    snooze_until: Moment | None = None


class NoteParams(Params, frozen=True):
    """A note that the other side never sees. The same ``key`` again: the note that is there."""

    peer: str
    text: NoteText
    key: Name | None = None


class ReadParams(Params, frozen=True):
    """A person who has read a conversation, up to the message with this id; all of it without one."""

    peer: str
    by: Name
    message: str | None = None


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """All messages from and to one number, as one thing to be dealt with.

    ``unread``: the messages of theirs that the person who was asked about has not read; null if none was.
    """

    peer: str
    state: Attention = Attention.OPEN
    assignee: str | None = None
    labels: list[str] = []
    snooze_until: Timestamp | None = None
    last_message: Message | None = None
    unread: int | None = None


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note on a conversation, and who wrote it."""

    id: int
    peer: str
    at: Timestamp
    by: str
    text: str


class ReadMark(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place in a conversation. ``message`` is the id of the newest message of theirs up to there."""

    by: str
    at: Timestamp
    message: str | None = None
    unread: int = 0


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Once through a conversation: from the message that opened it to when somebody closed it.

    ``first_response_at``: when the first message of ours behind that was accepted; null if there was none.
    """

    opened_at: Timestamp
    first_response_at: Timestamp | None = None
    closed_at: Timestamp | None = None
    by: str | None = None
    assignee: str | None = None


class ConversationRecord(Conversation, frozen=True, kw_only=True):
    """All that is known of a conversation but its messages (`messages.list`, `people.messages`).

    ``notes`` oldest first, ``closings`` newest first: the first one is that which is still open, if it is.
    """

    received: int = 0
    sent: int = 0
    notes: list[Note] = []
    reads: list[ReadMark] = []
    closings: list[Closing] = []


class Conversations(msgspec.Struct, frozen=True):
    """A page of conversations; ``next`` is the cursor of the following one, None at the end."""

    conversations: list[Conversation]
    next: str | None = None


class CannedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A text that is often answered with."""

    name: str
    text: str


class CannedReplies(msgspec.Struct, frozen=True):
    """The texts of the configuration (``desk.canned``), in its order."""

    canned: list[CannedReply]


class DeskFiguresParams(Params, frozen=True):
    """A span of time, all of it if nothing is given."""

    since: Moment | None = None
    until: Moment | None = None


class ClosedBy(msgspec.Struct, frozen=True, kw_only=True):
    """The number of conversations that were closed while they were somebody's; None: nobody's."""

    assignee: str | None
    closed: int


class DeskFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How the desk does. ``states`` counts all conversations as they stand now, the rest is about what was ``closed`` in the span.

    ``answered``: those of them that got an answer. Times are in seconds from the message that opened them: to the
    first answer, and to the end.
    """

    since: Timestamp | None
    until: Timestamp
    states: dict[str, int]
    closed: int
    answered: int
    first_response: Times
    until_closed: Times
    by: list[ClosedBy]


LIST = Method(
    "conversations.list",
    ConversationListParams,
    Conversations,
    READ,
    "Conversations, those with the newest message first. A page may be short, even empty, and have a `next`:"
    " a search through a large store is told after a second as far as it has come.",
    big=True,
)
GET = Method(
    "conversations.get",
    ConversationParams,
    ConversationRecord,
    READ,
    "A conversation with its notes, read marks, times and counts; error 2 if there is no message.",
    big=True,
)
SET = Method(
    "conversations.set",
    ConversationSetParams,
    ConversationRecord,
    SEND,
    "Change the state of a conversation, whose it is, its labels. A message of theirs opens it again.",
    big=True,
)
NOTE = Method(
    "conversations.note",
    NoteParams,
    Note,
    SEND,
    "Note something on a conversation. With the `key` of an earlier note of it nothing is noted: that one is the result.",
)
READING = Method(
    "conversations.read",
    ReadParams,
    ReadMark,
    READ | SEND,
    "A person has read a conversation, or has read it up to a message.",
)
CANNED = Method(
    "conversations.canned",
    Nothing,
    CannedReplies,
    READ,
    "Texts that are often answered with.",
    returns="canned",
)

FIGURES = Method(
    "conversations.figures",
    DeskFiguresParams,
    DeskFigures,
    READ,
    "How many conversations stand how, and how soon those that were closed had been answered and done with.",
    slow=True,
)

METHODS = (LIST, GET, SET, NOTE, READING, CANNED, FIGURES)
