"""YAML text as a tree of plain values that remember their lines, and a plain value as YAML text.

Only what a configuration needs is let in: no tags, no second document, no key twice, and a bounded
size, depth and number of values, so that aliases cannot multiply.
"""

import math
from typing import Any

import msgspec

from gsmd.patterns import pattern, put_off

with put_off("yaml"):
    import yaml

from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from gsmd.config.errors import ConfigError, Problem

MAX_OCTETS = 1 << 20
MAX_DEPTH = 20
MAX_VALUES = 50_000

_CONTROL = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_TAG = "tag:yaml.org,2002:"
_PLAIN = frozenset({_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp")})


class Scalar(msgspec.Struct, frozen=True):
    """A single value, and the text that stands for it in the file. ``line`` counts from 1."""

    line: int
    value: str | int | float | bool | None
    text: str


class Sequence(msgspec.Struct, frozen=True):
    line: int
    items: tuple["Node", ...]


class Mapping(msgspec.Struct, frozen=True):
    """``keys`` are the lines on which the keys stand."""

    line: int
    items: dict[str, "Node"]
    keys: dict[str, int]


Node = Scalar | Sequence | Mapping


class _Tree(Reader, Scanner, Parser, Composer, SafeConstructor, Resolver):
    """PyYAML as far as its node tree, with a bound on nesting."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self.depth = 0

    def check_printable(self, data: str) -> None:
        """Refuse control characters, as PyYAML does; its own look is for texts that are not ASCII."""
        if not data.isascii() or _CONTROL.search(data):
            super().check_printable(data)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"more than {MAX_DEPTH} levels")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class _Builder:
    """Turns PyYAML's nodes into ours."""

    def __init__(self, tree: _Tree, source: str) -> None:
        self.tree = tree
        self.source = source
        self.problems: list[Problem] = []
        self.values = 0

    def build(self, node: yaml.Node, path: str, depth: int = 0) -> Node:
        self.values += 1
        line = node.start_mark.line + 1
        if self.values > MAX_VALUES or depth > MAX_DEPTH:
            # an alias can hold itself, or a thousand others: not a matter of one key
            raise ConfigError(Problem(self.source, line, path, f"at most {MAX_VALUES} values"))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            self.refuse_tag(node, _TAG + "seq", path)
            items = (self.build(n, f"{path}[{i}]", depth + 1) for i, n in enumerate(node.value))
            return Sequence(line, tuple(items))
        return self.scalar(node, path)

    def mapping(self, node: yaml.MappingNode, path: str, depth: int) -> Mapping:
        self.refuse_tag(node, _TAG + "map", path)
        items: dict[str, Node] = {}
        keys: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == _TAG + "merge":
                self.problem(line, path, "keys that are plain words")
                continue
            key = key_node.value
            here = f"{path}.{key}" if path else key
            if key in items:
                self.problem(line, here, f"each key once; the first is on line {keys[key]}")
                continue
            keys[key] = line
            items[key] = self.build(value_node, here, depth + 1)
        return Mapping(node.start_mark.line + 1, items, keys)

    def scalar(self, node: yaml.Node, path: str) -> Scalar:
        line = node.start_mark.line + 1
        text: str = node.value
        if node.tag not in _PLAIN:
            self.problem(line, path, "a plain value without a YAML tag", found=node.tag)
            return Scalar(line, text, text)
        # times and 1:30, which old YAML takes for 90, are left as they are written
        if node.tag == _TAG + "timestamp" or (node.tag == _TAG + "int" and ":" in text):
            return Scalar(line, text, text)
        try:
            return Scalar(line, self.tree.construct_object(node), text)
        except (ValueError, LookupError, yaml.YAMLError):  # `!!bool maybe` is a KeyError
            self.problem(line, path, "a value that YAML can read", found=repr(text[:40]))
            return Scalar(line, text, text)

    def refuse_tag(self, node: yaml.Node, usual: str, path: str) -> None:
        if node.tag != usual:
            self.problem(node.start_mark.line + 1, path, "no YAML tags", found=node.tag)

    def problem(self, line: int, key: str, expected: str, found: str = "") -> None:
        self.problems.append(Problem(self.source, line, key, expected, found))


def read(text: str, source: str) -> tuple[Node | None, list[Problem]]:
    """The tree of ``text`` (None if there is nothing in it) and what is wrong with it.

    Errors: `ConfigError` for what is not YAML at all, or too large.
    """
    if len(text) > MAX_OCTETS:
        raise ConfigError(Problem(source, None, "", f"at most {MAX_OCTETS} octets"))
    try:
        tree = _Tree(text)
        root = tree.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise ConfigError(_syntax(error, source)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = Problem(source, line, "", "printable text", f"character {error.character!r}")
        raise ConfigError(problem) from error
    if root is None:
        return None, []
    builder = _Builder(tree, source)
    return builder.build(root, ""), builder.problems


def _syntax(error: yaml.MarkedYAMLError, source: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else None
    said = ", ".join(part for part in (error.context, error.problem) if part)
    if "'\\t'" in said:
        return Problem(source, line, "", "spaces for indentation", "a tab")
    column = f" at column {mark.column + 1}" if mark is not None else ""
    return Problem(source, line, "", "YAML", f"a mistake{column} ({said})")


def written(text: str) -> str:
    """``text`` as a scalar, in one line, that `read` takes for just that text."""
    listed: str = yaml.safe_dump(
        [text],
        default_flow_style=True,
        default_style=None if text.isprintable() else '"',
        width=math.inf,
        allow_unicode=True,
    )
    return listed.strip()[1:-1]


def line_of(node: Node, path: tuple[str | int, ...]) -> int:
    """The line of what stands at ``path``, or of what is nearest above it."""
    line = node.line
    for step in path:
        if isinstance(node, Mapping) and step in node.items:
            key = str(step)
            line, node = node.keys[key], node.items[key]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            line = node.line
        else:
            break
    return line
