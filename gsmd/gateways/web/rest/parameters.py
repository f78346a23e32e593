"""From path, query and body to the parameters of a method, or a problem that names the place.

A reader is built once for each route: it knows which parameters may stand where, and of which JSON type each one of the
query is. What it makes is held to the method's struct by `gsmd.protocol.params`, so REST refuses what the socket refuses, with
the same words.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import inspect

from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import problems
from gsmd.gateways.web.rest.routes import HIDDEN, Route
from gsmd.protocol.durations import parse_duration
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.params import read
from gsmd.protocol.types import Params

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}\Z", re.ASCII)
_PLUS_LOST = re.compile(r" [0-9]+\Z", re.ASCII)
_TRUTH = {"true": True, "1": True, "yes": True, "": True, "false": False, "0": False, "no": False}

Convert = Callable[[str], Any]


def _text(value: str) -> Any:
    # "+33…" in a query is " 33…" to whoever decodes it; no value of ours begins with a blank
    return "+" + value[1:] if _PLUS_LOST.match(value) else value


def _integer(value: str) -> Any:
    return int(value) if _INTEGER.match(value) else value


def _number(value: str) -> Any:
    try:
        return float(value)
    except ValueError:
        return value


def _truth(value: str) -> Any:
    return _TRUTH.get(value.lower(), value)


class _Parameter:
    """One parameter as it may stand in a query."""

    def __init__(self, name: str, kind: inspect.Type) -> None:
        kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
        self.name = name
        self.many = any(isinstance(each, inspect.CollectionType) for each in kinds)
        self.simple = all(
            not isinstance(each, (inspect.StructType, inspect.DictType)) for each in kinds
        )
        self._convert: Convert = _text
        for each in kinds:
            if isinstance(each, inspect.BoolType):
                self._convert = _truth
            elif isinstance(each, inspect.IntType):
                self._convert = _integer
            elif isinstance(each, inspect.FloatType):
                self._convert = _number

    def value(self, given: list[str]) -> Any:
        """The JSON value. Errors: `Problem` for a value that stands twice where there is one."""
        if self.many:
            return [part for each in given for part in map(_text, each.split(",")) if part]
        if len(given) > 1:
            text = f"{self.name} stands {len(given)} times in the query"
            raise Problem(
                400, "repeated_parameter", text, field=self.name, code=Code.INVALID_PARAMS
            )
        return self._convert(given[0])


def query_of(query: bytes) -> dict[str, list[str]]:
    """The values of each name in a query string; what is empty is taken as left out."""
    values: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(query.decode(), errors="strict", max_num_fields=200)
    except ValueError as error:
        raise Problem(400, "bad_query", f"the query cannot be read: {error}") from error
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


class Reader:
    """Makes the parameters of one route."""

    def __init__(self, route: Route) -> None:
        self.kind: type[Params] = route.method.params
        self._in_path = route.in_path
        self._not_its = set(route.in_path) - set(self.kind.__struct_encode_fields__)
        fields = [
            _Parameter(field.encode_name, inspect.type_info(field.type))
            for field in msgspec.structs.fields(self.kind)
            if field.encode_name in route.besides
        ]
        self.in_query = {} if route.has_body else {f.name: f for f in fields if f.simple}
        self.extra = frozenset(route.extra)

    def gather(
        self, in_path: tuple[str, ...], query: Mapping[str, list[str]], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The parameters as JSON values, from wherever they stand. Errors: `Problem`."""
        given: dict[str, Any] = dict(body)
        refuse_hidden(body)
        for name, values in query.items():
            if name in self.extra:
                continue
            parameter = self.in_query.get(name)
            if parameter is None:
                raise _unknown(name[:80])
            given[name] = parameter.value(values)
        for name, value in zip(self._in_path, in_path, strict=True):
            if given.setdefault(name, value) != value:
                text = f"{name} stands in the path, and another one in the body"
                raise Problem(400, "wrong_type", text, field=name, code=Code.INVALID_PARAMS)
        return given

    def check(self, given: dict[str, Any]) -> dict[str, Any]:
        """The parameters that are the method's, held to its struct. Errors: `Problem`."""
        own = {name: value for name, value in given.items() if name not in self._not_its}
        checked(self.kind, own)
        return own


def refuse_hidden(body: Mapping[str, Any]) -> None:
    """Errors: `Problem` for what is not the caller's to say."""
    for name in sorted(HIDDEN & body.keys()):
        raise _unknown(name)


def _unknown(name: str) -> Problem:
    text = f"there is no parameter {name}"
    return Problem(400, "unknown_field", text, field=name, code=Code.INVALID_PARAMS)


def checked(kind: type[Params], given: dict[str, Any]) -> Params:
    """Parameters held to their struct. Errors: `Problem`."""
    try:
        return read(kind, given)
    except Refused as error:
        raise problems.from_refusal(error) from error


def seconds(name: str, value: str, most: float) -> float:
    """A duration of at most ``most`` seconds. Errors: `Problem` with 422."""
    try:
        length = parse_duration(value)
    except ValueError:
        length = -1.0
    if not 0 <= length <= most:
        text = f"{name}: a duration of at most {most:g} s"
        raise Problem(422, "impossible_value", text, field=name, code=Code.INVALID)
    return length
