"""Parameters of calls: their types in Python, and their form on the wire."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gsmd.protocol.message import iso
from gsmd.protocol.types import Params

Duration = float | str | timedelta
"""Seconds, a duration as people write it (``90s``, ``24h``), or a timedelta."""

Moment = datetime | str
"""A datetime (without a zone: local time), or ISO 8601 with its offset."""


def to_wire(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON values; what is None is left out. A trailing ``_`` is no part of a name."""
    return {
        name.rstrip("_"): _plain(value) for name, value in parameters.items() if value is not None
    }


def given(params: Params) -> dict[str, Any]:
    """The parameters that differ from the defaults: an older daemon need not know what is not asked of it."""
    names, defaults = params.__struct_encode_fields__, params.__struct_defaults__
    required = len(names) - len(defaults)
    values = [getattr(params, field) for field in params.__struct_fields__]
    return {
        name: value
        for place, (name, value) in enumerate(zip(names, values, strict=True))
        if place < required or value != defaults[place - required]
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return iso(value.astimezone(UTC))
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.hex()
        case os.PathLike():
            return os.fspath(value)
    return value
