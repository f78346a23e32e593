"""Which messages a handler takes. Pure: a rule and a message in, yes or no out."""

import re
import string
from functools import lru_cache

from gsmd.config import MatchRule
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
    )


def first_word(text: str) -> str:
    """The first word as keywords are compared: without case, and without punctuation around it."""
    words = text.casefold().split(maxsplit=1)
    return (words[0].strip(_AROUND) or words[0]) if words else ""


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


def _contains(regex: str, text: str | None) -> bool:
    return text is not None and _compiled(regex).search(text) is not None


@lru_cache(maxsize=256)
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
