"""The state of a conversation, and what follows from what somebody asks for."""

from collections.abc import Collection
from typing import NamedTuple

import msgspec

from gsmd.protocol.conversations import Attention, ConversationSetParams
from gsmd.protocol.errors import Code, Refused


class Standing(NamedTuple):
    """The things that people decide of a conversation. ``snooze_until`` is wall time."""

    state: Attention = Attention.OPEN
    assignee: str | None = None
    labels: tuple[str, ...] = ()
    snooze_until: int | None = None


def changed(
    before: Standing, asked: ConversationSetParams, until: int | None, now: int
) -> Standing:
    """The standing that was asked for; ``until`` is its ``snooze_until``. Errors: `Refused` for what cannot be."""
    state = asked.state or (before.state if until is None else Attention.SNOOZED)
    if until is not None and state is not Attention.SNOOZED:
        raise _impossible(f"a conversation that is {state} does not end by itself")
    if until is not None and until <= now:
        raise _impossible("that is over")
    if until is None and state is Attention.SNOOZED and asked.state is None:
        until = before.snooze_until
    assignee = before.assignee if asked.assignee is msgspec.UNSET else asked.assignee or None
    labels = before.labels if asked.labels is None else tuple(sorted(set(asked.labels)))
    return Standing(state, assignee, labels, until)


def differences(before: Standing, after: Standing) -> dict[str, object]:
    """What an event tells of a change: the members that are different, as they are now."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in after._asdict().items()
        if value != getattr(before, name) and name != "snooze_until"
    }


def with_label(labels: Collection[str], label: str | None) -> tuple[str, ...]:
    """The labels with one more."""
    return tuple(sorted({*labels, label} if label else set(labels)))


def _impossible(why: str) -> Refused:
    return Refused(Code.INVALID, why, reason="bad_snooze", field="snooze_until")
