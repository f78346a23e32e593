"""The clients' typed calls, from the table of methods: a file for each noun, and one that puts them together.

A parameter of the method is one of the call; of up to three all may be given by position, of more the first two.
``actor`` only by name.
None is what is not given. A call is a method of the client itself where the row says so, else of a group that
is called like the noun.
"""

import builtins
import json
import keyword
import re
import textwrap
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from pkgutil import iter_modules

from msgspec import UnsetType

import gsmd.protocol
from gsmd.protocol import events
from gsmd.protocol import types as wire
from gsmd.protocol.errors import Code
from gsmd.protocol.method import Method
from gsmd.protocol.methods import METHODS

BY_HAND = frozenset(
    {
        "inbox.subscribe",  # Client.listen
        "inbox.unsubscribe",  # what closing a listener does
        "events.subscribe",  # Client.events
        "events.unsubscribe",
        "carriers.attach",  # Client.carry
        "carriers.detach",  # what leaving it does
        "handlers.redrive",  # one or all, by whether there is an id
    }
)

KINDS: dict[object, str] = {
    wire.Seconds: "Duration",
    wire.Moment: "Moment",
    wire.Hex: "str | bytes",
    wire.AbsolutePath: "str | os.PathLike[str]",
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    type(None): "None",
    typing.Any: "Any",
}
"""Parameters that may be more in Python than on the wire, and plain ones."""

# The package itself may lack what is generated here.
_ERRORS = Path(__file__).parents[2] / "gsmd/client/errors.py"
BY_CODE = SourceFileLoader("errors", str(_ERRORS)).load_module().BY_CODE

HEAD = """# Generated from {origin} by .ci/generate: do not edit.
# ruff: noqa: ASYNC109 -- the daemon keeps the time of a call
"""


@dataclass(frozen=True)
class Call:
    """A typed call that is not simply its method: named otherwise, or for one of several results."""

    name: str
    result: type
    without: frozenset[str] = frozenset()
    fixed: dict[str, object] = field(default_factory=dict)


_FORECAST = frozenset({"dry_run", "tag", "handler", "key"})

SEVERAL = {
    "campaigns.create": (
        Call("create", gsmd.protocol.campaigns.Campaign, frozenset({"dry_run"})),
        Call("forecast", gsmd.protocol.campaigns.Forecast, _FORECAST, {"dry_run": True}),
    )
}
"""Methods whose result depends on their parameters: a call for each."""


def files() -> dict[str, str]:
    """The text of each file, not formatted, by its name in ``gsmd/client/_async``."""
    called = [noun for noun in map(_Noun, nouns()) if noun.methods]
    texts = {f"calls/{noun.name}.py": noun.text() for noun in called}
    return {"calls/__init__.py": _together(called), **texts}


def nouns() -> list[types.ModuleType]:
    """The nouns, in the order of the table."""
    found = [
        import_module(f"gsmd.protocol.{each.name}") for each in iter_modules(gsmd.protocol.__path__)
    ]
    order = list(METHODS.values())
    tables = [each for each in found if isinstance(getattr(each, "METHODS", None), tuple)]
    return sorted(tables, key=lambda each: order.index(each.METHODS[0]))


