"""The protocol as JSON Schema (2020-12), built from its structs and its table of methods.

`of_methods` is the part that other descriptions of an interface can use too (OpenAPI has the same schemas
under other addresses); `of_lines` is ``docs/protocol.schema.json``: what may stand on a line of the socket.
"""

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, NamedTuple, get_args

import msgspec

from gsmd.protocol import bounds, durations
from gsmd.protocol.errors import Code
from gsmd.protocol.inbox import Handover
from gsmd.protocol.method import Method
from gsmd.protocol.methods import METHODS
from gsmd.protocol.types import (
    TIME_PATTERN,
    UTC_PATTERN,
    Actor,
    Moment,
    Seconds,
    own_fields,
    schema_of,
)

Schema = dict[str, Any]

DEFS = "#/$defs/{name}"
"""The address of a definition in a JSON Schema."""

_PATTERNS = {durations.PATTERN: "duration", TIME_PATTERN: "time", UTC_PATTERN: "utc"}

_PARTS = frozenset({"items", "additionalProperties"})
"""Keywords whose value is a schema."""


def _tidied(schema: Any, ref: str) -> Any:
    """Shared definitions by their names, patterns as ECMA 262 has them, descriptions on one line."""
    if not isinstance(schema, dict):
        return schema  # true or false: anything or nothing
    shared = _PATTERNS.get(schema.get("pattern", ""))
    if shared is not None:
        default = {"default": schema["default"]} if "default" in schema else {}
        return {"$ref": ref.format(name=shared), **default}
    tidy = {name: value for name, value in schema.items() if name != "title"}
    for name in tidy.keys() & {"pattern", "description"}:
        tidy[name] = " ".join(tidy[name].replace(r"\Z", "$").split())
    for name in tidy.keys() & {"properties"}:
        tidy[name] = {member: _tidied(value, ref) for member, value in tidy[name].items()}
    for name in tidy.keys() & {"anyOf", "prefixItems"}:
        tidy[name] = [_tidied(each, ref) for each in tidy[name]]
    for name in tidy.keys() & _PARTS:
        tidy[name] = _tidied(tidy[name], ref)
    return tidy


SHARED: dict[str, Schema] = {
    "duration": schema_of(Seconds),
    "time": schema_of(Moment),
    "actor": _tidied(msgspec.json.schema(Actor), DEFS),
    "utc": {"description": "UTC, to the millisecond.", "type": "string", "pattern": UTC_PATTERN},
}
"""Descriptions of members that occur in many objects, by name."""


class Schemas(NamedTuple):
    """Definitions by name, and by method its parameters as an object and its result."""

    definitions: dict[str, Schema]
    params: dict[str, Schema]
    results: dict[str, Schema]


def of_methods(
    methods: Iterable[Method[Any, Any]] = tuple(METHODS.values()),
    *,
    ref: str = DEFS,
    also: Iterable[type] = (),
) -> Schemas:
    """The schemas of ``methods``; ``ref`` is the address of a definition, ``also`` are further structs.

    A result has the members that a client can count on; it may have more in a later version.
    """
    rows = list(methods)
    results = {row.name: _members(row.result) for row in rows}
    wanted = {
        *also,
        *(row.params for row in rows),
        *(each for kinds in results.values() for each in kinds),
    }
    kinds = sorted(wanted, key=lambda kind: kind.__name__)
    schemas, found = msgspec.json.schema_components(kinds, schema_hook=schema_of, ref_template=ref)
    by_kind = dict(zip(kinds, schemas, strict=True))
    optional = {row.params.__name__ for row in rows}
    definitions = {
        name: _tidied(_with_nulls(schema, ref) if name in optional else schema, ref)
        for name, schema in sorted(found.items())
    }
    return Schemas(
        SHARED | definitions,
        {row.name: by_kind[row.params] for row in rows},
        {name: _any_of([by_kind[kind] for kind in kinds]) for name, kinds in results.items()},
    )


def _members(result: Any) -> tuple[type, ...]:
    """The structs that a result may be: several where it depends on the parameters."""
    return get_args(result) if isinstance(result, UnionType) else (result,)


