"""The OpenAPI document, and a real gateway held to it."""

from pathlib import Path

import msgspec

from gsmd.gateways.web.rest.openapi import document
from gsmd.gateways.web.rest.routes import ROUTES
from tests.fuzz.rest import fuzz
from tests.gateways.web.rest.scene import Scene


async def test_the_document_needs_no_token(rest: Scene) -> None:
    answer = await rest.ask("GET", "/openapi.json", token=None)
    assert (answer.status, answer.json["openapi"]) == (200, "3.1.0")


def test_every_route_is_in_the_document() -> None:
    paths = msgspec.json.decode(document())["paths"]
    for route in ROUTES:
        operation = paths[route.path][route.verb.lower()]
        assert {p["name"] for p in operation["parameters"] if p["in"] == "path"} == set(
            route.in_path
        )
        assert str(route.status) in operation["responses"]
        if route.csv:
            assert "text/csv" in paths[f"{route.path}.csv"]["get"]["responses"]["200"]["content"]


def test_operations_have_names_of_their_own() -> None:
    paths = msgspec.json.decode(document())["paths"]
    names = [operation["operationId"] for verbs in paths.values() for operation in verbs.values()]
    assert len(names) == len(set(names))


def test_what_is_the_gateways_to_say_is_not_in_the_document() -> None:
    paths = msgspec.json.decode(document())["paths"]
    for verbs in paths.values():
        for operation in verbs.values():
            asked = msgspec.json.encode([operation.get("parameters"), operation.get("requestBody")])
            assert b'"actor"' not in asked


async def test_nothing_that_is_asked_gets_an_answer_that_the_document_does_not_have(
    tmp_path: Path,
) -> None:
    statuses = await fuzz(tmp_path, count=2, seed=7, both=False)
    assert 500 not in statuses
    assert statuses[200] > 30
    assert statuses[400] > 15
