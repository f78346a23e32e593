"""Patterns of senders: a number or a name, with ``*`` for anything."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from gsmd.numbers import is_same_number, plain
from gsmd.protocol import bounds
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.numbers import normalise


def matches(peer: str, patterns: Iterable[str]) -> bool:
    """True if a sender fits one of the patterns, which are folded (`str.casefold`).

    A whole number fits each of its spellings.
    """
    sender = peer.casefold()
    return any(fnmatchcase(sender, each) or is_same_number(peer, each) for each in patterns)


def pattern_of(typed: str, country: str | None) -> str:
    """A pattern as it is compared: a whole number as the network gives it, anything else as it was typed.

    ``country`` (ISO 3166) completes a national number. Errors: `Refused` for what nobody or everybody would fit.
    """
    pattern = plain(typed.strip())
    if not pattern.replace("*", ""):
        raise _impossible("that would be everybody" if pattern else "empty", "everybody")
    if len(pattern) > bounds.PATTERN or not pattern.isprintable():
        raise _impossible(f"at most {bounds.PATTERN} characters", "pattern")
    if "*" in pattern:
        return pattern.replace(" ", "") if pattern[0] in "+0123456789" else pattern
    try:
        return normalise(pattern, country)
    except Refused:
        return pattern  # a name, like Vodafone


def _impossible(why: str, reason: str) -> Refused:
    return Refused(
        Code.INVALID,
        f"a number or a sender's name, with * for anything: {why}",
        reason=reason,
        field="pattern",
    )
