"""What the calls of two-way messaging return. Members that a later daemon adds are ignored."""

from datetime import datetime
from typing import Any

import msgspec

from gsmd.protocol.message import Message


class OptOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wants no messages from us, and how that came."""

    peer: str
    at: datetime
    source: str = ""
    note: str | None = None


class OptOutChange(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody opted out or in: ``wish`` is ``stop`` or ``start``."""

    peer: str
    at: datetime
    wish: str = ""
    source: str = ""
    note: str | None = None


class OptOuts(msgspec.Struct, frozen=True):
    """A page; ``next`` is the ``after`` of the following one."""

    optouts: list[OptOut]
    next: str | None = None


class OptOutLog(msgspec.Struct, frozen=True):
    """A page, newest first."""

    changes: list[OptOutChange]
    next: str | None = None


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A sender, or a pattern, that is blocked."""

    pattern: str
    at: datetime
    note: str | None = None


class BlockChange(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody was blocked or unblocked: ``wish`` is ``block`` or ``unblock``."""

    pattern: str
    at: datetime
    wish: str = ""
    note: str | None = None


class Blocks(msgspec.Struct, frozen=True):
    """A page of those blocked by hand, and all of the configuration."""

    blocks: list[Block]
    configured: list[str] = []
    next: str | None = None


class BlockLog(msgspec.Struct, frozen=True):
    """A page, newest first."""

    changes: list[BlockChange]
    next: str | None = None


class Blocked(msgspec.Struct, frozen=True, omit_defaults=True):
    """The pattern as it is compared; whether it was ``added``, or ``removed``."""

    pattern: str
    added: bool = False
    removed: bool = False


class MailingList(msgspec.Struct, frozen=True, kw_only=True):
    """A list and how many are on it."""

    members: int
    created_at: datetime | None = None
    list: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on a list; ``fields`` go into the texts of campaigns."""

    peer: str
    at: datetime | None = None
    fields: dict[str, str] = {}
    message: str | None = None


class Members(msgspec.Struct, frozen=True):
    """A page of a list."""

    members: list[Member]
    next: str | None = None


class Added(msgspec.Struct, frozen=True):
    """How many were new on the list, how many were there, and what is no number."""

    added: int
    known: int
    refused: list[str]


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """One text to many people. ``messages``: how many by state; ``skipped``: how many by reason."""

    id: str
    state: str
    recipients: int
    list: str = ""
    tag: str = ""
    text: str = ""
    pending: int = 0
    messages: dict[str, int] = {}
    skipped: dict[str, int] = {}
    per_minute: float | None = None
    quiet: str | None = None
    created_at: datetime | None = None
    finished_at: datetime | None = None


class Forecast(msgspec.Struct, frozen=True):
    """What a campaign would be; ``duration`` in seconds, if it can be told."""

    recipients: int
    skipped: dict[str, int]
    parts: int
    duration: float | None = None


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """A poll; ``tally`` has a count for each of ``options``."""

    name: str
    state: str
    options: list[dict[str, Any]]
    tally: list[int]
    votes: int
    question: str | None = None
    counts: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    commitment: str = ""


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody voted for; ``message`` is the id of the SMS."""

    peer: str
    option: str
    at: datetime
    message: str | None = None


class Votes(msgspec.Struct, frozen=True):
    """A page of a poll's votes."""

    votes: list[Vote]
    next: str | None = None


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """Who was drawn, and what anybody can check it with."""

    poll: str
    winners: list[str]
    entrants: int
    list_hash: str = ""
    seed: str = ""
    commitment: str = ""


class Code(msgspec.Struct, frozen=True):
    """A code, or a question, that is on its way to somebody."""

    id: str
    expires_at: datetime


class ExpectedCode(msgspec.Struct, frozen=True, kw_only=True):
    """The code that somebody is to text to ``number``."""

    id: str
    code: str | None
    number: str | None
    expires_at: datetime | None = None


class Checked(msgspec.Struct, frozen=True):
    """Whether the code was right, and if not, why."""

    ok: bool
    reason: str | None = None


class Verified(msgspec.Struct, frozen=True):
    """How a verification ended: ``verified``, ``failed`` or ``expired``."""

    state: str
    peer: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a number."""

    peer: str
    lists: list[str] = []
    votes: list[dict[str, Any]] = []
    optout: list[dict[str, Any]] = []


class Correspondence(msgspec.Struct, frozen=True):
    """A page of somebody's messages, oldest first."""

    messages: list[Message]
    next: str | None = None


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a number is gone, and how many messages had to be kept."""

    peer: str
    messages: int
    traces: int
    kept: int
