"""Codes: how they are written, which letter checks them, how they are kept, which of them win, who is drawn.

**Theory of operation.** A code that gsmd makes has `ALPHABET`, 19 characters: no vowels, so that no code is a word, and none
that looks like another (no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, 6 G, U V). Its last character is chosen so that the characters,
as digits of a number to the base 2, add up to a multiple of 19. 19 is prime and 2 generates all its remainders: any one
character that is wrong, and any two neighbours that changed places, give another sum. Who mistypes is told so,
who guesses needs a code that adds up.

The store has ``mark(key, code)``: the first 64 bits of an HMAC, as a number. The key of a contest comes of one that is in a file
beside the database, so that the database alone tells nobody a code.

The codes that win at once are those with the least `lot`, an HMAC of the mark with the seed of the contest. Nobody who
has the codes can tell, until the contest is closed and seed and key are told; their hashes are told from the beginning.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import nsmallest

from gsmd.words import word_and_rest

ALPHABET = "CDFHJKMNPRTWXY34679"
"""The characters of codes that gsmd makes; their position is their value."""

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_PRIME = len(ALPHABET)

ROOM = 1000
"""Codes that could be made, at least, for every one that is: so rare is a guess that adds up and is one."""

_GROUPS = 8
"""Runs of words of a text that may be its code: people put blanks into it, and words around it."""


def plain(code: str) -> str:
    """A code as it is compared: letters and digits alone, in capitals."""
    return "".join(each for each in unicodedata.normalize("NFKC", code).upper() if each.isalnum())


def made_of(values: Sequence[int]) -> str:
    """The code of these characters, by value, with its check letter behind them."""
    total = 0
    for value in values:
        total = (total * 2 + value) % _PRIME
    return "".join(ALPHABET[value] for value in (*values, -total * 2 % _PRIME))


def adds_up(code: str) -> bool:
    """True if a code has only characters of ours, and its check letter fits."""
    total = 0
    for character in code:
        value = _VALUES.get(character)
        if value is None:
            return False
        total = (total * 2 + value) % _PRIME
    return bool(code) and total == 0


def room(length: int) -> int:
    """How many codes of a length there can be."""
    return int(_PRIME ** (length - 1))


def contest_key(key: bytes, commitment: str) -> bytes:
    """The key of one contest."""
    return hmac.digest(key, f"contest {commitment}".encode(), "sha256")


def mark(key: bytes, code: str) -> int:
    """The number that is kept of a code: it fits SQLite's integers."""
    return int.from_bytes(hmac.digest(key, code.encode(), "sha256")[:8], "big", signed=True)


def lot(seed: str, of: int) -> int:
    """The lot of a code, by its mark: the least ones win."""
    return int.from_bytes(
        hmac.digest(seed.encode(), of.to_bytes(8, "big", signed=True), "sha256")[:8], "big"
    )


def winning(seed: str, marks: Iterable[int], quotas: Sequence[int]) -> Mapping[int, int]:
    """The codes that win at once, and which prize each: the least lots the first prize, the next ones the second."""
    prizes = [prize for prize, quota in enumerate(quotas) for _ in range(max(0, quota))]
    if not prizes:
        return {}
    least = nsmallest(len(prizes), marks, key=lambda each: lot(seed, each))
    return dict(zip(least, prizes, strict=False))


def typed(text: str, fits: Callable[[str], bool]) -> Sequence[str]:
    """The candidates for a code in a text: words, and neighbours taken together, that ``fits`` lets pass.

    All of it together comes first, and is one if nothing else is.
    """
    words = [each for each in map(plain, text.split()) if each][:_GROUPS]
    runs = [
        "".join(words[begin:end])
        for size in range(len(words), 0, -1)
        for begin in range(len(words) - size + 1)
        for end in (begin + size,)
    ]
    found = list(dict.fromkeys(each for each in runs if fits(each)))[:_GROUPS]
    return found or runs[:1]


def masked(text: str) -> str:
    """A text with nothing but its first word to be read."""
    word, _ = word_and_rest(text)
    for found in re.finditer(re.escape(word), text):
        kept = f"{_hidden(text[: found.start()])}{word}{_hidden(text[found.end() :])}"
        if word_and_rest(kept)[0] == word:
            return kept
    return f"{word} ***"


def _hidden(text: str) -> str:
    return re.sub(r"\w", "*", text)


def commitment(secret: bytes) -> str:
    """The commitment to a secret, told before it is: its SHA-256, hex."""
    return hashlib.sha256(secret).hexdigest()


def list_hash(entrants: Iterable[str]) -> str:
    """SHA-256 (hex) of the sorted numbers, one a line, as polls have it."""
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(entrants)).encode()).hexdigest()


def draw(seed: str, entrants: Collection[str], count: int) -> list[str]:
    """``count`` winners (or all, if there are fewer), in order, given by seed and list alone, as polls draw them."""
    left = sorted(entrants)
    name = list_hash(left)
    winners = []
    for number in range(1, min(count, len(left)) + 1):
        digest = hmac.digest(seed.encode(), f"{name} {number}".encode(), "sha256")
        winners.append(left.pop(int.from_bytes(digest, "big") % len(left)))
    return winners
