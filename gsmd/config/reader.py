"""A tree of values and a struct's type in, the struct or everything that is wrong with it out."""

import difflib
import types
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from gsmd.config.document import Mapping, Node, Scalar, Sequence
from gsmd.config.errors import Impossible, Problem

S = TypeVar("S", bound=msgspec.Struct)

_EXPECTED = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
_QUOTE = {bool: "yes/no", int: "a number", float: "a number"}


class _Failed(Exception):
    pass


class Reader:
    """Reads one document. ``problems`` collects what is wrong on the way."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def struct(self, node: Node, kind: type[S], path: str = "") -> S | None:
        """The struct, or None if something in it is wrong."""
        try:
            return self._struct(node, kind, path)
        except _Failed:
            return None

    def _struct(self, node: Node, kind: type[S], path: str) -> S:
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        if not isinstance(node, Mapping):
            raise self._wrong(node, path, f"keys and values ({', '.join(fields)})")
        hints = get_type_hints(kind, include_extras=True)
        values: dict[str, Any] = {}
        failed = False
        for key, value in node.items.items():
            here = f"{path}.{key}" if path else key
            if key not in fields:
                self._unknown(node.keys[key], here, key, list(fields))
                failed = True
                continue
            name = fields[key].name
            try:
                values[name] = self._value(value, hints[name], here)
            except _Failed:
                failed = True
        for key, field in fields.items():
            if field.required and key not in node.items:
                self._note(node.line, f"{path}.{key}" if path else key, "a value: it is required")
                failed = True
        if failed:
            raise _Failed
        return self._make(node, kind, values, path)

    def _make(self, node: Mapping, kind: type[S], values: dict[str, Any], path: str) -> S:
        try:
            return kind(**values)
        except Impossible as error:
            line = node.keys.get(error.key or "", node.line)
            where = ".".join(part for part in (path, error.key) if part)
            self._note(line, where, error.expected, error.found)
            raise _Failed from error

    def _value(self, node: Node, hint: Any, path: str) -> Any:
        hint, meta = _bare(hint)
        if meta is not None and meta.extra and "parse" in meta.extra:
            return self._parsed(node, meta, path)
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._optional(node, hint, path)
        if origin is tuple:
            return self._tuple(node, get_args(hint)[0], path)
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self._struct(node, hint, path)
        return self._scalar(node, hint, meta, path)

    def _optional(self, node: Node, hint: Any, path: str) -> Any:
        if isinstance(node, Scalar) and node.value is None:
            return None
        return self._value(node, next(h for h in get_args(hint) if h is not type(None)), path)

    def _tuple(self, node: Node, item: Any, path: str) -> tuple[Any, ...]:
        if isinstance(node, Scalar) and node.value is not None and not _is_struct(item):
            return (self._value(node, item, path),)  # one is written without brackets
        if not isinstance(node, Sequence):
            raise self._wrong(node, path, "a list")
        values = []
        failed = False
        for index, entry in enumerate(node.items):
            try:
                values.append(self._value(entry, item, f"{path}[{index}]"))
            except _Failed:
                failed = True
        if failed:
            raise _Failed
        return tuple(values)

    def _parsed(self, node: Node, meta: msgspec.Meta, path: str) -> Any:
        assert meta.extra is not None
        try:
            value = meta.extra["parse"](_plain(node))
        except Impossible as error:
            raise self._wrong(node, path, error.expected, error.found) from error
        if meta.gt is not None and not value > meta.gt:
            raise self._wrong(node, path, str(meta.description))
        return value

    def _scalar(self, node: Node, hint: Any, meta: msgspec.Meta | None, path: str) -> Any:
        expected = (meta and meta.description) or _describe(hint)
        if not isinstance(node, Scalar):
            raise self._wrong(node, path, expected)
        value = node.value
        if meta is not None and meta.extra is not None and isinstance(value, str):
            value = meta.extra["clean"](value)
        try:
            return msgspec.convert(value, hint if meta is None else Annotated[hint, meta])
        except msgspec.ValidationError:
            raise self._wrong(node, path, expected + self._hint(node, hint)) from None

    def _hint(self, node: Scalar, hint: Any) -> str:
        """What to do when YAML took for a number, or for yes or no, what should be text."""
        choices = _choices(hint)
        if hint is str or choices:
            if type(node.value) in _QUOTE:
                return (
                    f'; YAML takes {node.text} for {_QUOTE[type(node.value)]}: write "{node.text}"'
                )
            return _suggest(node.text, choices)
        return ""

    def _unknown(self, line: int, path: str, key: str, known: list[str]) -> None:
        expected = f"one of {', '.join(known)}{_suggest(key, known)}"
        self._note(line, path, expected, "unknown key")

    def _wrong(self, node: Node, path: str, expected: str, found: str = "") -> _Failed:
        self._note(node.line, path, expected, found or _found(node))
        return _Failed()

    def _note(self, line: int, path: str, expected: str, found: str = "") -> None:
        self.problems.append(Problem(self.source, line, path, expected, found))


def _bare(hint: Any) -> tuple[Any, msgspec.Meta | None]:
    """The type without its annotation, and the annotation."""
    if get_origin(hint) is Annotated:
        bare, meta = get_args(hint)
        return bare, meta
    return hint, None


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def _choices(hint: Any) -> list[str]:
    if get_origin(hint) is Literal:
        return [str(choice) for choice in get_args(hint)]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return [str(choice.value) for choice in hint]
    return []


def _describe(hint: Any) -> str:
    choices = _choices(hint)
    return f"one of {', '.join(choices)}" if choices else _EXPECTED[hint]


def _suggest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word.lower(), [k.lower() for k in known], n=1, cutoff=0.6)
    return next((f" (did you mean {k}?)" for k in known if k.lower() in close), "")


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return {key: _plain(value) for key, value in node.items.items()}


def _found(node: Node) -> str:
    match node:
        case Scalar(value=None):
            return "nothing"
        case Scalar():
            return f"{node.text[:60]}" if not isinstance(node.value, str) else repr(node.value[:60])
        case Sequence():
            return "a list"
        case Mapping():
            return "keys and values"
