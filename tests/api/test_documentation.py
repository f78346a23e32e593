"""docs/protocol.md tells the truth: its conversation takes place as written, and no method is left out."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from gsmd.client.errors import GsmdError
from gsmd.protocol.errors import Code
from gsmd.protocol.message import State
from gsmd.protocol.method import Role
from gsmd.protocol.methods import METHODS
from tests.api.fake_backend import FakeBackend
from tests.api.schema import schema
from tests.api.wire import Wire

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "protocol.md").read_text()


def conversation() -> list[str]:
    block = re.search(r"<!-- tested -->\n```\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    return block[1].splitlines()


def table() -> dict[str, list[str]]:
    """The cells of the table of methods, by method."""
    found = {}
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 4:
            for name in re.findall(r"`([a-z]+\.[a-z_]+)`", cells[0]):
                found[name] = cells
    return found


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


def test_every_method_has_its_row_and_its_schema_and_no_others_have() -> None:
    assert set(table()) == set(METHODS)
    defs = schema()["$defs"]
    assert set(defs["call_params"]) == set(defs["call_results"]) == set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_a_row_has_the_parameters_in_their_order(name: str) -> None:
    described = re.findall(
        r"`([a-z_]+)\??(?:: true)?`", re.sub(r"\(.*?\)|: `.*", "", table()[name][1])
    )
    assert described == list(METHODS[name].params.__struct_encode_fields__)


@pytest.mark.parametrize("name", METHODS)
def test_the_schema_has_the_parameters_in_their_order(name: str) -> None:
    by_name, by_position = schema()["$defs"]["call_params"][name]["anyOf"]
    kind = METHODS[name].params
    fields = kind.__struct_encode_fields__
    assert list(by_name["properties"]) == list(fields)
    assert by_position["maxItems"] == len(fields)
    required = [field.encode_name for field in msgspec.structs.fields(kind) if field.required]
    assert by_name.get("required", []) == required


@pytest.mark.parametrize("name", METHODS)
def test_a_row_has_the_role(name: str) -> None:
    said = set(re.findall("|".join([*Role, "any"]), table()[name][3]))
    assert said == ({str(role) for role in METHODS[name].roles} or {"any"})


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
