"""``docs/protocol.schema.json``, and the tables of ``docs/protocol.md``, from the contract."""

import ast
import inspect
import json
import re
import types
import typing
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
from calls import BY_CODE, nouns

from gsmd.protocol import bounds, schema
from gsmd.protocol.errors import MEANINGS
from gsmd.protocol.events import Done
from gsmd.protocol.message import Message
from gsmd.protocol.method import Method
from gsmd.protocol.methods import METHODS
from gsmd.protocol.types import own_fields

_WIDE = 120


def schema_file() -> str:
    """The schema of a line; what fits on a line stands on one."""
    return _json(schema.of_lines(), "") + "\n"


def _json(value: object, indent: str) -> str:
    short = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(short) <= _WIDE or not isinstance(value, dict | list) or not value:
        return short
    inner = indent + "  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + _json(each, inner) for each in value) + f"\n{indent}]"
    members = (f"{inner}{json.dumps(name)}: {_json(each, inner)}" for name, each in value.items())
    return "{\n" + ",\n".join(members) + f"\n{indent}}}"


def with_tables(page: str) -> str:
    """The page with its tables as the contract is now; the text around them is as it was."""
    tables = {"methods": _methods(), "errors": _errors(), "bounds": _bounds(), "big": _big()}
    for name, table in tables.items():
        pattern = rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)"
        page, count = re.subn(
            pattern, lambda match, t=table: match[1] + t + match[2], page, flags=re.DOTALL
        )
        assert count == 1, f"no place for the table of {name}"
    return page


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _methods() -> str:
    """A table for each noun, with what it is about."""
    sections = []
    for module in nouns():
        about = module.__doc__.strip().splitlines()[0].replace("``", "`").rstrip(".")
        head = ("method", "result", "role", "")
        shown: dict[object, str] = {}
        rows = (_row(method, shown) for method in module.METHODS)
        sections.append(f"### {about}\n\n{_table(head, rows)}\n")
    return "\n" + "".join(sections)


def _row(method: Method[typing.Any, typing.Any], shown: dict[object, str]) -> Sequence[str]:
    """``shown``: the method whose row has the shape of a result already."""
    fields = own_fields(method.params)
    names = ", ".join(f"{each.encode_name}{'' if each.required else '?'}" for each in fields)
    called = f"`{method.name} {{{names}}}`" if names else f"`{method.name}`"
    roles = " or ".join(sorted(method.roles)) or "any"
    before = shown.setdefault(method.result, method.name)
    result = _result(method.result) if before == method.name else _again(method, before)
    return called, result, roles, method.doc


def _again(method: Method[typing.Any, typing.Any], before: str) -> str:
    """A shape that stands a few lines above."""
    return _result(method.result) if method.result in (Message, Done) else f"as `{before}`"


def _result(result: object) -> str:
    if isinstance(result, types.UnionType):
        return " or ".join(_result(each) for each in typing.get_args(result))
    return "a [message](#a-message)" if result is Message else f"`{_shape(result)}`"


def _shape(kind: object, *, whole: bool = True) -> str:
    """A struct as ``{a, b: [{c, d}]}``: what its lists have in them too, but no deeper."""
    assert isinstance(kind, type)
    hints = typing.get_type_hints(kind)
    members = []
    for each in msgspec.structs.fields(kind):
        inner = next((arg for arg in typing.get_args(hints[each.name]) if _is_struct(arg)), None)
        listed = typing.get_origin(hints[each.name]) not in (None, typing.Union, types.UnionType)
        if not whole or inner is None or not listed:
            members.append(each.encode_name)
        else:
            of = "message" if inner is Message else _shape(inner, whole=False)
            members.append(f"{each.encode_name}: [{of}]")
    return "{" + ", ".join(members) + "}"


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _errors() -> str:
    rows = (
        (
            str(int(code)).replace("-", "−"),
            meaning,
            f"`{BY_CODE[code].__name__}`" if code in BY_CODE else "`ProtocolError`",
        )
        for code, meaning in MEANINGS.items()
    )
    return _table(("code", "meaning", "in the libraries"), rows)


def _bounds() -> str:
    """Each bound with the docstring below it."""
    rows = []
    body = ast.parse(inspect.getsource(bounds)).body
    for statement, below in pairwise(body):
        if not isinstance(statement, ast.Assign):
            continue
        (target,) = statement.targets
        assert isinstance(target, ast.Name)
        assert isinstance(below, ast.Expr), f"{target.id} has no docstring"
        text = ast.literal_eval(below.value).rstrip(".").replace("\n", " ")
        rows.append((text[0].lower() + text[1:], _number(getattr(bounds, target.id))))
    return _table(("what", "how much"), iter(rows))


def _big() -> str:
    names = ", ".join(f"`{method.name}`" for method in METHODS.values() if method.big)
    return f"Big answers ({names}) are made one at a time for each connection.\n"


def _number(value: object) -> str:
    if isinstance(value, tuple):
        return " to ".join(map(_number, value))
    return f"{value:,}".replace(",", " ")