class _Noun:
    """One file of the protocol, and the calls of its methods."""

    def __init__(self, module: types.ModuleType) -> None:
        self.module = module
        self.name = module.__name__.rpartition(".")[2]
        self.methods = [each for each in module.METHODS if each.name not in BY_HAND]
        self.flat = all(each.call for each in self.methods)
        assert self.flat or not any(each.call for each in self.methods), self.name
        self.kind = f"Async{self.name.capitalize()}Calls"
        self._imports: set[str] = set()

    def text(self) -> str:
        body = "\n".join(line for method in self.methods for line in self._calls(method))
        origin = f"gsmd/protocol/{self.name}.py"
        names = {"datetime": "from datetime import datetime", "os.": "import os",
                 "builtins.": "import builtins"}  # fmt: skip
        imports = [line for name, line in names.items() if re.search(rf"\b{re.escape(name)}", body)]
        abcs = [name for name in ("Mapping", "Sequence") if re.search(rf"\b{name}\[", body)]
        typed = [name for name in ("Any", "Literal") if re.search(rf"\b{name}\b", body)]
        values = [name for name in ("Duration", "Moment") if re.search(rf"\b{name}\b", body)]
        if abcs:
            imports.append(f"from collections.abc import {', '.join(abcs)}")
        if typed:
            imports.append(f"from typing import {', '.join(typed)}")
        if values:
            imports.append(f"from gsmd.client.parameters import {', '.join(values)}")
        own = self.module.__doc__.strip().splitlines()[0]
        imports += self._imports
        imports.append("from gsmd.client._async.call_group import AsyncCallGroup")
        imports.append(f"from gsmd.protocol import {self.name} as protocol")
        head = HEAD.format(origin=origin) + f'"""The calls of {own.rstrip(".")}."""\n\n'
        kind = f'class {self.kind}(AsyncCallGroup):\n    """{own}"""\n\n{body}\n'
        return head + "\n".join(sorted(imports)) + f"\n\n{kind}"

    def _calls(self, method: Method[typing.Any, typing.Any]) -> Iterator[str]:
        row = next(name for name, value in vars(self.module).items() if value is method)
        several = SEVERAL.get(method.name)
        if several is not None:
            for call in several:
                fixed = [f"{name}={value!r}" for name, value in call.fixed.items()]
                asked = f"self._ask_as({self._source(call.result)}, protocol.{row}"
                yield from self._call(
                    method, call.name, asked, fixed, self._source(call.result), call.without
                )
            return
        result = self._source(method.result)
        if method.returns:
            hints = typing.get_type_hints(method.result, include_extras=True)
            result = self._source(hints[method.returns])
        if method.result is events.Done:
            result = "None"
        yield from self._call(
            method, method.call or _name(method.verb), f"self._ask(protocol.{row}", [], result
        )

    def _call(
        self,
        method: Method[typing.Any, typing.Any],
        name: str,
        asked: str,
        fixed: Sequence[str],
        result: str,
        without: frozenset[str] = frozenset(),
    ) -> Iterator[str]:
        hints = typing.get_type_hints(method.params, include_extras=True)
        fields = [
            each for each in wire.own_fields(method.params) if each.encode_name not in without
        ]
        signature = ["self"]
        for place, each in enumerate(fields):
            if len(fields) > 3 and place == 2:
                signature.append("*")
            assert not each.required or place < 3, f"{method.name}: too many required parameters"
            kind = self._parameter(hints[each.name])
            optional = "" if each.required else " = None"
            if optional and not kind.endswith("None"):
                kind += " | None"
            signature.append(f"{_argument(each.encode_name)}: {kind}{optional}")
        if "*" not in signature:
            signature.append("*")
        signature.append("actor: str | None = None")
        passed = [
            f"{(_argument(each.encode_name))}={_argument(each.encode_name)}" for each in fields
        ]
        passed.append("actor=actor")
        asking = f"await {', '.join([asked, *passed, *fixed])})"
        if method.returns:
            asking = f"({asking}).{method.returns}"
        yield f"    async def {name}({', '.join(signature)}) -> {result}:"
        doc = _dry(method) if fixed else _without(method.doc, without)
        yield textwrap.indent(_docstring(doc), "        ")
        yield f"        {'' if result == 'None' else 'return '}{asking}"
        yield ""

    def _parameter(self, hint: object) -> str:
        """The Python type for a value that goes over the wire."""
        for kind, said in KINDS.items():
            if hint is kind or (typing.get_origin(kind) is typing.Annotated and hint == kind):
                return said
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self._parameter(args[0])
        if origin in (typing.Union, types.UnionType):
            said = dict.fromkeys(
                part
                for each in args
                if each is not UnsetType
                for part in self._parameter(each).split(" | ")
            )
            return " | ".join(sorted(said, key=lambda each: each == "None"))
        if origin is dict:
            return "Mapping[str, Any]"
        if origin is not None:
            of = map(json.dumps, args) if origin is typing.Literal else [self._parameter(args[0])]
            return f"{'Literal' if origin is typing.Literal else 'Sequence'}[{', '.join(of)}]"
        assert isinstance(hint, type)
        also = "str" if issubclass(hint, Enum) else "Mapping[str, Any]"
        return f"{self._source(hint)} | {also}"

    def _source(self, hint: object) -> str:
        """A type as it is written in the generated file."""
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return " | ".join(map(self._source, args))
        if origin is not None:
            inner = ", ".join(map(self._source, args))
            return f"builtins.list[{inner}]" if origin is list else f"{origin.__name__}[{inner}]"
        if hint in KINDS or hint is datetime:
            return "None" if hint is type(None) else hint.__name__
        assert isinstance(hint, type), hint
        if hint.__module__ == self.module.__name__:
            return f"protocol.{hint.__name__}"
        self._imports.add(f"from {hint.__module__} import {hint.__name__}")
        return hint.__name__


def _together(nouns: Sequence[_Noun]) -> str:
    flat = [noun.kind for noun in nouns if noun.flat]
    groups = [noun for noun in nouns if not noun.flat]
    imports = [f"from gsmd.client._async.calls.{noun.name} import {noun.kind}" for noun in nouns]
    imports.append("from gsmd.client._async.connections import AsyncConnections")
    members = "\n".join(f"        self.{noun.name} = {noun.kind}(connections)" for noun in groups)
    return (
        "# Generated from gsmd/protocol/methods.py by .ci/generate: do not edit.\n"
        '"""Every typed call: those of the client itself, and the groups that are called like their noun."""\n\n'
        + "\n".join(sorted(imports))
        + f"\n\nclass AsyncTypedCalls({', '.join(flat)}):\n"
        '    """The typed calls of a client, by subject, over its connections."""\n\n'
        f"    def __init__(self, connections: AsyncConnections) -> None:\n        super().__init__(connections)\n{members}\n"
    )


def _name(verb: str) -> str:
    return f"{verb}_" if keyword.iskeyword(verb) else verb


def _argument(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) or hasattr(builtins, name) else name


def _dry(method: Method[typing.Any, typing.Any]) -> str:
    return f"The result that `{method.verb}` would have; nothing is sent."


def _without(doc: str, parameters: frozenset[str]) -> str:
    """A row's line without the sentences that are about parameters which the call does not have."""
    sentences = re.split(r"(?<=\.) ", doc)
    return " ".join(
        each for each in sentences if not any(f"`{name}`" in each for name in parameters)
    )


def _docstring(doc: str) -> str:
    """A row's line as a docstring: its first sentence, and the rest below."""
    text = re.sub(r"`([^`]+)`", r"``\1``", doc)
    text = re.sub(r"error (\d+)", lambda match: f"`{BY_CODE[Code(int(match[1]))].__name__}`", text)
    if len(text) <= 84:
        return f'"""{text}"""'
    first, dot, rest = text.partition(". ")
    if not dot:
        return f'"""{text}"""'
    return f'"""{first}.\n\n{textwrap.fill(rest, 88)}\n"""'
