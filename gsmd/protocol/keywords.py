"""``keywords.*``: the table of words that people text."""

from enum import StrEnum

import msgspec

from gsmd.protocol.method import READ, Method
from gsmd.protocol.types import Nothing


class Does(StrEnum):
    """The effect of a keyword; the answer comes besides."""

    REPLY = "reply"
    HELP = "help"
    RUN = "run"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    POLL = "poll"
    FORM = "form"
    CONTEST = "contest"
    DESK = "desk"


class KeywordRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table. ``words``: the first one stands for it, in capitals, in statistics and in `handlers.test`.

    ``target`` is the list, the poll, the form, the contest, the label or the name of the program. ``reply`` is a template; null
    where what it does answers by itself. ``help``: its line in the answer to HELP.
    """

    words: list[str]
    does: Does
    target: str | None = None
    reply: str | None = None
    help: str | None = None


class KeywordTable(msgspec.Struct, frozen=True, kw_only=True):
    """All keywords in order, the words for help last. ``default`` is the answer to what is in nobody's table."""

    keywords: list[KeywordRow]
    default: str | None = None
    misspelt: bool = True


LIST = Method(
    "keywords.list",
    Nothing,
    KeywordTable,
    READ,
    "The table of keywords, as it is configured; `handlers.test` with an empty handler tells what one text would be taken for.",
)

METHODS = (LIST,)
