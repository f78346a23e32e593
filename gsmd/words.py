"""Words as people type them on phones: compared without case, accents, punctuation and ornament.

`first_word` is what every keyword is compared with: those of handlers, of the keyword table and of the configuration's own
checks.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import dropwhile, takewhile

import msgspec

from gsmd.patterns import pattern

_AROUND = "¡¿\"'“”„«»’‘`´.,;:!?()[]{}<>-–—_/\\|+=~^@&"
"""Characters that may stand around a word without being part of it. ``#`` and ``*`` are typed on purpose."""

_GLUE = pattern(r"(?<=\w)[.,;:!?…]+(?=[^\W\d_]{2})|(?<=[^\W\d_])[,;:!?…]+(?=\w)")
"""Punctuation that nobody put a blank behind: ``STOP.Merci``, ``Stop!!1``; not ``5.00``, not ``S.T.O.P``."""

_GLUED = ".,;:!?…．，；：！？"
"""The same where it was typed, full-width forms too."""

_TOKEN = pattern(r"\S+")

_EMPHASIS = pattern(r"\*(\w+)\*")

_SIGNATURE = pattern(
    r"^(--|—|sent from|envoyé d|gesendet v|von meinem|enviado d|inviato da|verzonden v|отправлено)",
    re.IGNORECASE,
)
"""The beginnings of a line that the phone put there."""

_DROPPED = {"Mn", "Me", "Cf"}
"""Accents, keycaps, variation selectors; marks of direction, joiners, soft hyphens. Unicode categories."""

_BLANK = {"So", "Sk", "Cs", "Co", "Cn"}
"""Emoji and the like: where one stands, a word ends."""


_SAME_TEXT = 32
"""Texts that are remembered: several features look at the same one, one after the other."""

_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


class _Piece(msgspec.Struct, frozen=True):
    """A run between two blanks: the word in it, empty if there is none, and where in the text it is."""

    word: str
    begin: int
    end: int


@lru_cache(_SAME_TEXT)
def fold(text: str) -> str:
    """``text`` as it is compared: bare lower-case words, single blanks."""
    return " ".join(piece.word for piece in _pieces(text) if piece.word)


@lru_cache(_SAME_TEXT)
def said(text: str) -> str:
    """The text that somebody wrote themselves: without quoted lines in front, and a signature behind."""
    unquoted = _unquoted(text)
    own = []
    for line in unquoted.splitlines():
        if not line.strip() or _SIGNATURE.match(line.strip()) or _is_quoted(line):
            break
        own.append(line)
    return "\n".join(own) or unquoted


@lru_cache(_SAME_TEXT)
def first_word(text: str) -> str:
    """The first word of what somebody wrote themselves, folded; empty if there is none.

    Every keyword, whoever asks for it, is compared with this.
    """
    return next((piece.word for piece in _pieces(said(text)) if piece.word), "")


@lru_cache(_SAME_TEXT)
def first_sign(text: str) -> str:
    """The sign in front of the first word, up to a blank, that is no word: ``?``, ``...``, an emoji. Else empty."""
    in_front = takewhile(lambda token: not fold(token), said(text).split())
    return next(filter(None, map(_sign, in_front)), "")


def keyword(word: str) -> str:
    """The beginning of a text that means the keyword ``word``; empty if no text can.

    That is its first word, and only where it has none the sign that it is.
    """
    return first_word(word) or first_sign(word)


def beginnings(text: str) -> tuple[str, ...]:
    """The candidates for the keyword of a text: its first word, and a sign that stands alone in front of it."""
    return tuple(each for each in (first_word(text), first_sign(text)) if each)


def word_and_rest(text: str) -> tuple[str, str]:
    """The first word of a text, and what follows it, both as they were typed; quoted lines in front are left out."""
    unquoted = _unquoted(text)
    first = next((piece for piece in _pieces(unquoted) if piece.word), None)
    if first is None:
        return "", ""
    rest = unquoted[first.end :].lstrip(_GLUED)  # a blank comes first where nothing is glued
    return unquoted[first.begin : first.end], rest.strip()


def one_apart(one: str, other: str) -> bool:
    """True if one letter more, less, different or swapped with its neighbour makes one the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    start = next(
        (i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter)
    )
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    return shorter[start + 1 :] == longer[start + 1 :] or are_swapped(one, other)


def are_swapped(one: str, other: str) -> bool:
    """True if two neighbouring letters changed places."""
    apart = [i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    return (
        len(one) == len(other)
        and len(apart) == 2
        and apart[1] == apart[0] + 1
        and one[apart[0]] == other[apart[1]]
        and one[apart[1]] == other[apart[0]]
    )


def without_runs(word: str) -> str:
    """A word with every letter that is repeated once: ``stoppp`` and ``stoop`` are ``stop``."""
    return re.sub(r"(.)\1+", r"\1", word)


def _unquoted(text: str) -> str:
    """Without the lines in front that quote somebody; the whole text if there are no others."""
    lines = text.strip().splitlines()
    own = dropwhile(lambda line: not line.strip() or _is_quoted(line), lines)
    return "\n".join(own) or text


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _sign(token: str) -> str:
    """Without the marks and colours that choose how it is drawn."""
    plain = unicodedata.normalize("NFKC", token.casefold())
    return "".join(
        each
        for each in plain
        if unicodedata.category(each) not in _DROPPED and each not in _SKIN_TONES
    )


def _pieces(text: str) -> Iterator[_Piece]:
    for token in _TOKEN.finditer(text):
        plain, origins = _plain(token[0])
        apart = _GLUE.sub(lambda glue: " " * len(glue[0]), plain)
        for piece in _TOKEN.finditer(apart):
            word = _EMPHASIS.sub(r"\1", piece[0]).strip(_AROUND)
            begin, end = (token.start() + origins[each] for each in piece.span())
            yield _Piece(word, begin, end)


def _plain(token: str) -> tuple[str, Sequence[int]]:
    """Without case, accents and ornament; and where each character of that, and its end, stands in ``token``."""
    if token.isascii():
        return token.lower(), range(len(token) + 1)
    plain = [
        (each, origin)
        for origin, character in enumerate(token)
        for each in map(_bare, unicodedata.normalize("NFKD", character.casefold()))
        if each
    ]
    return "".join(each for each, _ in plain), [*(origin for _, origin in plain), len(token)]


def _bare(character: str) -> str:
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    return " " if category in _BLANK and character not in "`´^" else character
