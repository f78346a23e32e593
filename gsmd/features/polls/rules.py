"""Votes: what a text votes for, and a draw that anybody can check afterwards."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Sequence

from gsmd.protocol.polls import Option
from gsmd.word_table import WordTable
from gsmd.words import first_sign, fold, said

_LEADS = frozenset(
    [
        "vote",
        "voto",
        "stimme",
        "option",
        "for",
        "fur",
        "pour",
        "por",
        "number",
        "nummer",
        "numero",
        "nr",
        "no",
    ]
)
"""Words that people put before what they vote for."""


def choice(options: Sequence[Option], text: str, *, whole: bool = False) -> int | None:
    """The position of the option that ``text`` names: by name, word or number from 1.

    ``whole``: only if it says nothing else. Who names two options has not decided.
    """
    exact = {
        _plain(word): position
        for position, option in reversed(list(enumerate(options)))
        for word in (str(position + 1), option.name, *option.words)
    }
    named = _without_lead(fold(said(text)).replace("#", ""), exact) or first_sign(text)
    if not named or named in exact or whole:
        return exact.get(named)
    words = named.split()
    if len({exact[word] for word in words if word in exact}) > 1:
        return None
    table = WordTable([(_single_words(option), i) for i, option in enumerate(options)])
    return exact[words[0]] if words and words[0] in exact else table.find(named)


def _plain(word: str) -> str:
    return fold(word) or first_sign(word)  # an emoji may be voted for too


def _single_words(option: Option) -> Sequence[str]:
    return [word for word in (option.name, *option.words) if " " not in fold(word)]


def _without_lead(words: str, options: Collection[str]) -> str:
    lead, _, rest = words.partition(" ")
    if not rest or lead not in _LEADS or lead in options:
        return words
    return _without_lead(rest, options)


def menu(options: Iterable[Option]) -> str:
    """The options to vote for, in one line."""
    return ", ".join(f"{number} {option.name}" for number, option in enumerate(options, 1))


def commitment(seed: str) -> str:
    """The commitment to a seed, published before the draw: its SHA-256, hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def list_hash(entrants: Iterable[str]) -> str:
    """SHA-256 (hex) of the sorted numbers, one a line."""
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(entrants)).encode()).hexdigest()


def draw(seed: str, entrants: Iterable[str], count: int) -> list[str]:
    """``count`` winners (or all, if there are fewer), in order, given by seed and list alone.

    Winner ``n`` (from 1) is the one at position HMAC-SHA256(seed, "<list hash> <n>") modulo how
    many are left, of the sorted list without the winners before.
    """
    left = sorted(entrants)
    name = list_hash(left)
    winners = []
    for number in range(1, min(count, len(left)) + 1):
        digest = hmac.new(seed.encode(), f"{name} {number}".encode(), hashlib.sha256).digest()
        winners.append(left.pop(int.from_bytes(digest, "big") % len(left)))
    return winners
