"""The choice of messages that a handler takes: a rule and a message in, yes or no out."""

import re
from functools import lru_cache

from msgspec import UNSET

from gsmd.config import MatchRule
from gsmd.handlers.regex_cost import SHORT, is_cheap
from gsmd.handlers.senders import senders_in
from gsmd.numbers import is_same_number
from gsmd.protocol.message import Kind, Message
from gsmd.words import beginnings, keyword

USUAL_KINDS = frozenset({Kind.TEXT, Kind.DATA, Kind.NOTICE})
"""The kinds for a handler that names none; status reports that match nothing only on request."""


def matches(rule: MatchRule | None, message: Message) -> bool:
    """True if everything that the rule asks for is true of the message.

    A finished form is for those who ask for it by its name, and they get nothing else.
    """
    if not _is_about(None if rule is None else rule.form, message):
        return False
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
        and (rule.from_file is None or _is_from(senders_in(rule.from_file), message.peer))
        and (rule.between is None or rule.between.holds(message.created_at.astimezone().time()))
        and (rule.answers is None or rule.answers == (message.in_reply_to is not None))
        # last: it may take long, and need not where something else says no
        and (rule.regex is None or _contains(rule.regex, message.text))
    )


def _is_about(forms: tuple[str, ...] | None, message: Message) -> bool:
    if forms is None or message.form is UNSET:
        return forms is None and message.form is UNSET
    return message.form.name in forms


def _begins_with(keywords: tuple[str, ...], text: str | None) -> bool:
    return text is not None and not _meant_by(keywords).isdisjoint(beginnings(text))


@lru_cache(maxsize=256)
def _meant_by(keywords: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(keyword, keywords))


def _is_from(peers: tuple[str, ...], peer: str) -> bool:
    return any(_is_sender(wanted, peer) for wanted in peers)


def _is_sender(wanted: str, peer: str) -> bool:
    if wanted.endswith("*"):
        return peer.casefold().startswith(wanted[:-1].casefold())
    return wanted.casefold() == peer.casefold() or is_same_number(wanted, peer)


def _contains(regex: str, text: str | None) -> bool:
    if text is None:
        return False
    pattern, cheap = _compiled(regex)
    if cheap and len(text) <= SHORT:
        return pattern.search(text) is not None
    from gsmd.handlers.bounded_search import search  # needed by few

    return search(regex, text)


@lru_cache(maxsize=256)
def _compiled(regex: str) -> tuple[re.Pattern[str], bool]:
    """A pattern, and if it is cheap."""
    try:
        return re.compile(regex), is_cheap(regex)
    except (RecursionError, OverflowError):
        return re.compile(regex), False
