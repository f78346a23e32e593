"""The protocol's JSON Schema, held against everything that the tests send and receive.

The schema lets results have members that a later version may add. What the daemon of this version sends has none
that it does not name.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

PATH = Path(__file__).parents[2] / "docs" / "protocol.schema.json"


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text())
    return found


@cache
def _closed() -> dict[str, Any]:
    """The schema with no object that has more than its members."""
    found: dict[str, Any] = _without_more(schema())
    return found


def _without_more(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_more(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _without_more(value) for name, value in part.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


@cache
def _validator(definition: str | None) -> Draft202012Validator:
    if definition is None:
        return Draft202012Validator(_closed())
    part = {"$ref": f"#/$defs/{definition}", "$defs": _closed()["$defs"]}
    return Draft202012Validator(part)


def check(value: Any, definition: str | None = None) -> None:
    """Fail with the reason if ``value`` is no line of the protocol, or not what ``definition`` says."""
    problem = next(iter(_validator(definition).iter_errors(value)), None)
    if problem is not None:
        where = "/".join(map(str, problem.absolute_path))
        raise AssertionError(f"{value} breaks the schema at {where!r}: {problem.message}")


def check_from_daemon(value: Any, methods: dict[Any, str]) -> None:
    """``methods`` says what was called under which id."""
    check(value)
    for one in value if isinstance(value, list) else [value]:
        if "error" in one:
            check(one["error"], "error")
        elif "result" in one and one["id"] in methods:
            check(one["result"], f"call_results/{methods[one['id']]}")
