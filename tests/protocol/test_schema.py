"""The protocol as JSON Schema: what it says of itself, and that it only ever grows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gsmd.protocol import schema
from gsmd.protocol.methods import METHODS
from gsmd.protocol.wire import plain
from tests.api.fake_backend import a_message

FIRST: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "protocol_1.json").read_text()
)
"""Parameters and members of results that programs have been written for."""

LINES = schema.of_lines()


def resolve(part: Any) -> Any:
    while "$ref" in part:
        found: Any = LINES
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def members(part: Any, before: str = "") -> Iterator[str]:
    """Every member of an object and of what is in it, with its path."""
    part = resolve(part)
    for each in part.get("anyOf", ()):
        yield from members(each, before)
    for name, each in part.get("properties", {}).items():
        yield before + name
        yield from members(each, f"{before}{name}.")
    if isinstance(part.get("items"), dict):
        yield from members(part["items"], before)


def test_it_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(LINES)


@pytest.mark.parametrize("method", FIRST)
def test_what_a_request_of_before_says_is_understood_and_is_enough(method: str) -> None:
    by_name, by_position = LINES["$defs"]["call_params"][method]["anyOf"]
    first = FIRST[method]
    names = list(resolve(by_name)["properties"])
    assert names[: len(first["parameters"])] == first["parameters"]
    assert set(resolve(by_name).get("required", ())) <= set(first["required"])
    assert by_position["minItems"] <= len(first["required"])


@pytest.mark.parametrize("method", FIRST)
def test_a_result_has_every_member_that_it_had(method: str) -> None:
    now = set(members(LINES["$defs"]["call_results"][method]))
    assert not set(FIRST[method]["result"]) - now


def test_times_are_to_be_utc_with_milliseconds_or_the_networks_own() -> None:
    check = Draft202012Validator({"$ref": "#/$defs/Message", "$defs": LINES["$defs"]})
    message = plain(a_message("i1"))
    assert check.is_valid(message)
    assert check.is_valid({**message, "service_centre_timestamp": "2026-01-02T04:04:03+01:00"})
    assert not check.is_valid({**message, "created_at": "2026-01-02T04:04:03+01:00"})
    assert not check.is_valid({**message, "created_at": None})


def test_definitions_may_stand_at_another_address() -> None:
    at = "#/components/schemas/"
    found = schema.of_methods([METHODS["messages.list"]], ref=at + "{name}")
    text = json.dumps([found.params, found.results, found.definitions])
    assert '"#/$defs' not in text
    used = {part.partition('"')[0] for part in text.split(at)[1:]}
    assert used <= set(found.definitions)
    assert "SendParams" not in found.definitions


def test_a_result_that_depends_on_the_parameters_is_one_of_several() -> None:
    found = schema.of_methods([METHODS["campaigns.create"]]).results["campaigns.create"]
    assert [each["$ref"] for each in found["anyOf"]] == ["#/$defs/Campaign", "#/$defs/Forecast"]
