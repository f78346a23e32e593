"""The parameters of every method: their names, types, defaults and order.

Types are those of JSON; what a value may be is `gsmd.api.values`'s business and the core's.
"""

import re
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import UNSET

P = TypeVar("P", bound="Params")

Duration = float | str
"""Seconds, or a duration as people write it."""


class ParamsError(Exception):
    """Parameters of the wrong shape or type (−32602). ``field`` is the one at fault, if it is one."""

    def __init__(self, message: str, reason: str, field: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By name, or as an array in the order of the fields."""


class Nothing(Params, frozen=True):
    pass


class PortNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Application ports (3GPP TS 23.040 §9.2.3.24.4)."""

    destination: int
    source: int = 0


class Send(Params, frozen=True):
    to: str
    text: str | None = None
    data: str | None = None
    modem: str | None = None
    report: bool | None = None
    flash: bool | None = None
    validity: Duration | None = None
    not_before: str | None = None
    priority: int | None = None
    key: str | None = None
    tag: str | None = None
    handler: str | None = None
    ports: PortNumbers | None = None
    in_reply_to: str | None = None
    override: bool | None = None


class One(Params, frozen=True):
    """A message."""

    id: str


class List(Params, frozen=True):
    direction: str | None = None
    state: str | None = None
    peer: str | None = None
    modem: str | None = None
    tag: str | None = None
    since: str | None = None
    until: str | None = None
    search: str | None = None
    limit: int | None = None
    after: str | None = None
    reasons: bool = False


class OneHandler(Params, frozen=True):
    handler: str


class Wait(Params, frozen=True):
    id: str
    state: str
    timeout: Duration | None = None


class Subscribe(Params, frozen=True):
    handler: str | None = None
    max_in_flight: int | None = None
    from_: str | None = msgspec.field(name="from", default=None)


class Unsubscribe(Params, frozen=True):
    handler: str | None = None


class Events(Params, frozen=True):
    types: list[str] | None = None


class Dead(Params, frozen=True):
    handler: str | None = None
    limit: int | None = None
    after: str | None = None


class Redrive(Params, frozen=True):
    handler: str | None = None
    id: str | None = None
    all: bool = False


class Trial(Params, frozen=True):
    handler: str
    from_: str = msgspec.field(name="from")
    text: str


class OneModem(Params, frozen=True):
    modem: str


class Unlock(Params, frozen=True):
    modem: str
    pin: str | None = None


class At(Params, frozen=True):
    modem: str
    command: str
    timeout: Duration | None = None


class Ussd(Params, frozen=True):
    modem: str
    code: str
    timeout: Duration | None = None


class LogLevel(Params, frozen=True):
    level: Literal["debug", "info", "warning", "error"] | None = None


class Purge(Params, frozen=True):
    older_than: Duration


class Backup(Params, frozen=True):
    path: str


def read(kind: type[P], given: Any) -> P:
    """The parameters of a request. Errors: `ParamsError`."""
    named = _by_position(kind, given) if isinstance(given, list) else given
    try:
        return msgspec.convert({} if named is UNSET else named, kind)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from error


def _by_position(kind: type[P], given: list[Any]) -> dict[str, Any]:
    names = kind.__struct_encode_fields__
    if len(given) > len(names):
        text = f"{len(given)} parameters where there are at most {len(names)}"
        raise ParamsError(text, "unknown_field")
    return dict(zip(names, given, strict=False))


_PATH = re.compile(r" - at `\$\.?(.*)`$")
_NAMED = re.compile(r"(missing required|contains unknown) field `(.*?)`")


def _explained(problem: str) -> ParamsError:
    """A message of msgspec, taken apart."""
    path = _PATH.search(problem)
    field = path[1] if path else ""
    named = _NAMED.search(problem)
    if named is None:
        return ParamsError(_about_type(problem, field), "wrong_type", field or None)
    name = f"{field}.{named[2]}" if field else named[2]
    if named[1].startswith("missing"):
        return ParamsError(f"{name} is missing", "missing_field", name)
    return ParamsError(f"there is no parameter {name}", "unknown_field", name)


_TYPES = re.compile(r"^Expected `(.*?)`, got `(.*?)`")
_IN_WORDS = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "object": "an object",
    "array": "an array",
}


def _about_type(problem: str, field: str) -> str:
    found = _TYPES.match(problem)
    if found is None or not field:
        return problem
    wanted = [_IN_WORDS.get(each, each) for each in found[1].split(" | ") if each != "null"]
    got = "a number with a fraction" if found[2] == "float" else _IN_WORDS.get(found[2], found[2])
    return f"{field} is to be {' or '.join(wanted)}, not {got}"
