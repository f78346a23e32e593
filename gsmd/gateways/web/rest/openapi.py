"""The OpenAPI 3.1 document, made of the table of routes and the table of methods; built when first asked for."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from gsmd.gateways.web.door.guard import COOKIES
from gsmd.gateways.web.own.described import own_paths, structs
from gsmd.gateways.web.rest.routes import HIDDEN, ROUTES, Route
from gsmd.protocol import inbox, messages, verify
from gsmd.protocol.method import Method
from gsmd.protocol.schema import Schema, Schemas, of_methods
from gsmd.protocol.types import Params

_REF = "#/components/schemas/{name}"

_TITLES = {
    400: "The request cannot be understood: its shape, a type, an unknown member.",
    401: "There is no valid token.",
    403: "The token does not reach so far, or the recipient, the network or a rule refuses it.",
    404: "There is no such thing.",
    405: "The path is not for this HTTP method.",
    409: "It contradicts what has happened already.",
    413: "The body is too long.",
    415: "The body is of another kind than it is to be.",
    422: "The right shape, an impossible value.",
    429: "More requests than allowed.",
    501: "This gateway, or this daemon, cannot do that.",
    503: "The daemon, its disk or the modem is not available; try again.",
    504: "It did not happen in time.",
}
_ALWAYS = (400, 401, 403, 404, 405, 409, 422, 429, 501, 503, 504)
_WITH_BODY = (413, 415)

_PROBLEM: Schema = {
    "description": "RFC 9457.",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "reason": {"type": "string", "description": "One word for programs."},
        "field": {"type": ["string", "null"], "description": "The parameter at fault."},
        "code": {"type": ["integer", "null"], "description": "The socket's error code."},
    },
    "required": ["type", "title", "status", "detail", "reason", "field", "code"],
}

_EXTRA: dict[str, Schema] = {
    "wait": {
        "type": "string",
        "description": "A state to wait for, or how long to wait (at most 60 s).",
    },
    "timeout": {"type": "string", "description": "How long to wait, at most 60 s."},
}

_OTHER_ANSWERS: dict[str, dict[str, Any]] = {
    "next_message": {"204": {"description": "There is none."}},
    "send": {"200": {"description": "The first message of this key.", "headers": {
        "Idempotency-Replayed": {"schema": {"type": "string"}}}}},
    "campaign": {"200": {"description": "What a dry run would do."}},
}  # fmt: skip


@cache
def document() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(_document())


def _document() -> dict[str, Any]:
    rows = dict.fromkeys([*(route.method for route in ROUTES), verify.REPLY, verify.EXPECT])
    schemas = of_methods(rows, ref=_REF, also=structs())
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.verb.lower()] = _operation(route, schemas)
        if route.csv:
            paths[f"{route.path}.csv"] = {"get": _as_csv(route, schemas)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "gsmd",
            "version": "1",
            "description": "SMS over HTTP: the methods of gsmd's socket, with the same members and names.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}, {"basic": []}],
        "paths": paths | own_paths() | _open_paths(),
        "components": {
            "schemas": {**_results(schemas, rows), "Problem": _PROBLEM},
            "responses": {f"Problem{status}": _problem(text) for status, text in _TITLES.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The token is the password.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": COOKIES[0],
                    "description": "A person at a browser; without TLS its name has no prefix.",
                },
            },
        },
    }


def _results(schemas: Schemas, rows: Iterable[Method[Any, Any]]) -> dict[str, Schema]:
    """The definitions without the parameters, which stand in the operations."""
    params = {row.params.__name__ for row in rows}
    return {name: schema for name, schema in schemas.definitions.items() if name not in params}


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name="Problem")}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


def _open_paths() -> dict[str, Any]:
    status = {
        "type": "object",
        "properties": {"status": {"enum": ["ok", "unavailable"]}},
        "required": ["status"],
    }

    def answers(*codes: str) -> dict[str, Any]:
        content = {"application/json": {"schema": status}}
        texts = {"200": "Well.", "503": "Not well."}
        return {code: {"description": texts[code], "content": content} for code in codes}

    return {
        "/health": {"get": {"operationId": "health", "security": [], "responses": answers("200")}},
        "/health/ready": {
            "get": {"operationId": "ready", "security": [], "responses": answers("200", "503")}
        },
    }


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    body = _body(route, schemas)
    statuses = _ALWAYS + (_WITH_BODY if route.has_body else ())
    answers: dict[str, Any] = {str(route.status): _success(route, schemas)}
    for status, answer in _OTHER_ANSWERS.get(
        "send" if "send" in route.does else route.does, {}
    ).items():
        content = {} if status == "204" else _json(schemas.results[route.method.name])
        answers[status] = answer | content
    answers |= {str(each): {"$ref": f"#/components/responses/Problem{each}"} for each in statuses}
    roles = " or ".join(sorted(route.method.roles)) or "any role"
    operation: dict[str, Any] = {
        "operationId": _id(route),
        "summary": f"{route.method.name}: {route.method.doc}",
        "description": f"Needs {roles}.",
        "tags": [route.method.noun],
        "parameters": _parameters(route, schemas),
        "responses": answers,
    }
    return operation | ({"requestBody": body} if body else {})


def _as_csv(route: Route, schemas: Schemas) -> dict[str, Any]:
    operation = _operation(route, schemas)
    table = {"description": "A table.", "content": {"text/csv": {"schema": {"type": "string"}}}}
    answers = {**operation["responses"], "200": table}
    return {**operation, "operationId": _id(route) + "_csv", "responses": answers}


def _id(route: Route) -> str:
    words = route.path.replace("{", "").replace("}", "").replace("-", "_").strip("/").split("/")
    return "_".join([route.verb.lower(), *words])


def _json(schema: Schema) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _success(route: Route, schemas: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": route.method.doc}
    match route.does:
        case "settle_one":
            return answer
        case "stream":
            content = {"text/event-stream": {"schema": {"type": "string"}}}
            return answer | {"content": content}
        case "next_message":
            header = {"schema": {"type": "string"}}
            return (
                answer
                | {"headers": {"Gsmd-Lease": header}}
                | _json(schemas.results[messages.GET.name])
            )
        case "verification":
            rows = (verify.START, verify.REPLY, verify.EXPECT)
            return answer | _json({"anyOf": [schemas.results[row.name] for row in rows]})
    return answer | _json(schemas.results[route.method.name])


def _properties(kind: type[Params], schemas: Schemas) -> tuple[dict[str, Schema], list[str]]:
    schema = schemas.definitions[kind.__name__]
    members = {k: v for k, v in schema["properties"].items() if k not in HIDDEN}
    return members, schema.get("required", [])


def _parameters(route: Route, schemas: Schemas) -> list[dict[str, Any]]:
    members, required = _properties(route.method.params, schemas)
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": members.get(name, {"type": "string"}),
        }
        for name in route.in_path
    ]
    if route.has_body and route.does != "forgiving_send":
        return in_path
    if route.method is inbox.SETTLE or route.does == "forgiving_send":
        return in_path
    in_query = [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(schema)}
        for name, schema in members.items()
        if name in route.besides
    ]
    extra = [{"name": name, "in": "query", "schema": _EXTRA[name]} for name in route.extra]
    of_own = {each["name"] for each in extra}
    return in_path + [each for each in in_query if each["name"] not in of_own] + extra


def _without_null(schema: Schema) -> Schema:
    """In a query there is no null: what is left out is not there."""
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if not kinds:
        return schema
    rest = {k: v for k, v in schema.items() if k not in {"anyOf", "default"}}
    return {**rest, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})}


def _body(route: Route, schemas: Schemas) -> dict[str, Any] | None:
    if not route.has_body:
        return None
    if route.does == "forgiving_send":
        return _forgiving()
    if route.does == "verification":
        return {"required": True, **_json(_any_verification(schemas))}
    if route.does == "import_list":
        table = {
            "type": "string",
            "description": "A column peer, number or phone; or a number in each line.",
        }
        return {"required": True, "content": {"text/csv": {"schema": table}}}
    members, required = _properties(route.method.params, schemas)
    members = {name: schema for name, schema in members.items() if name in route.besides}
    needed = [name for name in required if name in members and name not in route.optional]
    if not members:
        return None
    schema = {"type": "object", "properties": members, "additionalProperties": False}
    if needed:
        schema["required"] = needed
    return {"required": bool(needed), **_json(schema)}


def _any_verification(schemas: Schemas) -> Schema:
    kinds = []
    for row in (verify.START, verify.REPLY, verify.EXPECT):
        members, required = _properties(row.params, schemas)
        kinds.append({
            "type": "object",
            "properties": {"method": {"const": row.verb}, **members},
            "required": ["method", *required],
            "additionalProperties": False,
        })  # fmt: skip
    return {"anyOf": kinds}


def _forgiving() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    names = dict.fromkeys(("text", "message", "body", "msg", "to", "phone", "number"), text)
    members = {"schema": {"type": "object", "properties": names}}
    return {
        "required": True,
        "content": {
            "text/plain": {"schema": text},
            "application/json": members,
            "application/x-www-form-urlencoded": members,
        },
    }
