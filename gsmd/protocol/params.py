"""From what stands in a request's ``params`` to typed parameters, or an error that names the place."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from gsmd.patterns import pattern
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.types import IN_WORDS, Params, decode, own_fields

P = TypeVar("P", bound=Params)


class Unfit(TypeError):
    """Parameters that do not go together; raised where a struct is made."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class Impossible(ValueError):
    """A value that cannot be, found where a struct is made."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def read(kind: type[P], given: Any) -> P:
    """The parameters of a request.

    ``given`` is an object, an array in the order of the fields, or `UNSET`. Null for a parameter
    that may be left out means that it is left out, unless its type tells the two apart (`UNSET`).
    Errors: `Refused` with `Code.INVALID_PARAMS` for a wrong shape or type, with `Code.INVALID` for
    an impossible value; ``field`` is the path to it.
    """
    named = _by_position(kind, given) if isinstance(given, list) else given
    if named is UNSET:
        named = {}
    elif None in named.values():
        optional = _optional(kind)
        named = {
            name: value
            for name, value in named.items()
            if value is not None or name not in optional
        }
    try:
        return msgspec.convert(named, kind, dec_hook=decode)
    except msgspec.ValidationError as error:
        raise _explained(error) from error


@cache
def _optional(kind: type[Params]) -> frozenset[str]:
    fields = msgspec.structs.fields(kind)
    return frozenset(
        field.encode_name for field in fields if not field.required and field.default is not UNSET
    )


def _by_position(kind: type[Params], given: list[Any]) -> dict[str, Any]:
    names = [each.encode_name for each in own_fields(kind)]
    if len(given) > len(names):
        text = f"{len(given)} parameters where there are at most {len(names)}"
        raise Refused(Code.INVALID_PARAMS, text, reason="unknown_field")
    return dict(zip(names, given, strict=False))


# A message of msgspec, taken apart: what is wrong, and where.

_PATH = pattern(r" - at `\$\.?(.*)`$")
_NAMED = pattern(r"(missing required|contains unknown) field `(.*?)`")
_TYPES = pattern(r"^Expected `(.*?)`, got `(.*?)`")
_ENUM = pattern(r"^Invalid enum value (.*?)(?: - at|$)")
_NUMBER = pattern(r"^Expected `int` (>=|<=) (-?\d+)")
_LENGTH = pattern(r"^Expected `(str|array)` of length (>=|<=) (\d+)")
_REGEX = pattern(r"^Expected `str` matching regex '(.*)'$")


def _explained(error: msgspec.ValidationError) -> Refused:
    problem, cause = str(error), error.__cause__
    if isinstance(cause, Unfit):
        return _wrong_shape(str(cause), "missing_field", cause.field)
    found = _PATH.search(problem)
    field = found[1] if found else ""
    if isinstance(cause, Impossible):
        return _impossible(f"{cause.field}: {cause}", cause.field)
    if (named := _NAMED.search(problem)) is not None:
        return _about_name(f"{field}.{named[2]}" if field else named[2], named[1])
    if isinstance(cause, TypeError):
        return _wrong_shape(f"{field} is to be {cause}", "wrong_type", field)
    text = problem[: found.start()] if found else problem
    why = str(cause) if isinstance(cause, ValueError) else _why_impossible(text)
    if why is not None:
        return _impossible(f"{field}: {why}", field)
    return _wrong_shape(_about_type(text, field), "wrong_type", field)


def _about_name(name: str, what: str) -> Refused:
    if what.startswith("missing"):
        return _wrong_shape(f"{name} is missing", "missing_field", name)
    return _wrong_shape(f"there is no parameter {name}", "unknown_field", name)


def _why_impossible(problem: str) -> str | None:
    """The reason why a value of the right type cannot be, if that is what is wrong."""
    for wording, why in _IMPOSSIBLE:
        if (match := wording.match(problem)) is not None:
            return why(match)
    return None


def _number(match: re.Match[str]) -> str:
    return f"a number of {_at(match[1])} {match[2]}"


def _length(match: re.Match[str]) -> str:
    what = "character" if match[1] == "str" else "element"
    return f"{_at(match[2])} {match[3]} {what}{'' if match[3] == '1' else 's'}"


def _at(sign: str) -> str:
    return "at least" if sign == ">=" else "at most"


def _form(match: re.Match[str]) -> str:
    pattern = match[1].encode().decode("unicode_escape") if "\\\\" in match[1] else match[1]
    return IN_WORDS.get(pattern, "a text of another form")


_IMPOSSIBLE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_ENUM, lambda match: f"no such value: {match[1][:42]}"),
    (_NUMBER, _number),
    (_LENGTH, _length),
    (_REGEX, _form),
    (pattern(r"^Integer value out of range"), lambda _: "a number that is not that great"),
)


def _wrong_shape(message: str, reason: str, field: str) -> Refused:
    return Refused(Code.INVALID_PARAMS, message, reason=reason, field=field or None)


def _impossible(message: str, field: str) -> Refused:
    return Refused(Code.INVALID, message, reason="impossible_value", field=field or None)


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