def _any_of(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _with_nulls(schema: Schema, ref: str) -> Schema:
    """Parameters: null for what may be left out means that it is left out. All have the same ``actor``."""
    required = schema.get("required", [])
    properties = {
        name: member if name in required else _or_null(member)
        for name, member in schema["properties"].items()
    }
    actor = {"anyOf": [{"$ref": ref.format(name="actor")}, {"type": "null"}], "default": None}
    return {**schema, "properties": {**properties, "actor": actor}}


def _or_null(member: Schema) -> Schema:
    if {"type": "null"} in member.get("anyOf", ()):
        return member
    default = {"default": member["default"]} if "default" in member else {}
    plain = {name: value for name, value in member.items() if name != "default"}
    return {"anyOf": [plain, {"type": "null"}], **default}


# Lines

_ERROR = {
    "description": "Why the daemon does not carry out a request.",
    "type": "object",
    "properties": {
        "code": {"enum": [int(code) for code in Code]},
        "message": {"type": "string"},
        "data": {
            "type": "object",
            "properties": {
                "reason": {"type": "string", "pattern": "^[a-z0-9_]+$"},
                "field": {"type": "string"},
                "cms": {"type": "integer"},
                "cme": {"type": "integer"},
                "command": {"type": "string"},
            },
            "required": ["reason"],
            "additionalProperties": True,
        },
    },
    "required": ["code", "message", "data"],
    "additionalProperties": False,
}

_REFUSAL = {
    "description": "A client's answer to inbox.deliver in place of a result: not done, again later.",
    "type": "object",
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "data": {
            "description": "An object may have retry_after (seconds) and permanent; anything else is ignored."
        },
    },
    "required": ["code", "message"],
    "additionalProperties": False,
}


def of_lines() -> Schema:
    """The schema of a line, in either direction: one object, or a batch of them."""
    schemas = of_methods(also=[Handover])
    params = {
        name: {"anyOf": [schema, _by_position(METHODS[name])]}
        for name, schema in schemas.params.items()
    }
    one = {"$ref": "#/$defs/one"}
    batch = {"type": "array", "minItems": 1, "maxItems": bounds.BATCH, "items": one}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gsmd: a line on the socket",
        "description": "Every line, in either direction, is one of these or a batch of them."
        " docs/protocol.md says what they mean.",
        "anyOf": [one, batch],
        "$defs": {
            "one": {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("request", "response", "error_response")]},
            "id": {"type": ["string", "number", "null"]},
            "request": _request(),
            "response": _answer("result", {"description": "See call_results for the method that was called; to"
                ' inbox.deliver anything, of which {"reply": text} is understood.'}),
            "error_response": _answer("error", {"anyOf": [{"$ref": "#/$defs/error"}, {"$ref": "#/$defs/refusal"}]}),
            "error": _ERROR,
            "refusal": _REFUSAL,
            "call_params": params,
            "call_results": schemas.results,
            "daemon_params": _daemon_params(),
            **schemas.definitions,
        },
    }  # fmt: skip


def _by_position(method: Method[Any, Any]) -> Schema:
    fields = own_fields(method.params)
    names = [each.encode_name for each in fields]
    required = sum(each.required for each in fields)
    of = method.params.__name__
    members = [{"$ref": f"#/$defs/{of}/properties/{name}"} for name in names]
    items = {"prefixItems": members} if members else {}
    return {"type": "array", **items, "minItems": required, "maxItems": len(names)}


def _daemon_params() -> dict[str, Schema]:
    """The parameters of what the daemon says by itself."""
    message = {"$ref": "#/$defs/Message"}
    kind = "message.*, modem.*, handler.*, or lost, with how many in lost."
    event = {"type": {"type": "string", "description": kind}, "at": {"$ref": "#/$defs/utc"}}
    return {
        "inbox.deliver": {"$ref": "#/$defs/Handover"},
        "inbox.message": _object({"message": message}),
        "inbox.lost": _object({"lost": {"type": "integer", "minimum": 1}}),
        "event": {**_object(event), "additionalProperties": True},
    }


def _object(members: Mapping[str, Any]) -> Schema:
    return {
        "type": "object",
        "properties": dict(members),
        "required": list(members),
        "additionalProperties": False,
    }


def _request() -> Schema:
    cases = [
        *(_case(name, f"call_params/{name}") for name in METHODS),
        *(_case(name, f"daemon_params/{name}") for name in _daemon_params()),
        {
            "if": {"properties": {"method": {"const": "inbox.deliver"}}},
            "then": {"required": ["id", "params"], "properties": {"id": {"type": "string"}}},
        },
        {
            "if": {"properties": {"method": {"enum": ["inbox.message", "inbox.lost", "event"]}}},
            "then": {"required": ["params"], "not": {"required": ["id"]}},
        },
    ]
    members = {
        "jsonrpc": {"const": "2.0"},
        "id": {"$ref": "#/$defs/id"},
        "method": {"type": "string"},
        "params": {"type": ["object", "array"]},
    }
    return {
        "description": "A call to the daemon, or, for inbox.deliver, from it. Without id it is a notification"
        " and has no answer.",
        **_object(members),
        "required": ["jsonrpc", "method"],
        "allOf": cases,
    }


def _case(method: str, definition: str) -> Schema:
    return {
        "if": {"properties": {"method": {"const": method}}},
        "then": {"properties": {"params": {"$ref": f"#/$defs/{definition}"}}},
    }


def _answer(member: str, schema: Schema) -> Schema:
    return _object({"jsonrpc": {"const": "2.0"}, "id": {"$ref": "#/$defs/id"}, member: schema})
