"""Structs as the JSON values that go over the socket."""

from datetime import datetime
from typing import Any

import msgspec

from gsmd.protocol.message import Message, iso, to_wire


def plain(value: Any) -> Any:
    """JSON values of any result: every struct as its fields, every time as ISO 8601 with milliseconds."""
    if isinstance(value, Message):
        return to_wire(value)
    return _with_times(msgspec.to_builtins(value, builtin_types=(datetime,)))


def _with_times(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return {key: _with_times(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_with_times(member) for member in value]
    return value
