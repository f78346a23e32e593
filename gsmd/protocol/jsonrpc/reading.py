"""JSON (RFC 8259) as every reader understands it: one line into one value."""

import json
from typing import Any

import msgspec


class Unreadable(ValueError):
    """A line that is not taken. ``reason``: ``not_json``, ``repeated_key`` or ``too_many_values``."""

    def __init__(self, message: str, reason: str = "not_json") -> None:
        super().__init__(message)
        self.reason = reason


def read(line: bytes) -> Any:
    """The value on a line. Errors: `Unreadable`."""
    try:
        value = msgspec.json.decode(line)
        _keys.decode(line.decode())
    except Unreadable:
        raise
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError as error:  # msgspec's errors and bad UTF-8 are all of this kind
        raise Unreadable(f"not JSON: {error}") from error
    return value


def read_loosely(line: bytes) -> Any:
    """The value on a line with lone surrogates in its strings; None, if it has none or is no JSON anyhow."""
    try:
        text = line.decode()
        _keys.decode(text)
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return value
    return None


def _no_constant(name: str) -> None:
    raise Unreadable(f"not JSON: {name}")


def repeated(key: str) -> Unreadable:
    """RFC 8259 §4: of a key that stands twice each reader makes something else."""
    return Unreadable(f"the key {key[:40]!r} stands twice in one object", "repeated_key")


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise repeated(key)
        seen.add(key)


_keys = json.JSONDecoder(object_pairs_hook=_distinct, parse_int=str, parse_float=str)
