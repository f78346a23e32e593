"""Which messages a handler takes. Pure: a rule and a message in, yes or no out."""

import re
import string
import unicodedata
from datetime import datetime, time
from functools import lru_cache

from gsmd.config import MatchRule
from gsmd.handlers.senders import senders_in
from gsmd.message import Kind, Message

USUAL_KINDS = frozenset({Kind.TEXT, Kind.DATA, Kind.NOTICE})
"""What a handler takes that does not name kinds; status reports that match nothing only on request."""

_AROUND = string.punctuation.replace("#", "").replace("*", "") + "¡¿…“”„«»’"


def matches(rule: MatchRule | None, message: Message) -> bool:
    """Whether everything that the rule asks for is true of the message."""
    if rule is None or rule.kind is None:
        right_kind = message.kind in USUAL_KINDS
    else:
        right_kind = message.kind in rule.kind
    if rule is None or not right_kind:
        return right_kind
    return (
        (rule.keyword is None or _begins_with(rule.keyword, message.text))
        and (rule.from_ is None or _is_from(rule.from_, message.peer))
        and (rule.modem is None or message.modem in rule.modem)
        and (rule.regex is None or _contains(rule.regex, message.text))
        and (rule.from_file is None or _is_from(senders_in(rule.from_file), message.peer))
        and (rule.between is None or _is_between(rule.between, message.created_at))
        and (rule.answers is None or rule.answers == (message.in_reply_to is not None))
    )


def first_word(text: str) -> str:
    """The first word as keywords are compared: without case, and without punctuation, emoji and invisible marks."""
    bare = "".join(_bare(character) for character in text.casefold())
    words = bare.split(maxsplit=1)
    return (words[0].strip(_AROUND) or words[0]) if words else ""


def _bare(character: str) -> str:
    """Nothing for marks that cannot be seen, a blank for emoji."""
    category = unicodedata.category(character)
    return "" if category in {"Cf", "Mn", "Me"} else " " if category == "So" else character


def _begins_with(keywords: tuple[str, ...], text: str | None) -> bool:
    return text is not None and first_word(text) in {first_word(keyword) for keyword in keywords}


def _is_from(peers: tuple[str, ...], peer: str) -> bool:
    peer = peer.casefold()
    return any(
        peer.startswith(wanted[:-1].casefold())
        if wanted.endswith("*")
        else peer == wanted.casefold()
        for wanted in peers
    )


def _is_between(part_of_day: str, at: datetime) -> bool:
    """``08:00-18:30``, by this machine's clock; over midnight where the end comes first."""
    begin, end = (time.fromisoformat(each) for each in part_of_day.split("-"))
    now = at.astimezone().time()
    return begin <= now < end if begin <= end else now >= begin or now < end


def _contains(regex: str, text: str | None) -> bool:
    return text is not None and _compiled(regex).search(text) is not None


@lru_cache(maxsize=256)
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
