"""Choosing among options by text: which one somebody means, and the options in one line."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from gsmd.word_table import WordTable
from gsmd.words import first_sign, fold, said


class Choosable(Protocol):
    """A thing to choose, and what people text for it beside its name."""

    @property
    def name(self) -> str: ...
    @property
    def words(self) -> Sequence[str]: ...


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
"""Words that people put before what they choose."""


def choice(options: Sequence[Choosable], text: str, *, whole: bool = False) -> int | None:
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
    return fold(word) or first_sign(word)  # an emoji may be chosen too


def _single_words(option: Choosable) -> Sequence[str]:
    return [word for word in (option.name, *option.words) if " " not in fold(word)]


def _without_lead(words: str, options: Collection[str]) -> str:
    lead, _, rest = words.partition(" ")
    if not rest or lead not in _LEADS or lead in options:
        return words
    return _without_lead(rest, options)


def menu(options: Iterable[Choosable]) -> str:
    """The options to choose from, in one line."""
    return ", ".join(f"{number} {option.name}" for number, option in enumerate(options, 1))
