"""Words as people type them on phones: compared without case, accents, punctuation and ornament."""

import re
import unicodedata

_AROUND = "¡¿\"'“”„«»’‘`´.,;:!?()[]{}<>-–—_/\\|+=~^"
"""What may stand around a word without being part of it. ``#`` and ``*`` are typed on purpose."""

_GLUE = re.compile(r"(?<=\w)[.,;:!?…]+(?=[^\W\d_]{2})|(?<=[^\W\d_])[,;:!?…]+(?=\w)")
"""Punctuation that nobody put a blank behind: ``STOP.Merci``, ``Stop!!1``; not ``5.00``, not ``S.T.O.P``."""

_EMPHASIS = re.compile(r"\*(\w+)\*")

_SIGNATURE = re.compile(
    r"^(--|—|sent from|envoyé d|gesendet v|von meinem|enviado d|inviato da|verzonden v|отправлено)",
    re.IGNORECASE,
)
"""How a line begins that the phone put there."""

_DROPPED = {"Mn", "Me", "Cf"}
"""Accents, keycaps, variation selectors; marks of direction, joiners, soft hyphens. Unicode categories."""

_BLANK = {"So", "Sk", "Cs", "Co", "Cn"}
"""Emoji and the like: where one stands, a word ends."""


def fold(text: str) -> str:
    """``text`` as it is compared: bare lower-case words, single blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(_bare(c) for c in plain)
    plain = _EMPHASIS.sub(r"\1", _GLUE.sub(" ", plain))
    return " ".join(word for word in (w.strip(_AROUND) for w in plain.split()) if word)


def said(text: str) -> str:
    """What somebody wrote themselves: without quoted lines in front, and a signature behind."""
    lines = text.strip().splitlines()
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith(">")):
        del lines[0]
    own = []
    for line in lines:
        if not line.strip() or _SIGNATURE.match(line.strip()) or line.lstrip().startswith(">"):
            break
        own.append(line)
    return "\n".join(own) or text


def first_word(text: str) -> str:
    """The first word of ``text``, folded; empty if there is none."""
    return fold(text).partition(" ")[0]


def after_first_word(text: str) -> str:
    """What follows the first word, as it was typed."""
    pieces = _GLUE.sub(" ", text).split(maxsplit=1)
    while pieces and not fold(pieces[0]) and len(pieces) > 1:  # an emoji in front is no word
        pieces = pieces[1].split(maxsplit=1)
    if len(pieces) < 2:
        return ""
    return text[len(text.rstrip()) - len(pieces[1].rstrip()) :].strip()


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
    return shorter[start + 1 :] == longer[start + 1 :] or are_swapped(one, other)


def are_swapped(one: str, other: str) -> bool:
    """Whether two neighbouring letters changed places."""
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


def _bare(character: str) -> str:
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    return " " if category in _BLANK and character not in "`´^" else character
