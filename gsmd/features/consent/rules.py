"""Rules of consent: what is an answer to the question whether somebody wants a list, and how a consent stands."""

from collections.abc import Collection

from gsmd.protocol.consents import ConsentState
from gsmd.words import fold, said
from gsmd.yes_no import yes_or_no

_LONGEST = 3
"""Words of an answer: ``yes please``. A longer text may begin with yes and mean something else."""


def answer(text: str, also: Collection[str]) -> bool | None:
    """True if somebody agrees, False if they do not, None if that is no answer. ``also``: words that are a yes too."""
    return yes_or_no(said(text), longest=_LONGEST, also={fold(word) for word in also})


def state_of(kept: str, due_at: int | None, now: int) -> ConsentState:
    """The state of a consent at a time of the timeline: what nobody answered in time is expired."""
    state = ConsentState(kept)
    if state is ConsentState.ASKED and due_at is not None and due_at <= now:
        return ConsentState.EXPIRED
    return state
