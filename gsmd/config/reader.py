"""A tree of values and a struct's type in, the struct or everything that is wrong with it out.

A handler's mapping is read twice: what all handlers have in common into `HandlerConfig`, the rest into the
struct of its kind. A key that only other kinds take is refused with their names.
"""

import types
from collections.abc import Collection, Iterable
from collections.abc import Sequence as Listing
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from gsmd.config.document import Mapping, Node, Scalar, Sequence
from gsmd.config.errors import Impossible, Problem
from gsmd.config.handlers import HandlerConfig, HandlerSettings
from gsmd.config.types import now

S = TypeVar("S", bound=msgspec.Struct)
Field = msgspec.structs.FieldInfo

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
    """Reads one document. ``problems`` collects what is wrong on the way.

    ``kinds``: the kinds of handlers there are.
    """

    def __init__(self, source: str, kinds: Listing[type[HandlerSettings]] = ()) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self._kinds = kinds

    def struct(self, node: Node, kind: type[S], path: str = "") -> S | None:
        """The struct, or None if something in it is wrong."""
        try:
            return self._struct(node, kind, path)
        except _Failed:
            return None

    def handler(self, node: Node, path: str = "") -> HandlerConfig | None:
        """A handler, or None if something in it is wrong."""
        try:
            return self._handler(node, path)
        except _Failed:
            return None

    def _struct(self, node: Node, kind: type[S], path: str) -> S:
        fields = _fields(kind)
        if not isinstance(node, Mapping):
            raise self._wrong(node, path, f"keys and values ({', '.join(fields)})")
        unknown = [key for key in node.items if key not in fields]
        for key in unknown:
            self._unknown(node.keys[key], _below(path, key), key, list(fields))
        values = self._values(node, kind, fields, path)
        if unknown:
            raise _Failed
        return self._make(node, kind, values, path)

    def _handler(self, node: Node, path: str) -> HandlerConfig:
        before = len(self.problems)
        common = _fields(HandlerConfig)
        del common["settings"]
        if not isinstance(node, Mapping):
            keys = (*common, *(kind.kind for kind in self._kinds))
            raise self._wrong(node, path, f"keys and values ({', '.join(keys)})")
        kind = self._kind(node, path)
        own = dict.fromkeys(key for each in ([kind] if kind else self._kinds) for key in _own(each))
        for key in node.items:
            if key not in common and key not in own:
                self._of_another_kind(node, path, key, [*common, *own])
        settings = self.struct(_part(node, own), kind, path) if kind else None
        values = self._values(_part(node, common), HandlerConfig, common, path)
        if settings is None or len(self.problems) > before:
            raise _Failed
        return self._make(node, HandlerConfig, {**values, "settings": settings}, path)

    def _kind(self, node: Mapping, path: str) -> type[HandlerSettings] | None:
        """The kind that is chosen; None, with a problem, if that is not one."""
        chosen = [
            k for k in self._kinds if k.kind in node.items and not _is_off(node.items[k.kind])
        ]
        if len(chosen) == 1:
            return chosen[0]
        self._note(node.line, path, f"exactly one of {_listed(k.kind for k in self._kinds)}")
        return None

    def _of_another_kind(self, node: Mapping, path: str, key: str, known: list[str]) -> None:
        here = _below(path, key)
        takers = [each.kind for each in self._kinds if key in _fields(each)]
        if not takers:
            self._unknown(node.keys[key], here, key, known)
        elif not _is_off(node.items[key]):  # that it is off is true of every kind
            found = f"a key of {_listed(takers)}"
            self._note(node.keys[key], here, f"one of {', '.join(known)}", found)

    def _values(
        self, node: Mapping, kind: type, fields: dict[str, Field], path: str
    ) -> dict[str, Any]:
        """The values of the fields, by their names in code."""
        hints = get_type_hints(kind, include_extras=True)
        values: dict[str, Any] = {}
        failed = False
        for key, field in fields.items():
            if key in node.items:
                try:
                    value = self._value(node.items[key], hints[field.name], _below(path, key))
                except _Failed:
                    failed = True
                else:
                    values[field.name] = value
            elif field.required:
                self._note(node.line, _below(path, key), "a value: it is required")
                failed = True
        if failed:
            raise _Failed
        return values

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
        if origin is dict:
            return self._table(node, get_args(hint), path)
        return self._single(node, now(meta) or hint, meta, path)

    def _single(self, node: Node, hint: Any, meta: msgspec.Meta | None, path: str) -> Any:
        if hint is HandlerConfig:
            return self._handler(node, path)
        if _is_struct(hint):
            return self._struct(_spelt_out(node, hint), hint, path)
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

    def _table(self, node: Node, hints: tuple[Any, ...], path: str) -> dict[str, Any]:
        """A mapping whose keys are not known beforehand."""
        if not isinstance(node, Mapping):
            raise self._wrong(node, path, "keys and values")
        values = {}
        failed = False
        for key, entry in node.items.items():
            try:
                name = self._value(Scalar(node.keys[key], key, key), hints[0], _below(path, key))
                values[name] = self._value(entry, hints[1], _below(path, key))
            except _Failed:
                failed = True
        if failed:
            raise _Failed
        return values

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
        """Advice where YAML took for a number, or for yes or no, what should be text."""
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


def _fields(kind: type[msgspec.Struct]) -> dict[str, Field]:
    """The fields by their keys in the file."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _own(kind: type[HandlerSettings]) -> Iterable[str]:
    """The keys of a kind, first the one that it is called by."""
    return (kind.kind, *(key for key in _fields(kind) if key != kind.kind))


def _part(node: Mapping, keys: Collection[str]) -> Mapping:
    """The mapping with these of its keys."""
    items = {key: value for key, value in node.items.items() if key in keys}
    return Mapping(node.line, items, node.keys)


def _spelt_out(node: Node, kind: type) -> Node:
    """The mapping that a single value stands for, where a struct has a ``shorthand``: the key of that value."""
    key = getattr(kind, "shorthand", None)
    if key is None or not isinstance(node, Scalar) or node.value is None:
        return node
    return Mapping(node.line, {key: node}, {key: node.line})


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _is_off(node: Node) -> bool:
    return isinstance(node, Scalar) and (node.value is None or node.value is False)


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


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
    import difflib  # only for who mistypes

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
