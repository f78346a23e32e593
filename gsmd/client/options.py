"""The optional parameters of the bigger calls, written down once for both clients."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict

from gsmd.protocol.message import Direction, Ports, State, iso

Duration = float | str | timedelta
"""Seconds, a duration as people write it (``90s``, ``24h``), or a timedelta."""

Moment = datetime | str
"""A datetime (without a zone: local time), or ISO 8601 with its offset."""


class SendOptions(TypedDict, total=False):
    """What `send` may be told. ``data`` is hex, in place of a text; ``key`` makes sending idempotent."""

    data: str | bytes | None
    modem: str | None
    report: bool | None
    flash: bool | None
    validity: Duration | None
    not_before: Moment | None
    priority: int | None
    key: str | None
    tag: str | None
    handler: str | None
    ports: Ports | dict[str, int] | None
    in_reply_to: str | None
    override: bool | None


class ListOptions(TypedDict, total=False):
    """What `list` may be narrowed to."""

    direction: Direction | str | None
    state: State | str | None
    peer: str | None
    modem: str | None
    tag: str | None
    since: Moment | None
    until: Moment | None
    search: str | None
    limit: int | None
    after: str | None
    reasons: bool | None


class StatsOptions(TypedDict, total=False):
    """What `stats` is about."""

    since: Moment | None
    until: Moment | None
    by: str | None
    tag: str | None
    modem: str | None


def to_wire(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters as JSON values; what is None is left out. A trailing ``_`` is no part of a name."""
    return {
        name.rstrip("_"): _plain(value) for name, value in parameters.items() if value is not None
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return iso(value.astimezone(UTC))
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.hex()
        case Path():
            return str(value)
    return value
