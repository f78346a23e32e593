"""``polls.*``: votes by SMS."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.types import Limit, Moment, Name, Nothing, Params, Timestamp, Winners


class Counts(StrEnum):
    """The vote that counts of somebody who votes more than once."""

    FIRST = "first"
    LAST = "last"


class NewOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option, and what people text for it besides its name and number."""

    name: str
    words: list[str] = []


class PollParams(Params, frozen=True):
    """A poll as asked for."""

    poll: Name
    options: Annotated[list[NewOption | str], Meta(min_length=2)]
    question: str | None = None
    opens: Moment | None = None
    closes: Moment | None = None
    counts: Counts = Counts.LAST
    reply: str | None = None


class OnePollParams(Params, frozen=True):
    """A poll, by its name."""

    poll: str


class VotesParams(Params, frozen=True):
    """A page of a poll's votes."""

    poll: str
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class DrawParams(Params, frozen=True):
    """The number of winners to draw among those who voted, or voted for ``option``."""

    poll: str
    winners: Winners = 1
    option: str | None = None


class Option(msgspec.Struct, frozen=True):
    """One thing to vote for, and what people text for it."""

    name: str
    words: tuple[str, ...] = ()


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """A poll as it stands. ``tally`` has the votes of each option, in order."""

    name: str
    question: str | None = None
    state: str
    options: list[Option]
    tally: list[int]
    votes: int
    counts: str = ""
    opens_at: Timestamp | None = None
    closes_at: Timestamp | None = None
    commitment: str = ""


class PollList(msgspec.Struct, frozen=True):
    """Every poll, by name."""

    polls: list[Poll]


class DeletedPoll(msgspec.Struct, frozen=True):
    """The poll that is no more."""

    poll: str


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """A vote; ``message`` is the id of the SMS."""

    peer: str
    option: str
    at: Timestamp
    message: str | None = None


class Votes(msgspec.Struct, frozen=True):
    """A page of a poll's votes, by number."""

    votes: list[Vote]
    next: str | None = None


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """Winners, and all that it takes to check them (docs/twoway.md)."""

    poll: str
    winners: list[str]
    entrants: int
    list_hash: str = ""
    seed: str = ""
    commitment: str = ""


LIST = Method("polls.list", Nothing, PollList, READ, "Every poll.", returns="polls")
GET = Method("polls.get", OnePollParams, Poll, READ, "One poll with its tally.")
CREATE = Method(
    "polls.create",
    PollParams,
    Poll,
    SEND,
    "A poll; options are names, or `{name, words?}`; `counts` is `first` or `last`.",
)
CLOSE = Method("polls.close", OnePollParams, Poll, SEND, "No more votes.")
DELETE = Method(
    "polls.delete", OnePollParams, DeletedPoll, SEND, "The poll and its votes are no more."
)
VOTES = Method("polls.votes", VotesParams, Votes, READ, "The votes of a poll, by number.")
DRAW = Method(
    "polls.draw",
    DrawParams,
    Draw,
    SEND,
    "Draw winners among those who voted, or voted for `option`, once the poll is closed.",
)

METHODS = (LIST, GET, CREATE, CLOSE, DELETE, VOTES, DRAW)
