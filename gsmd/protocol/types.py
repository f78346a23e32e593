"""The types of parameters, beyond JSON's own: what a value may be stands in its type.

A value of the wrong JSON type is a TypeError, an impossible one a ValueError; `gsmd.protocol.params`
makes error −32602 or 3 of them. JSON Schema learns of the types from `schema_of`.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds, durations


class Seconds(float):
    """A duration in seconds; written as a number of seconds, or like ``90s 15m 24h 7d 2w``."""

    __slots__ = ()


class Moment(datetime):
    """A point in time; written as ISO 8601 with its offset from UTC."""

    __slots__ = ()


_PRINTABLE = (
    r"[^\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]"
)
"""Anything but control characters, line ends and what is not seen."""

Name = Annotated[str, Meta(min_length=1, max_length=bounds.NAME, pattern=rf"^{_PRINTABLE}*\Z")]
"""A name that is not empty, not endless and has no control characters."""

NameOrNobody = Annotated[str, Meta(max_length=bounds.NAME, pattern=rf"^{_PRINTABLE}*\Z")]
"""A name, or the empty string for nobody's."""

Actor = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=bounds.ACTOR,
        pattern=rf"^{_PRINTABLE}*\Z",
        description="The person for whom it is done, such as anna@web.",
    ),
]
"""A person on whose behalf a call is made."""

OneLine = Annotated[
    str, Meta(min_length=1, max_length=bounds.COMMAND, pattern=rf"^{_PRINTABLE}*\Z")
]
"""Printable characters on one line: a carriage return would start a second command."""

Command = Annotated[str, Meta(max_length=bounds.COMMAND, pattern=r"^ *[Aa][Tt][ -~]*\Z")]
"""An AT command: ASCII on one line that begins with ``AT``."""

AbsolutePath = Annotated[str, Meta(pattern=r"^/[^\x00]*\Z")]
"""A path that does not depend on a working directory."""

Hex = Annotated[str, Meta(description="Octets in hex.")]
"""Octets, two digits each."""

IN_WORDS = {
    rf"^{_PRINTABLE}*\Z": "printable characters on one line",
    r"^ *[Aa][Tt][ -~]*\Z": "ASCII on one line that begins with AT",
    r"^/[^\x00]*\Z": "an absolute path; the daemon's working directory is not the caller's",
}
"""Descriptions for people of the patterns above."""

Limit = Annotated[int, Meta(ge=1, le=bounds.PAGE)]
"""The number of entries that a page may have."""

Octet = Annotated[int, Meta(ge=0, le=0xFF)]
Priority = Annotated[int, Meta(ge=-bounds.PRIORITY, le=bounds.PRIORITY)]
InFlight = Annotated[int, Meta(ge=1, le=bounds.IN_FLIGHT)]
Port = Annotated[int, Meta(ge=0, le=0xFFFF)]
Winners = Annotated[int, Meta(ge=1, le=bounds.WINNERS)]
CodeLength = Annotated[int, Meta(ge=bounds.CODE_LENGTH[0], le=bounds.CODE_LENGTH[1])]


def _seconds(value: Any) -> Seconds:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            return Seconds(durations.parse_duration(value))
        except ValueError:
            given = str(value)[:40]
            text = f"a number of seconds or a duration like 90s, 15m, 24h, not {given!r}"
            raise ValueError(text) from None
    raise TypeError("a number of seconds or a duration like 90s, 15m, 24h")


def _moment(value: Any) -> Moment:
    if not isinstance(value, str):
        raise TypeError("a string")
    try:
        at = Moment.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        example = "2026-01-02T03:04:05Z"
        raise ValueError(f"a time with its offset, like {example}, not {value[:40]!r}")
    return at


_DECODERS = {
    Seconds: _seconds,
    Moment: _moment,
}


def decode(kind: type, value: Any) -> Any:
    """The value of one of the types above: a ``dec_hook`` of msgspec. Errors: TypeError, ValueError."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise NotImplementedError(f"no parameter is a {kind.__name__}")
    return decoder(value)


def encode(value: Any) -> Any:
    """The JSON value of one of the types above: an ``enc_hook`` of msgspec."""
    if isinstance(value, Seconds):
        return float(value)
    if isinstance(value, Moment):
        return value.isoformat()
    raise NotImplementedError(f"a {type(value).__name__} is no JSON value")


UTC_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"
"""A time of our own as gsmd writes it, for schemas."""

TIME_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
"""A time with any offset, for schemas."""

Timestamp = Annotated[datetime, Meta(tz=True, extra_json_schema={"pattern": UTC_PATTERN})]
"""A time in a result: UTC, to the millisecond."""

NetworkTime = Annotated[datetime, Meta(tz=True, extra_json_schema={"pattern": TIME_PATTERN})]
"""A time that the network told, with its own offset."""

_SCHEMAS: dict[type, dict[str, Any]] = {
    Seconds: {
        "description": "Seconds, or 90s 15m 24h 7d 2w.",
        "type": ["number", "string"],
        "minimum": 0,
        "pattern": durations.PATTERN,
    },
    Moment: {
        "description": "A time with its offset from UTC (ISO 8601).",
        "type": "string",
        "pattern": TIME_PATTERN,
    },
}


def schema_of(kind: type) -> dict[str, Any]:
    """The JSON Schema of one of the types above: a ``schema_hook`` of msgspec."""
    schema = _SCHEMAS.get(kind)
    if schema is None:
        raise NotImplementedError(f"no parameter is a {kind.__name__}")
    return schema


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parameters of a method: by name, or as an array in the order of the fields, but for ``actor``.

    ``actor``: the person for whom it is done, for the record; gsmd believes what it is told.
    """

    actor: Actor | None = None


def own_fields(kind: type[Params]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields of a method's parameters that are its own, in the order in which an array has them."""
    return tuple(each for each in msgspec.structs.fields(kind) if each.name != "actor")


class Nothing(Params, frozen=True):
    """No parameters."""


class PageParams(Params, frozen=True):
    """A page of a listing: how long, and behind what it begins."""

    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None
