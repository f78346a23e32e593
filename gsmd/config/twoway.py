"""The configuration of the built-in handlers: opt-out, keywords, polls, codes, and the guard before them all."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gsmd import hours
from gsmd.config.errors import Impossible
from gsmd.config.types import (
    Arguments,
    Count,
    Country,
    Moment,
    Name,
    PartOfDay,
    Pattern,
    Section,
    Text,
    Waiting,
    Word,
)


class OptOutConfig(Section, frozen=True, kw_only=True):
    """Words that end and begin messages, and what they are answered with. None: those gsmd knows."""

    enabled: bool = True
    stop: tuple[Text, ...] | None = None
    start: tuple[Text, ...] | None = None
    goodbye: Text | None = None
    welcome: Text | None = None
    confirm: bool = True

    def __post_init__(self) -> None:
        for key in ("stop", "start"):
            if getattr(self, key) == ():
                raise Impossible("at least one", key=key)


class GuardConfig(Section, frozen=True, kw_only=True):
    """Limits for answers by machines: parts in an hour and a day, to one sender and to all together.

    ``same_exchange``: so often in ten minutes may the same be asked and answered in a row.
    """

    block: tuple[Pattern, ...] = ()
    per_hour: Count = 30
    per_day: Count = 100
    total_per_hour: Count = 1000
    total_per_day: Count = 5000
    quota_share: Annotated[
        float, Meta(gt=0, le=1, description="a part of the whole, above 0 and up to 1")
    ] = 0.25
    same_exchange: Count = 10


class DeskRow(Section, frozen=True, kw_only=True):
    """A keyword that asks for somebody: the label that the conversation gets, and whose it is."""

    label: Name | None = None
    assignee: Name | None = None

    def __post_init__(self) -> None:
        if self.label is None and self.assignee is None:
            raise Impossible("label or assignee")


class CannedText(Section, frozen=True, kw_only=True):
    """A text that is often answered with, and what it goes by."""

    name: Name
    text: Text


class DeskConfig(Section, frozen=True, kw_only=True):
    """Conversations that people answer. ``canned``: texts that they often answer with.

    ``search``: an index of texts may be kept once somebody has searched. ``ask_after_closing``: the form that somebody
    is asked once their conversation is closed.
    """

    canned: tuple[CannedText, ...] = ()
    search: bool = True
    ask_after_closing: Name | None = None


class Keyword(Section, frozen=True, kw_only=True):
    """A word that people text, and what happens then. ``reply`` is a template, see docs/twoway.md."""

    word: tuple[Word, ...]
    reply: Text | None = None
    run: Arguments | None = None
    subscribe: Name | None = None
    unsubscribe: Name | None = None
    poll: Name | None = None
    form: Name | None = None
    contest: Name | None = None
    desk: DeskRow | None = None
    help: Text | None = None

    def __post_init__(self) -> None:
        if not self.word:
            raise Impossible("at least one", key="word")
        acts = (
            self.run,
            self.subscribe,
            self.unsubscribe,
            self.poll,
            self.form,
            self.contest,
            self.desk,
        )
        if sum(act is not None for act in acts) > 1:
            names = "run, subscribe, unsubscribe, poll, form, contest and desk"
            raise Impossible(f"at most one of {names}")
        if self.reply is None and not any(acts):
            raise Impossible("reply, run, subscribe, unsubscribe, poll, form, contest or desk")
        if self.reply is not None and (self.run or self.poll or self.form or self.contest):
            text = "no reply beside run, poll, form or contest: they reply themselves"
            raise Impossible(text, key="reply")


class KeywordsConfig(Section, frozen=True, kw_only=True):
    """The table, words that ask for it, and what is answered to what is in nobody's table."""

    table: tuple[Keyword, ...] = ()
    help: tuple[Word, ...] = ()
    default: Text | None = None
    misspelt: bool = True


class ListConfig(Section, frozen=True, kw_only=True):
    """A list that people join themselves.

    ``confirm``: the question that they have to answer with YES before they are on it, within ``expires`` seconds; None: who
    joins is on it. ``agree``: what else is a YES. ``welcome``: what who is on it now is told; None: the reply of the keyword.
    ``shown``: what those were shown who join without being asked, for the record.
    """

    name: Name
    confirm: Text | None = None
    expires: Waiting = 86_400.0
    agree: tuple[Word, ...] = ()
    welcome: Text | None = None
    declined: Text | None = None
    shown: Text | None = None


_QUIET_IN: dict[str, hours.Hours | None] = {
    "FR": hours.parse("20:00-08:00"),  # the operators' charter for commercial SMS (AF2M)
    "IN": hours.parse("21:00-10:00"),  # TRAI, Telecom Commercial Communications Customer Preference
}
"""Where rules know other hours than most do: those of the USA (47 CFR 64.1200 (c)(1)) and of Korea are the usual ones."""


class CampaignsConfig(Section, frozen=True, kw_only=True):
    """Hours in which nobody gets a promotional message, where they are; in some countries they are others."""

    quiet: PartOfDay | None = hours.parse("21:00-08:00")
    quiet_in: dict[Country, PartOfDay | None] = msgspec.field(
        default_factory=lambda: dict(_QUIET_IN)
    )


class VerifyConfig(Section, frozen=True, kw_only=True):
    """One-time codes: digits, seconds they live, wrong guesses they stand, how many are made."""

    length: Annotated[int, Meta(ge=4, le=12, description="4 to 12 digits")] = 6
    lifetime: Waiting = 600.0
    attempts: Annotated[int, Meta(ge=1, le=20, description="a whole number, 1 to 20")] = 5
    per_number: Count = 10
    per_hour: Count = 1000
    text: Text = "Your code is {code}."
    question: Text = "Answer {code} to confirm."

    def __post_init__(self) -> None:
        for key in ("text", "question"):
            if "{code}" not in getattr(self, key):
                raise Impossible("a text with {code} in it", key=key)


class PollOption(Section, frozen=True, kw_only=True):
    """One thing to vote for. ``word``: what people text for it, beside its name."""

    name: Text
    word: tuple[Word, ...] = ()


class SelftestConfig(Section, frozen=True, kw_only=True):
    """A message that goes from one modem to the number of another, so often, and has to be back within that time."""

    from_: Name = msgspec.field(name="from")
    to: Name
    every: Waiting = 3_600.0
    within: Waiting = 120.0


class PollConfig(Section, frozen=True, kw_only=True):
    """A vote: one for each number. ``counts``: which, if somebody votes again."""

    name: Name
    question: Text | None = None
    options: tuple[PollOption, ...]
    opens: Moment | None = None
    closes: Moment | None = None
    counts: Literal["first", "last"] = "last"
    reply: Text | None = None

    def __post_init__(self) -> None:
        if len(self.options) < 2:
            raise Impossible("at least two", key="options")
        if self.opens and self.closes and self.closes <= self.opens:
            raise Impossible("later than opens", key="closes")


class RedactConfig(Section, frozen=True, kw_only=True):
    """Messages whose texts are not kept: those that these handlers dealt with, and those sent with these tags."""

    handlers: tuple[Name, ...] = ()
    tags: tuple[Word, ...] = ()
