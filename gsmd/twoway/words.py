"""Words as people type them on phones: compared without case, accents and punctuation."""

import unicodedata

_AROUND = "¡¿\"'“”„«»’‘`´.,;:!?()[]{}<>-–—_/\\|+=~^"
"""What may stand around a word without being part of it. ``#`` and ``*`` are typed on purpose."""


def fold(text: str) -> str:
    """``text`` as it is compared: no case, no accents, no punctuation around words, single blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(word for word in (w.strip(_AROUND) for w in plain.split()) if word)


def first_word(text: str) -> str:
    """The first word of ``text``, folded; empty if there is none."""
    return fold(text).partition(" ")[0]


def after_first_word(text: str) -> str:
    """What follows the first word, as it was typed."""
    return text.split(maxsplit=1)[1].strip() if len(text.split(maxsplit=1)) > 1 else ""


def one_apart(one: str, other: str) -> bool:
    """Whether one letter more, less, different or swapped with its neighbour makes one the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    start = next(
        (i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter)
    )
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    swapped = shorter[start : start + 2][::-1] == longer[start : start + 2]
    return shorter[start + 1 :] == longer[start + 1 :] or (
        swapped and shorter[start + 2 :] == longer[start + 2 :]
    )
