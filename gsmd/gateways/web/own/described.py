"""The gateway's own paths in the OpenAPI document."""

from typing import Any

import msgspec

from gsmd.gateways.web.own.places import PLACES, OwnPlace

_ALWAYS = (400, 401, 403, 404, 405, 409, 422, 429, 501, 503)
_WITH_BODY = (413, 415)

_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "anybody": [],
    "caller": [{"bearer": []}, {"basic": []}, {"session": []}],
    "person": [{"session": []}],
    "admin": [{"bearer": []}, {"basic": []}, {"session": []}],
}
_WHO = {
    "anybody": "Needs no token.",
    "caller": "Needs any role.",
    "person": "Needs a session: a token has none.",
    "admin": "Needs admin.",
}


def structs() -> set[type[msgspec.Struct]]:
    """All that is said and answered there."""
    return {kind for each in PLACES for kind in (each.body, each.result) if kind is not None}


def own_paths() -> dict[str, dict[str, Any]]:
    """The operations, by path and HTTP method."""
    paths: dict[str, dict[str, Any]] = {}
    for each in PLACES:
        paths.setdefault(each.path, {})[each.verb.lower()] = _operation(each)
    return paths


def _operation(place: OwnPlace) -> dict[str, Any]:
    statuses = _ALWAYS + (_WITH_BODY if place.body else ())
    done: dict[str, Any] = {"description": place.doc}
    if place.result is not None:
        done |= _json(place.result)
    answers = {str(place.status): done}
    answers |= {str(each): {"$ref": f"#/components/responses/Problem{each}"} for each in statuses}
    operation: dict[str, Any] = {
        "operationId": _id(place),
        "summary": place.doc,
        "description": _WHO[place.who],
        "tags": ["gateway"],
        "security": _SECURITY[place.who],
        "parameters": [*_in_path(place), *map(_in_query, place.query)],
        "responses": answers,
    }
    if place.body is not None:
        operation["requestBody"] = {"required": True, **_json(place.body)}
    return operation


def _id(place: OwnPlace) -> str:
    words = place.path.replace("{", "").replace("}", "").strip("/").split("/")
    return "_".join([place.verb.lower(), *words])


def _json(kind: type[msgspec.Struct]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{kind.__name__}"}
    return {"content": {"application/json": {"schema": schema}}}


def _in_path(place: OwnPlace) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in place.path.split("/") if part.startswith("{")]
    text = {"type": "string", "minLength": 1}
    return [{"name": name, "in": "path", "required": True, "schema": text} for name in names]


def _in_query(name: str) -> dict[str, Any]:
    number = {"type": "integer", "minimum": 1, "maximum": 1000}
    return {"name": name, "in": "query", "schema": number}
