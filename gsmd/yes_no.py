"""Yes and no, as people text them in the languages that gsmd knows."""

from collections.abc import Collection

from gsmd.words import first_sign, fold

_YES = frozenset(
    fold(
        "yes y yeah yep yup sure ok okay ja j jo jawohl klar gerne oui o ouais daccord si s sim tak da evet"
    ).split()
) | {"👍", "✅", "✔"}
_NO = frozenset(fold("no n nope nah not nein ne nee non nao nie niet hayir").split()) | {"👎", "❌"}


def yes_or_no(
    text: str, *, strict: bool = False, longest: int | None = None, also: Collection[str] = ()
) -> bool | None:
    """``Yes please``, ``nein danke``, 👍. None if it is neither, or both.

    ``strict``: only if it is one word; ``longest``: words that it may have. ``also``: folded words that are yes, too.
    """
    words = fold(text).replace("'", "").replace("’", "").split() or [first_sign(text)]
    yes = _YES.union(also)
    said_yes, said_no = (any(word in known for word in words) for known in (yes, _NO))
    if said_yes == said_no or (words[0] not in yes and words[0] not in _NO):
        return None
    most = 1 if strict else longest
    return None if most is not None and len(words) > most else said_yes
