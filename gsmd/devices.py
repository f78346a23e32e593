"""Devices behind SMS: what their answers say, and what is known of each. Pure: no I/O, no clock.

Theory of operation. A state is a JSON object: values that expressions found in what the device texts, and what became
of the last command. A device may answer before the network tells that the command was delivered: what is answered stays so,
and nothing that is told of an earlier command changes what is said of the last one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

OWN = frozenset(
    {"answers", "asked_at", "at", "text", "data", "command", "command_state", "message", "name"}
)
"""Members of a state that are ours: no expression's group can be called so."""

ANSWERED = "answered"
"""What a command is whose answer came; before, it is what its message is."""

State = Mapping[str, Any]

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})\Z", re.ASCII)
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}\Z", re.ASCII)


def values_of(expressions: Sequence[str]) -> list[str]:
    """The values that answers can have, in the order of the expressions."""
    groups: dict[str, None] = {}
    for expression in expressions:
        groups.update(dict.fromkeys(re.compile(expression).groupindex))
    return [each for each in groups if each not in OWN]


def content_of(message: Mapping[str, Any]) -> str:
    """What expressions look at: a message's text, or its octets in hex."""
    return str(message["text"] if message["text"] is not None else message["data"] or "")


def values(groups: Mapping[str, str]) -> dict[str, Any]:
    """The values that groups are: a number where it is written as one, ``48.85`` and ``7``, not ``007``."""
    return {name: _typed(value) for name, value in groups.items() if name not in OWN}


def commanded(
    state: State, command: str, message: str, message_state: str
) -> dict[str, Any] | None:
    """The state once a command is a message in this state; None if nothing changes."""
    if is_answered(state, message):
        return None if state.get("command") == command else {**state, "command": command}
    became = ANSWERED if state.get("answers") == message else message_state
    return {**state, "command": command, "command_state": became, "message": message}


def ended(state: State, message: str, message_state: str) -> dict[str, Any] | None:
    """The state once a command's message came to another one; None if that changes nothing."""
    if state.get("message") != message or is_answered(state, message):
        return None
    return {**state, "command_state": message_state}


def heard(state: State, message: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The state once the device said something with these values in it."""
    answers = message["in_reply_to"]
    told = {"at": message["created_at"], "text": message["text"], "data": message["data"]}
    answered = {"command_state": ANSWERED} if is_last(state, answers) else {}
    return {**state, **found, **answered, **told, "answers": answers}


def is_last(state: State, message: str | None) -> bool:
    """The last command became that message."""
    return message is not None and bool(state.get("message") == message)


def is_answered(state: State, message: str) -> bool:
    """It did, and the answer came."""
    return is_last(state, message) and state.get("command_state") == ANSWERED


def _typed(value: str) -> str | int | float:
    if _WHOLE.match(value):
        return int(value)
    return float(value) if _FRACTION.match(value) else value
