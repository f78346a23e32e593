"""Pieces of a configuration that come as values, not as text: read by the same rules, refused in the same words."""

from collections.abc import Mapping as Values
from typing import TypeVar

from gsmd.config import document
from gsmd.config.document import MAX_DEPTH, Node, Scalar
from gsmd.config.errors import ConfigError, Problem
from gsmd.config.handlers import HandlerConfig, MatchRule
from gsmd.config.loading import Kinds
from gsmd.config.reader import Reader

T = TypeVar("T")


def read_handler(values: Values[str, object], kinds: Kinds, source: str) -> HandlerConfig:
    """A handler, from the keys that it would have in a file. Errors: `ConfigError`."""
    reader = Reader(source, kinds)
    return _found(reader.handler(_node(values, source)), reader)


def read_match(values: Values[str, object], source: str) -> MatchRule:
    """The choice of messages that ``match`` would be in a file. Errors: `ConfigError`."""
    reader = Reader(source)
    return _found(reader.struct(_node(values, source), MatchRule, "match"), reader)


def _found(read: T | None, reader: Reader) -> T:
    if read is None or reader.problems:
        raise ConfigError(*reader.problems)
    return read


def _node(value: object, source: str, depth: int = 0) -> Node:
    if depth > MAX_DEPTH:
        raise ConfigError(Problem(source, None, "", f"at most {MAX_DEPTH} levels"))
    if isinstance(value, Values):
        items = {str(key): _node(each, source, depth + 1) for key, each in value.items()}
        return document.Mapping(1, items, dict.fromkeys(items, 1))
    if isinstance(value, list | tuple):
        return document.Sequence(1, tuple(_node(each, source, depth + 1) for each in value))
    if value is None or isinstance(value, str | int | float | bool):
        return Scalar(1, value, str(value))
    raise TypeError(f"JSON has no {type(value).__name__}")
