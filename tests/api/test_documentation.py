"""docs/protocol.md tells the truth: its conversation takes place as written, and no method is left out."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gsmd.client.errors import GsmdError
from gsmd.protocol.errors import Code
from gsmd.protocol.message import State
from gsmd.protocol.methods import METHODS
from gsmd.protocol.types import own_fields
from tests.api.fake_backend import FakeBackend
from tests.api.schema import schema
from tests.api.wire import Wire

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "protocol.md").read_text()


def conversation() -> list[str]:
    block = re.search(r"<!-- tested -->\n```\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    return block[1].splitlines()


def happen(backend: FakeBackend, what: str) -> None:
    if what.startswith("an SMS comes in: "):
        backend.receive(what.removeprefix("an SMS comes in: "))
    elif what == "the network takes the message":
        backend.become("o1", State.SENT)
    else:
        raise AssertionError(what)


async def test_the_conversation_takes_place_as_written(wire: Wire, backend: FakeBackend) -> None:
    for line in conversation():
        kind, rest = line[:1], line[2:]
        if kind == "→":
            wire.write(rest + "\n")
        elif kind == "←":
            heard = (await wire.reader.readline()).decode().rstrip()
            pattern = ".*?".join(map(re.escape, rest.split("…")))
            assert re.fullmatch(pattern, heard), f"{heard}\nis not\n{rest}"
        else:
            happen(backend, rest.strip("()"))
    assert backend.queue("crm").replies == [("i1", "Your balance is 5.00"), ("i2", None)]


def params(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schemas of a method's parameters, by name and by position."""
    defs = schema()["$defs"]
    by_name, by_position = defs["call_params"][name]["anyOf"]
    return defs[by_name["$ref"].removeprefix("#/$defs/")], by_position


def test_every_method_has_its_row_and_its_schema_and_no_others_have() -> None:
    tables = TEXT.partition("<!-- generated: methods -->")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)", tables, re.MULTILINE)
    assert rows == [*METHODS]
    defs = schema()["$defs"]
    assert set(defs["call_params"]) == set(defs["call_results"]) == set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_the_schema_has_the_parameters_in_their_order(name: str) -> None:
    by_name, by_position = params(name)
    kind = METHODS[name].params
    fields = [field.encode_name for field in own_fields(kind)]
    assert list(by_name["properties"]) == [*fields, "actor"]
    assert by_position["maxItems"] == len(fields)
    required = [field.encode_name for field in msgspec.structs.fields(kind) if field.required]
    assert by_name.get("required", []) == required


@pytest.mark.parametrize("name", METHODS)
def test_null_is_right_where_a_parameter_may_be_left_out(name: str) -> None:
    by_name, _ = params(name)
    for member, its_schema in by_name["properties"].items():
        nullable = {"type": "null"} in its_schema.get("anyOf", ())
        assert nullable is (member not in by_name.get("required", ())), member


def test_patterns_are_those_of_ecma_262() -> None:
    patterns = re.findall(r'"pattern": "(.*?)"', (DOCS / "protocol.schema.json").read_text())
    assert patterns
    assert not [each for each in patterns if r"\\Z" in each or r"\\A" in each]


def test_every_error_code_is_explained() -> None:
    for code in Code:
        assert f"| {str(code.value).replace('-', '−')} |" in TEXT


def test_every_exception_of_the_client_is_named() -> None:
    for kind in GsmdError.__subclasses__():
        assert f"`{kind.__name__}`" in TEXT


def test_every_state_is_named() -> None:
    for state in State:
        assert f"`{state}`" in TEXT


def test_the_schema_is_one() -> None:
    assert json.loads((DOCS / "protocol.schema.json").read_text())["$schema"].endswith(
        "2020-12/schema"
    )
